"""Limits that end in a year whose holidays nobody has announced yet: counted, called provisional, reckoned anew."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import asyncpg
import msgspec

from tests import make
from tests.cases.test_interested import interest, letters, named
from tests.cases.test_tell import inbox, news, texts
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases import store
from tongban.cases.actions import recount
from tongban.cases.actions.letters.of_steps import in_both, may_change
from tongban.cases.actions.letters.of_time import by_when
from tongban.cases.actions.letters.telling import tell
from tongban.kit import clock
from tongban.kit.clock import CalendarDay
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor
from tongban.up import doctor

#: The last Monday of the last year with a notice.
MONDAY = datetime(2026, 12, 28, 2, 0, tzinfo=UTC)
NOTICE = "国办发明电〔2026〕77号"
MAY_MOVE = "2027 年放假安排公布后，日期可能变动。"
PROVISIONAL = "该年度放假安排尚未公布，日期为暂定"


def announced(year: int) -> list[CalendarDay]:
    """A notice that gives the 4th and 5th of January as well."""
    return [
        CalendarDay(date(year, 1, day), "off", Text("元旦", "New Year"), NOTICE, "synthetic")
        for day in (1, 4, 5)
    ]


async def test_an_interested_person_is_told_too_that_her_last_day_may_move(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await interest(city, owner, officer, named(other), now=MONDAY)
    told = (await letters(city, "cases.interested_told", "tell_interested", other, case_id))[-1]
    assert "2027-01-05" in told["body_zh"] and MAY_MOVE in told["body_zh"]


async def test_a_limit_that_ends_in_a_year_without_notice_moves_when_the_notice_comes(
    city: Database, owner: Resident, other: Resident, officer: Actor, web: Client
) -> None:
    waiting = await make.submitted(city, other, now=MONDAY)
    running = await make.accepted(city, owner, officer, now=MONDAY)
    # Monday to Friday less the days that the law fixes: the 1st of January is one in any year.
    assert clock.city_day((await make.row(city, waiting))["accept_due"]) == date(2027, 1, 5)
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/cases/{running}")).text
    assert PROVISIONAL in page and MAY_MOVE in page
    assert MAY_MOVE in (await web.get("/my/cases")).text
    await tell(city, event=news("cases.accepted", owner, running), now=MONDAY)
    assert MAY_MOVE in (await inbox(city, owner))[-1]["body_zh"]
    assert "日期为暂定" in (await texts(city, owner))[-1]
    for kind in ("receipt", "acceptance"):
        given = await cases.my_paper(city, owner.actor, case_id=running, kind=kind, step=None, now=MONDAY)
        assert MAY_MOVE in str(given.blocks), kind
    case = await store.case_for_work(city, case_id=running)
    assert case is not None
    early = msgspec.structs.replace(case, promise_due=MONDAY)
    words = may_change(in_both((by_when(early),) * 3), early, await clock.current_calendar(city))
    assert MAY_MOVE in words.body.zh, (
        "the law's date lies in a year without a notice, the promised one does not"
    )
    await log_in(web, city, officer)
    assert MAY_MOVE in (await web.get(f"/desk/{owner.actor.id}/{running}")).text
    await log_in(web, city, owner.actor)
    assert await recount(city, now=MONDAY) == 0
    await clock.import_calendar(city, announced(2027), now=MONDAY)
    assert await recount(city, now=MONDAY + timedelta(minutes=3)) == 2
    row = await make.row(city, waiting)
    assert clock.city_day(row["accept_due"]) == date(2027, 1, 7)
    assert (await make.timers(city, waiting))["cases.acceptance"] == row["accept_due"]
    assert (await make.news(city, running))[-1] == "cases.date_moved"
    page = (await web.get(f"/my/cases/{running}")).text
    assert PROVISIONAL not in page and NOTICE in page


async def test_the_last_day_for_a_reconsideration_may_move_too(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY)
    await log_in(web, city, owner.actor)
    assert MAY_MOVE in (await web.get(f"/my/cases/{case_id}")).text


async def test_the_doctor_names_the_years_that_lack_a_notice(city: Database, city_dsn: str) -> None:
    """This year's and, where limits reach into it, the next one's."""
    connection = await asyncpg.connect(city_dsn)
    try:
        for year in {clock.now().year, (clock.now() + doctor.LIMITS_REACH).year}:
            if not (await clock.load_calendar(city)).provisional(year):
                continue
            told = await doctor.calendar(connection)
            assert told.state == "note" and str(year) in told.words and "load-notice" in told.words
            await clock.import_calendar(city, announced(year), now=clock.now())
        assert (await doctor.calendar(connection)).state == "good"
    finally:
        await connection.close()
