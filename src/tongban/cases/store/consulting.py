"""SQL of joint review: what a case has asked of other departments, and each department's list of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.cases.model import Case, Edge, State
from tongban.cases.model.consulting import Consulted, Waiting
from tongban.cases.store.offices import OFFICES_OF_1, OFFICES_OF_4
from tongban.cases.store.reading import C_COLUMNS, EVENTS
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


def consulting(case: Case, edge: Edge, consulted: tuple[Consulted, ...]) -> Part:
    """Part (a guard): another department is asked, or has answered."""
    return Part(
        """UPDATE cases."case" SET version = version + 1, consulted = $5
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (case.bucket, case.id, case.version, str(edge.source), msgspec.to_builtins(consulted)),
    )


def listing_question(case: Case, one: Consulted) -> Part:
    """Part: the question stands on the list of the department that is asked; asked again, with its new limit."""
    return Part(
        """INSERT INTO cases.consultation (bucket, case_id, department, applicant, item, item_version,
            applicant_masked, asked_by, due)
        SELECT $1::smallint, $2::uuid, $3::text, $4::uuid, $5::text, $6::integer, $7::text, $8::text,
            $9::timestamptz FROM guard
        ON CONFLICT (bucket, case_id, department) DO UPDATE SET due = EXCLUDED.due, ended_at = NULL,
            asked_by = EXCLUDED.asked_by""",
        (
            *(case.bucket, case.id, one.department, case.applicant, case.item, case.item_version),
            *(case.applicant_masked, case.department, one.due),
        ),
    )


def ending_questions(case: Case, *, department: str | None, now: datetime) -> Part:
    """Part: a department has answered, or (None) the case needs no opinion any more: off the lists."""
    return Part(
        """UPDATE cases.consultation AS q SET ended_at = $4::timestamptz FROM guard
        WHERE q.bucket = $1::smallint AND q.case_id = $2::uuid AND ($3::text IS NULL OR q.department = $3)
        AND q.ended_at IS NULL""",
        (case.bucket, case.id, department, now),
    )


async def waiting(
    db: Database, *, department: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[Waiting]:
    """What waits for the opinion of a department, or of one whose office it has, the soonest date first; keyset by
    (date, case)."""
    rows = await db.rows(
        f"""-- across people: a department's questions have an index of their own (consultation_waiting)
        SELECT q.* FROM unnest({OFFICES_OF_1}) AS o (code) CROSS JOIN LATERAL (
            SELECT case_id, applicant, item, item_version, applicant_masked, asked_by, due FROM cases.consultation
            WHERE department = o.code AND ended_at IS NULL
            AND ($2::timestamptz IS NULL OR (due, case_id) > ($2, $3::uuid)) ORDER BY due, case_id LIMIT $4
        ) q ORDER BY due, case_id LIMIT $4""",
        department,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [msgspec.convert(dict(row), Waiting) for row in rows]


def asked_readable(*, case_id: UUID, applicant: UUID, department: str, states: Collection[State]) -> Part:
    """A guard that holds while a department, or one whose office it has, is asked on the case and has not answered;
    nothing of it is read."""
    return Part(
        f"""SELECT c.id AS case_id FROM cases."case" c
        JOIN cases.consultation q ON q.bucket = c.bucket AND q.case_id = c.id
        WHERE c.bucket = $1::smallint AND c.id = $2::uuid AND c.applicant = $3::uuid
        AND q.department = ANY({OFFICES_OF_4}) AND q.ended_at IS NULL AND c.state = ANY($5::text[])""",
        (bucket_of(case_id), case_id, applicant, department, [str(state) for state in states]),
    )


def reading_asked(*, case_id: UUID, applicant: UUID, department: str, states: Collection[State]) -> Part:
    """Part (a guard): a case on which a department, or one whose office it has, is asked (``asked_of``), with its
    steps, read with its ledger row."""
    return Part(
        f"""SELECT {C_COLUMNS}, {EVENTS}, q.department AS asked_of FROM cases."case" c
        JOIN cases.consultation q ON q.bucket = c.bucket AND q.case_id = c.id
        WHERE c.bucket = $1::smallint AND c.id = $2::uuid AND c.applicant = $3::uuid
        AND q.department = ANY({OFFICES_OF_4}) AND q.ended_at IS NULL
        AND c.state = ANY($5::text[]) ORDER BY q.due LIMIT 1""",
        (bucket_of(case_id), case_id, applicant, department, [str(state) for state in states]),
    )
