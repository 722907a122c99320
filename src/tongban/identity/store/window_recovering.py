"""SQL of recoveries at a window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from tongban.identity.model.window_recovering import Recovery
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, by_bucket
from tongban.notices import open_phone

_COLUMNS = "id, account, phone_sealed, begun_at, until, done_at"


def _recovery(row: Record) -> Recovery:
    sealed = row["phone_sealed"]
    return Recovery(
        id=row["id"],
        account=row["account"],
        phone=open_phone(sealed, row["account"]) if sealed else "",
        begun_at=row["begun_at"],
        until=row["until"],
        done_at=row["done_at"],
    )


async def recovery_of(db: Database, recovery: UUID, *, officer: UUID) -> Recovery | None:
    """An officer's own recovery, under way or done."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM identity.window_recovery WHERE bucket = $1 AND id = $2 AND officer = $3",
        bucket_of(recovery),
        recovery,
        officer,
    )
    return None if row is None else _recovery(row)


async def under_way(db: Database, who: UUID, *, officer: UUID) -> Recovery | None:
    """What this officer has begun for an account and not ended."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM identity.window_recovery
        WHERE bucket = $1 AND account = $2 AND officer = $3 AND done_at IS NULL""",
        bucket_of(who),
        who,
        officer,
    )
    return None if row is None else _recovery(row)


def beginning(
    recovery: UUID,
    who: UUID,
    *,
    officer: UUID,
    department: str | None,
    paper_kind: str,
    phone_sealed: bytes,
    until: datetime,
    now: datetime,
) -> Part:
    """The guard that begins a recovery; one that was under way to the account gives way to it."""
    return Part(
        """INSERT INTO identity.window_recovery (bucket, id, account, officer, department, paper_kind, phone_sealed,
            begun_at, until)
        VALUES ($1::smallint, $2::uuid, $3::uuid, $4::uuid, $5::text, $6::text, $7::bytea, $8::timestamptz,
            $9::timestamptz)
        ON CONFLICT (bucket, account) WHERE done_at IS NULL DO UPDATE SET id = EXCLUDED.id,
            officer = EXCLUDED.officer, department = EXCLUDED.department, paper_kind = EXCLUDED.paper_kind,
            phone_sealed = EXCLUDED.phone_sealed, begun_at = EXCLUDED.begun_at, until = EXCLUDED.until
        RETURNING bucket, account AS id""",
        (bucket_of(who), recovery, who, officer, department, paper_kind, phone_sealed, now, until),
    )


def standing(recovery: UUID, *, officer: UUID, now: datetime) -> Part:
    """The guard that stands while a recovery waits for its code."""
    return Part(
        """SELECT bucket, account AS id FROM identity.window_recovery
        WHERE bucket = $1::smallint AND id = $2::uuid AND officer = $3::uuid AND done_at IS NULL
            AND until > $4::timestamptz FOR UPDATE""",
        (bucket_of(recovery), recovery, officer, now),
    )


def ending(recovery: UUID, *, officer: UUID, code: bytes, now: datetime) -> Part:
    """The guard that ends a recovery by the code that counts; lost when done, over, begun anew or the code used, or the
    account was merged into another meanwhile, which the new phone would not find."""
    return Part(
        """WITH mine AS (
            SELECT a.bucket, a.id FROM identity.account a
                JOIN identity.window_recovery w ON w.bucket = a.bucket AND w.account = a.id
            WHERE w.bucket = $1::smallint AND w.id = $2::uuid AND a.merged_into IS NULL FOR UPDATE OF a
        )
        UPDATE identity.window_recovery AS r SET done_at = $5::timestamptz, phone_sealed = NULL FROM mine
        WHERE r.bucket = mine.bucket AND r.account = mine.id
            AND r.bucket = $1::smallint AND r.id = $2::uuid AND r.officer = $3::uuid AND r.done_at IS NULL
            AND r.until > $5::timestamptz AND EXISTS (
                SELECT FROM identity.code c WHERE c.bucket = r.bucket AND c.account = r.account AND c.act = 'window'
                    AND c.hash = $4::bytea AND c.used_at IS NULL)
        RETURNING r.bucket, r.account AS id""",
        (bucket_of(recovery), recovery, officer, code, now),
    )


def ending_codes(accounts: Sequence[UUID], *, now: datetime) -> tuple[Part, Part]:
    """The parts that use the code up, and drop every other of her accounts: a log-in half done on the old phone does
    not end."""
    return (
        Part(
            """UPDATE identity.code AS c SET used_at = $1::timestamptz FROM guard
            WHERE c.bucket = guard.bucket AND c.account = guard.id AND c.act = 'window'""",
            (now,),
        ),
        Part(
            """DELETE FROM identity.code AS c USING guard
            WHERE c.bucket = ANY($1::smallint[]) AND c.account = ANY($2::uuid[])
                AND (c.account <> guard.id OR c.act <> 'window')""",
            by_bucket(accounts),
        ),
    )


def giving_back(
    accounts: Sequence[UUID], *, password: str, phone_sealed: bytes, level: int, now: datetime
) -> Part:
    """The part that gives the guard's account its new phone and a password nobody knows.

    Each of her ``accounts`` proves no more than ``level``, and cools: she goes from one into the other.
    """
    return Part(
        """UPDATE identity.account AS a SET level = least(a.level, $5::smallint), capped_at = $6::timestamptz,
            recovered_at = $6::timestamptz,
            password = CASE WHEN a.id = guard.id THEN $3::text ELSE a.password END,
            phone_sealed = CASE WHEN a.id = guard.id THEN $4::bytea ELSE a.phone_sealed END,
            phone_lost_at = CASE WHEN a.id = guard.id THEN NULL ELSE a.phone_lost_at END
        FROM guard WHERE a.bucket = ANY($1::smallint[]) AND a.id = ANY($2::uuid[])""",
        (*by_bucket(accounts), password, phone_sealed, level, now),
    )


async def recovered_at(db: Database, *who: UUID) -> datetime | None:
    """When one of these accounts was last recovered at a window."""
    at: datetime | None = await db.value(
        """SELECT max(recovered_at) FROM identity.account
        WHERE bucket = ANY($1::smallint[]) AND id = ANY($2::uuid[])""",
        [bucket_of(one) for one in who],
        list(who),
    )
    return at


async def forget(db: Database, *, now: datetime) -> None:
    """Drop the recoveries that came to nothing."""
    await db.run(
        """DELETE FROM identity.window_recovery WHERE done_at IS NULL AND until < $1
        -- across people: the hourly sweep""",
        now,
    )


async def done_for(db: Database, who: UUID) -> list[dict[str, object]]:
    """The recoveries of an account that were done, for the copy of what is held about her."""
    rows = await db.rows(
        """SELECT paper_kind, department, done_at FROM identity.window_recovery
        WHERE bucket = $1 AND account = $2 AND done_at IS NOT NULL ORDER BY done_at""",
        bucket_of(who),
        who,
    )
    return [dict(row) for row in rows]
