"""The call log's months: partitions are made before they are needed."""

from __future__ import annotations

from datetime import datetime

from tongban.kit.db import Database
from tongban.kit.db.months import ensure_months


async def ensure_partitions(db: Database, *, now: datetime) -> list[str]:
    """Make the call log's partitions of this month and the next three; gives the names made. Hourly and at start."""
    return await ensure_months(db, "exchange.call", now=now)
