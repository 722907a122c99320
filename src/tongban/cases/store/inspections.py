"""SQL of site inspections and internal notes: a record's draft, its end as a step of the case, an officer's words."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from tongban.cases.model import Case, Edge
from tongban.cases.model.cautions import Inspected
from tongban.cases.model.course import Course
from tongban.cases.model.inspection import Inspection, Since, since_of
from tongban.cases.model.notes import Note
from tongban.cases.store.offices import OFFICES_OF_3, OFFICES_OF_4
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, new_id


class Draft(NamedTuple):
    """A record's draft as it stands, the version that the next save must name (0 before the first), and since when
    there may have been an inspection."""

    inspection: Inspection
    version: int
    since: Since


async def inspection_draft(db: Database, *, case_id: UUID) -> Draft:
    """The draft of an accepted case's inspection record, empty where nobody has begun one."""
    row = await db.row(
        """SELECT d.record, d.version, c.accepted_at, c.course,
            (SELECT max(e.at) FROM cases.event e
            WHERE e.bucket = $1 AND e.case_id = $2 AND e.move = 'suspend') AS suspended_at
        FROM cases."case" c LEFT JOIN cases.inspection d
            ON d.bucket = $1 AND d.case_id = $2 AND d.submitted_at IS NULL
        WHERE c.bucket = $1 AND c.id = $2""",
        bucket_of(case_id),
        case_id,
    )
    assert row is not None
    running = msgspec.convert(row["course"], Course).running
    return Draft(
        Inspection() if row["record"] is None else msgspec.convert(row["record"], Inspection),
        row["version"] or 0,
        since_of(
            running.kind if running else None,
            accepted_at=row["accepted_at"],
            suspended_at=row["suspended_at"],
        ),
    )


def keeping_inspection(
    case_id: UUID, record: Inspection, *, version: int, department: str, officer: str, now: datetime
) -> Part:
    """Part (a guard): the draft as typed, over the version that was read (0 begins one).

    Nothing while the case is not with this department or not being examined, and when somebody saved in between.
    """
    return Part(
        """INSERT INTO cases.inspection AS i (bucket, id, case_id, version, record, officer, opened_at, changed_at)
        SELECT c.bucket, $3::uuid, c.id, $4::integer + 1, $5::jsonb, $6::text, $7::timestamptz, $7::timestamptz
        FROM cases."case" c WHERE c.bucket = $1 AND c.id = $2 AND c.department = $8::text
            AND c.state IN ('accepted', 'suspended')
            AND ($4 = 0 OR EXISTS (SELECT 1 FROM cases.inspection d WHERE d.bucket = $1 AND d.case_id = $2
                AND d.submitted_at IS NULL))
        ON CONFLICT (bucket, case_id) WHERE submitted_at IS NULL
        DO UPDATE SET record = excluded.record, version = excluded.version, officer = excluded.officer,
            changed_at = excluded.changed_at WHERE i.version = $4
        RETURNING id, version""",
        (
            *(bucket_of(case_id), case_id, new_id(bucket_of(case_id)), version),
            *(msgspec.to_builtins(record), officer, now, department),
        ),
    )


def inspected(case: Case, edge: Edge, *, version: int) -> Part:
    """Part (a guard): the case's step of an inspection, while its draft stands as it was read and nobody holds it."""
    return Part(
        """UPDATE cases."case" SET version = version + 1
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4
        AND EXISTS (SELECT 1 FROM cases.inspection i WHERE i.bucket = $1 AND i.case_id = $2 AND i.version = $5
            AND i.submitted_at IS NULL FOR UPDATE)
        RETURNING id, version""",
        (case.bucket, case.id, case.version, str(edge.source), version),
    )


def submitting_inspection(case: Case, *, now: datetime) -> Part:
    """Part: the draft is handed in with the step that the move makes; nothing changes it from then on."""
    return Part(
        """UPDATE cases.inspection i SET submitted_at = $3::timestamptz, step = $4::integer FROM guard
        WHERE i.bucket = $1::smallint AND i.case_id = $2::uuid AND i.submitted_at IS NULL""",
        (case.bucket, case.id, now, case.version + 1),
    )


#: How it stands with the inspections of a case ``c``: what the last record came to, whether one is under way.
INSPECTED = """(-- across people: a part of statements that name the case's own bucket
        SELECT i.record->>'conclusion' FROM cases.inspection i WHERE i.bucket = c.bucket AND i.case_id = c.id
        AND i.submitted_at IS NOT NULL ORDER BY i.submitted_at DESC LIMIT 1) AS conclusion,
    EXISTS (SELECT 1 FROM cases.inspection i WHERE i.bucket = c.bucket AND i.case_id = c.id
        AND i.submitted_at IS NULL) AS begun"""


async def inspected_so_far(db: Database, *, case_id: UUID) -> Inspected:
    """What a case's inspections have come to."""
    row = await db.row(
        f"""SELECT {INSPECTED} FROM cases."case" c WHERE c.bucket = $1 AND c.id = $2""",
        bucket_of(case_id),
        case_id,
    )
    return msgspec.convert(dict(row), Inspected) if row else Inspected()


class HandedIn(NamedTuple):
    """A record that was handed in, when, and the course of its case's clock."""

    inspection: Inspection
    submitted_at: datetime
    course: Course


async def last_inspection(db: Database, *, case_id: UUID, department: str) -> HandedIn | None:
    """The record last handed in of a department's case, with the case's course."""
    row = await db.row(
        f"""SELECT i.record, i.submitted_at, c.course FROM cases.inspection i
        JOIN cases."case" c ON c.bucket = i.bucket AND c.id = i.case_id
        WHERE i.bucket = $1 AND i.case_id = $2 AND c.department = ANY({OFFICES_OF_3}) AND i.submitted_at IS NOT NULL
        ORDER BY i.submitted_at DESC LIMIT 1""",
        bucket_of(case_id),
        case_id,
        department,
    )
    if row is None:
        return None
    return HandedIn(
        msgspec.convert(row["record"], Inspection),
        row["submitted_at"],
        msgspec.convert(row["course"], Course),
    )


def noted_case(case_id: UUID, *, applicant: UUID, department: str) -> Part:
    """Part (a guard): a case of this department that has been submitted, for a note to it."""
    return Part(
        f"""SELECT bucket AS of_bucket, id AS of_case FROM cases."case"
        WHERE bucket = $1::smallint AND id = $2::uuid AND applicant = $3::uuid AND department = ANY({OFFICES_OF_4})
        AND state NOT IN ('draft', 'discarded')""",
        (bucket_of(case_id), case_id, applicant, department),
    )


async def under_way(db: Database, applicant: UUID) -> list[tuple[UUID, str]]:
    """The cases of an applicant that lie with a department and have not ended, and which department."""
    rows = await db.rows(
        """SELECT id, department FROM cases."case" WHERE bucket = $1 AND applicant = $2 AND department IS NOT NULL
        AND state IN ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended', 'issuing')""",
        bucket_of(applicant),
        applicant,
    )
    return [(row["id"], row["department"]) for row in rows]


def adding_note(note_id: UUID, *, department: str, author: str, words: str, now: datetime) -> Part:
    """Part: an officer's note to the guard's case."""
    return Part(
        """INSERT INTO cases.note (bucket, id, case_id, department, author, at, words)
        SELECT of_bucket, $1::uuid, of_case, $2::text, $3::text, $4::timestamptz, $5::text FROM guard""",
        (note_id, department, author, now, words),
    )


async def notes_of(db: Database, *, case_id: UUID, department: str) -> list[Note]:
    """The notes to a case that lies with this department, oldest first; those of a department before it, too."""
    rows = await db.rows(
        f"""SELECT n.id, n.department, n.author, n.at, n.words FROM cases.note n
        JOIN cases."case" c ON c.bucket = n.bucket AND c.id = n.case_id
        WHERE n.bucket = $1 AND n.case_id = $2 AND c.department = ANY({OFFICES_OF_3}) ORDER BY n.id""",
        bucket_of(case_id),
        case_id,
        department,
    )
    return [msgspec.convert(dict(row), Note) for row in rows]
