"""A renewal that waits for a material which was promised, or comes late: silence does not grant it; reminders."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec

from tests import make
from tests.cases import held
from tests.cast import Resident
from tongban import cases, notices
from tongban.cases import jobs
from tongban.cases.model.follow_up import Following, FollowUp
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.licences import jobs as licences_jobs

#: A Monday; the permit of that day holds until 22 November 2031.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
UNTIL = date(2031, 11, 22)
DAY = timedelta(days=1)
#: In the renewal's window, which is open from 90 to 30 working days before.
IN_TIME = datetime(2031, 9, 15, 2, 0, tzinfo=UTC)


async def test_silence_grants_nothing_while_a_promised_material_is_outstanding(
    city: Database, owner: Resident
) -> None:
    """容缺受理: nothing is granted before it has come, by nobody's silence either."""
    first = await held.granted(city, owner, "drainage_permit", now=MONDAY)
    case_id = await held.filed(
        city, owner, "drainage_permit_renewal", about=first, now=IN_TIME, unchanged="same"
    )
    officer = await held.desk(city, case_id)
    await cases.accept(city, officer, case_id=case_id, now=IN_TIME)
    after = clock.end_of_day(UNTIL) + timedelta(hours=1)
    promised = Following(
        code="report",
        field="file_report",
        name=Text("检测报告", "Test report"),
        days=10,
        since=UNTIL,
        until=after + 9 * DAY,
    )
    await city.run(
        'UPDATE cases."case" SET follow_up = $2 WHERE id = $1',
        case_id,
        msgspec.to_builtins(FollowUp(materials=(promised,))),
    )
    assert owner.actor.id is not None
    timer = make.event("timer.cases.deeming", subject=owner.actor.id, reference=case_id)
    await jobs.deem_renewed(city, timer, now=after)
    assert await make.state(city, case_id) == "accepted"
    old = await held.licence_of(city, owner, first)
    assert (await held.verdict(city, old, now=after)).verdict == "expired"


async def test_who_comes_late_keeps_nothing_valid(city: Database, owner: Resident) -> None:
    """The food licence's own rule: taken until the last day, but not deemed, and the new term is the decision's."""
    first = await held.granted(city, owner, "food_business", now=MONDAY)
    late = datetime(2031, 11, 18, 2, 0, tzinfo=UTC)
    case_id = await held.filed(city, owner, "food_business_renewal", about=first, now=late, unchanged="same")
    assert "cases.deeming" not in await make.timers(city, case_id)
    old = await held.licence_of(city, owner, first)
    after = clock.end_of_day(UNTIL) + timedelta(hours=1)
    assert (await held.verdict(city, old, now=after)).verdict == "expired"
    await held.approved(city, case_id, now=after)
    new = await held.issued(city, owner, case_id, now=after)
    assert (new.valid_from, new.valid_until) == (date(2031, 11, 23), date(2036, 11, 22))


async def test_reminders_are_written_once(city: Database, owner: Resident) -> None:
    await held.granted(city, owner, now=MONDAY)
    assert owner.actor.id is not None
    opens, calls = datetime(2031, 7, 21, 1, 0, tzinfo=UTC), datetime(2031, 10, 2, 1, 0, tzinfo=UTC)
    assert await licences_jobs.remind(city, now=MONDAY) == 0
    assert [await licences_jobs.remind(city, now=at) for at in (opens, opens, calls, calls + DAY)] == [
        1,
        0,
        1,
        0,
    ]
    titles = [one.title.zh for one in await notices.inbox(city, owner.actor.id, before=None, limit=9)]
    assert [one for one in titles if "延续" in one] == [
        "污水排入排水管网许可证的延续快要截止",
        "污水排入排水管网许可证可以延续了",
    ]
