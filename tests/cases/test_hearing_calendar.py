"""A sitting that an amended calendar makes a holiday, or whose notice it shortens, is put off and everybody is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests import make
from tests.cases.hearing import DAY, MONDAY, PLEA, RECORD, SITTING, colleague, fixed, sitting
from tests.cases.test_recount import NOTICE, amend
from tests.cases.test_tell import inbox, news
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases.actions import close_record, recount, supervise_step, tell
from tongban.cases.model.hearing_refusals import HearingElsewhere, HearingIncomplete
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

#: Fixed on the Wednesday for 7 December; the calendar is amended on the Thursday.
THURSDAY = MONDAY + 3 * DAY
LATER = THURSDAY + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("days", "off", "earliest"),
    [
        ([date(2026, 12, 7)], "holiday", "2026-12-08"),
        ([date(2026, 11, 27), date(2026, 11, 30)], "notice", "2026-12-09"),
    ],
)
async def test_it_is_put_off_and_fixed_anew_with_seven_days_of_notice(
    city: Database, owner: Resident, officer: Actor, web: Client, days: list[date], off: str, earliest: str
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await fixed(city, owner, officer, presider)
    await log_in(web, city, owner.actor)
    soon = "听证时间已定，笔录按期确认的，约"
    assert soon in (await web.get(f"/my/cases/{case_id}")).text.split("</h1>")[1].split('id="')[0]
    await cases.ask_recusal(city, owner.actor, case_id=case_id, reason=PLEA, now=THURSDAY)
    await amend(city, *((day, "off") for day in days), now=THURSDAY)
    assert await recount(city, now=LATER) == 1
    assert await recount(city, now=LATER + DAY) == 0, "done once"
    step = next(one for one in await make.steps(city, case_id) if one["move"] == "unfix_hearing")
    now_off = step["detail"]["hearing"]["sitting"]
    assert (now_off["off"], step["detail"]["notice"]) == (off, NOTICE)
    assert now_off["pleas"][0]["reason"] == PLEA, "a plea stays to be decided"

    event = news("cases.hearing_unfixed", owner, case_id)
    event.payload["move"] = "unfix_hearing"
    await tell(city, event=event, now=LATER)
    letter = (await inbox(city, owner))[-1]
    assert "原定 2026-12-07 09:30 的听证" in letter["body_zh"] and NOTICE in letter["body_zh"]
    await supervise_step(city, event=event, now=LATER)
    assert await city.value("SELECT rule || owner FROM cases.supervision") == "sitting_offexamine"

    await log_in(web, city, officer)
    assert "须重新确定时间地点" in (await web.get("/desk/hearings")).text
    assert soon not in (await web.get(f"/desk/{owner.actor.id}/{case_id}")).text
    await log_in(web, city, owner.actor)
    assert "请不要前往" in (await web.get(f"/my/cases/{case_id}/hearing")).text

    with pytest.raises(HearingElsewhere):
        await cases.hold_hearing(city, presider, case_id=case_id, posted=RECORD, now=SITTING + DAY)
    other = await colleague(city, officer, "示例主持乙")
    again = sitting(other, at="2026-12-07T09:30", reason="放假安排有变，改在工作日举行。")
    with pytest.raises(HearingIncomplete) as no:
        await cases.fix_hearing(city, officer, case_id=case_id, posted=again, now=LATER)
    assert earliest in str(no.value.fields["at"])
    again["at"] = "2026-12-10T09:30"
    await cases.fix_hearing(city, officer, case_id=case_id, posted=again, now=LATER)
    assert await recount(city, now=LATER + 2 * DAY) == 0


async def test_one_that_can_stay_or_has_begun_stays(city: Database, owner: Resident, officer: Actor) -> None:
    """A day off between leaves just seven; what has begun is not put off, nor what was held."""
    presider = await colleague(city, officer, "示例主持")
    case_id = await fixed(city, owner, officer, presider)
    await amend(city, (date(2026, 11, 27), "off"), now=THURSDAY)
    await recount(city, now=LATER)
    begun = SITTING + timedelta(minutes=5)
    await amend(city, (date(2026, 12, 7), "off"), now=begun)
    await recount(city, now=begun + timedelta(minutes=3))
    await cases.hold_hearing(city, presider, case_id=case_id, posted=RECORD, now=SITTING + timedelta(hours=3))
    assert "unfix_hearing" not in [one["move"] for one in await make.steps(city, case_id)]
    last = (await make.timers(city, case_id))["cases.hearing"]
    await amend(city, (clock.city_day(last), "off"), now=SITTING + DAY)
    clock.forget_calendars()
    event = make.event("timer.cases.hearing", subject=owner.actor.id, reference=case_id)
    await close_record(city, case_id=case_id, event=event, now=last + timedelta(seconds=1))
    assert await make.state(city, case_id) == "suspended", (
        "an amended calendar gives a day more for the record"
    )
    later = (await make.timers(city, case_id))["cases.hearing"]
    assert later == last + DAY
    event = make.event("timer.cases.hearing", subject=owner.actor.id, reference=case_id)
    await close_record(city, case_id=case_id, event=event, now=later + timedelta(seconds=1))
    assert await make.state(city, case_id) == "accepted"
