"""suspend, resume, extend: the clock stands still, runs again with its end moved, or ends later."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases, catalogue
from tongban.cases import jobs
from tongban.cases.actions import days_left, desk, lamp_counts, provided
from tongban.cases.actions.limits.pausing import announced
from tongban.cases.model import (
    ExtendedAlready,
    ExtensionTooLate,
    MovedOn,
    NoExtension,
    NoSuchCase,
    NotPossibleNow,
    ReasonMissing,
    SpecialIncomplete,
)
from tongban.cases.model.assignment import MINE, Filter
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty, NotAllowed

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
        announced(officer, cafe, "site_inspection", "6", make.SPECIAL_REASON)
    assert "最多 5 个工作日" in str(more.value.fields["days"])
    assert "第四十二条" in str(more.value.fields["days"])
    assert announced(clerk, cafe, "site_inspection", "5", make.SPECIAL_REASON)[1] == 5


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
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    about = {"case_id": case_id, "kind": "test", "days": "2", "reason": make.SPECIAL_REASON, "now": MONDAY}
    results = await asyncio.gather(
        *(cases.suspend(city, officer, **about) for _ in range(4)),  # type: ignore[arg-type]
        return_exceptions=True,
    )
    assert results.count(None) == 1
    assert {type(one) for one in results if one is not None} <= {MovedOn, NotPossibleNow}
    assert len((await make.row(city, case_id))["course"]["specials"]) == 1


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


@pytest.fixture
def clerk(officer: Actor) -> Actor:
    """The same department's officer without the head's duty."""
    return Actor(officer.role, officer.id, officer.name, officer.department, duties=frozenset({Duty.EXAMINE}))


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
    assert "2026-12-17" in page and "法律规定的最晚办结日：2026-12-24" in page
    (line,) = (await web.get("/api/v1/cases")).json()["cases"]
    assert line["due"] == line["promised_due"] == "2026-12-17T15:59:59.999999Z"
    assert line["statutory_due"] == "2026-12-24T15:59:59.999999Z"


async def test_only_the_head_extends_once_and_in_time(
    city: Database, owner: Resident, officer: Actor, clerk: Actor
) -> None:
    await make.limits(city, statutory_days=20, extension_days=10, profile="licence")
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    about = {"case_id": case_id, "reason": "申请量大，核对跨省登记信息需要更多时间。"}
    with pytest.raises(NotAllowed):
        await cases.extend(city, clerk, **about, now=MONDAY)  # type: ignore[arg-type]
    with pytest.raises(ExtensionTooLate):
        await cases.extend(city, officer, **about, now=MONDAY + 40 * DAY)  # type: ignore[arg-type]
    await cases.extend(city, officer, **about, now=MONDAY + 3 * DAY)  # type: ignore[arg-type]
    assert await dates(city, case_id) == (date(2026, 12, 28), date(2027, 1, 5))
    with pytest.raises(ExtendedAlready):
        await cases.extend(city, officer, **about, now=MONDAY + 4 * DAY)  # type: ignore[arg-type]
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert opened.case.course.extension is not None and opened.case.course.extension.by == officer.name


async def test_what_the_law_does_not_extend_is_not(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    with pytest.raises(NoExtension):
        await cases.extend(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY)


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
    assert "已启动特别程序" in (page := (await web.get(done.headers["location"])).text)
    assert 'aria-label="恢复后还剩' in page
    assert (await web.get(f"{home}/forms/special")).status_code == 409
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/cases/{case_id}")).text
    assert "正在进行：现场核查" in page and "停止计时" in page and make.SPECIAL_REASON in page
    law = "《行政许可法》第四十五条"
    assert re.search(f"停止计时的依据：[^<]*{law}", page)
    assert law in page.split(make.SPECIAL_REASON)[1][:300], "the card of what is under way"
    assert ">恢复后还剩</p>" in page and ">还剩</p>" not in page
    assert "法律规定的最晚办结日" in page


async def test_who_is_not_the_head_reads_whose_the_extension_is_and_whom_to_ask(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    await make.limits(city, statutory_days=20, extension_days=10, profile="licence")
    case_id = await make.accepted(city, owner, officer)
    clerk = make.officer_with(officer.department or "", Duty.EXAMINE, Duty.APPROVE)
    desk = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, clerk)
    page = (await web.get(desk)).text
    assert (
        f"{desk}/forms/extension" not in page and "本行政机关负责人批准（《行政许可法》第四十二条）" in page
    )
    assert "更正已经作出的状态由本机关负责人办理" in page
    told = await web.get(f"{desk}/forms/extension")
    assert (
        told.status_code == 403 and "第四十二条" in told.text and f"本部门负责人：{officer.name}" in told.text
    )
    with pytest.raises(NotAllowed) as refused:
        await cases.extend(city, clerk, case_id=case_id, reason=make.REASON, now=clock.now())
    assert "负责人批准" in str(refused.value.message)
    await log_in(web, city, officer)
    page = (await web.get(desk)).text
    assert f"{desk}/forms/extension" in page and "由负责人办理的操作" not in page
