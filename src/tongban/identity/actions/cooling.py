"""Cooling after a recovery at a window: asked by the gravest acts, of whoever's account they concern."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.identity.model.cooling import CoolingOff, cools_until
from tongban.identity.store import window_recovering
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Role


async def must_have_cooled(db: Database, actor: Actor, *, now: datetime) -> None:
    """Raise CoolingOff while the actor's account, or that of who acts for her, was recovered less than a day ago.

    One statement; none for who has no resident's account.
    """
    if actor.role is not Role.RESIDENT:
        return
    if (until := await cooling_of(db, actor.id, actor.holder, now=now)) is not None:
        raise CoolingOff(until)


async def cooling_of(db: Database, *who: UUID | None, now: datetime) -> datetime | None:
    """Until when the gravest acts of one of these accounts rest; None where they do not."""
    known = [one for one in dict.fromkeys(who) if one is not None]
    return cools_until(await window_recovering.recovered_at(db, *known), now=now)
