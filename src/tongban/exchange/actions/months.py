"""The call log's months: partitions are made before they are needed."""

from __future__ import annotations

from datetime import UTC, datetime

from tongban.exchange.store import months
from tongban.exchange.store.months import Month
from tongban.kit.db import Database

#: This month and so many after it.
AHEAD = 3


async def ensure_partitions(db: Database, *, now: datetime) -> list[str]:
    """Make the partitions of this month and the next three; gives the names made."""
    moment = now.astimezone(UTC)
    existing = await months.partitions(db)
    month, made = Month(moment.year, moment.month), []
    for _ in range(1 + AHEAD):
        if month.partition not in existing:
            await months.make(db, month)
            made.append(month.partition)
        month = month.following
    return made
