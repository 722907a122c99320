"""Events that were given up, sent again by an operator once their cause is mended."""

from __future__ import annotations

from datetime import datetime

from tongban import audit
from tongban.kit import outbox
from tongban.kit.db import Database, connect, write
from tongban.kit.policy import SYSTEM


async def retry(db: Database, *, now: datetime) -> list[outbox.Event]:
    """Let every given-up event be handled once more, each with a ledger row; gives those that this call freed."""
    freed = []
    for event in await outbox.given_up(db):
        row = audit.record(
            SYSTEM,
            "kit.retry_event",
            subject=event.subject,
            reference=event.id,
            detail={"topic": event.topic},
            now=now,
        )
        if await write(db, outbox.sending_again(event, now=now), row) is not None:
            freed.append(event)
    return freed


async def retried(dsn: str, *, now: datetime) -> list[outbox.Event]:
    """``retry`` for the command line."""
    db = await connect(dsn, size=1, wait_seconds=10)
    try:
        return await retry(db, now=now)
    finally:
        await db.close()
