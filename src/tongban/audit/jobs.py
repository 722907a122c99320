"""The audit room's work in the background: sealing, months ahead, the daily check."""

from __future__ import annotations

from datetime import datetime

import structlog

from tongban.audit.actions import seal as sealing
from tongban.audit.actions.months import ensure_partitions
from tongban.audit.actions.readings import reads_without_purpose
from tongban.kit.db import Database

log = structlog.get_logger("tongban.audit")


async def seal(db: Database, *, now: datetime) -> None:
    """Every 0.5 s: seal what is complete."""
    await sealing.seal(db, now=now)


async def partitions(db: Database, *, now: datetime) -> None:
    """Hourly: the partitions of the coming months."""
    made = await ensure_partitions(db, now=now)
    if made:
        log.info("ledger partitions made", partitions=made)


async def check_readings(db: Database, *, now: datetime) -> None:
    """Daily: readings without a purpose must be none."""
    count = await reads_without_purpose(db, now=now)
    if count:
        log.error("personal data was read without a standing purpose", readings=count)
