"""SQL of hearings: what a case's hearing has come to, with its clock or without; those a department has under way."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import msgspec

from tongban.cases.model import Case, CaseEvent, DeskRow, Edge
from tongban.cases.model.course import Course, Dues
from tongban.cases.model.hearing import Hearing
from tongban.cases.store.lists import ROW
from tongban.cases.store.reading import C_COLUMNS, EVENTS, case_from, events_from
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


def hearing_kept(case: Case, edge: Edge, hearing: Hearing) -> Part:
    """Part (a guard): a step of a hearing that moves no date."""
    return Part(
        """UPDATE cases."case" SET version = version + 1, hearing = $5
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (case.bucket, case.id, case.version, str(edge.source), msgspec.to_builtins(hearing)),
    )


def hearing_reckoned(case: Case, edge: Edge, course: Course, dues: Dues, hearing: Hearing) -> Part:
    """Part (a guard): a step of a hearing that stops the decision's clock or lets it run again, with its dates."""
    return Part(
        """UPDATE cases."case" SET state = $5, version = version + 1, course = $6, promise_due = $7,
            statutory_due = $8, warn_at = $9, hearing = $10
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version, str(edge.source), str(edge.target)),
            *(msgspec.to_builtins(course), dues.promise, dues.statutory, dues.warn_at),
            msgspec.to_builtins(hearing),
        ),
    )


class ToFix(NamedTuple):
    """A case whose hearing is to be fixed, its steps, and its department's officers by account, their names sealed."""

    case: Case
    events: list[CaseEvent]
    officers: dict[UUID, bytes]


async def to_fix(db: Database, *, case_id: UUID) -> ToFix | None:
    """A case with its steps and the officers of its department, a hundred at most, of whom one is to preside."""
    row = await db.row(
        f"""SELECT {C_COLUMNS}, {EVENTS}, p.ids AS officers, p.names AS officer_names FROM cases."case" c
        LEFT JOIN LATERAL (SELECT array_agg(o.id) AS ids, array_agg(o.name_sealed) AS names FROM (
            SELECT id, name_sealed FROM identity.pub_colleague
            WHERE department = c.department ORDER BY username LIMIT 100) o) p ON true
        WHERE c.bucket = $1 AND c.id = $2""",
        bucket_of(case_id),
        case_id,
    )
    if row is None:
        return None
    officers = dict(zip(row["officers"] or (), row["officer_names"] or (), strict=True))
    return ToFix(case_from(row), events_from(row), officers)


class HearingRow(NamedTuple):
    """A line of a department's list of hearings: the case as the desk shows it, and its hearing."""

    row: DeskRow
    hearing: Hearing


async def hearings(db: Database, *, department: str, after: UUID | None, limit: int) -> list[HearingRow]:
    """The hearings that a department has to fix, to hold or to see confirmed, the oldest case first; keyset by id."""
    rows = await db.rows(
        f"""-- across people: a department's hearings have an index of their own (case_hearing)
        SELECT {ROW}, hearing FROM cases."case"
        WHERE department = $1 AND state = 'suspended' AND hearing IS NOT NULL AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id LIMIT $3""",
        department,
        after,
        limit,
    )
    return [
        HearingRow(msgspec.convert(dict(row), DeskRow), msgspec.convert(row["hearing"], Hearing))
        for row in rows
    ]
