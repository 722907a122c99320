"""SQL of who has a case in hand: hand-over, absences, and the lists that officers have named."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from tongban.cases.model import Case, Edge
from tongban.cases.model.assignment import MOST_FILTERS, Absence, SavedFilter
from tongban.cases.store.reading import CASE_COLUMNS, case_from
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Actor


def assigning(case: Case, edge: Edge, *, to: UUID | None, name: str | None) -> Part:
    """Part (a guard): a case has another assignee from now on, or is in nobody's hand."""
    return Part(
        """UPDATE cases."case" SET version = version + 1, assignee = $5, assignee_name = $6
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (case.bucket, case.id, case.version, str(edge.source), to, name),
    )


async def cases_in_hand(db: Database, *, officer: UUID, department: str, limit: int) -> list[Case]:
    """What an officer has in hand in a department and has not come to the end of, the oldest first."""
    rows = await db.rows(
        f"""-- across people: all that a department has open has an index of its own (case_of_department)
        SELECT {CASE_COLUMNS} FROM cases."case" WHERE department = $1 AND assignee = $2
        AND state IN ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended')
        ORDER BY id LIMIT $3""",
        department,
        officer,
        limit,
    )
    return [case_from(row) for row in rows]


_ABSENCE = "id, officer, officer_name, deputy, deputy_name, first_day, last_day"


async def absences(db: Database, *, department: str, since: date) -> list[Absence]:
    """Who of a department is or will be away, the soonest first; a hundred at most."""
    rows = await db.rows(
        f"""-- across people: a department's absences have an index of their own (absence_department)
        SELECT {_ABSENCE} FROM cases.absence
        WHERE department = $1 AND ended_at IS NULL AND last_day >= $2 ORDER BY first_day, id LIMIT 100""",
        department,
        since,
    )
    return [msgspec.convert(dict(row), Absence) for row in rows]


async def absences_of(db: Database, officer: UUID, *, department: str) -> tuple[list[UUID], list[Absence]]:
    """The entries that this officer has had in a department, all their ids, and those that stand, the soonest first."""
    rows = await db.rows(
        f"""SELECT {_ABSENCE}, ended_at IS NULL AS stands FROM cases.absence
        WHERE bucket = $1 AND officer = $2 AND department = $3 ORDER BY first_day, id""",
        bucket_of(officer),
        officer,
        department,
    )
    return [row["id"] for row in rows], [msgspec.convert(dict(row), Absence) for row in rows if row["stands"]]


def adding_absence(one: Absence, actor: Actor, *, now: datetime) -> Part:
    """Part (a guard): an officer will be away; nothing where another entry has this id (:func:`entry_after`)."""
    return Part(
        f"""INSERT INTO cases.absence (bucket, department, at, {_ABSENCE})
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (bucket, id) DO NOTHING RETURNING id""",
        (bucket_of(one.officer), actor.department, now, *msgspec.structs.astuple(one)),
    )


def ending_absence(absence: UUID, *, department: str, now: datetime) -> Part:
    """Part (a guard): an absence of the department is over, or does not come about; gives whose it was."""
    return Part(
        """UPDATE cases.absence SET ended_at = $4
        WHERE bucket = $1 AND id = $2 AND department = $3 AND ended_at IS NULL RETURNING officer""",
        (bucket_of(absence), absence, department, now),
    )


async def filters(db: Database, *, officer: UUID) -> list[SavedFilter]:
    """The lists that an officer has named, by name."""
    rows = await db.rows(
        """SELECT name, query FROM cases.saved_filter WHERE bucket = $1 AND officer = $2 ORDER BY name""",
        bucket_of(officer),
        officer,
    )
    return [SavedFilter(**row) for row in rows]


def keeping_filter(officer: UUID, one: SavedFilter, *, now: datetime) -> Part:
    """Part (a guard): a list has a name from now on, in place of another of that name; lost when there are too many."""
    return Part(
        """INSERT INTO cases.saved_filter (bucket, officer, name, query, at)
        SELECT $1::smallint, $2::uuid, $3::text, $4::text, $5::timestamptz
        WHERE (SELECT count(*) FROM cases.saved_filter
            WHERE bucket = $1 AND officer = $2 AND name <> $3) < $6
        ON CONFLICT (bucket, officer, name) DO UPDATE SET query = EXCLUDED.query, at = EXCLUDED.at
        RETURNING name""",
        (bucket_of(officer), officer, one.name, one.query, now, MOST_FILTERS),
    )


async def drop_filter(db: Database, *, officer: UUID, name: str) -> None:
    """Forget a list's name."""
    await db.run(
        "DELETE FROM cases.saved_filter WHERE bucket = $1 AND officer = $2 AND name = $3",
        bucket_of(officer),
        officer,
        name,
    )
