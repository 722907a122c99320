"""Who read whose data, for the person and for the daily check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tongban.audit.model import Done, DoneAsked, Reading
from tongban.audit.store import by_power, ledger
from tongban.kit.db import Database

#: The daily check looks a little further back than a day, so that no reading falls between two checks.
CHECKED_SPAN = timedelta(hours=25)
_ALL = DoneAsked()


async def readings_of(
    db: Database,
    *,
    subject: UUID,
    also: Sequence[UUID] = (),
    limit: int,
    before: UUID | None = None,
    reference: str | None = None,
) -> list[Reading]:
    """Who read this person's data, newest first; ``before`` is the last id of the page before.

    ``also`` are the accounts merged into hers. ``reference`` narrows it to one affair: a case's id, a licence's.
    """
    return await ledger.readings(db, (subject, *also), limit=limit, before=before, reference=reference)


async def acts_by_powers(
    db: Database,
    *,
    principal: UUID,
    powers: Sequence[UUID],
    limit: int,
    asked: DoneAsked = _ALL,
    before: UUID | None = None,
) -> list[Done]:
    """What was done in the principal's name by these powers, newest first: both sides may see every act of theirs."""
    return await by_power.done_by(db, principal, powers, asked=asked, before=before, limit=limit)


async def reads_without_purpose(db: Database, *, now: datetime, since: datetime | None = None) -> int:
    """Readings since ``since`` (default: the last 25 hours) without a purpose of that person standing then.

    Must be 0. A reading at the very instant that its purpose was closed counts as under it.
    """
    return await ledger.unlawful_readings(db, since=since or now - CHECKED_SPAN, until=now)
