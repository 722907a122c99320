"""Who acts in the audit room's tests."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from uuid import UUID

from tongban import audit
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Role

NOW = datetime(2026, 11, 20, 2, 30, 15, 123456, tzinfo=UTC)
#: A statement that holds, for parts that need a guard.
GUARD = Part("SELECT 1 AS held")


def resident(bucket: int = 7) -> Actor:
    """A resident of one bucket."""
    return Actor(Role.RESIDENT, new_id(bucket), "林晓岚")


def officer() -> Actor:
    """An officer of a public security bureau."""
    return Actor(Role.OFFICER, new_id(3), "周敏", department="SHJA00GA")


async def lines(db: Database, subject: UUID, count: int, *, now: datetime = NOW) -> None:
    """Record ``count`` acts on ``subject``, each in a transaction of its own."""
    for number in range(count):
        await write(
            db,
            GUARD,
            audit.record(
                officer(),
                "cases.accept",
                subject=subject,
                reference=f"c{number}",
                detail={"n": number},
                now=now,
            ),
        )


async def complete(db: Database) -> None:
    """Wait until every row can be sealed at once, so that one pass takes them all."""
    give_up = time.monotonic() + 30
    newest = "SELECT max(xid) < pg_snapshot_xmin(pg_current_snapshot()) FROM audit.ledger"
    while not await db.value(newest) and time.monotonic() < give_up:  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0.02)


async def seal_all(db: Database, count: int, *, limit: int = 20_000, workers: int = 1) -> list[int]:
    """Seal until ``count`` rows are sealed; gives the passes that found something.

    A running transaction of any database of the server holds sealing back, and tests share servers.
    """
    passes: list[int] = []
    give_up = time.monotonic() + 30
    while sum(passes) < count and time.monotonic() < give_up:
        done = await asyncio.gather(*(audit.seal(db.sibling(), now=NOW, limit=limit) for _ in range(workers)))
        passes += [rows for rows in done if rows]
        await asyncio.sleep(0 if any(done) else 0.02)
    return passes
