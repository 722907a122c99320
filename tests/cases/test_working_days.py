"""The calendar that everybody sees, the limit that anybody reckons, and the notice that one office loads."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases.actions import amendments_told, preview_notice, recount
from tongban.cases.model.holiday_notices import (
    NoticeDoubtful,
    NoticeMissing,
    NoticeWrong,
    NotTheCalendarsOffice,
    doubts,
)
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CITY = Path(__file__).resolve().parents[2] / "city"
HEAD = ",".join(clock.COLUMNS) + "\n"


async def kept(city: Database, *, more: str = "") -> str:
    """The year 2026 as the calendar has it, in the form in which it is loaded, with lines more."""
    days = [day for day in (await clock.load_calendar(city)).days if day.day.year == 2026]
    lines = [f"{one.day},{one.kind},{one.name.zh},{one.name.en},{one.notice},{one.mark}" for one in days]
    return HEAD + "\n".join(lines) + "\n" + more


EXTRA = "2026-11-26,off,临时放假,Extra holiday,国办发明电〔2026〕99号,synthetic\n"


@pytest.fixture
def office() -> Actor:
    """An officer of the office that supervises all departments."""
    return make.officer_with("gov-office-310000", name="示例督办")


async def test_a_notice_is_looked_at_then_loaded_once_and_moves_the_open_cases(
    city: Database, owner: Resident, officer: Actor, office: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    text = await kept(city, more=EXTRA)
    preview = await preview_notice(city, office, text=text, now=MONDAY)
    assert [(str(one.day), one.before) for one in preview.changed] == [("2026-11-26", None)]
    before = (await make.row(city, case_id))["promise_due"]
    start = city.count
    assert await cases.load_notice(city, office, text=text, now=MONDAY) == 1
    assert city.count - start == 2, "what is there, and one write"
    assert await cases.load_notice(city, office, text=text, now=MONDAY) == 0
    entry = await city.row("SELECT actor, detail FROM audit.ledger WHERE action = 'cases.load_notice'")
    assert entry is not None and entry["actor"] == office.id
    assert (await amendments_told(city, officer))[0].done_at is None
    await recount(city, now=MONDAY + timedelta(minutes=3))
    assert (await make.row(city, case_id))["promise_due"] > before
    assert (await amendments_told(city, officer))[0].moved == 1


async def test_who_may_not_and_what_is_wrong_is_said(city: Database, officer: Actor, office: Actor) -> None:
    with pytest.raises(NotTheCalendarsOffice):
        await cases.load_notice(city, officer, text=HEAD + EXTRA, now=MONDAY)
    with pytest.raises(NoticeMissing):
        await cases.load_notice(city, office, text="", now=MONDAY)
    with pytest.raises(NoticeWrong) as refused:
        await cases.load_notice(city, office, text=HEAD + EXTRA + EXTRA, now=MONDAY)
    assert "第 3 行（2026-11-26）：这一天写了两次。" in str(refused.value.message)


async def test_the_office_pastes_a_notice_and_loses_nothing(
    web: Client, city: Database, officer: Actor, office: Actor
) -> None:
    await log_in(web, city, office)
    shown = (await web.get("/desk/calendar")).text
    form = {"_csrf": shown.split('name="_csrf" value="')[1].split('"')[0]}
    wrong = await web.post("/desk/calendar", data={**form, "days": EXTRA, "_go": "load"})
    assert wrong.status_code == 422 and "国办发明电〔2026〕99号" in wrong.text
    text = await kept(city, more=EXTRA)
    preview = await web.post("/desk/calendar", data={**form, "days": text, "_go": "preview"})
    assert "其中 1 天有变化" in preview.text and "工作日" in preview.text
    assert (await web.post("/desk/calendar", data={**form, "days": text, "_go": "load"})).status_code == 303
    assert "国办发明电〔2026〕99号" in (await web.get("/desk/calendar")).text
    assert (
        "Extra holiday"
        in (await web.get("/working-days?year=2026", headers={"cookie": "tongban_language=en"})).text
    )
    await log_in(web, city, officer)
    theirs = (await web.get("/desk/calendar")).text
    assert "<textarea" not in theirs and "请告诉督办机构" in theirs


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from-year=2026&from-month=9&from-day=21&days=10&unit=working", "2026-10-12"),
        ("from-year=2026&from-month=9&from-day=3&days=30&unit=calendar", "2026-10-08"),
        ("from-year=2026&from-month=1&from-day=31&days=1&unit=months", "2026-02-28"),
        ("from-year=2026&from-month=2&from-day=30&days=1&unit=working", "请填写有效的日期"),
        ("from-year=2026&from-month=2&from-day=3&days=九&unit=working", "请填写 0 到 400 的整数"),
        ("from-year=2026&from-month=2&from-day=3&days=401&unit=fortnight", "请选择怎样计算"),
        ("from-year=2099&from-month=12&from-day=3&days=400&unit=working", "日期应在"),
    ],
)
async def test_a_limit_is_reckoned_for_whoever_asks(web: Client, asked: str, said: str) -> None:
    answer = await web.get(f"/working-days?{asked}")
    assert answer.status_code == (200 if re.match(r"\d", said) else 422)
    assert said in answer.text


async def test_a_year_without_notice_says_so(web: Client) -> None:
    assert "放假安排尚未公布" in (await web.get("/working-days?year=2044")).text
    for year in ("1066", "x", "99999"):
        assert (await web.get(f"/working-days?year={year}")).status_code == 200


async def test_what_can_hardly_be_a_notice_is_loaded_only_when_somebody_is_sure(
    web: Client, city: Database, office: Actor
) -> None:
    text = HEAD + (
        "2026-09-25,off,中秋节,Mid-Autumn,国办发明电〔2026〕98号,real\n"
        "2026-10-01,work,国庆节,National Day,国办发明电〔2026〕98号,real\n"
        "2026-10-03,off,国庆节,National Day,国办发明电〔2026〕98号,real\n"
    )
    found = [str(one) for one in (await preview_notice(city, office, text=text, now=MONDAY)).doubts]
    assert [one for one in found if "没有" in one] == [
        f"2026 年没有“{name}”的放假日。" for name in ("元旦", "春节", "清明", "劳动", "端午")
    ]
    assert any("已有的安排会少" in one and "2026-02-16" in one for one in found)
    assert any("星期一至星期五：2026-10-01。" in one for one in found)
    assert any("周末不写也休息：2026-10-03。" in one for one in found)
    with pytest.raises(NoticeDoubtful):
        await cases.load_notice(city, office, text=text, now=MONDAY)
    await log_in(web, city, office)
    shown = (await web.get("/desk/calendar")).text
    form = {"_csrf": shown.split('name="_csrf" value="')[1].split('"')[0], "days": text, "_go": "load"}
    asked = await web.post("/desk/calendar", data=form)
    assert (
        asked.status_code == 422
        and "2026 年没有“春节”的放假日。" in asked.text
        and 'id="sure-error"' in asked.text
    )
    seen = asked.text.split('id="sure" name="sure" value="')[1].split('"')[0]
    others = await web.post("/desk/calendar", data={**form, "days": text + EXTRA, "sure": seen})
    assert others.status_code == 422, "the tick was for other lines"
    assert (await web.post("/desk/calendar", data={**form, "sure": seen})).status_code == 303


def test_the_citys_own_notices_are_hardly_doubted_and_sixty_days_off_are() -> None:
    days = clock.calendar_file(CITY / "calendar.csv")
    assert [str(one) for one in doubts(days, [])] == ["2020 年没有“中秋”的放假日。"], (
        "one with the National Day"
    )
    many = [
        clock.CalendarDay(date(2026, 3, 2) + timedelta(n), "off", Text("春节", ""), "n", "real")
        for n in range(61)
    ]
    assert any("61 天" in str(one) for one in doubts(many, []))


async def test_all_wrong_lines_are_named_at_once(web: Client, city: Database, office: Actor) -> None:
    await log_in(web, city, office)
    shown = (await web.get("/desk/calendar")).text
    form = {"_csrf": shown.split('name="_csrf" value="')[1].split('"')[0], "_go": "preview"}
    lines = "2026-02-30,off,a,a,n,real\n2026-03-03,off,a,a,n,real\n2026-03-04,rest,a,a,n,real\n"
    told = (await web.post("/desk/calendar", data={**form, "days": HEAD + lines})).text
    assert "第 2 行（2026-02-30）：" in told and "第 4 行（2026-03-04）：" in told and "第 3 行" not in told
