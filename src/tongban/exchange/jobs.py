"""Periodic jobs of the exchange."""

from __future__ import annotations

from datetime import datetime

import structlog

from tongban.exchange.actions.months import ensure_partitions
from tongban.kit.db import Database

log = structlog.get_logger("tongban.exchange")


async def partitions(db: Database, *, now: datetime) -> None:
    """Hourly: the call log's partitions of the coming months."""
    made = await ensure_partitions(db, now=now)
    if made:
        log.info("call log partitions made", partitions=made)
