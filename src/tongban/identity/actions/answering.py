"""Offers of powers answered: what is accepted takes the place of the power of its kind that stood until then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

import asyncpg

from tongban import audit
from tongban.identity.actions.cooling import must_have_cooled
from tongban.identity.actions.firm_changes import end_left
from tongban.identity.actions.powers import tell_of
from tongban.identity.actions.superseding import LOOKS, superseded
from tongban.identity.model import POLICY
from tongban.identity.model.powers import Power, PowerOver, PowerState, PowerUnknown
from tongban.identity.store import powers, replacing
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor, Relation

_ACCEPTED = (N_("{name}接受了您的授权"), N_("{name}现在可以按授权代您办理。您可以随时撤回，每一步都有记录。"))
_DECLINED = (N_("{name}没有接受您的授权"), N_("授权没有生效。您可以换一位代办人，或者自己办理。"))
_STANDS_ON = N_("新的授权没有生效，原来的一份不变。您可以随时撤回原来的，换一位代办人，或者自己办理。")
_REPLACED_FOR_PRINCIPAL = (
    N_("给{name}的原授权已由新的代替"),
    N_("{name}接受了您新发的授权，原来的同一种授权随即结束，不能再据此代办。已经提交的申请继续办理。"),
)
_REPLACED_FOR_AGENT = (
    N_("{name}给您的原授权已由新的代替"),
    N_("您接受了新的授权，原来的同一种授权随即结束。请按新的授权代办；已经提交的申请继续办理。"),
)


async def answer_power(db: Database, actor: Actor, *, power_id: UUID, accept: bool, now: datetime) -> bool:
    """The agent accepts an offer or declines it. Gives whether this did it: answered so already is as good.

    What she accepts takes the place of the power of this kind that stood between the two: that one ends in the same
    write, with what sessions do by it, and both sides are told. What a firm offered that is no more ends, whoever
    accepts it. Raises PowerUnknown, PowerOver where it was answered otherwise or no longer waits, CoolingOff.
    """
    POLICY.require(actor, "identity.answer_power", Relation.OWN)
    assert actor.id is not None
    state = PowerState.STANDING if accept else PowerState.DECLINED
    for _ in range(LOOKS):
        found = await powers.power_of(db, power_id, who=actor.id)
        if found is None or found.agent != actor.id:
            raise PowerUnknown
        if found.at(now) is state:
            return False
        if found.at(now) is not PowerState.OFFERED:
            raise PowerOver(found.at(now))
        if accept:
            await must_have_cooled(db, actor, now=now)
            if found.firm and await end_left(db, found.principal, now=now):
                continue
        old = await replacing.replaced_by(db, power_id)
        if await (_accept if accept else _decline)(db, actor, found, old, now=now):
            return True
    raise PowerOver(PowerState.OFFERED)


async def _accept(db: Database, actor: Actor, offer: Power, old: Sequence[Power], *, now: datetime) -> bool:
    """Whether it was accepted; not, where what it takes the place of, or the offer, is not as it was read."""
    try:
        done = await write(
            db,
            *replacing.accepting(offer, [one.id for one in old], now=now),
            *_answered(actor, "identity.accept_power", offer, now=now),
            tell_of(offer.principal, _ACCEPTED, offer.id, offer.agent_name, now=now),
            *chain.from_iterable(_replaced(actor, offer, one, now=now) for one in old),
        )
    except asyncpg.UniqueViolationError as twice:
        if not replacing.is_second(twice):
            raise
        return False  # one that a window founded, or she accepted by another paper, stands since this moment
    return done is not None


def _answered(actor: Actor, action: str, offer: Power, *, now: datetime) -> tuple[Part, ...]:
    """A ledger row of each side."""
    return tuple(
        audit.record(actor, action, subject=one, reference=offer.id, now=now)
        for one in (offer.principal, actor.id)
        if one is not None
    )


def _replaced(actor: Actor, offer: Power, old: Power, *, now: datetime) -> tuple[Part, ...]:
    """The parts by which a power is known to have ended; what had run out by itself is told to nobody."""
    if old.at(now) is not PowerState.STANDING:
        return ()
    return (
        *superseded(actor, old, offer.id, now=now),
        tell_of(old.principal, _REPLACED_FOR_PRINCIPAL, old.id, old.agent_name, now=now),
        tell_of(old.holder, _REPLACED_FOR_AGENT, old.id, old.principal_name, now=now),
    )


async def _decline(db: Database, actor: Actor, offer: Power, old: Sequence[Power], *, now: datetime) -> bool:
    said = (_DECLINED[0], _STANDS_ON) if any(one.usable(now) for one in old) else _DECLINED
    done = await write(
        db,
        replacing.declining(offer, now=now),
        *_answered(actor, "identity.decline_power", offer, now=now),
        tell_of(offer.principal, said, offer.id, offer.agent_name, now=now),
    )
    return done is not None


async def replaced_by(db: Database, offer: Power, *, now: datetime) -> list[Power]:
    """The powers that end once this offer is accepted."""
    return [one for one in await replacing.replaced_by(db, offer.id) if one.at(now) is PowerState.STANDING]
