"""A renewal that waits for a material which was promised: silence does not grant it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec

from tests import make
from tests.cases import held
from tests.cast import Resident
from tongban import cases
from tongban.cases import jobs
from tongban.cases.model.follow_up import Following, FollowUp
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text

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
