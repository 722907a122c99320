"""The desk: a department's open cases by date, its decided ones, and one found by its code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests import cast, make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, catalogue
from tongban.cases import pages
from tongban.cases.actions import desk, desk_row, done, find_by_code
from tongban.cases.model import DeskRow, NoSuchCase, State
from tongban.cases.pages.dates import days_of, lamp
from tongban.cases.pages.queue import cursor_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, NotAllowed

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


async def neighbours(city: Database, outside: Sandbox, owner: Resident, count: int) -> list[Resident]:
    """People of the owner's district."""
    found = []
    for _ in range(count):
        taken = outside.http.post(
            "/cast/take", json={"situation": "eligible_work", "by": "test", "district": owner.district}
        ).json()
        found.append(await cast.enrolled(city, taken))
    return found


async def test_soonest_date_first_in_one_statement_by_keyset(
    city: Database, owner: Resident, officer: Actor, outside: Sandbox
) -> None:
    people = [owner, *await neighbours(city, outside, owner, 3)]
    days = (3, 0, 2, 1)
    filed = {
        day: await make.submitted(city, person, now=MONDAY + timedelta(days=day))
        for person, day in zip(people, days, strict=True)
    }
    expected = [filed[day] for day in sorted(filed)]
    before = city.count
    rows = await desk(city, officer, after=None, limit=10)
    assert city.count - before == 1
    assert [row.id for row in rows] == expected
    shown = rows[0]
    assert shown.applicant_masked != people[1].name and len(shown.short_code) == 19
    first = await desk(city, officer, after=None, limit=2)
    second = await desk(city, officer, after=(first[-1].due, first[-1].id), limit=2)
    assert [row.id for row in first + second] == expected
    await cases.accept(city, officer, case_id=expected[0], now=MONDAY + timedelta(days=1))
    assert [row.id for row in await desk(city, officer, after=None, limit=10)] == [*expected[1:], expected[0]]


async def test_only_ones_own_department(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    await make.submitted(city, owner)
    assert len(await desk(city, officer, after=None, limit=10)) == 1
    assert await desk(city, elsewhere, after=None, limit=10) == []
    with pytest.raises(NotAllowed):
        await desk(city, owner.actor, after=None, limit=10)


async def test_drafts_and_decided_cases_are_not_on_it(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.filled(city, owner)
    assert await desk(city, officer, after=None, limit=10) == []
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    assert await done(city, officer, before=None, limit=10) == []
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    assert await desk(city, officer, after=None, limit=10) == []
    before = city.count
    (row,) = await done(city, officer, before=None, limit=10)
    assert city.count - before == 1
    assert (row.id, str(row.state)) == (case_id, "not_accepted")
    assert await done(city, elsewhere, before=None, limit=10) == []
    assert row.decided_at is not None
    assert await done(city, officer, before=(row.decided_at, row.id), limit=10) == []


async def test_one_line_of_ones_own_department(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    before = city.count
    row = await desk_row(city, officer, case_id=case_id)
    assert city.count - before == 1
    assert row is not None and (row.id, row.state) == (case_id, State.SUBMITTED)
    assert await desk_row(city, elsewhere, case_id=case_id) is None
    assert await desk_row(city, officer, case_id=new_id(1)) is None
    with pytest.raises(NotAllowed):
        await desk_row(city, owner.actor, case_id=case_id)


@pytest.mark.parametrize(
    ("state", "days", "words"),
    [
        (State.SUBMITTED, 2, "受理：剩 2 个工作日"),
        (State.ACCEPTED, 2, "办结：剩 2 个工作日"),
        (State.SUBMITTED, 0, "受理：今天到期"),
        (State.ACCEPTED, -1, "办结：超 1 个工作日"),
    ],
)
async def test_a_line_says_which_limit_runs(city: Database, state: State, days: int, words: str) -> None:
    day = clock.city_day(MONDAY) + timedelta(days=days if days >= 0 else days - 2)
    row = DeskRow(
        id=new_id(1),
        applicant=new_id(1),
        item="residence_permit",
        applicant_masked="李*",
        short_code="3101062611030000019",
        state=state,
        due=clock.end_of_day(day),
        decided_at=None,
        submitted_at=MONDAY,
    )
    shown = await pages.queue.queue_of(city, [row], now=MONDAY, current=None, after=None)
    assert str(shown["queue"][0]["left"]) == words


async def test_a_case_is_found_by_its_code_in_its_department_only(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    code = (await make.row(city, case_id))["short_code"]
    assert await find_by_code(city, officer, code=code) == (owner.actor.id, case_id)
    for actor, asked in ((elsewhere, code), (officer, "3101012611240000019")):
        with pytest.raises(NoSuchCase):
            await find_by_code(city, actor, code=asked)
    with pytest.raises(NotAllowed):
        await find_by_code(city, owner.actor, code=code)


@pytest.mark.parametrize(
    "words",
    [
        *("", "x", "~", "2026-11-25T00:00:00Z~x", "2026-11-25T00:00:00~{id}", "2026-11-25~{id}"),
        *("0001-01-01T00:00:00+23:59~{id}", "9999-12-31T23:59:59-23:59~{id}", "9999-12-31T23:59:59Z~{id}"),
    ],
)
def test_a_cursor_that_is_none_starts_from_the_top(words: str) -> None:
    place = "01a212f4-c1b7-743a-afd0-7988fa45da43"
    assert cursor_of(words.replace("{id}", place)) is None
    assert cursor_of(f"2026-11-25T10:00:00.5Z~{place}") is not None


async def test_the_statements_of_the_desk_use_its_indexes(city: Database, owner: Resident) -> None:
    """Not the whole table, however many cases other departments have."""
    await make.submitted(city, owner)
    await city.run(
        """INSERT INTO cases."case" (bucket, id, applicant, item, item_version, state, version, department,
            applicant_masked, short_code, answers, facts, purpose, opened_at, submitted_at, accept_due)
        SELECT n % 1024, gen_random_uuid(), gen_random_uuid(), 'residence_permit', 1, 'submitted', 1,
            'police-' || n % 50, '测**', lpad(n::text, 19, '0'), '{}', '{}', gen_random_uuid(), now(), now(),
            now() + n * interval '1 second'
        FROM generate_series(1, 3000) n"""
    )
    await city.run('ANALYZE cases."case"')
    plan = await city.rows(
        """EXPLAIN SELECT id FROM cases."case" WHERE department = 'police-7' AND state IN ('submitted', 'accepted')
        ORDER BY coalesce(promise_due, accept_due), id LIMIT 50"""
    )
    words = "\n".join(row[0] for row in plan)
    assert "case_desk" in words and "Seq Scan" not in words, words


async def test_a_full_page_says_that_there_are_more_and_its_cases_know_their_page(city: Database) -> None:
    row = DeskRow(
        id=new_id(1),
        applicant=new_id(1),
        item="residence_permit",
        applicant_masked="李*",
        short_code="3101062611030000019",
        state=State.SUBMITTED,
        due=MONDAY,
        decided_at=None,
        submitted_at=MONDAY,
    )
    full = await pages.queue.queue_of(city, [row] * 26, now=MONDAY, current=None, after=None)
    assert (full["waiting"], len(full["queue"]), full["first_href"]) == ("25+", 25, None)
    place = full["next_href"].removeprefix("/desk?after=")
    rest = await pages.queue.queue_of(city, [row] * 3, now=MONDAY, current=row.id, after=place)
    assert (rest["waiting"], rest["next_href"], rest["first_href"]) == (None, None, "/desk")
    assert all(line["href"].endswith(f"?after={quote(place, safe='')}") for line in rest["queue"])
    few = await pages.queue.queue_of(city, [row] * 3, now=MONDAY, current=None, after="nonsense")
    assert (few["waiting"], few["queue"][0]["href"]) == ("3", f"/desk/{row.applicant}/{row.id}")


@pytest.mark.parametrize(
    ("accepted", "left", "colour"),
    [
        *((False, 3, "green"), (False, 2, "green"), (False, 1, "amber"), (False, 0, "amber")),
        *((True, 4, "green"), (True, 3, "amber"), (True, -1, "red"), (False, -1, "red")),
    ],
)
def test_the_lamp_is_of_the_limit_that_runs(accepted: bool, left: int, colour: str) -> None:
    """Brief §2.5: five days to acceptance turn amber on the last but one, fifteen of the promise three before."""
    limits = catalogue.Clock(accept_days=5, promise_days=15, statutory_days=15)
    assert lamp(left, days_of(limits, accepted=accepted)) == colour
