"""SQL of the archive's appraisals: the packages of a department and of those whose office it has, decisions on them,
and the destruction list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from tongban.cases.model.archive import Appraisal, Archived, Decision, Destroyed
from tongban.cases.store.offices import OFFICES_OF_1, OFFICES_OF_3
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Actor

_COLUMNS = ", ".join(f"a.{name}" for name in Archived.__struct_fields__)
_LAST, _EVERYBODY, _NOBODY = datetime(9000, 1, 1, tzinfo=UTC), UUID(int=(1 << 128) - 1), UUID(int=0)


async def archives(
    db: Database, *, department: str, before: tuple[datetime, UUID] | None, limit: int
) -> list[Archived]:
    """A department's packages, latest sealed first; keyset by (sealing, id)."""
    rows = await db.rows(
        f"""-- across people: a department's archive has an index of its own (archive_department)
        SELECT a.* FROM unnest({OFFICES_OF_1}) AS o (code) CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM cases.archive a
            WHERE a.department = o.code AND (a.sealed_at, a.id) < ($2::timestamptz, $3::uuid)
            ORDER BY a.sealed_at DESC, a.id DESC LIMIT $4
        ) a ORDER BY a.sealed_at DESC, a.id DESC LIMIT $4""",
        department,
        *(before or (_LAST, _EVERYBODY)),
        limit,
    )
    return [msgspec.convert(dict(row), Archived) for row in rows]


async def due_archives(
    db: Database, *, department: str, today: date, after: tuple[date, UUID] | None, limit: int
) -> list[Archived]:
    """A department's packages whose time of keeping is over, longest over first; keyset by (day, id)."""
    rows = await db.rows(
        f"""-- across people: what is due for appraisal has an index of its own (archive_due)
        SELECT a.* FROM unnest({OFFICES_OF_1}) AS o (code) CROSS JOIN LATERAL (
            SELECT {_COLUMNS} FROM cases.archive a
            WHERE a.department = o.code AND a.state <> 'destroyed' AND a.dispose_on <= $2
            AND (a.dispose_on, a.id) > ($3::date, $4::uuid)
            ORDER BY a.dispose_on, a.id LIMIT $5
        ) a ORDER BY a.dispose_on, a.id LIMIT $5""",
        department,
        today,
        *(after or (date(1, 1, 1), _NOBODY)),
        limit,
    )
    return [msgspec.convert(dict(row), Archived) for row in rows]


async def with_appraisals(
    db: Database,
    *,
    id: UUID,  # noqa: A002 - the row's own id
    department: str,
) -> tuple[Archived, list[Appraisal]] | None:
    """A department's package with all decisions on it, the earliest first."""
    row = await db.row(
        f"""SELECT {_COLUMNS}, coalesce((SELECT jsonb_agg(jsonb_build_object('decision', p.decision,
                'officer_name', p.officer_name, 'reason', p.reason, 'dispose_on', p.dispose_on,
                'at', to_char(p.at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) ORDER BY p.version)
            FROM cases.appraisal p WHERE p.bucket = a.bucket AND p.archive_id = a.id), '[]') AS appraisals
        FROM cases.archive a WHERE a.bucket = $1 AND a.id = $2 AND a.department = ANY({OFFICES_OF_3})""",
        bucket_of(id),
        id,
        department,
    )
    if row is None:
        return None
    found = {name: row[name] for name in Archived.__struct_fields__}
    return msgspec.convert(found, Archived), msgspec.convert(row["appraisals"], list[Appraisal])


def deciding(before: Archived, after: Archived) -> Part:
    """Part (a guard): a decision on a package, unless somebody was faster; never one's own proposal destroyed."""
    return Part(
        """UPDATE cases.archive SET state = $4::text, version = version + 1, dispose_on = $5::date,
            proposed_by = $6::uuid, proposed_name = $7::text, proposed_at = $8::timestamptz, proposed_reason = $9::text,
            retention = $10::text
        WHERE bucket = $1::smallint AND id = $2::uuid AND version = $3::integer RETURNING id""",
        (
            *(before.bucket, before.id, before.version, after.state, after.dispose_on),
            *(after.proposed_by, after.proposed_name, after.proposed_at, after.proposed_reason),
            after.retention,
        ),
    )


def noting(row: Archived, decision: Decision, actor: Actor, *, reason: str, now: datetime) -> Part:
    """Part: the decision as it is kept for good."""
    return Part(
        """INSERT INTO cases.appraisal (bucket, archive_id, version, decision, officer, officer_name, reason,
            dispose_on, at)
        SELECT $1::smallint, $2::uuid, $3::integer, $4::text, $5::uuid, $6::text, $7::text, $8::date,
            $9::timestamptz FROM guard""",
        (
            *(row.bucket, row.id, row.version, str(decision), actor.id, actor.name, reason),
            *(row.dispose_on, now),
        ),
    )


def listing(line: Destroyed) -> Part:
    """Part: a line of the destruction list."""
    return Part(
        """INSERT INTO cases.destruction (id, department, item, retention, ended_on, size, sm3, sha256, proposed_name,
            destroyed_name, reason, at)
        SELECT $1::uuid, $2::text, $3::text, $4::text, $5::date, $6::bigint, $7::text, $8::text, $9::text, $10::text,
            $11::text, $12::timestamptz FROM guard""",
        msgspec.structs.astuple(line),
    )


def emptying(case_id: UUID) -> Part:
    """Part: what was applied for and what the registers said goes from the case's own row as well."""
    return Part(
        """UPDATE cases."case" SET answers = '{}', facts = '{}', finding = NULL, correction = NULL, reason = NULL
        FROM guard WHERE "case".bucket = $1::smallint AND "case".id = $2::uuid""",
        (bucket_of(case_id), case_id),
    )


async def destroyed(
    db: Database, *, department: str, before: tuple[datetime, UUID] | None, limit: int
) -> list[Destroyed]:
    """A department's destruction list, latest first; keyset by (instant, id)."""
    rows = await db.rows(
        f"""SELECT d.* FROM unnest({OFFICES_OF_1}) AS o (code) CROSS JOIN LATERAL (
            SELECT id, department, item, retention, ended_on, size, sm3, sha256, proposed_name, destroyed_name,
                reason, at
            FROM cases.destruction WHERE department = o.code AND (at, id) < ($2::timestamptz, $3::uuid)
            ORDER BY at DESC, id DESC LIMIT $4
        ) d ORDER BY at DESC, id DESC LIMIT $4""",
        department,
        *(before or (_LAST, _EVERYBODY)),
        limit,
    )
    return [Destroyed(**row) for row in rows]
