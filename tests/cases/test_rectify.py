"""rectify, terminate, deliver: what is taken back stays told, what has lost its object ends, what arrived is noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from tests.cast import Resident
from tongban import cases
from tongban.cases.model import (
    AppliedAnew,
    DeliveryIncomplete,
    GroundNotChosen,
    NotPossibleNow,
    ReasonMissing,
    RectifyTooLate,
)
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty, NotAllowed

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WHY = "登记库当时的数据有误，经核实应当继续办理。"


async def test_a_mistaken_refusal_goes_on_with_its_old_limits(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    before = await make.row(city, case_id)
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY + DAY)
    assert await make.purposes(city, case_id) == [("draft", False), ("case", False)]
    await cases.rectify(city, officer, case_id=case_id, reason=WHY, now=MONDAY + 2 * DAY)
    row = await make.row(city, case_id)
    assert row["state"] == "accepted"
    assert (row["reason"], row["decided_at"], row["closed_at"]) == (None, None, None)
    assert (row["promise_due"], row["accepted_at"]) == (before["promise_due"], before["accepted_at"])
    assert await make.purposes(city, case_id) == [("draft", False), ("case", True)]
    steps = await make.steps(city, case_id)
    assert [step["move"] for step in steps[-2:]] == ["refuse", "rectify"], "nothing is wiped out"
    assert steps[-1]["detail"]["was"] == {"state": "refused", "reason": make.REASON}
    await cases.approve(city, officer, case_id=case_id, now=MONDAY + 3 * DAY)
    assert await make.state(city, case_id) == "issuing"


async def test_the_paper_of_the_mistaken_step_keeps_its_reason(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY + DAY)
    await cases.rectify(city, officer, case_id=case_id, reason=WHY, now=MONDAY + 2 * DAY)
    second = "经再次核对，居住登记确实不满六个月。"
    await cases.refuse(city, officer, case_id=case_id, reason=second, now=MONDAY + 3 * DAY)
    steps = [one["version"] for one in await make.steps(city, case_id) if one["move"] == "refuse"]
    for step, reason in zip(steps, (make.REASON, second), strict=True):
        paper = await cases.my_paper(
            city, owner.actor, case_id=case_id, kind="refusal", step=step, now=MONDAY
        )
        assert reason in str(paper.blocks)


async def test_an_acceptance_is_taken_back_only_while_it_is_not_deemed(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    with pytest.raises(RectifyTooLate):
        await cases.rectify(city, officer, case_id=case_id, reason=WHY, now=MONDAY + 8 * DAY)
    await cases.rectify(city, officer, case_id=case_id, reason=WHY, now=MONDAY + DAY)
    row = await make.row(city, case_id)
    assert (row["state"], row["accepted_at"], row["promise_due"]) == ("submitted", None, None)
    assert (await make.timers(city, case_id))["cases.acceptance"] == row["accept_due"]


async def test_only_the_head_takes_back_and_with_a_reason(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner, now=MONDAY)
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY)
    clerk = Actor(
        officer.role, officer.id, officer.name, officer.department, duties=frozenset({Duty.EXAMINE})
    )
    before = await make.everything(city, case_id)
    with pytest.raises(NotAllowed):
        await cases.rectify(city, clerk, case_id=case_id, reason=WHY, now=MONDAY)
    with pytest.raises(ReasonMissing):
        await cases.rectify(city, officer, case_id=case_id, reason="错了", now=MONDAY)
    assert await make.everything(city, case_id) == before


async def test_who_has_applied_anew_is_not_given_two(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.submitted(city, owner, now=MONDAY)
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY)
    await make.draft(city, owner, now=MONDAY)
    before = await make.everything(city, case_id)
    with pytest.raises(AppliedAnew):
        await cases.rectify(city, officer, case_id=case_id, reason=WHY, now=MONDAY)
    assert await make.everything(city, case_id) == before


async def test_the_office_ends_what_has_lost_its_object(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.suspended(city, owner, officer, now=MONDAY)
    with pytest.raises(GroundNotChosen):
        await cases.terminate_at_desk(
            city, officer, case_id=case_id, ground="because", reason=WHY, now=MONDAY
        )
    await cases.terminate_at_desk(
        city, officer, case_id=case_id, ground="object_gone", reason=WHY, now=MONDAY
    )
    row = await make.row(city, case_id)
    assert (row["state"], row["reason"]) == ("terminated", WHY) and row["closed_at"] == MONDAY
    assert await make.timers(city, case_id) == {}
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="termination", step=None, now=MONDAY
    )
    assert "申请的标的已经不存在" in str(paper.blocks) and "60 日" in str(paper.blocks)


async def test_a_delivery_is_noted_once_and_only_of_a_result(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    posted = {"way": "counter", "receiver": "张示例", "note": ""}
    with pytest.raises(NotPossibleNow):
        await cases.deliver(city, officer, case_id=case_id, **posted, key="k", now=MONDAY)
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY)
    with pytest.raises(DeliveryIncomplete) as told:
        await cases.deliver(
            city, officer, case_id=case_id, way="left", receiver="", note="", key="k", now=MONDAY
        )
    assert set(told.value.fields) == {"receiver", "note"}
    for _ in range(2):
        await cases.deliver(city, officer, case_id=case_id, **posted, key="once", now=MONDAY)
    assert [step["move"] for step in await make.steps(city, case_id)].count("deliver") == 1
    paper = await cases.my_paper(city, owner.actor, case_id=case_id, kind="delivery", step=None, now=MONDAY)
    assert "窗口领取" in str(paper.blocks) and "张示例" in str(paper.blocks)
