"""suspend, resume: the clock stands still, and runs again with its end moved."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests import make
from tests.cases.holding_up import SO_MANY_WAIT, held_up, until
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases, catalogue
from tongban.cases import jobs
from tongban.cases.actions import days_left, desk, lamp_counts, provided
from tongban.cases.actions.limits.pausing import announced
from tongban.cases.model import (
    NoSuchCase,
    NotPossibleNow,
    ReasonMissing,
    SpecialIncomplete,
    SpecialRuns,
)
from tongban.cases.model.assignment import MINE, Filter
from tongban.cases.model.course import Course
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty

#: A Monday at 10 in the city.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def dates(city: Database, case_id: object) -> tuple[date, date]:
    row = await make.row(city, case_id)  # type: ignore[arg-type]
    return clock.city_day(row["promise_due"]), clock.city_day(row["statutory_due"])


async def test_a_special_procedure_stops_the_clock_and_says_until_when(
    city: Database, owner: Resident, officer: Actor
) -> None:
    await make.limits(city, statutory_days=20)
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    assert await dates(city, case_id) == (date(2026, 12, 14), date(2026, 12, 21))
    before = city.count
    await cases.suspend(
        city,
        officer,
        case_id=case_id,
        kind="site_inspection",
        days="3",
        reason=make.SPECIAL_REASON,
        now=MONDAY + 2 * DAY,
    )
    assert city.count - before == 2
    row = await make.row(city, case_id)
    assert row["state"] == "suspended" and row["warn_at"] is None
    assert await dates(city, case_id) == (date(2026, 12, 17), date(2026, 12, 24)), "as announced"
    assert clock.city_day((await make.timers(city, case_id))["cases.special"]) == date(2026, 11, 30)
    step = (await make.steps(city, case_id))[-1]
    assert step["detail"]["dates"] == {
        "promise": ["2026-12-14", "2026-12-17"],
        "statutory": ["2026-12-21", "2026-12-24"],
    }
    assert (await make.news(city, case_id))[-1] == "cases.suspended"
    assert (await make.ledger(city, case_id))[-1]["action"] == "cases.suspend"


async def test_the_end_moves_by_the_days_that_it_really_stood_still(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.suspended(city, owner, officer, now=MONDAY, since=MONDAY + 2 * DAY, days=3)
    await cases.resume(city, officer, case_id=case_id, result=make.RESULT, now=MONDAY + 4 * DAY)
    row = await make.row(city, case_id)
    assert row["state"] == "accepted" and row["warn_at"] is not None
    assert (await dates(city, case_id))[0] == date(2026, 12, 16), "two working days, not the three announced"
    assert "cases.special" not in await make.timers(city, case_id)
    assert (await make.steps(city, case_id))[-1]["detail"]["stopped"] == 2


async def test_several_procedures_add_up_and_days_off_are_none(
    city: Database, owner: Resident, officer: Actor
) -> None:
    friday = MONDAY + 4 * DAY
    case_id = await make.suspended(city, owner, officer, now=MONDAY, since=friday, days=1)
    await cases.resume(city, officer, case_id=case_id, result=make.RESULT, now=friday + 2 * DAY)
    told = (await make.steps(city, case_id))[-1]["detail"]["special"]
    assert (told["since"], told["until"]) == ("2026-11-27", "2026-11-30"), "ended on a Sunday: from Monday on"
    assert (await dates(city, case_id))[0] == date(2026, 12, 15)
    again = {"case_id": case_id, "kind": "appraisal", "days": "10", "reason": make.SPECIAL_REASON}
    await cases.suspend(city, officer, **again, now=friday + 5 * DAY)  # type: ignore[arg-type]
    await cases.resume(city, officer, case_id=case_id, result=make.RESULT, now=friday + 12 * DAY)
    assert (await dates(city, case_id))[0] == date(2026, 12, 22), "1 and 5 working days"
    await cases.suspend(city, officer, **again, now=friday + 15 * DAY)  # type: ignore[arg-type]
    told = (await make.steps(city, case_id))[-1]["detail"]["special"]
    assert told["since"] == "2026-12-14", "begun on a Saturday: from Monday on"


async def test_each_limit_explains_each_of_its_days(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.suspended(city, owner, officer, now=MONDAY, since=MONDAY + 2 * DAY, days=3)
    await cases.resume(city, officer, case_id=case_id, result=make.RESULT, now=MONDAY + 8 * DAY)
    row = await make.row(city, case_id)
    case, limits = await cases.explain(city, code=row["short_code"])
    assert case.id == case_id
    told = {one.kind: one for one in limits}
    promise = told["promise"]  # type: ignore[index]
    assert promise.end == clock.city_day(row["promise_due"]) and promise.kept and promise.runs
    assert (promise.days, promise.stopped, promise.added) == (15, 4, 0)
    assert sum(day.counted for day in promise.days_told) == 15
    assert [day.day.day for day in promise.days_told if day.reason.zh == "现场核查"] == [26, 27, 30, 1]
    assert [shift.move for shift in promise.shifts] == ["suspend", "resume"]
    with pytest.raises(NoSuchCase):
        await cases.explain(city, code="3101062611030000019")


@pytest.mark.parametrize(
    ("kind", "days", "field"),
    [
        ("", "3", "kind"),
        ("tea", "3", "kind"),
        ("hearing", "", "days"),
        ("hearing", "0", "days"),
        ("hearing", "三", "days"),
        ("hearing", "121", "days"),
        ("hearing", "9" * 5000, "days"),
    ],
)
async def test_what_is_wrong_is_told_by_its_field(
    city: Database, owner: Resident, officer: Actor, kind: str, days: str, field: str
) -> None:
    case_id = await make.accepted(city, owner, officer)
    before = await make.everything(city, case_id)
    with pytest.raises(SpecialIncomplete) as told:
        await cases.suspend(
            city, officer, case_id=case_id, kind=kind, days=days, reason=make.REASON, now=clock.now()
        )
    assert [*told.value.fields] == [field]
    assert await make.everything(city, case_id) == before


async def test_what_the_item_does_not_provide_is_the_heads_and_noted_and_no_more_days_than_it_says(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    clerk = make.officer_with(officer.department or "", Duty.EXAMINE)
    about = {
        "case_id": case_id,
        "kind": "auction",
        "days": "10",
        "reason": make.SPECIAL_REASON,
        "now": MONDAY,
    }
    with pytest.raises(SpecialIncomplete) as told:
        await cases.suspend(city, clerk, **about)  # type: ignore[arg-type]
    assert [*told.value.fields] == ["kind"] and "请本部门负责人启动" in str(told.value.fields["kind"])
    form = f"/desk/{owner.actor.id}/{case_id}/forms/special"
    for who, offered in ((clerk, False), (officer, True)):
        await log_in(web, city, who)
        page = (await web.get(form)).text
        assert "听证" in page and ("拍卖（事项没有规定）" in page) is offered
    await cases.suspend(city, officer, **about)  # type: ignore[arg-type]
    event = make.event("cases.suspended", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await jobs.supervise_step(city, event, now=MONDAY)
    assert await city.value("SELECT rule FROM cases.supervision") == "special_unprovided"
    cafe = await catalogue.current(city, "food_business")
    assert provided(cafe, "site_inspection") and provided(cafe, "hearing") and not provided(cafe, "auction")
    with pytest.raises(SpecialIncomplete) as more:
        announced(officer, cafe, Course(), "site_inspection", "6", make.SPECIAL_REASON)
    assert "最多 5 个工作日" in str(more.value.fields["days"])
    assert "第四十二条" in str(more.value.fields["days"])
    assert announced(clerk, cafe, Course(), "site_inspection", "5", make.SPECIAL_REASON)[1] == 5


async def test_the_items_days_are_at_most_over_the_whole_case(
    city: Database, owner: Resident, officer: Actor, clerk: Actor
) -> None:
    """A plain examiner ran four of five days each, one after the other."""
    own = {"kind": "2", "name": {"zh": "检测", "en": "Test"}, "working_days": 5, "mark": "realistic"}
    own |= {"days": {"zh": "5 个工作日", "en": "5"}, "basis": {"zh": "示例规定", "en": "A rule"}}
    await city.sibling().run(
        "UPDATE catalogue.item_version SET body = body || $1 WHERE code = $2",
        {"special_procedures": [own]},
        make.ITEM,
    )
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    again: dict[str, Any] = {"case_id": case_id, "kind": "test", "reason": make.SPECIAL_REASON, "now": MONDAY}

    async def ended(who: Actor, days: str) -> set[str]:
        await cases.suspend(city, who, days=days, **again)
        await cases.resume(city, officer, case_id=case_id, result=make.RESULT, now=MONDAY)
        event = make.event("cases.suspended", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
        await jobs.supervise_step(city, event, now=MONDAY)
        return {one["rule"] for one in await city.sibling().rows("SELECT rule FROM cases.supervision")}

    assert await ended(clerk, "2") == set()
    with pytest.raises(SpecialIncomplete) as told:
        await cases.suspend(city, clerk, days="4", **again)
    assert "已经告知了 2 个，还可以告知 3 个" in str(told.value.fields["days"])
    assert await ended(clerk, "3") == set(), "ended at once, but announced"
    with pytest.raises(SpecialIncomplete) as told:
        await cases.suspend(city, clerk, days="1", **again)
    assert "请本部门负责人启动" in str(told.value.fields["days"])
    assert await ended(officer, "1") == {"special_unprovided"}


async def test_nothing_is_decided_while_the_clock_stands_still(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.suspended(city, owner, officer, now=MONDAY)
    for verb in (cases.approve, cases.accept):
        with pytest.raises(NotPossibleNow):
            await verb(city, officer, case_id=case_id, now=MONDAY)
    with pytest.raises(ReasonMissing):
        await cases.resume(city, officer, case_id=case_id, result="好", now=MONDAY)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=MONDAY)
    assert await make.state(city, case_id) == "withdrawn"
    assert await make.timers(city, case_id) == {}


async def test_two_officers_begin_it_at_once_and_one_does(
    city: Database, city_dsn: str, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    about = {"case_id": case_id, "kind": "test", "days": "2", "reason": make.SPECIAL_REASON, "now": MONDAY}
    row = 'SELECT 1 FROM cases."case" WHERE id = $1 FOR UPDATE'
    async with held_up(city_dsn, row, case_id):  # both have read the case, neither has written
        both = [asyncio.ensure_future(cases.suspend(city, officer, **about)) for _ in range(2)]  # type: ignore[arg-type]
        await until(city, SO_MANY_WAIT, 2)
    results = await asyncio.gather(*both, return_exceptions=True)
    assert results.count(None) == 1
    told = [one for one in results if one is not None]
    assert {type(one) for one in told} == {SpecialRuns}
    assert all("2026-11-25" in str(one.message) for one in told if isinstance(one, SpecialRuns))
    assert len((await make.row(city, case_id))["course"]["specials"]) == 1
    assert (await make.news(city, case_id)).count("cases.suspended") == 1, "no second paper, no second letter"


async def test_what_is_stopped_stands_in_a_list_of_its_own(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    """The soonest announced date first; from there several are resumed at once."""
    case_id = await make.suspended(city, owner, officer, now=MONDAY)
    assert await desk(city, officer, after=None, limit=9, now=MONDAY) == []
    rows = await desk(city, officer, after=None, limit=9, show="suspended", now=MONDAY)
    assert [row.id for row in rows] == [case_id]
    mine = Filter(who=MINE)
    assert await desk(city, officer, after=None, limit=9, show="suspended", narrow=mine, now=MONDAY) == rows
    last = (rows[0].due, rows[0].id)
    assert await desk(city, officer, after=last, limit=9, show="suspended", now=MONDAY) == []
    for narrow in (Filter(), mine, Filter(item="residence_permit")):
        assert (await lamp_counts(city, officer, narrow=narrow, now=MONDAY))["suspended"] == 1
    await log_in(web, city, officer)
    assert "特别程序中" in (await web.get("/desk?show=suspended")).text
    assert str(case_id) in (await web.get("/desk/bulk?show=suspended")).text


async def test_the_days_left_stand_still_with_the_clock(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """None of the days announced is one that is left: those of the moment at which it stopped are."""
    case_id = await make.suspended(city, owner, officer, now=MONDAY, days=7)
    case = (await cases.progress(city, owner.actor, case_id=case_id)).case
    assert case.due is not None
    for now in (MONDAY, MONDAY + 3 * DAY, MONDAY + 30 * DAY):
        assert await days_left(city, case.due, now=now, running=case.course.running) == 15
    assert await days_left(city, case.due, now=MONDAY) == 22


async def test_promise_and_law_both_stand_in_letter_list_and_api(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    await make.limits(city, statutory_days=20)
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    await cases.suspend(
        *(city, officer),
        case_id=case_id,
        kind="site_inspection",
        days="3",
        reason=make.SPECIAL_REASON,
        now=MONDAY + 2 * DAY,
    )
    assert owner.actor.id is not None
    event = make.event("cases.suspended", subject=owner.actor.id, reference=case_id, move="suspend")
    await jobs.tell(city, event, now=MONDAY + 2 * DAY)
    (body,) = await city.sibling().rows(
        "SELECT body_zh FROM notices.inbox WHERE recipient = $1", owner.actor.id
    )
    assert "承诺最晚 2026-12-17 办结，法律规定最晚 2026-12-24" in body["body_zh"]
    await log_in(web, city, owner.actor)
    page = (await web.get("/my/cases")).text
    assert "2026-12-17" in page and "法定最晚办结 2026-12-24" in re.sub(r"<[^>]+>", "", page)
    (line,) = (await web.get("/api/v1/cases")).json()["cases"]
    assert line["due"] == line["promised_due"] == "2026-12-17T15:59:59.999999Z"
    assert line["statutory_due"] == "2026-12-24T15:59:59.999999Z"


async def test_an_officer_elsewhere_finds_no_case(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    with pytest.raises(NoSuchCase):
        await cases.suspend(
            city, elsewhere, case_id=case_id, kind="test", days="1", reason=make.REASON, now=MONDAY
        )


async def test_the_pages_say_which_days_count_and_the_desk_moves_them(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    case_id = await make.accepted(city, owner, officer)
    home = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    assert "启动特别程序" in (await web.get(home)).text
    form = await web.get(f"{home}/forms/special")
    assert "现场核查" in form.text
    typed = dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', form.text))
    typed |= {"kind": "site_inspection", "reason": make.SPECIAL_REASON}
    wrong = await web.post(f"{home}/forms/special", data=typed)
    assert wrong.status_code == 422 and "1 至 120 的整数" in wrong.text and make.SPECIAL_REASON in wrong.text
    done = await web.post(f"{home}/forms/special", data=typed | {"days": "3"}, follow_redirects=False)
    assert done.status_code == 303
    twice = await web.post(f"{home}/forms/special", data=typed | {"days": "3"})
    assert (
        twice.status_code == 409
        and "已经启动了“现场核查”" in twice.text
        and make.SPECIAL_REASON in twice.text
    )
    assert "已启动特别程序" in (page := (await web.get(done.headers["location"])).text)
    assert 'aria-label="恢复后还剩' in page
    assert (await web.get(f"{home}/forms/special")).status_code == 409
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/cases/{case_id}")).text
    assert "正在进行：现场核查" in page and "停止计时" in page and make.SPECIAL_REASON in page
    law = "按演示城市的设定不计入办理时限，没有法律规定"  # art. 45 does not name a 现场核查
    assert re.search(f"停止计时的依据：[^<]*{law}", page)
    assert law in page.split(make.SPECIAL_REASON)[1][:300], "the card of what is under way"
    assert ">恢复后还剩</p>" in page and ">还剩</p>" not in page
    assert "法律规定的最晚办结日" in page
