"""Lists of a department's desk: each page is one statement by an index, at any number of cases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases.model import COUNTED, DeskRow, State
from tongban.cases.model.assignment import MINE, NOBODYS, Filter
from tongban.cases.store.offices import OFFICES_OF_1, OFFICES_OF_3
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of

#: The columns of a line; what is promised and has not come is counted.
LINE = """id, applicant, item, item_version, applicant_masked, short_code, state, decided_at, submitted_at,
    coalesce(promise_due, accept_due) AS due, warn_at, statutory_due, assignee, assignee_name, ruling,
    coalesce(jsonb_array_length(jsonb_path_query_array(follow_up, '$.materials[*] ? (!exists(@.supplied_at))')), 0)
        AS to_follow, course ? 'booked' AS booked"""


def filed_by(of: str) -> str:
    """The column that says who filed for the applicant, of the case that a statement calls ``of``: its last filing."""
    return f"""(SELECT jsonb_build_object('name', e.detail ->> 'agent', 'kind', e.detail ->> 'agent_kind')
        FROM cases.event e WHERE e.bucket = {of}.bucket AND e.case_id = {of}.id AND e.move = 'submit'
            AND e.detail ? 'agent' ORDER BY e.version DESC LIMIT 1) AS filed_by"""


#: A line with who filed it.
ROW = f"""{LINE}, {filed_by('"case"')}"""
#: Bounds that every instant of a case lies between: with them one statement serves all pages of a list by its index.
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9000, 1, 1, tzinfo=UTC)
_NOBODY = UUID(int=0)
_AT_WORK = "state IN ('submitted', 'accepted', 'examined', 'reviewed')"
_DUE = "coalesce(promise_due, accept_due)"
#: Spelled as the keys of the desk's indexes spell them: what a list is narrowed to is looked at within the index. Each
#: is asked for between two bounds, and between the first and the last of all where it is not asked for, so that one
#: statement with one plan serves every filter.
_WARN = "coalesce(warn_at, '9000-01-01T00:00:00Z'::timestamptz)"
_ITEM = 'item COLLATE "C"'
_STATE = 'state COLLATE "C"'
_DISTRICT = """coalesce(district, '') COLLATE "C" """
_HAND = "coalesce(assignee, '00000000-0000-0000-0000-000000000000'::uuid)"
_ANY_TEXT = ("", "\U0010ffff")
_ANYBODY = UUID(int=2**128 - 1)
#: On which nobody stood in for anybody: a colleague's list is of her own cases alone.
_NO_DAY = date(1970, 1, 1)

_NARROWED = f"""{_ITEM} BETWEEN $4 AND $5 AND {_DISTRICT} BETWEEN $6 AND $7 AND {_STATE} BETWEEN $8 AND $9"""
#: Whose cases a list of hands shows: an officer's ($2), and those of whom she stands in for on a day ($3), as her own
#: list 我承办的 does.
_HANDS = """(-- across people: for whom an officer stands in is asked by the deputy (absence_deputy)
        SELECT $2::uuid AS officer UNION SELECT officer FROM cases.absence
        WHERE deputy = $2 AND ended_at IS NULL AND last_day >= $3::date AND first_day <= $3) AS hands"""
#: The part of a list's statement behind the filter's parameters: the page, and the bounds of its dates.
_PAGED = f"""({_DUE}, id) > ($10::timestamptz, $11::uuid) AND {_DUE} >= $12::timestamptz
        AND {_DUE} < $13::timestamptz AND {_WARN} > $14::timestamptz AND {_WARN} <= $15::timestamptz
        ORDER BY {_DUE}, id LIMIT $16"""
_DESK = f"""-- across people: a department's desk has an index of its own (case_desk)
    SELECT {ROW} FROM cases."case"
    WHERE department = $1 AND {_AT_WORK} AND {_HAND} BETWEEN $2::uuid AND $3::uuid AND {_NARROWED} AND {_PAGED}"""
_IN_HAND = f"""-- across people: what an officer has in hand has an index of its own (case_in_hand)
    SELECT one.* FROM {_HANDS} CROSS JOIN LATERAL (
        SELECT {ROW} FROM cases."case"
        WHERE department = $1 AND assignee = hands.officer AND {_AT_WORK} AND {_NARROWED} AND {_PAGED}
    ) AS one ORDER BY one.due, one.id LIMIT $16"""


def _between(value: str | None) -> tuple[str, str]:
    return _ANY_TEXT if value is None else (value, value)


def _in_hand(narrow: Filter) -> bool:
    """Whether the list is of what somebody has in hand, which has an index of its own."""
    return narrow.who not in (None, NOBODYS)


def _hand(narrow: Filter, officer: UUID, now: datetime) -> tuple[Any, Any]:
    """The second and third parameter: the bounds of the assignee; of what is in hand whose, and the day."""
    match narrow.who:
        case UUID():
            return narrow.who, _NO_DAY
        case one if one == MINE:
            return officer, clock.city_day(now)
        case one if one == NOBODYS:
            return _NOBODY, _NOBODY
    return _NOBODY, _ANYBODY


def _narrowed(department: str, narrow: Filter, officer: UUID, now: datetime) -> tuple[Any, ...]:
    return (
        department,
        *_hand(narrow, officer, now),
        *_between(narrow.item),
        *_between(narrow.district),
        *_between(narrow.state and str(narrow.state)),
    )


async def desk(
    db: Database,
    *,
    department: str,
    officer: UUID,
    after: tuple[datetime, UUID] | None,
    limit: int,
    narrow: Filter,
    due_from: datetime | None = None,
    due_before: datetime | None = None,
    near: bool | None = None,
    now: datetime,
) -> list[DeskRow]:
    """The department's open cases, soonest date first; keyset by (date, id). One statement, whatever is asked.

    ``due_from`` and ``due_before`` bound the date that counts; ``near`` asks for those whose limit is near, or is not;
    ``narrow`` for those of an item, a district, a state, an assignee, where MINE is of ``officer``.
    """
    instant, place = after or (_FIRST, _NOBODY)
    rows = await db.rows(
        _IN_HAND if _in_hand(narrow) else _DESK,
        *_narrowed(department, narrow, officer, now),
        instant,
        place,
        due_from or _FIRST,
        due_before or _LAST,
        now if near is False else _FIRST,
        now if near else _LAST,
        limit,
    )
    return [msgspec.convert(dict(row), DeskRow) for row in rows]


async def waiting_cases(
    db: Database,
    *,
    state: State,
    department: str,
    officer: UUID,
    after: tuple[datetime, UUID] | None,
    limit: int,
    narrow: Filter,
    now: datetime,
) -> list[DeskRow]:
    """The department's cases that wait for their applicants' corrections, or for the end of a special procedure.

    The oldest first, keyset by id; suspended ones by the date announced. A filter by state leaves none of them: they
    are in none that it can name.
    """
    instant, place = after or (_FIRST, _NOBODY)
    texts = _SUSPENDED if state is State.SUSPENDED else _CORRECTING
    rows = await db.rows(
        texts[_in_hand(narrow)], *_narrowed(department, narrow, officer, now), instant, place, limit
    )
    return [msgspec.convert(dict(row), DeskRow) for row in rows]


_OF_ANYBODY = f"{_HAND} BETWEEN $2::uuid AND $3::uuid AND {_NARROWED}"
_OF_MINE = f"assignee IN (SELECT officer FROM {_HANDS}) AND {_NARROWED}"
_BY_ID = "id > $11::uuid AND $10::timestamptz IS NOT NULL ORDER BY id LIMIT $12"
_BY_DATE = "(promise_due, id) > ($10::timestamptz, $11::uuid) ORDER BY promise_due, id LIMIT $12"
_CORRECTING = (
    f"""-- across people: what waits for its applicants has an index of its own (case_correcting)
    SELECT {ROW} FROM cases."case" WHERE department = $1 AND state = 'correcting' AND {_OF_ANYBODY} AND {_BY_ID}""",
    f"""-- across people: what waits for its applicants has an index of its own (case_correcting)
    SELECT {ROW} FROM cases."case" WHERE department = $1 AND state = 'correcting' AND {_OF_MINE} AND {_BY_ID}""",
)
_SUSPENDED = (
    f"""-- across people: what a special procedure holds up has an index of its own (case_suspended)
    SELECT {ROW} FROM cases."case" WHERE department = $1 AND state = 'suspended' AND {_OF_ANYBODY} AND {_BY_DATE}""",
    f"""-- across people: what a special procedure holds up has an index of its own (case_suspended)
    SELECT {ROW} FROM cases."case" WHERE department = $1 AND state = 'suspended' AND {_OF_MINE} AND {_BY_DATE}""",
)


_COUNTS = f"""-- across people: bounded counts over the desk's own indexes (case_desk, case_near, case_correcting,
    -- case_suspended)
        SELECT (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND {_AT_WORK} AND {_DUE} < $2::timestamptz LIMIT $3) r) AS red,
            (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND {_AT_WORK} AND warn_at <= $2 AND {_DUE} >= $2 ORDER BY warn_at DESC LIMIT $3) a) AS amber,
            (SELECT count(*) FROM (
                (SELECT 1 FROM cases."case" WHERE department = $1 AND {_AT_WORK}
                    AND warn_at > $2 AND {_DUE} >= $2 ORDER BY warn_at LIMIT $3)
                UNION ALL
                (SELECT 1 FROM cases."case" WHERE department = $1 AND {_AT_WORK}
                    AND warn_at IS NULL AND {_DUE} >= $2 LIMIT $3)
                LIMIT $3) g) AS green,
            (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND state = 'correcting' LIMIT $3) w) AS correcting,
            (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1
                AND state = 'suspended' LIMIT $3) s) AS suspended"""
_OF_HANDS = f"""-- across people: a part of the counts below
        SELECT 1 FROM {_HANDS} CROSS JOIN LATERAL (SELECT 1 FROM cases."case"
        WHERE department = $1 AND assignee = hands.officer AND {_AT_WORK} AND {_NARROWED}"""
_OF_DESK = f"""-- across people: a part of the counts below
        SELECT 1 FROM cases."case"
        WHERE department = $1 AND {_HAND} BETWEEN $2::uuid AND $3::uuid AND {_AT_WORK} AND {_NARROWED}"""
_RED = f"AND {_DUE} < $10::timestamptz ORDER BY {_DUE} LIMIT $11"
_AMBER = f"AND {_DUE} >= $10 AND {_WARN} <= $10 ORDER BY {_DUE} LIMIT $11"
_GREEN = f"AND {_DUE} >= $10 AND {_WARN} > $10 ORDER BY {_DUE} LIMIT $11"
_COUNTS_NARROWED = f"""-- across people: bounded counts over the desk's own indexes (case_desk, case_correcting)
    SELECT (SELECT count(*) FROM ({_OF_DESK} {_RED}) r) AS red,
        (SELECT count(*) FROM ({_OF_DESK} {_AMBER}) a) AS amber,
        (SELECT count(*) FROM ({_OF_DESK} {_GREEN}) g) AS green,
        (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1 AND state = 'correcting'
            AND {_HAND} BETWEEN $2::uuid AND $3::uuid AND {_NARROWED} LIMIT $11) w) AS correcting,
        (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1 AND state = 'suspended'
            AND {_HAND} BETWEEN $2::uuid AND $3::uuid AND {_NARROWED} LIMIT $11) s) AS suspended"""
_COUNTS_IN_HAND = f"""-- across people: bounded counts over what an officer has in hand (case_in_hand, case_correcting)
    SELECT (SELECT count(*) FROM ({_OF_HANDS} {_RED}) h LIMIT $11) r) AS red,
        (SELECT count(*) FROM ({_OF_HANDS} {_AMBER}) h LIMIT $11) a) AS amber,
        (SELECT count(*) FROM ({_OF_HANDS} {_GREEN}) h LIMIT $11) g) AS green,
        (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1 AND state = 'correcting'
            AND assignee IN (SELECT officer FROM {_HANDS}) AND {_NARROWED} LIMIT $11) w) AS correcting,
        (SELECT count(*) FROM (SELECT 1 FROM cases."case" WHERE department = $1 AND state = 'suspended'
            AND assignee IN (SELECT officer FROM {_HANDS}) AND {_NARROWED} LIMIT $11) s) AS suspended"""


async def lamp_counts(
    db: Database, *, department: str, officer: UUID, narrow: Filter, now: datetime
) -> dict[str, int]:
    """How many open cases are past their date, near it, in time, or wait for a correction or a procedure.

    Each is counted up to COUNTED. ``narrow`` and ``officer`` as :func:`desk` has them.
    """
    if not narrow:
        row = await db.row(_COUNTS, department, now, COUNTED)
    else:
        text = _COUNTS_IN_HAND if _in_hand(narrow) else _COUNTS_NARROWED
        row = await db.row(text, *_narrowed(department, narrow, officer, now), now, COUNTED)
    return dict(row) if row else {}


async def done(
    db: Database, *, department: str, before: tuple[datetime, UUID] | None, limit: int
) -> list[DeskRow]:
    """The decided cases of the department and of those whose office it has, latest first; keyset by (decision, id)."""
    rows = await db.rows(
        f"""-- across people: a department's decided cases have an index of their own (case_done)
        SELECT d.* FROM unnest({OFFICES_OF_1}) AS o (code) CROSS JOIN LATERAL (
            SELECT {ROW}
            FROM cases."case" WHERE department = o.code AND decided_at IS NOT NULL
            AND ($2::timestamptz IS NULL OR (decided_at, id) < ($2, $3::uuid))
            ORDER BY decided_at DESC, id DESC LIMIT $4
        ) d ORDER BY decided_at DESC, id DESC LIMIT $4""",
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
        FROM cases."case" WHERE bucket = $1 AND id = $2 AND department = ANY({OFFICES_OF_3})""",
        bucket_of(case_id),
        case_id,
        department,
    )
    return msgspec.convert(dict(row), DeskRow) if row else None
