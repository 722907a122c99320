"""Lists of a department's desk: each page is one statement by an index, at any number of cases."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from tongban.cases.model import COUNTED, DeskRow
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of

#: The columns of a line.
ROW = """id, applicant, item, item_version, applicant_masked, short_code, state, decided_at, submitted_at,
    coalesce(promise_due, accept_due) AS due, warn_at, statutory_due"""
#: Bounds that every instant of a case lies between: with them one statement serves all pages of a list by its index.
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9000, 1, 1, tzinfo=UTC)
_NOBODY = UUID(int=0)
_OPEN = f"""-- across people: a department's desk has an index of its own (case_desk)
    SELECT {ROW}
    FROM cases."case" WHERE department = $1 AND state IN ('submitted', 'accepted')
    AND (coalesce(promise_due, accept_due), id) > ($2::timestamptz, $3::uuid)
    AND coalesce(promise_due, accept_due) >= $4::timestamptz
    AND coalesce(promise_due, accept_due) < $5::timestamptz"""
_SOONEST = "ORDER BY coalesce(promise_due, accept_due), id LIMIT $6"
#: By whether only those are asked for whose limit is near, or only those whose limit is not.
_DESK = {
    None: f"{_OPEN} {_SOONEST}",
    True: f"{_OPEN} AND warn_at <= $7 {_SOONEST}",
    False: f"{_OPEN} AND (warn_at > $7 OR warn_at IS NULL) {_SOONEST}",
}


async def desk(
    db: Database,
    *,
    department: str,
    after: tuple[datetime, UUID] | None,
    limit: int,
    due_from: datetime | None = None,
    due_before: datetime | None = None,
    near: bool | None = None,
    now: datetime,
) -> list[DeskRow]:
    """The department's open cases, soonest date first; keyset by (date, id).

    ``due_from`` and ``due_before`` bound the date that counts; ``near`` asks for those whose limit is near, or is not.
    """
    instant, place = after or (_FIRST, _NOBODY)
    rows = await db.rows(
        _DESK[near],
        department,
        instant,
        place,
        due_from or _FIRST,
        due_before or _LAST,
        limit,
        *(() if near is None else (now,)),
    )
    return [msgspec.convert(dict(row), DeskRow) for row in rows]


async def correcting_cases(
    db: Database, *, department: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[DeskRow]:
    """The department's cases that wait for their applicants' corrections, oldest first; keyset by id."""
    rows = await db.rows(
        f"""-- across people: what waits for its applicants has an index of its own (case_correcting)
        SELECT {ROW}
        FROM cases."case" WHERE department = $1 AND state = 'correcting' AND id > $2 ORDER BY id LIMIT $3""",
        department,
        after[1] if after else _NOBODY,
        limit,
    )
    return [msgspec.convert(dict(row), DeskRow) for row in rows]


async def lamp_counts(db: Database, *, department: str, now: datetime) -> dict[str, int]:
    """How many open cases are past their date, near it, in time, and wait for a correction; each up to COUNTED."""
    row = await db.row(
        """-- across people: bounded counts over the desk's own indexes (case_desk, case_near, case_correcting)
        SELECT (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND state IN ('submitted', 'accepted') AND coalesce(promise_due, accept_due) < $2::timestamptz
                LIMIT $3) r) AS red,
            (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND state IN ('submitted', 'accepted') AND warn_at <= $2
                AND coalesce(promise_due, accept_due) >= $2 ORDER BY warn_at DESC LIMIT $3) a) AS amber,
            (SELECT count(*) FROM (
                (SELECT 1 FROM cases."case" WHERE department = $1 AND state IN ('submitted', 'accepted')
                    AND warn_at > $2 AND coalesce(promise_due, accept_due) >= $2 ORDER BY warn_at LIMIT $3)
                UNION ALL
                (SELECT 1 FROM cases."case" WHERE department = $1 AND state IN ('submitted', 'accepted')
                    AND warn_at IS NULL AND coalesce(promise_due, accept_due) >= $2 LIMIT $3)
                LIMIT $3) g) AS green,
            (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND state = 'correcting' LIMIT $3) w) AS correcting""",
        department,
        now,
        COUNTED,
    )
    return dict(row) if row else {}


async def done(
    db: Database, *, department: str, before: tuple[datetime, UUID] | None, limit: int
) -> list[DeskRow]:
    """The department's decided cases, latest first; keyset by (decision, id)."""
    rows = await db.rows(
        f"""-- across people: a department's decided cases have an index of their own (case_done)
        SELECT {ROW}
        FROM cases."case" WHERE department = $1 AND decided_at IS NOT NULL
        AND ($2::timestamptz IS NULL OR (decided_at, id) < ($2, $3::uuid))
        ORDER BY decided_at DESC, id DESC LIMIT $4""",
        department,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )
    return [msgspec.convert(dict(row), DeskRow) for row in rows]


async def desk_row(db: Database, *, case_id: UUID, department: str) -> DeskRow | None:
    """A department's case as a line of its lists."""
    row = await db.row(
        f"""SELECT {ROW}
        FROM cases."case" WHERE bucket = $1 AND id = $2 AND department = $3""",
        bucket_of(case_id),
        case_id,
        department,
    )
    return msgspec.convert(dict(row), DeskRow) if row else None
