"""What the law makes a condition of an approval: the days of reflection before a divorce, asking in person after."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases import together
from tests.cases.inspecting import officer_at
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases import jobs
from tongban.cases.model.conditions import NotAskedInPerson, WaitingRuns
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

MONDAY, DAY = datetime(2026, 3, 2, 2, tzinfo=UTC), timedelta(days=1)
#: The thirtieth day after it; the thirtieth after that is a holiday, so that the next working day is the last.
LAST, ASKED_BY = date(2026, 4, 1), date(2026, 5, 6)
CAME = {"why": "apply", "place": "0", "note": ""}
NOTE = "双方到场，协议书当面签署，符合规定。"


async def accepted(db: Database, who: Resident, other: Resident) -> tuple[UUID, Actor]:
    """A divorce that both have asked for, accepted on a Monday, and its officer."""
    answers = together.spouse(other.name, other.number)
    case_id = await together.asked(db, who, answers, item="divorce", now=MONDAY)
    await together.sign(db, other, case_id, now=MONDAY)
    officer = await officer_at(db, (await make.row(db, case_id))["department"])
    await cases.record_visit(db, officer, case_id=case_id, posted=CAME, key=None, now=MONDAY)
    await cases.accept(db, officer, case_id=case_id, now=MONDAY)
    return case_id, officer


async def test_nothing_is_granted_within_the_thirty_days_nor_before_both_have_come(
    city: Database, owner: Resident, other: Resident, web: Client
) -> None:
    case_id, officer = await accepted(city, owner, other)
    row = await make.row(city, case_id)
    assert clock.city_day(row["promise_due"]) == date(2026, 4, 2), "one working day, after the wait"
    assert (await make.timers(city, case_id))["cases.asking"] == clock.end_of_day(ASKED_BY)
    with pytest.raises(WaitingRuns) as runs:
        await make.approve(city, officer, case_id, note=NOTE, now=clock.end_of_day(LAST))
    assert str(LAST) in str(runs.value.message) and "第一千零七十七条" in str(runs.value.message)
    await cases.record_visit(city, officer, case_id=case_id, posted=CAME, key=None, now=MONDAY + 5 * DAY)
    after = clock.end_of_day(LAST) + timedelta(hours=10)
    with pytest.raises(NotAskedInPerson) as unasked:
        await make.approve(city, officer, case_id, note=NOTE, now=after)
    assert str(ASKED_BY) in str(unasked.value.message)
    await cases.record_visit(city, officer, case_id=case_id, posted=CAME, key=None, now=after)
    late = clock.end_of_day(ASKED_BY) + DAY
    event = make.event("timer.cases.asking", subject=row["applicant"], reference=case_id)
    await jobs.end_unasked(city, event, now=late)
    assert await make.state(city, case_id) == "accepted", "they came in time"
    await make.approve(city, officer, case_id, note=NOTE, now=late)
    assert await make.state(city, case_id) == "issuing"


async def test_either_withdraws_within_them(city: Database, owner: Resident, other: Resident) -> None:
    case_id, _ = await accepted(city, owner, other)
    await cases.withdraw(city, other.actor, case_id=case_id, now=MONDAY + 9 * DAY)
    assert await make.state(city, case_id) == "withdrawn"
    assert "cases.asking" not in await make.timers(city, case_id)


async def test_not_coming_in_the_second_thirty_days_counts_as_withdrawn(
    city: Database, owner: Resident, other: Resident, web: Client
) -> None:
    case_id, officer = await accepted(city, owner, other)
    await log_in(web, city, officer)
    shown = (await web.get(f"/desk/{owner.actor.id}/{case_id}")).text
    assert "还不能准予" in shown and "视为撤回申请" in shown, "read long after"
    event = make.event("timer.cases.asking", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await jobs.end_unasked(city, event, now=clock.end_of_day(ASKED_BY))
    assert await make.state(city, case_id) == "accepted", "the last day is theirs"
    event = make.event("timer.cases.asking", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    over = clock.end_of_day(ASKED_BY) + timedelta(minutes=1)
    with pytest.raises(NotAskedInPerson) as too_late:
        await make.approve(city, officer, case_id, note=NOTE, now=over)
    assert "视为撤回" in str(too_late.value.message)
    await jobs.end_unasked(city, event, now=over)
    row = await make.row(city, case_id)
    assert row["state"] == "terminated" and "视为撤回申请（《民法典》第一千零七十七条）" in row["reason"]
    await together.drain(city)
    assert (await together.inbox(city, owner))[-1] == "您的申请已终止：离婚登记（协议离婚）"
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="termination", step=row["version"], now=over
    )
    assert "视为撤回" in repr(paper)
