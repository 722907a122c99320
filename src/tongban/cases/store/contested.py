"""SQL of a case that another one is about: read by the department that has that other one."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from asyncpg import Record

from tongban.cases.model import State
from tongban.cases.store.offices import OFFICES_OF_4
from tongban.cases.store.reading import C_COLUMNS, EVENTS
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of

#: The case ``c`` that a case ``b`` of the department, or of one whose office it has, in one of these states, is about:
#: both are one applicant's.
_ABOUT = f"""FROM cases."case" b
        JOIN cases."case" c ON c.bucket = b.bucket AND c.id = b.about AND c.applicant = b.applicant
        WHERE b.bucket = $1::smallint AND b.id = $2::uuid AND b.applicant = $3::uuid
        AND b.department = ANY({OFFICES_OF_4}) AND b.state = ANY($5::text[]) AND c.id = $6::uuid"""


async def contested_by(
    db: Database, *, by: UUID, applicant: UUID, department: str, states: Collection[State]
) -> Record | None:
    """Which case a department's own case ``by`` is about, as ``about``; None where it has no such case."""
    return await db.row(
        f"""SELECT about FROM cases."case"
        WHERE bucket = $1 AND id = $2 AND applicant = $3 AND department = ANY({OFFICES_OF_4}) AND state = ANY($5)""",
        bucket_of(by),
        by,
        applicant,
        department,
        [str(state) for state in states],
    )


def reading_contested(
    *, by: UUID, case_id: UUID, applicant: UUID, department: str, states: Collection[State]
) -> Part:
    """Part (a guard): the case that a department's case ``by`` is about, with its steps, read with its ledger row."""
    return Part(
        f"SELECT {C_COLUMNS}, {EVENTS} {_ABOUT}",
        (bucket_of(by), by, applicant, department, [str(state) for state in states], case_id),
    )


def contested_readable(
    *, by: UUID, case_id: UUID, applicant: UUID, department: str, states: Collection[State]
) -> Part:
    """A guard that holds while a department's case ``by`` is in one of these states; nothing of the other is read."""
    return Part(
        f"SELECT c.id AS case_id {_ABOUT}",
        (bucket_of(by), by, applicant, department, [str(state) for state in states], case_id),
    )
