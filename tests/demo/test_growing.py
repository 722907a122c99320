"""Growing the demo city in bulk: what comes in is whole, once, and goes on where it stopped."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.demo.test_load import counts, nothing
from tongban import audit, cases, demo, growing, identity, licences, notices
from tongban.kit import clock, forms, growth, papers
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of
from tongban.kit.policy import VISITOR, Actor, Role

MANY = 60
#: Added to by a growth: everything else stays as it was, or holds what is no person's.
GROWS = {
    *("identity.account", "identity.person", "identity.id_index", "audit.purpose", "notices.inbox"),
    *('cases."case"', "cases.event", "cases.number_index", "licences.licence", "licences.identifier_index"),
}


@pytest.fixture
async def before(city: Database) -> dict[str, int]:
    return await counts(city)


async def grown_cases(db: Database) -> list[dict[str, Any]]:
    rows = await db.sibling().rows(
        """SELECT c.id, c.applicant, c.state, c.department, c.opened_at FROM cases."case" c
        JOIN identity.account a ON a.bucket = c.bucket AND a.id = c.applicant WHERE a.password = '!' ORDER BY c.id"""
    )
    return [dict(row) for row in rows]


@pytest.mark.timeout(110)
async def test_a_grown_city_is_whole(city: Database, city_dsn: str, before: dict[str, int]) -> None:
    told: list[tuple[str, int, int]] = []
    now = clock.now()
    came = await growing.grow(city_dsn, cases=MANY, progress=lambda *one: told.append(one), now=now)
    assert came == MANY and all(0 <= done <= of for _, done, of in told)
    after = await counts(city)
    assert {name for name in GROWS if after[name] - before[name] < MANY // 2} == set()
    found = await grown_cases(city)
    assert len(found) == MANY
    states = Counter(row["state"] for row in found)
    assert states["closed"] > MANY // 2 and len(states) >= 4
    assert min(row["opened_at"] for row in found) < now - timedelta(days=330)
    assert (await audit.unsealed_tail(city, now=now))[0] == 0
    for row in found:
        await every_room_knows(city, row)
    report = await audit.verify(city_dsn)
    assert report.whole and report.rows > 5 * MANY, "the ledger is sealed and holds"
    assert await audit.reads_without_purpose(city, now=now, since=now - timedelta(days=400)) == 0
    late = await city.rows("SELECT at, action FROM audit.ledger_rest LIMIT 3")
    assert late == [], "each month has its own partition"


async def every_room_knows(db: Database, row: dict[str, Any]) -> None:
    """One grown case as its applicant, its officer and a stranger with the licence see it."""
    who: UUID = row["applicant"]
    own = Actor(Role.RESIDENT, who, "", None, 1)
    opened = await cases.progress(db, own, case_id=row["id"])
    person = await identity.person(db, who)
    assert (opened.answers["name"], opened.answers["id_number"]) == (person.name, person.id_number)
    assert forms.check(opened.form, opened.answers, today=clock.city_day(clock.now())) == {}
    assert bucket_of(row["id"]) == bucket_of(who)
    assert [event.version for event in opened.events] == sorted({event.version for event in opened.events})
    assert not opened.events or opened.events[-1].to_state == row["state"]
    faces = await licences.library(db, who)
    assert len(faces) == (row["state"] == "closed")
    for face in faces:
        verdict = await licences.verify(db, VISITOR, asked=str(face.identifier), now=clock.now())
        assert verdict.verdict is licences.Verdict.VALID
    assert bool(await notices.inbox(db, who)) == bool(opened.events)
    if row["state"] in ("submitted", "accepted"):
        officer = Actor(Role.OFFICER, row["id"], "周警官", row["department"], 1)
        desk = await cases.open_case(db, officer, case_id=row["id"], subject=who, now=clock.now())
        assert desk.case.finding is not None


@pytest.mark.timeout(110)
async def test_what_was_interrupted_goes_on_and_what_is_done_is_done(city: Database, city_dsn: str) -> None:
    now = clock.now()
    like = await demo.prototype(city, now=now)
    calendar = await clock.current_calendar(city)
    plan = growth.lots_of(calendar, 20, until=clock.city_day(now))
    for planned in plan[:3]:
        await asyncio.to_thread(growing.load_lot, city_dsn, planned, like, 20, now)
    assert len(await grown_cases(city)) == sum(size for _, _, size, _ in plan[:3])
    assert await growing.grow(city_dsn, cases=20, progress=nothing, now=now + timedelta(days=3)) == 20 - 3
    standing = await growth.standing(city)
    assert standing is not None and standing.as_of == now and len(standing.lots) == len(plan)
    kept = await counts(city)
    assert await growing.grow(city_dsn, cases=20, progress=nothing, now=now) == 0
    assert await counts(city) == kept
    with pytest.raises(growing.AlreadyGrown, match="--scale 20"):
        await growing.grow(city_dsn, cases=30, progress=nothing, now=now)


async def test_a_lot_comes_in_whole_or_not_at_all(city: Database, city_dsn: str) -> None:
    now = clock.now()
    like = await demo.prototype(city, now=now)
    planned = growth.lots_of(await clock.current_calendar(city), 20, until=clock.city_day(now))[0]
    await asyncio.to_thread(growing.load_lot, city_dsn, planned, like, 20, now)
    kept = await counts(city)
    with pytest.raises(Exception, match="growth_pkey"):
        await asyncio.to_thread(growing.load_lot, city_dsn, planned, like, 20, now)
    serials = {"kit.serial"}
    assert {name: n for name, n in (await counts(city)).items() if name not in serials} == {
        name: n for name, n in kept.items() if name not in serials
    }


def test_newcomers_are_many_and_their_numbers_hold() -> None:
    some = [growth.newcomer(number, clock.now()) for number in (*range(3000), 999_999, 1_000_000, 19_999_999)]
    assert len({one.id_number for one in some}) == len({one.phone for one in some}) == len(some)
    for one in some:
        assert papers.id_number_fault(one.id_number) is None and papers.phone_holds(one.phone)
