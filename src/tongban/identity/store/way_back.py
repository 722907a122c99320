"""SQL of the way back after a step up: where somebody was, and the form that she had posted, sealed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


class WayBack(msgspec.Struct, frozen=True):
    """Where to go on: the address, the form as the web floor sealed it, and the level that was asked there."""

    next: str
    kept: str
    level: int


def keeping(who: UUID, way: WayBack, *, now: datetime) -> Part:
    """The guard that keeps the way back; the newest one takes an older one's place."""
    return Part(
        """INSERT INTO identity.step_up (bucket, account, next, kept, level, at)
        VALUES ($1::smallint, $2::uuid, $3::text, $4::text, $5::smallint, $6::timestamptz)
        ON CONFLICT (bucket, account) DO UPDATE SET next = EXCLUDED.next, kept = EXCLUDED.kept,
            level = EXCLUDED.level, at = EXCLUDED.at
        RETURNING account""",
        (bucket_of(who), who, way.next, way.kept, way.level, now),
    )


async def kept(db: Database, who: UUID, *, after: datetime) -> WayBack | None:
    """The way back, if it is younger than ``after``."""
    row = await db.row(
        "SELECT next, kept, level FROM identity.step_up WHERE bucket = $1 AND account = $2 AND at > $3",
        bucket_of(who),
        who,
        after,
    )
    return None if row is None else WayBack(**row)


async def forget(db: Database, *, before: datetime) -> None:
    """Drop the ways that nobody went back."""
    await db.run("DELETE FROM identity.step_up WHERE at < $1  -- across people: the hourly sweep", before)
