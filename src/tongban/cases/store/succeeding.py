"""SQL of a transfer of office: what a department has open, and how far it has gone over to its successor."""

from __future__ import annotations

from datetime import datetime

from tongban.cases.model import Case, Edge
from tongban.cases.store.reading import CASE_COLUMNS, case_from
from tongban.kit.db import Database, Part


async def begin_succession(db: Database, *, former: str, successor: str, basis: str, now: datetime) -> None:
    """Note that a department's cases go over to another; begun anew it keeps its first day."""
    await db.run(
        """INSERT INTO cases.succession (former, successor, basis, started_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (former, successor) DO UPDATE SET basis = EXCLUDED.basis, done_at = NULL""",
        former,
        successor,
        basis,
        now,
    )


async def end_succession(db: Database, *, former: str, successor: str, moved: int, now: datetime) -> None:
    """Note that nothing of a department is open any more."""
    await db.run(
        """UPDATE cases.succession SET moved = moved + $3, done_at = $4 WHERE former = $1 AND successor = $2""",
        former,
        successor,
        moved,
        now,
    )


async def cases_of_department(db: Database, *, department: str, limit: int) -> list[Case]:
    """What a department has not come to the end of, the oldest first."""
    rows = await db.rows(
        f"""-- across people: all that a department has open has an index of its own (case_of_department)
        SELECT {CASE_COLUMNS} FROM cases."case" WHERE department = $1
        AND state IN ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended', 'issuing')
        ORDER BY id LIMIT $2""",
        department,
        limit,
    )
    return [case_from(row) for row in rows]


def succeeding(case: Case, edge: Edge, *, department: str) -> Part:
    """Part (a guard): a case is another department's from now on; nothing else of it changes."""
    return Part(
        """UPDATE cases."case" SET version = version + 1, department = $5
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (case.bucket, case.id, case.version, str(edge.source), department),
    )
