"""The demo city: loaded through the rooms' doors, twice without a change, with log-ins that work."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Literal

import pytest

from tests.sandbox.conftest import Sandbox
from tongban import cases, demo, exchange, identity
from tongban.audit.store.ledger import unlawful_readings
from tongban.cases.actions import desk, done
from tongban.kit import clock
from tongban.kit.db import Database, connect
from tongban.worker import drain_once

#: Tables that say when a process ran, not what it did.
CLOCKS = {"kit.migration"}


@pytest.fixture
async def loaded(dsn: str, outside: Sandbox) -> AsyncIterator[Database]:
    """A fresh database with the demo city in it."""
    clock.forget_calendars()
    exchange.forget_breakers()
    db = await connect(dsn, size=6)
    yield db
    await db.close()


def nothing(_words: str, _done: int, _of: int) -> None:
    return None


async def counts(db: Database) -> dict[str, int]:
    tables = await db.sibling().rows(
        """SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')"""
    )
    return {
        row["name"]: int(await db.sibling().value(f"SELECT count(*) FROM {row['name']}"))
        for row in tables
        if row["name"] not in CLOCKS
    }


@pytest.mark.timeout(110)
async def test_loading_twice_changes_nothing_and_everybody_can_log_in(loaded: Database) -> None:
    progress: list[tuple[str, int, int]] = []

    def tell(words: str, part: int, of: int) -> None:
        progress.append((words, part, of))

    await demo.load(loaded, progress=tell, now=clock.now())
    assert all(0 <= part <= of for _, part, of in progress) and progress[-1][1] == progress[-1][2]
    first = await counts(loaded)
    await demo.load(loaded, progress=nothing, now=clock.now())
    assert {
        name: (first[name], rows) for name, rows in (await counts(loaded)).items() if rows != first[name]
    } == {}
    await everybody_logs_in(loaded)
    await the_desk_looks_like_one(loaded)
    await every_reading_had_its_purpose(loaded)


async def everybody_logs_in(db: Database) -> None:
    logins = await demo.logins(db)
    residents, officers = logins[:4], logins[4:]
    assert [one.who.split(" ")[0] for one in residents] == ["works", "has", "studies", "five"]
    assert officers[0].login == demo.username(demo.home_district())
    assert len(officers) > 20 and len({one.phone for one in officers}) == len(officers)
    for one in officers:
        assert one.name.endswith("警官") is one.login.startswith("police-"), one
    market = await demo.logins(db, "Market-310106")
    chain = [f"market-310106{tail}" for tail in ("", "-review", "-approve", "-hearing", "-approve-2")]
    assert [one.login for one in market] == chain and len({one.name for one in market}) == 5
    assert "市场监督" in market[0].who
    for one in [*residents, officers[0], officers[-1]]:
        door: Literal["staff", "log_in"] = "staff" if one.page == "/staff/login" else "log_in"
        assert await identity.check_password(
            db, door, account=one.login, password=one.password, now=clock.now()
        ), one


async def the_desk_looks_like_one(db: Database) -> None:
    officer = await identity.actor_of(db, kind="username", value=demo.username(demo.home_district()))
    open_ones = await desk(db, officer, after=None, limit=100, now=clock.now())
    decided = await done(db, officer, before=None, limit=100)
    expected = Counter(far for _, _, far in demo._WORK)
    assert Counter(str(row.state) for row in open_ones) == {
        "submitted": expected["submitted"],
        "accepted": expected["accepted"],
    }
    assert len(decided) == expected["approved"] + expected["refused"]
    opened = await cases.open_case(
        db, officer, case_id=open_ones[0].id, subject=open_ones[0].applicant, now=clock.now()
    )
    assert opened.case.finding is not None


async def every_reading_had_its_purpose(db: Database) -> None:
    found = await unlawful_readings(db, since=clock.now() - timedelta(days=40), until=clock.now())
    assert found == 0
    while await drain_once(db):
        pass
