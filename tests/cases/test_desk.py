"""The desk: a department's open cases by date, its decided ones, and one found by its code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import cast, make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases import pages
from tongban.cases.actions import desk, desk_row, done, find_by_code
from tongban.cases.actions.limits.clocks import warned_from
from tongban.cases.model import DeskRow, Lamp, NoSuchCase, State, lamp_of
from tongban.cases.pages.queue import Place, cursor_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor

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
    rows = await desk(city, officer, now=clock.now(), after=None, limit=10)
    assert city.count - before == 1
    assert [row.id for row in rows] == expected
    shown = rows[0]
    assert shown.applicant_masked != people[1].name and len(shown.short_code) == 19
    first = await desk(city, officer, now=clock.now(), after=None, limit=2)
    second = await desk(city, officer, now=clock.now(), after=(first[-1].due, first[-1].id), limit=2)
    assert [row.id for row in first + second] == expected
    await cases.accept(city, officer, case_id=expected[0], now=MONDAY + timedelta(days=1))
    assert [row.id for row in await desk(city, officer, now=clock.now(), after=None, limit=10)] == [
        *expected[1:],
        expected[0],
    ]


async def test_only_ones_own_department(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    await make.submitted(city, owner)
    assert len(await desk(city, officer, now=clock.now(), after=None, limit=10)) == 1
    assert await desk(city, elsewhere, now=clock.now(), after=None, limit=10) == []
    with pytest.raises(NotAllowed):
        await desk(city, owner.actor, now=clock.now(), after=None, limit=10)


async def test_drafts_and_decided_cases_are_not_on_it(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.filled(city, owner)
    assert await desk(city, officer, now=clock.now(), after=None, limit=10) == []
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    assert await done(city, officer, before=None, limit=10) == []
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    assert await desk(city, officer, now=clock.now(), after=None, limit=10) == []
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
    ("state", "days", "words", "limits"),
    [
        (State.SUBMITTED, 2, "受理：剩 2 个工作日", "最晚 {due}"),
        (State.ACCEPTED, 2, "办结：剩 2 个工作日", "承诺 {due} · 法定 {law}"),
        (State.SUBMITTED, 0, "受理：今天到期", "最晚 {due}"),
        (State.ACCEPTED, -1, "办结：超 1 个工作日", "承诺 {due} · 法定 {law}"),
        (State.SUSPENDED, 2, "特别程序中", "估计 {due} · 法定 {law}"),
        (State.CORRECTING, 2, "待补正", "最晚 {due}"),
    ],
)
async def test_a_line_says_which_limits_run(
    city: Database, state: State, days: int, words: str, limits: str
) -> None:
    day = clock.city_day(MONDAY) + timedelta(days=days if days >= 0 else days - 2)
    law = day + timedelta(days=14)
    row = DeskRow(
        id=new_id(1),
        applicant=new_id(1),
        item="residence_permit",
        item_version=1,
        applicant_masked="李*",
        short_code="3101062611030000019",
        state=state,
        due=clock.end_of_day(day),
        warn_at=None,
        statutory_due=None if state in (State.SUBMITTED, State.CORRECTING) else clock.end_of_day(law),
        decided_at=None,
        submitted_at=MONDAY,
        assignee=None,
        assignee_name=None,
    )
    shown = await pages.queue.line_of(city, row, tail="", now=MONDAY, current=None)
    assert (str(shown["left"]), str(shown["limits"])) == (words, limits.format(due=day, law=law))


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


async def many(city: Database, department: str, count: int, **columns: str) -> None:
    """Open cases by the row, as many as a list needs; ``columns`` are expressions over the row's number ``n``."""
    values = {
        "state": "'submitted'",
        "accept_due": f"TIMESTAMPTZ '{MONDAY.isoformat()}' + n * interval '1 minute'",
        "warn_at": "NULL",
        **columns,
    }
    await city.run(
        f"""INSERT INTO cases."case" (bucket, id, applicant, item, item_version, version, department,
            applicant_masked, short_code, answers, facts, purpose, opened_at, submitted_at, {", ".join(values)})
        SELECT n % 1024, gen_random_uuid(), gen_random_uuid(), 'residence_permit', 1, 1, $1,
            '测**', lpad(n::text, 19, '0'), '{{}}', '{{}}', gen_random_uuid(), now(), now(),
            {", ".join(values.values())}
        FROM generate_series(1, {count}) n""",
        department,
    )


async def test_a_full_page_says_that_there_are_more_and_its_cases_know_their_page(
    city: Database, officer: Actor
) -> None:
    await many(city, officer.department or "", 28)
    full = await pages.queue.queue_of(city, officer, place=Place(), now=MONDAY, current=None)
    assert (full["waiting"], len(full["queue"]), full["first_href"]) == ("28", 25, None)
    behind = parse_qs(urlsplit(full["next_href"]).query)["after"][0]
    place = Place.of(None, behind)
    rest = await pages.queue.queue_of(city, officer, place=place, now=MONDAY, current=None)
    assert (len(rest["queue"]), rest["next_href"], rest["first_href"]) == (3, None, "/desk")
    assert all(line["href"].endswith(place.query()) for line in rest["queue"])
    assert Place.of("nonsense", "nonsense") == Place()


async def test_lamps_filter_the_list_and_are_counted_up_to_a_hundred(city: Database, officer: Actor) -> None:
    at = officer.department or ""
    hour = "interval '1 hour'"
    instant = f"TIMESTAMPTZ '{MONDAY.isoformat()}'"
    await many(city, at, 130, accept_due=f"{instant} - n * {hour}")
    await many(city, at, 3, accept_due=f"{instant} + n * {hour}", warn_at=f"{instant} - {hour}")
    await many(city, at, 2, accept_due=f"{instant} + n * {hour}", warn_at=f"{instant} + {hour}")
    await many(city, at, 4, state="'correcting'")
    before = city.count
    whole = await pages.queue.queue_of(city, officer, place=Place(), now=MONDAY, current=None)
    assert city.count - before == 2
    assert {tile["text"].msgid: tile["count"] for tile in whole["tiles"]} == {
        "已超期": "100+",
        "将到期": "3",
        "正常": "2",
        "待补正": "4",
        "暂停中": "0",
    }
    for show, found in (("red", 130), ("amber", 3), ("green", 2), ("correcting", 4)):
        rows = await desk(city, officer, after=None, limit=200, show=show, now=MONDAY)  # type: ignore[arg-type]
        assert len(rows) == found, show
    shown = await pages.queue.queue_of(city, officer, place=Place("amber"), now=MONDAY, current=None)
    assert {line["colour"] for line in shown["queue"]} == {"amber"}
    assert all("show=amber" in line["href"] for line in shown["queue"])


async def test_what_is_past_the_law_says_so() -> None:
    late = MONDAY - timedelta(days=1)
    assert lamp_of(due=late, warn_at=None, statutory_due=late, now=MONDAY) is Lamp.DOUBLE
    assert lamp_of(due=late, warn_at=None, statutory_due=MONDAY + timedelta(days=1), now=MONDAY) is Lamp.RED


@pytest.mark.parametrize(
    ("accepted", "left", "colour"),
    [
        *((False, 3, "green"), (False, 2, "green"), (False, 1, "amber"), (False, 0, "amber")),
        *((True, 4, "green"), (True, 3, "amber"), (True, -1, "red"), (False, -1, "red")),
    ],
)
async def test_the_lamp_is_of_the_limit_that_runs(
    city: Database, accepted: bool, left: int, colour: str
) -> None:
    """Brief §2.5: five days to acceptance turn amber on the last but one, fifteen of the promise three before."""
    calendar = await clock.current_calendar(city)
    today = clock.city_day(MONDAY)
    due = clock.end_of_day(calendar.add_working_days(today, left) if left >= 0 else today - timedelta(days=3))
    days = 15 if accepted else 5
    warn_at = await warned_from(city, due=due, days=days)
    assert lamp_of(due=due, warn_at=warn_at, statutory_due=None, now=MONDAY) == colour
