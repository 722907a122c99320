"""Millions of cases in the real tables, fast: one case that went the real way, laid down again and again in SQL.

For what only reads a case's own columns and indexes: the desk's lists. Each row has its own ids, numbers, dates,
department, district, item, state and officer, and the indexes, keys and limits of the real table; they are built after
the load, as a restored database has them. Three things are less than a grown city has (``tongban demo --scale``): a
case has one step instead of three or four, rows of other rooms are missing, and of more than :data:`WHOLE` cases only
the newest have their answers, as sealed as the prototype's (nobody could open them under another id). All that is open
is among the newest.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from bench.crowd import Prototype
from bench.statements import APPLICANT, BUCKET, CASE, uuid_of
from tongban import catalogue, regions
from tongban.kit.db import Database

#: A city's open cases, of a thousand; half of them lie on one desk.
OPEN_PER_MILLE = 40
#: So many of the newest cases are whole ones, some 4 kB each.
WHOLE = 1_000_000
#: One of so many open cases is of the rare item, one of the rare district, one in the rare state, one with the rare
#: officer: ten of two hundred thousand.
RARE = 20_000
OFFICERS = 200
_LOT = 50_000
_TABLES = ("case", "event", "number_index")
_SECONDS = 3600


class Crowded(msgspec.Struct, frozen=True):
    """What the busy desk has: its department, common and rare items, districts and officers (by number)."""

    cases: int
    department: str
    items: tuple[str, ...]
    districts: tuple[str, ...]
    departments: tuple[str, ...]


def officer(number: str) -> str:
    """SQL of the account of the officer of a number; the rare one's is :data:`OFFICERS`."""
    return f"('019000ff-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


async def crowded(db: Database, model: Prototype, count: int) -> Crowded:
    """The city's own codes for ``count`` cases: the busy desk is a district's."""
    departments = sorted(one.code for one in await regions.departments(db))
    items = sorted((await catalogue.listing(db)).lines)
    districts = sorted(one.code for one in await regions.districts(db))
    return Crowded(
        count,
        model.department,
        tuple(items),
        tuple(districts),
        tuple(code for code in departments if code != model.department),
    )


def _chance(seed: int, of: str) -> str:
    """SQL of a number below ``of`` that looks random and is the same for the same case."""
    return f"mod(hashint4(i + {seed * 100_003})::bigint + 2147483648, {of})::int"


def _skewed(seed: int, of: str) -> str:
    """As :func:`_chance`, small numbers more often."""
    return f"least({_chance(seed, of)}, {_chance(seed + 1, of)})"


_ROWS = f"""
WITH numbered AS (
    SELECT i, {BUCKET.replace(":i::int", "i")} AS bucket, i > $3::int AND i % 2 = 0 AS open, i > $4::int AS whole,
        {_chance(1, str(RARE))} AS item_luck, {_chance(2, str(RARE))} AS district_luck,
        {_chance(3, str(RARE))} AS state_luck, {_chance(4, str(RARE))} AS hand_luck,
        CASE WHEN {_chance(5, "2")} = 0 THEN $5::text
            ELSE ($6::text[])[1 + {_chance(6, "cardinality($6::text[])")}] END AS department,
        {_chance(7, "20000")} AS minutes, {_chance(8, "100")} AS percent, {_skewed(9, str(OFFICERS))} AS hand,
        1 + {_skewed(11, "cardinality($7::text[]) - 1")} AS item_place,
        1 + {_skewed(13, "cardinality($8::text[]) - 1")} AS district_place,
        $9::timestamptz AS now, $10::int AS cases
    FROM generate_series($1::int, $2::int) AS i
), staged AS (
    SELECT *, CASE WHEN NOT open THEN 'closed' WHEN state_luck = 0 THEN 'examined' WHEN percent < 30 THEN 'submitted'
            WHEN percent < 90 THEN 'accepted' ELSE 'reviewed' END AS state,
        CASE WHEN open THEN now + (minutes - 1000) * interval '86 seconds'
            ELSE now - (cases - i) * (interval '365 days' / cases) END AS due
    FROM numbered
), made AS (
    SELECT *, CASE WHEN open THEN now - interval '20 days' ELSE due - interval '15 days' END AS opened_at,
        CASE WHEN hand_luck = 0 THEN {OFFICERS} WHEN state <> 'submitted' OR percent % 10 = 0 THEN hand END AS officer
    FROM staged
)
"""
_CASE_ID, _APPLICANT_ID = (uuid_of(family).replace(":i::int", "i") for family in (CASE, APPLICANT))
_CASES = f"""{_ROWS}
INSERT INTO cases."case" (bucket, id, applicant, item, item_version, state, version, department, district,
    applicant_masked, number, short_code, answers, facts, finding, purpose, opened_at, submitted_at, accepted_at,
    decided_at, closed_at, accept_due, promise_due, statutory_due, warn_at, assignee, assignee_name)
SELECT bucket, {_CASE_ID}, {_APPLICANT_ID},
    ($7::text[])[CASE WHEN item_luck = 0 THEN cardinality($7) ELSE item_place END], $11::int, state, 4, department,
    ($8::text[])[CASE WHEN district_luck = 0 THEN cardinality($8) ELSE district_place END],
    $12::text, 'n' || lpad(i::text, 43, '0'), lpad(i::text, 19, '0'),
    CASE WHEN whole THEN $13::text::jsonb ELSE '{{}}' END, CASE WHEN whole THEN $14::text::jsonb ELSE '{{}}' END,
    CASE WHEN whole THEN $15::text::jsonb END,
    {_CASE_ID}, opened_at, opened_at, CASE WHEN state <> 'submitted' THEN opened_at + interval '1 day' END,
    CASE WHEN NOT open THEN due END, CASE WHEN NOT open THEN due END,
    CASE WHEN state = 'submitted' THEN due ELSE opened_at + interval '5 days' END,
    CASE WHEN state <> 'submitted' THEN due END, CASE WHEN state <> 'submitted' THEN due + interval '10 days' END,
    due - interval '3 days', {officer("officer")}, CASE WHEN officer IS NOT NULL THEN '台架' END
FROM made"""
_EVENTS = f"""{_ROWS}
INSERT INTO cases.event (bucket, case_id, version, move, from_state, to_state, actor_role, actor_name, at, detail)
SELECT bucket, {_CASE_ID}, 4, 'submit', 'draft', 'submitted', 'resident', '', opened_at,
    jsonb_build_object('code', lpad(i::text, 19, '0')) FROM made
WHERE $11::int + length($12::text || $13::text || $14::text || $15::text) > 0"""
_NUMBERS = f"""{_ROWS}
INSERT INTO cases.number_index (short_code, number, applicant, case_id, holder_proof)
SELECT lpad(i::text, 19, '0'), 'n' || lpad(i::text, 43, '0'), {_APPLICANT_ID}, {_CASE_ID}, sha256(i::text::bytea)
FROM made WHERE $11::int + length($12::text || $13::text || $14::text || $15::text) > 0"""


async def fill(dsn: str, model: Prototype, city: Crowded, *, now: datetime) -> float:
    """Lay ``city.cases`` cases down beside what is there; gives how many seconds it took."""
    began = time.monotonic()
    connection = await asyncpg.connect(dsn)
    try:
        # A loader's session: what the rows refer to is laid down with them, and a crash would mean to begin anew.
        await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        await connection.execute("SET maintenance_work_mem = '768MB'")
        indexes = await _without_indexes(connection)
        for first in range(1, city.cases + 1, _LOT):
            given = _given(model, city, first, now=now)
            for statement in (_CASES, _EVENTS, _NUMBERS):
                await connection.execute(statement, *given, timeout=_SECONDS)
        for statement in indexes:
            await connection.execute(statement, timeout=_SECONDS)
        for table in _TABLES:
            await connection.execute(f'VACUUM (ANALYZE) cases."{table}"', timeout=_SECONDS)
        await connection.execute("CHECKPOINT", timeout=_SECONDS)
    finally:
        await connection.close()
    return time.monotonic() - began


def _given(model: Prototype, city: Crowded, first: int, *, now: datetime) -> Sequence[Any]:
    case, open_ones = model.case, city.cases * OPEN_PER_MILLE // 1000
    return (
        *(first, min(first + _LOT - 1, city.cases)),
        *(city.cases - 2 * open_ones, city.cases - WHOLE),
        *(city.department, list(city.departments), list(city.items), list(city.districts), now, city.cases),
        *(case.item_version, case.applicant_masked),
        *(msgspec.json.encode(value).decode() for value in (case.answers, case.facts, case.finding)),
    )


async def _without_indexes(connection: Any) -> list[str]:
    """Take away the indexes that keep no limit; gives the statements that build them again."""
    rows = await connection.fetch(
        """SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS statement
        FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace
        WHERE s.nspname = 'cases' AND t.relname = ANY($1)
        AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)""",
        list(_TABLES),
    )
    for row in rows:
        await connection.execute(f"DROP INDEX {row['name']}")
    return [row["statement"] for row in rows]
