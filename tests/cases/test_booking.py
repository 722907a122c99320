"""Applying in person: what is filed online is a booking, the limits run from the day on which the applicants came."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests import cast, make
from tests.cases import together
from tests.cases.inspecting import officer_at
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases import jobs
from tongban.cases.actions import desk
from tongban.cases.model.conditions import NotComeYet
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

MONDAY, DAY = datetime(2026, 3, 2, 2, tzinfo=UTC), timedelta(days=1)
#: The Monday after it, and until when the booking is kept: five working days.
BOOKED, KEPT = date(2026, 3, 9), date(2026, 3, 16)
CAME = {"why": "apply", "place": "0", "note": ""}


@pytest.fixture
async def owner(city: Database, outside: Sandbox) -> Resident:
    """A resident who may marry."""
    return await cast.resident(city, outside, fits=cast.old_enough_to_marry)


async def booked(db: Database, who: Resident, other: Resident) -> tuple[UUID, Actor]:
    """A marriage that both have booked for the Monday after, and its officer."""
    answers = together.spouse(other.name, other.number, visit_date=str(BOOKED))
    case_id = await together.asked(db, who, answers, now=MONDAY)
    await together.sign(db, other, case_id, now=MONDAY)
    return case_id, await officer_at(db, (await make.row(db, case_id))["department"])


async def test_nobody_is_late_before_they_come_and_nothing_is_accepted(
    city: Database, owner: Resident, other: Resident, web: Client
) -> None:
    case_id, officer = await booked(city, owner, other)
    row = await make.row(city, case_id)
    assert clock.city_day(row["accept_due"]) == KEPT
    assert (await make.timers(city, case_id))["cases.acceptance"] == clock.end_of_day(KEPT)
    with pytest.raises(NotComeYet) as early:
        await cases.accept(city, officer, case_id=case_id, now=MONDAY + DAY)
    assert "第一千零四十九条" in str(early.value.message)
    await log_in(web, city, officer)
    assert "还不能受理：" in (await web.get(f"/desk/{owner.actor.id}/{case_id}")).text
    (line,) = await desk(city, officer, now=MONDAY + DAY, after=None, limit=10)
    assert line.booked
    await together.drain(city)
    assert (await together.inbox(city, owner))[-1] == "已收到您的预约：结婚登记"
    _, (limit,) = await cases.explain(city, code=row["short_code"])
    assert (str(limit.kind), limit.end) == ("visit", KEPT)


async def test_the_limits_run_from_the_day_on_which_they_came(
    city: Database, owner: Resident, other: Resident
) -> None:
    case_id, officer = await booked(city, owner, other)
    came = MONDAY + 8 * DAY
    asks = CAME | {"why": "question"}
    await cases.record_visit(city, officer, case_id=case_id, posted=asks, key=None, now=MONDAY + DAY)
    with pytest.raises(NotComeYet):  # who asks something has not applied
        await cases.accept(city, officer, case_id=case_id, now=MONDAY + DAY)
    await cases.record_visit(city, officer, case_id=case_id, posted=CAME, key=None, now=came)
    row = await make.row(city, case_id)
    today = clock.end_of_day(clock.city_day(came))
    assert row["accept_due"] == today == (await make.timers(city, case_id))["cases.acceptance"]
    await cases.accept(city, officer, case_id=case_id, now=came)
    await make.approve(city, officer, case_id, note="双方到场，当面签字，符合规定。", now=came)
    row = await make.row(city, case_id)
    assert (row["state"], row["promise_due"]) == ("issuing", today)
    (seen,) = (await make.ledger(city, case_id, "cases.approve"))[-1]["detail"]["cautions"]
    assert seen.startswith("one_side+"), "no register was asked about the other one"


async def test_silence_after_they_came_accepts_from_that_day(
    city: Database, owner: Resident, other: Resident
) -> None:
    case_id, officer = await booked(city, owner, other)
    came = MONDAY + 8 * DAY
    await cases.record_visit(city, officer, case_id=case_id, posted=CAME, key=None, now=came)
    event = make.event("timer.cases.acceptance", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await jobs.deem_accepted(city, event, now=came + DAY)
    row = await make.row(city, case_id)
    assert (row["state"], clock.city_day(row["accepted_at"])) == ("accepted", clock.city_day(came))


async def test_a_booking_that_nobody_keeps_ends(city: Database, owner: Resident, other: Resident) -> None:
    case_id, officer = await booked(city, owner, other)
    event = make.event("timer.cases.acceptance", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await jobs.deem_accepted(city, event, now=clock.end_of_day(KEPT) - timedelta(minutes=1))
    assert await make.state(city, case_id) == "submitted", "the last day is theirs"
    event = make.event("timer.cases.acceptance", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    over = clock.end_of_day(KEPT) + timedelta(minutes=1)
    opened = await cases.open_case(city, officer, case_id=case_id, subject=owner.actor.id, now=over)  # type: ignore[arg-type]
    assert opened.accepted_since is None, "there is nothing to be silent about"
    await jobs.deem_accepted(city, event, now=over)
    row = await make.row(city, case_id)
    assert row["state"] == "terminated" and f"预约 {BOOKED} 到场，到 {KEPT} 没有到场申请" in row["reason"]
    await together.drain(city)
    assert (await together.inbox(city, owner))[-1] == "您的申请已终止：结婚登记"
