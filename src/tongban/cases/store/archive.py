"""SQL of the archive: what waits for its package, and the packages that are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tongban.cases.model.archive import Archived, Waiting
from tongban.cases.store.offices import OFFICES_OF_2, OFFICES_OF_3
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of

_COLUMNS = """bucket, id, case_id, applicant, department, item, number, ended_at, sealed_at, file_id, size, sm3,
    sha256, manifest_sm3, retention, dispose_on, state, version, exported_at, proposed_by, proposed_name, proposed_at,
    proposed_reason"""
#: How long a package may be in the making before another worker begins it anew; doubled with each try, to an hour.
_LEASE = timedelta(minutes=1)
_LONGEST = timedelta(hours=1)
#: A package ``a`` that something later may still change.
_REPLACEABLE = "a.state = 'kept' AND a.exported_at IS NULL"
ENDED = "('not_accepted', 'refused', 'withdrawn', 'terminated', 'closed')"


async def to_archive(db: Database, *, case_id: UUID, ended_at: datetime, due_at: datetime) -> None:
    """Note that a case has ended and waits for its package; twice changes nothing, nor when it has one."""
    await db.run(
        """INSERT INTO cases.to_archive (bucket, case_id, ended_at, due_at)
        SELECT $1::smallint, $2::uuid, $3::timestamptz, $4::timestamptz
        WHERE NOT EXISTS (SELECT FROM cases.archive WHERE bucket = $1 AND case_id = $2)
        ON CONFLICT (bucket, case_id) DO NOTHING""",
        bucket_of(case_id),
        case_id,
        ended_at,
        due_at,
    )


async def waiting(db: Database, *, now: datetime, limit: int) -> list[Waiting]:
    """Take up to ``limit`` cases that wait for their package; others pass them by until the lease is over."""
    rows = await db.rows(
        """-- across people: the worker takes whoever's turn it is (to_archive_due)
        WITH due AS (
            SELECT bucket, case_id FROM cases.to_archive WHERE due_at <= $1
            ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
        )
        UPDATE cases.to_archive w SET tries = tries + 1,
            due_at = $1 + least($3::interval * power(2, least(tries, 20)), $4::interval)
        FROM due WHERE w.bucket = due.bucket AND w.case_id = due.case_id
        RETURNING w.bucket, w.case_id, w.ended_at, w.tries, w.due_at AS lease""",
        now,
        limit,
        _LEASE,
        _LONGEST,
    )
    return sorted((Waiting(**row) for row in rows), key=lambda one: one.ended_at)


async def not_ended(db: Database, *, case_id: UUID) -> None:
    """Take a case off that has not ended."""
    await db.run(
        "DELETE FROM cases.to_archive WHERE bucket = $1 AND case_id = $2", bucket_of(case_id), case_id
    )


async def to_archive_anew(db: Database, *, case_id: UUID, ended_at: datetime, due_at: datetime) -> bool:
    """Note that an ended case's package is to be made once more; whether it has one, or one in the making.

    One that was handed over or proposed for destruction stays as it is. A worker that is packing it just now packed
    too early: its lease is over with the new ``due_at``.
    """
    return bool(
        await db.value(
            f"""INSERT INTO cases.to_archive (bucket, case_id, ended_at, due_at)
            SELECT c.bucket, c.id, $3::timestamptz, $4::timestamptz FROM cases."case" c
            WHERE c.bucket = $1 AND c.id = $2 AND c.state IN {ENDED} AND (
                EXISTS (SELECT FROM cases.to_archive w WHERE w.bucket = $1 AND w.case_id = $2)
                OR EXISTS (SELECT FROM cases.archive a WHERE a.bucket = $1 AND a.case_id = $2 AND {_REPLACEABLE}))
            ON CONFLICT (bucket, case_id) DO UPDATE SET due_at = EXCLUDED.due_at, tries = 0
            RETURNING true""",
            bucket_of(case_id),
            case_id,
            ended_at,
            due_at,
        )
    )


def unarchiving(case_id: UUID) -> Part:
    """Part (a guard): the package of a case that lives again is let go, if it was not handed over nor proposed for
    destruction."""
    return Part(
        f"""DELETE FROM cases.archive a USING cases."case" c
        WHERE a.bucket = $1::smallint AND a.case_id = $2::uuid AND {_REPLACEABLE}
        AND c.bucket = a.bucket AND c.id = a.case_id AND c.state NOT IN {ENDED} RETURNING a.case_id""",
        (bucket_of(case_id), case_id),
    )


def archiving(row: Archived, *, lease: datetime) -> Part:
    """Part (a guard): the package's row, in the place of an older one, which is served until then.

    Nothing for who comes second or too late: ``lease`` is until when the case was lent for packing.
    """
    return Part(
        f"""INSERT INTO cases.archive AS a (bucket, id, case_id, applicant, department, item, number, ended_at,
            sealed_at, file_id, size, sm3, sha256, manifest_sm3, retention, dispose_on)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::uuid, $5::text, $6::text, $7::text, $8::timestamptz,
            $9::timestamptz, $10::uuid, $11::bigint, $12::text, $13::text, $14::text, $15::text, $16::date
        FROM cases.to_archive w WHERE w.bucket = $1 AND w.case_id = $3 AND w.due_at = $17::timestamptz
        ON CONFLICT (bucket, case_id) DO UPDATE SET department = EXCLUDED.department, ended_at = EXCLUDED.ended_at,
            sealed_at = EXCLUDED.sealed_at, file_id = EXCLUDED.file_id, size = EXCLUDED.size, sm3 = EXCLUDED.sm3,
            sha256 = EXCLUDED.sha256, manifest_sm3 = EXCLUDED.manifest_sm3, retention = EXCLUDED.retention,
            dispose_on = EXCLUDED.dispose_on, version = a.version + 1
        WHERE {_REPLACEABLE} RETURNING bucket, case_id""",
        (*msgspec.structs.astuple(row)[:16], lease),
    )


def waits_no_more(*, lease: datetime) -> Part:
    """Part: the case is off the list, unless something came after its end while it was packed."""
    return Part(
        """DELETE FROM cases.to_archive w USING guard
        WHERE w.bucket = guard.bucket AND w.case_id = guard.case_id AND w.due_at = $1::timestamptz""",
        (lease,),
    )


async def drop_unpackable(db: Database, *, case_id: UUID) -> None:
    """Take a case off whose package may not be replaced any more: it was handed over, or its time is over."""
    await db.run(
        f"""DELETE FROM cases.to_archive w USING cases.archive a WHERE w.bucket = $1 AND w.case_id = $2
        AND a.bucket = w.bucket AND a.case_id = w.case_id AND NOT ({_REPLACEABLE})""",
        bucket_of(case_id),
        case_id,
    )


async def to_export(
    db: Database, *, until: datetime, department: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Archived]:
    """Packages of cases that ended before an instant, of one department or of all, oldest first; keyset."""
    rows = await db.rows(
        f"""-- across people: the archives office takes whole departments (archive_ended)
        SELECT {_COLUMNS} FROM cases.archive
        WHERE state <> 'destroyed' AND ended_at < $1 AND ($2::text IS NULL OR department = ANY({OFFICES_OF_2}))
        AND ($3::timestamptz IS NULL OR (ended_at, id) > ($3, $4::uuid))
        ORDER BY ended_at, id LIMIT $5""",
        until,
        department,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [msgspec.convert(dict(row), Archived) for row in rows]


def exporting(row: Archived, *, now: datetime) -> Part:
    """Part (a guard): a package is handed out for the first time; nothing where another took its place meanwhile."""
    return Part(
        """UPDATE cases.archive SET exported_at = $3::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND exported_at IS NULL AND file_id = $4::uuid RETURNING id""",
        (row.bucket, row.id, now, row.file_id),
    )


async def still_waiting(db: Database, *, until: datetime) -> int:
    """How many cases ended before an instant and have no package yet."""
    return int(
        await db.value(
            "-- across people: a number and nothing else\nSELECT count(*) FROM cases.to_archive WHERE ended_at < $1",
            until,
        )
    )


async def archived(db: Database, *, id: UUID, department: str) -> Archived | None:  # noqa: A002 - the row's own id
    """A department's package by its id."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM cases.archive WHERE bucket = $1 AND id = $2 AND department = ANY({OFFICES_OF_3})""",
        bucket_of(id),
        id,
        department,
    )
    return msgspec.convert(dict(row), Archived) if row else None
