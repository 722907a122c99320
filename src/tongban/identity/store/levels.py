"""SQL of the checks behind an account's real-name level, and of the way back after a step up."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.identity.model.levels import Ladder, LevelCheck, Way
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, new_id


async def ladder(db: Database, who: UUID) -> Ladder | None:
    """An account's level and its checks, newest first, a hundred at most; None for no resident's account."""
    rows = await db.rows(
        """SELECT a.level AS now_level, c.id, c.level, c.way, c.reference, c.seen, c.officer, c.department,
            c.checked_at, c.until, c.ended_at, c.ended_why
        FROM identity.account a
        LEFT JOIN identity.level_check c ON c.bucket = a.bucket AND c.account = a.id
        WHERE a.bucket = $1 AND a.id = $2 AND a.role = 'resident'
        ORDER BY c.checked_at DESC, c.id LIMIT 100""",
        bucket_of(who),
        who,
    )
    if not rows:
        return None
    checks = [
        LevelCheck(
            id=row["id"],
            level=row["level"],
            way=Way(row["way"]),
            reference=row["reference"],
            seen=row["seen"],
            officer=row["officer"],
            department=row["department"],
            checked_at=row["checked_at"],
            until=row["until"],
            ended_at=row["ended_at"],
            ended_why=row["ended_why"],
        )
        for row in rows
        if row["id"] is not None
    ]
    return Ladder(rows[0]["now_level"], tuple(checks))


async def rests_on_phone(db: Database, who: UUID, *, now: datetime) -> bool:
    """Whether the account was recovered, and nothing but a face or the phone has proved since then that it is hers."""
    return bool(
        await db.value(
            """SELECT NOT EXISTS (
                SELECT FROM identity.level_check c
                WHERE c.bucket = a.bucket AND c.account = a.id AND c.way IN ('card', 'social', 'window')
                    AND c.ended_at IS NULL AND c.until > $3)
            FROM identity.account a WHERE a.bucket = $1 AND a.id = $2 AND a.capped_at IS NOT NULL""",
            bucket_of(who),
            who,
            now,
        )
    )


def noting(
    who: UUID,
    *,
    level: int,
    way: Way,
    reference: str,
    seen: str,
    officer: UUID | None = None,
    department: str | None = None,
    until: datetime,
    now: datetime,
) -> Part:
    """The guard that notes a check; lost when this result was noted before."""
    return Part(
        """INSERT INTO identity.level_check
            (bucket, id, account, level, way, reference, seen, officer, department, checked_at, until)
        SELECT bucket, $3::uuid, id, $4::smallint, $5::text, $6::text, $7::text, $8::uuid, $9::text,
            $10::timestamptz, $11::timestamptz
        FROM identity.account WHERE bucket = $1::smallint AND id = $2::uuid AND role = 'resident'
        ON CONFLICT (bucket, account, way, reference) DO NOTHING RETURNING bucket, account, level""",
        (
            *(bucket_of(who), who, new_id(bucket_of(who)), level, way.value, reference, seen, officer),
            *(department, now, until),
        ),
    )


def noting_of_new(
    *, level: int, way: Way, reference: str, seen: str, check: UUID, until: datetime, now: datetime
) -> Part:
    """The part that notes a check of an account whose opening is the guard."""
    return Part(
        """INSERT INTO identity.level_check
            (bucket, id, account, level, way, reference, seen, checked_at, until)
        SELECT bucket, $1::uuid, id, $2::smallint, $3::text, $4::text, $5::text, $6::timestamptz, $7::timestamptz
        FROM guard""",
        (check, level, way.value, reference, seen, now, until),
    )


def noting_passed(
    *, way: Way, reference: str, seen: str, check: UUID, until: datetime, now: datetime
) -> Part:
    """The part that notes a check whose passing is the guard; a result that raised somebody before undoes the write."""
    return Part(
        """INSERT INTO identity.level_check
            (bucket, id, account, level, way, reference, seen, checked_at, until)
        SELECT bucket, $1::uuid, account, level, $2::text, $3::text, $4::text, $5::timestamptz, $6::timestamptz
        FROM guard""",
        (check, way.value, reference, seen, now, until),
    )


def raising() -> Part:
    """The part that gives the account the level of a check just noted, never a lower one than it has."""
    return Part(
        """UPDATE identity.account AS a SET level = greatest(a.level, guard.level) FROM guard
        WHERE a.bucket = guard.bucket AND a.id = guard.account"""
    )


def ending(who: UUID, check: UUID, *, now: datetime) -> Part:
    """The guard that withdraws a standing check; gives the level that is left."""
    return Part(
        """UPDATE identity.level_check AS c SET ended_at = $4::timestamptz, ended_why = 'withdrawn'
        WHERE c.bucket = $1::smallint AND c.id = $3::uuid AND c.account = $2::uuid AND c.ended_at IS NULL
        RETURNING c.bucket, c.account, coalesce((
            SELECT max(o.level) FROM identity.level_check o
            WHERE o.bucket = $1::smallint AND o.account = $2::uuid AND o.id <> $3::uuid AND o.ended_at IS NULL
                AND o.until > $4::timestamptz), 1)::smallint AS level""",
        (bucket_of(who), who, check, now),
    )


def lowering() -> Part:
    """The part that gives the account the level that a withdrawal leaves."""
    return Part(
        """UPDATE identity.account AS a SET level = guard.level FROM guard
        WHERE a.bucket = guard.bucket AND a.id = guard.account"""
    )


async def expire(db: Database, *, now: datetime) -> int:
    """End the checks whose time is over, and give their accounts the level that is left; how many there were."""
    ended: int = await db.value(
        """WITH over AS (
            UPDATE identity.level_check SET ended_at = until, ended_why = 'expired'
            WHERE until <= $1 AND ended_at IS NULL  -- across people: the hourly sweep
            RETURNING bucket, account
        ), lowered AS (
            UPDATE identity.account AS a SET level = coalesce((
                SELECT max(c.level) FROM identity.level_check c
                WHERE c.bucket = a.bucket AND c.account = a.id AND c.ended_at IS NULL AND c.until > $1), 1)
            FROM (SELECT DISTINCT bucket, account FROM over) AS o
            WHERE a.bucket = o.bucket AND a.id = o.account
        )
        SELECT count(*) FROM over""",
        now,
    )
    return ended
