"""rectify, terminate, deliver: what is taken back stays told, what has lost its object ends, what arrived is noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from tests.cast import Resident
from tongban import cases
from tongban.cases import jobs
from tongban.cases.actions import keep_corrections
from tongban.cases.actions.letters.of_steps import letter
from tongban.cases.model import (
    AppliedAnew,
    DeliveryIncomplete,
    GroundNotChosen,
    Move,
    NotPossibleNow,
    ReasonMissing,
    RectifyTooLate,
)
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SAID = {"card_address": "请补全室号。"}
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


@pytest.mark.parametrize("paused", [False, True])
async def test_a_mistaken_termination_by_the_desk_goes_on_where_it_was_broken_off(
    city: Database, owner: Resident, officer: Actor, *, paused: bool
) -> None:
    case_id = await (make.suspended if paused else make.accepted)(city, owner, officer, now=MONDAY)
    before, timers = await make.row(city, case_id), await make.timers(city, case_id)
    await cases.terminate_at_desk(
        city, officer, case_id=case_id, ground="object_gone", reason=WHY, now=MONDAY + DAY
    )
    opened = await cases.open_case(
        city, officer, case_id=case_id, subject=before["applicant"], ground="inspection", now=MONDAY + DAY
    )
    assert Move.RECTIFY in opened.moves and Move.REOPEN not in opened.moves
    await cases.rectify(city, officer, case_id=case_id, reason=WHY, now=MONDAY + 2 * DAY)
    row = await make.row(city, case_id)
    kept = ("state", "promise_due", "statutory_due", "accepted_at", "warn_at", "course")
    assert {name: row[name] for name in kept} == {name: before[name] for name in kept}
    assert (row["reason"], row["closed_at"]) == (None, None)
    assert await make.timers(city, case_id) == timers and (await make.purposes(city, case_id))[-1][1]
    assert (await make.steps(city, case_id))[-1]["detail"]["was"]["state"] == "terminated"
    assert (await make.news(city, case_id))[-1] == "cases.rectified"
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="rectification", step=None, now=MONDAY + 2 * DAY
    )
    assert WHY in str(paper.blocks) and "不用重新申请" in str(paper.blocks)


async def test_what_time_or_the_applicant_has_ended_is_no_mistake_of_the_desks(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner, now=MONDAY)
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=MONDAY)
    assert owner.actor.id is not None
    due = make.event("timer.cases.correction", subject=owner.actor.id, reference=case_id)
    await jobs.terminate(city, due, now=MONDAY + 40 * DAY)
    opened = await cases.open_case(
        city, officer, case_id=case_id, subject=owner.actor.id, ground="inspection", now=MONDAY + 41 * DAY
    )
    assert opened.case.state == "terminated" and Move.RECTIFY not in opened.moves
    with pytest.raises(NotPossibleNow):
        await cases.rectify(city, officer, case_id=case_id, reason=WHY, now=MONDAY + 41 * DAY)


async def test_a_mistaken_request_for_correction_is_taken_back_and_what_she_typed_is_kept(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner, now=MONDAY)
    before, timers = await make.row(city, case_id), await make.timers(city, case_id)
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=MONDAY + DAY)
    put = {"card_address": "示范路 2 号 202 室"}
    typing = {"posted": put, "received": {}, "version": None, "now": MONDAY + DAY}
    await keep_corrections(city, owner.actor, case_id=case_id, **typing)
    typed = (await make.row(city, case_id))["correction"]["answers"]
    await cases.rectify(city, officer, case_id=case_id, reason=WHY, now=MONDAY + 2 * DAY)
    row = await make.row(city, case_id)
    kept = ("state", "answers", "accept_due", "warn_at", "course")
    assert {name: row[name] for name in kept} == {name: before[name] for name in kept}
    assert row["correction"]["answers"] == typed and typed
    assert await make.timers(city, case_id) == timers
    seen = await cases.progress(city, owner.actor, case_id=case_id)
    told = letter(
        "cases.rectified", seen.case, seen.version, mark="通办", organ=None, detail=seen.events[-1].detail
    )
    assert "您不用补正" in told.body.zh and "need not" in told.body.en
    await cases.ask_correction(
        city, officer, case_id=case_id, said=SAID | {"phone": "请核对手机号码。"}, now=MONDAY + 2 * DAY
    )
    again = (await make.row(city, case_id))["correction"]
    assert again["answers"] == typed and again["times"] == 1, "the mistake does not count as the one request"


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
