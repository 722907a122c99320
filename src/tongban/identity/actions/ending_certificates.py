"""Certificates that end 证书到期: who represents and who runs a firm are told a month before and on the last day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from tongban import audit
from tongban.identity.actions import firm_words
from tongban.identity.model.powers import Power
from tongban.identity.store import powers
from tongban.kit import clock, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import SYSTEM

#: So long before its last day it is told of first: time enough for the authority to make another. Ours.
BEFORE = timedelta(days=30)
#: Who is told: who can send for another certificate in the firm's name.
_TOLD = ("representative", "steward")


def telling_later(firm: UUID, power: UUID, *, until: datetime) -> Part:
    """The part that sets the timer of the first notice; one whose day is past is told of at once."""
    return _timer(firm, power, due=_morning(until) - BEFORE)


def _timer(firm: UUID, power: UUID, *, due: datetime) -> Part:
    return timers.setting("identity.certificate", subject=firm, reference=power, due=due)


def _morning(until: datetime) -> datetime:
    """When the last day of what stands until then begins, in the city's zone."""
    return clock.instant_of(clock.city_day(until - timedelta(seconds=1)), time())


async def tell_ending(db: Database, *, firm: UUID, power: UUID, mark: Part, now: datetime) -> None:
    """Tell whoever represents or runs the firm that a certificate of its ends; before the last day, set the timer for
    that day. Two round trips.

    ``mark`` is that of the timer's event. Nothing is told of one that was taken back, or that its keeper has a later
    one for; whoever was away for the first notice reads the last one alone.
    """
    given = await powers.living_given(db, firm)
    ending = next((one for one in given if one.id == power), None)
    if ending is None:
        return
    last = now >= _morning(ending.until)
    told = [] if _replaced(ending, given) else [one for one in given if one.kind in _TOLD and one.usable(now)]
    words = firm_words.CERTIFICATE_LAST_DAY if last else firm_words.CERTIFICATE_ENDING
    receivers = {one.agent: one for one in told if one.agent is not None}
    await write(
        db,
        Part("SELECT 1 AS one"),
        mark,
        *(
            firm_words.tell_of_certificate(who, words, ending, link=f"/my/acting/{held.id}", now=now)
            for who, held in receivers.items()
        ),
        *(() if last else (_timer(firm, power, due=_morning(ending.until)),)),
        audit.record(
            *(SYSTEM, "identity.tell_certificate"),
            subject=firm,
            reference=power,
            detail={"told": len(receivers), "last": last},
            now=now,
        ),
    )


def _replaced(ending: Power, given: list[Power]) -> bool:
    """Whether its keeper has another certificate of the firm that lasts longer."""
    return any(
        one.kind == "certificate" and one.agent_name == ending.agent_name and one.until > ending.until
        for one in given
    )
