"""A new power takes the place of the one of its kind between the same two 换成新的授权: both in one write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from uuid import UUID

import asyncpg

from tongban import audit
from tongban.identity.model.firms import FirmGivesNone
from tongban.identity.model.powers import LIVING, Power, PowerOver, PowerState
from tongban.identity.store import accounts, replacing
from tongban.kit.db import Database, Part, write
from tongban.kit.outbox import announcing
from tongban.kit.policy import Actor
from tongban.kit.web.sessions import ending_power

#: How often it is looked anew at what is replaced, where that changed in the very moment.
LOOKS = 4


async def made_in_place(
    db: Database,
    actor: Actor,
    power: UUID,
    old: Sequence[Power],
    *parts: Part,
    principal: UUID,
    now: datetime,
) -> bool:
    """Whether a power was made, by parts of which the first adds its row (``in_place``), with the end of ``old``.

    Not, where ``old`` is no more as it was read, or another of the kind came first: whoever asks looks anew. Raises
    PowerOver where its giver's account has closed in this very moment, FirmGivesNone where she is a firm that ended.
    """
    try:
        done = await write(
            db,
            *replacing.making_way(principal, old, now=now),
            *parts,
            *chain.from_iterable(superseded(actor, one, power, now=now) for one in old),
        )
    except asyncpg.UniqueViolationError as twice:
        if not replacing.is_second(twice):
            raise
        return False
    if done is None and not old:
        giver = await accounts.person(db, principal)
        if giver is not None and giver.state != "active":
            raise FirmGivesNone(giver.name, giver.state)
        raise PowerOver(PowerState.REVOKED)
    return done is not None


def superseded(actor: Actor, old: Power, by: UUID, *, now: datetime) -> tuple[Part, ...]:
    """The parts by which a power is known to have ended for a new one: what sessions do by it, a ledger row of each
    side (of a help at the window none of the officer's), the event. Nothing of what had run out by itself."""
    if old.at(now) not in LIVING:
        return ()
    sides = (old.principal,) if old.kind == "assisted" else (old.principal, old.holder)
    return (
        ending_power(old.holder, old.id, "superseded"),
        *(
            audit.record(
                actor,
                "identity.supersede_power",
                subject=one,
                reference=old.id,
                detail={"replaced_by": str(by)},
                now=now,
            )
            for one in dict.fromkeys(sides)
        ),
        announcing(
            "identity.power_ended",
            subject=old.principal,
            reference=old.id,
            payload={"why": "superseded"},
            now=now,
        ),
    )
