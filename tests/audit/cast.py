"""Who acts in the audit room's tests."""

from __future__ import annotations

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
