"""recount: an amended calendar moves the open dates, tells why, and leaves everything else alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases, catalogue
from tongban.cases import actions
from tongban.cases.actions import recount
from tongban.cases.actions.limits.clocks import dues
from tongban.cases.model import Case
from tongban.cases.model.course import LimitKind
from tongban.kit import clock
from tongban.kit.clock import CalendarDay
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NOTICE = "国办发明电〔2026〕99号"


async def amend(city: Database, *days: tuple[date, str], now: datetime = MONDAY) -> None:
    """The year's notice anew, with days more."""
    kept = [day for day in (await clock.load_calendar(city)).days if day.day.year == 2026]
    told = {
        day: CalendarDay(day, kind, Text("临时放假", "Extra holiday"), NOTICE, "synthetic")  # type: ignore[arg-type]
        for day, kind in days
    }
    await clock.import_calendar(
        city, [day for day in kept if day.day not in told] + [*told.values()], now=now
    )


async def test_two_holidays_more_move_every_open_date_and_say_why(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    waiting = await make.submitted(city, other, now=MONDAY)
    running = await make.accepted(city, owner, officer, now=MONDAY)
    await amend(city, (date(2026, 11, 26), "off"), (date(2026, 11, 27), "off"))
    assert await recount(city, now=MONDAY + timedelta(seconds=30)) == 0, "other processes have not heard yet"
    assert await recount(city, now=MONDAY + timedelta(minutes=3)) == 2
    row = await make.row(city, running)
    assert clock.city_day(row["promise_due"]) == date(2026, 12, 16)
    step = (await make.steps(city, running))[-1]
    assert step["detail"]["notice"] == NOTICE
    assert step["detail"]["dates"]["promise"] == ["2026-12-14", "2026-12-16"]
    assert (await make.news(city, running))[-1] == "cases.date_moved"
    due = (await make.row(city, waiting))["accept_due"]
    assert clock.city_day(due) == date(2026, 12, 2)
    assert (await make.timers(city, waiting))["cases.acceptance"] == due
    assert await recount(city, now=MONDAY + timedelta(minutes=4)) == 0, "done once"
    assert await city.value("SELECT moved FROM cases.recount") == 2


async def test_what_is_not_touched_is_left_alone(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    before = await make.everything(city, case_id)
    await amend(city, (date(2026, 12, 24), "off"))
    assert await recount(city, now=MONDAY + timedelta(minutes=3)) == 0
    assert await make.everything(city, case_id) == before


async def test_an_applicants_own_date_is_only_ever_lengthened(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner, now=MONDAY)
    await cases.ask_correction(
        city, officer, case_id=case_id, said={"card_address": "请补全室号。"}, now=MONDAY
    )
    told = (await make.row(city, case_id))["correction"]["until"]
    await amend(city, (date(2026, 11, 28), "work"))
    await recount(city, now=MONDAY + timedelta(minutes=3))
    assert (await make.row(city, case_id))["correction"]["until"] == told
    assert (await make.news(city, case_id))[-1] != "cases.date_moved"
    await amend(city, (date(2026, 12, 1), "off"), (date(2026, 11, 28), "off"))
    await recount(city, now=MONDAY + timedelta(minutes=6))
    row = await make.row(city, case_id)
    assert row["correction"]["until"] > told
    assert (await make.timers(city, case_id))["cases.correction"].isoformat()[:10] == row["correction"][
        "until"
    ][:10]
    before, after = (await make.steps(city, case_id))[-1]["detail"]["dates"]["correction"]
    assert before < after == row["correction"]["until"][:10]
    event = make.event("cases.date_moved", subject=owner.actor.id, reference=case_id, move="recount")
    await actions.tell(city, event=event, now=MONDAY + timedelta(minutes=7))
    letter = await city.value("SELECT body_zh FROM notices.inbox ORDER BY at DESC LIMIT 1")
    assert f"放假安排有变（{NOTICE}），补正的最后一天随之改为 {after}" in letter
    page = await actions.progress(city, owner.actor, case_id=case_id)
    explained = await actions.explained(city, page.case, page.events, page.version)
    [correction] = [one for one in explained if one.kind is LimitKind.CORRECTION]
    assert [str(shift.after) for shift in correction.shifts] == [after]


async def test_a_worker_that_dies_goes_on_where_it_was(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    """Of two cases one was reckoned anew when the worker died: its place is kept, the other one follows."""
    first = await make.accepted(city, owner, officer, now=MONDAY)
    second = await make.submitted(city, other, now=MONDAY)
    await amend(city, (date(2026, 11, 26), "off"))
    rows = [await make.row(city, first), await make.row(city, second)]
    done, left = sorted(rows, key=lambda row: (row["bucket"], row["id"]))
    await city.run(
        """INSERT INTO cases.recount (amendment, place_bucket, place, moved)
        SELECT max(id), $1, $2, 0 FROM kit.calendar_amendment""",
        done["bucket"],
        done["id"],
    )
    assert await recount(city, now=MONDAY + timedelta(minutes=3)) == 1
    assert (await make.row(city, done["id"]))["version"] == done["version"]
    assert (await make.row(city, left["id"]))["version"] == left["version"] + 1


async def test_the_page_says_from_which_day_to_which(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    await amend(city, (date(2026, 11, 26), "off"))
    await recount(city, now=MONDAY + timedelta(minutes=3))
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/cases/{case_id}")).text
    assert f"放假安排有变（{NOTICE}），期限从 2026-12-14 改为 2026-12-15" in page
    assert "2026-11-26 临时放假" in page


async def test_every_kept_date_is_the_one_that_is_reckoned(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """Whatever moved a case, its row keeps what follows from its facts, and nothing else."""
    case_id = await make.suspended(city, owner, officer, now=MONDAY, since=MONDAY + 2 * DAY)
    for verb in (
        lambda: cases.resume(city, officer, case_id=case_id, result=make.RESULT, now=MONDAY + 5 * DAY),
        lambda: amend(city, (date(2026, 12, 3), "off")),
        lambda: recount(city, now=MONDAY + 6 * DAY),
    ):
        await verb()
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    case: Case = opened.case
    version = await catalogue.version(city, case.item, case.item_version)
    kept = dues(case, version, await clock.current_calendar(city))
    assert (kept.promise, kept.statutory, kept.warn_at) == (
        case.promise_due,
        case.statutory_due,
        case.warn_at,
    )
