"""The hot statements find their rows by index, on tables that were loaded in bulk a moment ago.

A new table without statistics is scanned from end to end even by primary key, once a prepared statement has its
generic plan: a house that did a thousand submits a second did a hundred after some seconds. So the generic plans
themselves are read here, of the very statements that the pages run, over fifty thousand rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from bench import crowd, peer
from bench.crowd import ITEM, Draft, Prototype
from bench.statements import Recording, Statement

from tongban import cases, catalogue, rooms
from tongban.cases.model import Case
from tongban.kit import clock, outbox, timers
from tongban.kit.db import Database
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.policy import Actor, Role
from tongban.kit.web.recognising import Sessions
from tongban.regions import department_for

ROWS = 50_000
CITY = Path(__file__).resolve().parents[2] / "city"
#: Tables that grow with the city; reference tables may well be scanned.
GROWING = {
    "case",
    "event",
    "ledger",
    "purpose",
    "session",
    "outbox",
    "timer",
    "idempotency",
    "number_index",
    "inbox",
}
ANSWERS = {
    "name": "测试甲",
    "id_number": "34012319900101001X",
    "sex": "女",
    "birth_date": "1990-01-01",
    "hukou_address": "示范省示范县示范路 1 号",
    "residence_address": "示范市望川路 1 弄 1 号 101 室",
    "district": "310101",
    "subdistrict": "望川街道",
    "residence_since": "2020-01-01",
    "ground": "work",
    "employer": "示范商店有限公司",
    "employed_since": "2020-01-01",
    "phone": "13912345678",
    "collection": "pick_up",
    "declaration": True,
}


@pytest.fixture
async def loaded(db: Database, dsn: str, data_dir: Path) -> tuple[Database, Prototype, Draft]:
    """A database with fifty thousand drafts and cases, sessions and events, freshly loaded and analysed."""
    now = clock.now()
    await rooms.load_city(db, CITY, now=now)
    await rooms.warm(db)
    version = await catalogue.current(db, ITEM)
    department = await department_for(db, kind=version.department_kind, district=ANSWERS["district"])
    who = new_id(new_bucket())
    case = Case.draft(
        id=new_id(new_bucket()),
        applicant=who,
        item=ITEM,
        item_version=version.number,
        applicant_masked="测**",
        purpose=new_id(new_bucket()),
        now=now,
    )
    resident = Actor(Role.RESIDENT, who, "测**", None, 1)
    model = Prototype(resident, case, dict(ANSWERS), {}, "测试甲", department.code, "13912345678")
    connection = await asyncpg.connect(dsn)
    await peer.fill(connection, model, drafts=ROWS // 2, cases=ROWS // 2)
    await _fill_kit(connection)
    await connection.close()
    first, draft = await crowd.drafts(db, model, 2, now=now)
    # What a process keeps in memory after its first submit (departments, a block of serials) is asked here.
    one = Actor(Role.RESIDENT, first.applicant, "测**", None, 1)
    await cases.submit(db, one, case_id=first.case, key=None, now=now)
    return db, model, draft


async def _fill_kit(connection: Any) -> None:
    await connection.execute(
        """INSERT INTO kit.session (bucket, token_hash, actor, role, name, level, opened_at, seen_at, ends_at, id)
        SELECT i % 1024, decode(lpad(to_hex(i), 64, '0'), 'hex'), gen_random_uuid(), 'resident', '', 1, now(), now(),
            now() + interval '2 hours', gen_random_uuid() FROM generate_series(1, $1::integer) AS i""",
        ROWS,
    )
    await connection.execute(
        """INSERT INTO kit.outbox (bucket, id, topic, subject, reference, payload, at, due_at)
        SELECT i % 1024, gen_random_uuid(), 'bench.nothing', gen_random_uuid(), '', '{}', now(),
            now() + make_interval(secs => i) FROM generate_series(1, $1::integer) AS i""",
        ROWS,
    )
    await connection.execute(
        """INSERT INTO kit.timer (bucket, kind, reference, id, subject, due_at, payload)
        SELECT i % 1024, 'bench', i::text, gen_random_uuid(), gen_random_uuid(), now() + make_interval(secs => i), '{}'
        FROM generate_series(1, $1::integer) AS i""",
        ROWS,
    )


async def _said(loaded: tuple[Database, Prototype, Draft]) -> dict[str, list[Statement]]:
    """What the actions behind the hot pages ask of the database."""
    db, model, draft = loaded
    now = clock.now()
    resident = Actor(Role.RESIDENT, draft.applicant, "", None, 1)
    officer = Actor(Role.OFFICER, new_id(new_bucket()), "台架", model.department, 1)
    said: dict[str, list[Statement]] = {}

    async def note(name: str, act: Any) -> None:
        recording = Recording(db)
        await act(recording)
        said[name] = recording.said

    await note(
        "submit", lambda it: cases.submit(it, resident, case_id=draft.case, key="plan-of-submit", now=now)
    )
    await note("progress", lambda it: cases.progress(it, resident, case_id=draft.case))
    await note("my cases", lambda it: cases.my_cases(it, resident, before=None, limit=20))
    await note(
        "case read",
        lambda it: cases.open_case(it, officer, case_id=draft.case, subject=draft.applicant, now=now),
    )
    await note("desk", lambda it: cases.actions.desk(it, officer, now=clock.now(), after=None, limit=50))
    later = (now + timedelta(days=1), draft.case)
    await note(
        "desk, next page", lambda it: cases.actions.desk(it, officer, now=clock.now(), after=later, limit=50)
    )
    await note("outbox claim", lambda it: outbox.claim(it, now=now))
    await note("due timers", lambda it: timers.fire_due(it, now=now))
    sessions = Sessions(db)
    sessions._db = Recording(db)
    assert await sessions.actor(draft.cookie, now=now) is not None
    said["session"] = sessions._db.said
    return said


def _scans(node: dict[str, Any]) -> Iterator[str]:
    """Tables that this plan reads from end to end."""
    if node["Node Type"] == "Seq Scan":
        yield re.sub(r"_(rest|y?\d{4}_?\d{2})$", "", node["Relation Name"])
    for inner in node.get("Plans", ()):
        yield from _scans(inner)


async def _generic_plan(connection: Any, statement: Statement) -> dict[str, Any]:
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute(f"PREPARE hot AS {statement.sql}")
    nothing = f"({', '.join('NULL' for _ in statement.args)})" if statement.args else ""
    told = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE hot{nothing}")
    await connection.execute("DEALLOCATE hot")
    plan: dict[str, Any] = json.loads(told)[0]["Plan"]
    return plan


async def test_hot_statements_never_scan_a_growing_table(
    loaded: tuple[Database, Prototype, Draft], dsn: str
) -> None:
    """Each statement of each hot page, under the generic plan that a prepared statement settles on."""
    said = await _said(loaded)
    assert len(said["submit"]) == 2, [statement.sql[:80] for statement in said["submit"]]
    connection = await asyncpg.connect(dsn)
    found = {
        f"{name} {place}": set(_scans(await _generic_plan(connection, statement))) & GROWING
        for name, statements in said.items()
        for place, statement in enumerate(statements, 1)
    }
    assert {name: tables for name, tables in found.items() if tables} == {}
    # The same look at a desk that has lost its index finds the scan: what was asserted above can fail.
    await connection.execute(
        """DROP INDEX cases.case_desk, cases.case_near, cases.case_in_hand, cases.case_of_department,
            cases.case_running, cases.case_living"""
    )
    plan = await _generic_plan(connection, said["desk"][0])
    await connection.close()
    assert "case" in set(_scans(plan))
