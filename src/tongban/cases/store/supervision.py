"""SQL of supervision: what the watch finds by the desk's own indexes, and the records that it leaves.

Each finding is one statement for all departments, written straight into the records; what is there already stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.cases.model import Case
from tongban.cases.model.supervision import RULES, Owner, Record, RuleName
from tongban.cases.store.offices import OFFICES_OF_1, OFFICES_OF_8
from tongban.kit.db import Database, Part

#: How many cases one statement takes up; the watch asks again until nothing is left.
BATCH = 500

_COLUMNS = """bucket, case_id, rule, occasion, lamp, applicant, department, item, short_code, due, at, owner,
    escalate_at"""
_RECORD = """bucket, case_id, applicant, rule, occasion, lamp, department, item, short_code, due, at, owner,
    answer, answered_by, answered_at"""
_HEAD = """-- across people: all departments are watched, each by an index of its own
    WITH found AS (
        SELECT c.* FROM unnest($1::text[]) AS d (code) CROSS JOIN LATERAL (
            SELECT c.bucket, c.id, c.applicant, c.department, c.item, c.short_code,"""
_FROM = """FROM cases."case" c WHERE c.department = d.code"""
_OPEN = f"{_FROM} AND c.state IN ('submitted', 'accepted', 'examined', 'reviewed')"
_TAIL = f"""
        ) c  -- across people: what was found of all departments is compared with what is recorded of each case
    ), fresh AS (
        SELECT c.*, to_char(c.due AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS occasion FROM found c
        WHERE NOT EXISTS (SELECT 1 FROM cases.supervision s WHERE s.bucket = c.bucket AND s.case_id = c.id
            AND s.rule = $4 AND s.occasion = to_char(c.due AT TIME ZONE 'UTC', 'YYYY-MM-DD'))
        LIMIT {BATCH}
    ), put AS (
        INSERT INTO cases.supervision ({_COLUMNS})
        SELECT bucket, id, $4, occasion, $5, applicant, department, item, short_code, due, $3, $6, $7
        FROM fresh ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT count(*) FROM put"""
#: For each rule the date that it is about, and the cases that reached it; in the words of the desk's own indexes. No
#: promise ends after the law's limit, so that those past the law's are found by the promise, as the desk sorts; of a
#: case that was reckoned before this was so, the later of the two dates tells when it is found.
_FIND: Mapping[RuleName, str] = {
    RuleName.ACCEPT_NEAR: f"""{_HEAD} c.accept_due AS due {_OPEN}
        AND c.state = 'submitted' AND NOT c.course ? 'booked' AND c.warn_at > $2 AND c.warn_at <= $3 {_TAIL}""",
    RuleName.PROMISE_NEAR: f"""{_HEAD} c.promise_due AS due {_OPEN}
        AND c.state <> 'submitted' AND c.warn_at > $2 AND c.warn_at <= $3 {_TAIL}""",
    RuleName.PROMISE_LATE: f"""{_HEAD} c.promise_due AS due {_OPEN} AND c.state <> 'submitted'
        AND coalesce(c.promise_due, c.accept_due) > $2 AND coalesce(c.promise_due, c.accept_due) <= $3 {_TAIL}""",
    RuleName.STATUTORY_LATE: f"""{_HEAD} c.statutory_due AS due {_OPEN} AND c.state <> 'submitted'
        AND coalesce(c.promise_due, c.accept_due) <= $3
        AND greatest(c.statutory_due, c.promise_due) > $2 AND c.statutory_due <= $3 {_TAIL}""",
    RuleName.ISSUE_LATE: f"""{_HEAD} c.issue_due AS due {_FROM} AND c.state = 'issuing'
        AND c.issue_due > $2 AND c.issue_due <= $3 {_TAIL}""",
}
_LIST = f"""-- across people: records hold nothing about a person, and have indexes of their own
    SELECT {_RECORD} FROM cases.supervision WHERE owner = ANY($2::text[])
    AND ($3::timestamptz IS NULL OR (at, case_id) < ($3, $4::uuid))"""
#: A department's records and those of whose office it has, each list by its index.
_OFFICES = f"""SELECT r.* FROM unnest({OFFICES_OF_1}) AS o (code) CROSS JOIN LATERAL (
    {_LIST} AND department = o.code"""
_LATEST = "ORDER BY at DESC, case_id DESC LIMIT $5"
#: By whose records are asked for (a department's, or what came up to the office over all), and whether answered.
_LISTS = {
    (True, False): f"{_OFFICES} AND answered_at IS NULL {_LATEST}) r {_LATEST}",
    (True, True): f"{_OFFICES} AND answered_at IS NOT NULL {_LATEST}) r {_LATEST}",
    (
        False,
        False,
    ): f"{_LIST} AND owner = 'supervision' AND $1::text IS NULL AND answered_at IS NULL {_LATEST}",
    (
        False,
        True,
    ): f"{_LIST} AND owner = 'supervision' AND $1::text IS NULL AND answered_at IS NOT NULL {_LATEST}",
}


async def watch(
    db: Database, *, name: str, now: datetime, witnessed: bool
) -> tuple[datetime | None, datetime]:
    """Through when the watch of this name has looked, and until when it may look now: ``now``, or by the database's
    clock where that is ``witnessed`` and behind."""
    row = await db.row(
        """SELECT (SELECT through FROM cases.watch WHERE name = $1) AS through,
            CASE WHEN $3 THEN least($2, statement_timestamp()) ELSE $2 END AS until""",
        name,
        now,
        witnessed,
    )
    assert row is not None
    return row["through"], row["until"]


async def watched(db: Database, *, name: str, through: datetime) -> None:
    """Keep through when the watch has looked; a clock that was ahead before leaves nothing out."""
    await db.run(
        """INSERT INTO cases.watch (name, through) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET through = EXCLUDED.through""",
        name,
        through,
    )


async def find_late(
    db: Database,
    rule: RuleName,
    *,
    departments: Sequence[str],
    since: datetime,
    now: datetime,
    escalate_at: datetime | None,
) -> int:
    """Record the cases whose instant of this rule was reached after ``since``; gives how many were new."""
    about = RULES[rule]
    return int(
        await db.value(
            _FIND[rule],
            list(departments),
            since,
            now,
            str(rule),
            str(about.lamp),
            str(about.owner),
            escalate_at,
        )
    )


def recording(
    case: Case, rule: RuleName, *, occasion: str, now: datetime, escalate_at: datetime | None
) -> Part:
    """Part: a record of a rule that a step broke; a second time it stays as it is."""
    about = RULES[rule]
    return Part(
        f"""INSERT INTO cases.supervision ({_COLUMNS})
        SELECT $1::smallint, $2::uuid, $3::text, $4::text, $5::text, $6::uuid, $7::text, $8::text, $9::text,
            NULL::timestamptz, $10::timestamptz, $11::text, $12::timestamptz FROM guard
        ON CONFLICT DO NOTHING""",
        (
            *(case.bucket, case.id, str(rule), occasion, str(about.lamp), case.applicant, case.department),
            *(case.item, case.short_code, now, str(about.owner), escalate_at),
        ),
    )


async def escalate(db: Database, *, now: datetime, head_until: datetime) -> int:
    """Hand on what nobody answered in time: from the officers to the head, from the head to the supervising office."""
    return int(
        await db.value(
            f"""-- across people: what is due by its own index (supervision_escalating)
            WITH due AS (
                SELECT bucket, case_id, rule, occasion FROM cases.supervision
                WHERE answered_at IS NULL AND escalate_at <= $1 ORDER BY escalate_at LIMIT {BATCH}
                FOR UPDATE SKIP LOCKED
            ), handed AS (
                UPDATE cases.supervision s
                SET owner = CASE s.owner WHEN 'examine' THEN 'head' ELSE 'supervision' END,
                    escalate_at = CASE s.owner WHEN 'examine' THEN $2::timestamptz END
                FROM due WHERE s.bucket = due.bucket AND s.case_id = due.case_id AND s.rule = due.rule
                    AND s.occasion = due.occasion
                RETURNING 1
            )
            SELECT count(*) FROM handed""",
            now,
            head_until,
        )
    )


async def records(
    db: Database,
    *,
    department: str | None,
    owners: Sequence[Owner],
    answered: bool,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Record]:
    """Records of a department with those whose office it has, or of all (None), that these owners account for,
    latest first; keyset."""
    rows = await db.rows(
        _LISTS[department is not None, answered],
        department,
        [str(one) for one in owners],
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )
    return [msgspec.convert(dict(row), Record) for row in rows]


def answering(
    record: tuple[int, UUID, RuleName, str],
    *,
    department: str | None,
    words: str,
    who: str,
    now: datetime,
) -> Part:
    """Part (a guard): the answer of who accounts for it; lost when there is no such record, or it has one."""
    return Part(
        f"""UPDATE cases.supervision SET answer = $5, answered_by = $6, answered_at = $7
        WHERE bucket = $1 AND case_id = $2 AND rule = $3 AND occasion = $4 AND answered_at IS NULL
        AND ($8::text IS NULL OR department = ANY({OFFICES_OF_8})) RETURNING case_id, applicant""",
        (*record[:2], str(record[2]), record[3], words, who, now, department),
    )
