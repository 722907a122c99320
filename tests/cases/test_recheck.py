"""recheck: registers asked again, by the officer or by the timer after one was down."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests import cast, make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases.model import NoSuchCase, NotPossibleNow
from tongban.cases.pages.findings import differences, rule_rows
from tongban.kit import clock, timers
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import SYSTEM, Actor
from tongban.worker import drain_once


@pytest.fixture
async def unheard(city: Database, owner: Resident, outside: Sandbox) -> UUID:
    """A submitted case for which two registers were down; they still are."""
    cast.grounds_away(outside)
    return await make.submitted(city, owner)


async def fire(city: Database, outside: Sandbox | None = None) -> None:
    """Let the recheck timer fire and the worker handle it; the register is mended first when ``outside`` is given."""
    if outside is not None:
        outside.http.delete("/faults").raise_for_status()
    make.forget_breakers()
    soon = clock.now() + timedelta(minutes=6)
    await timers.fire_due(city, now=soon)
    await drain_once(city, now=soon)


async def test_the_timer_asks_only_what_was_down_and_the_rule_is_run_anew(
    city: Database, owner: Resident, outside: Sandbox, unheard: UUID
) -> None:
    readings = await make.readings(city, owner)
    await fire(city, outside)
    row = await make.row(city, unheard)
    assert row["state"] == "submitted"
    assert row["facts"]["employment"]["outcome"] == "found"
    assert row["finding"]["verdict"] == "true"
    assert await make.readings(city, owner) == readings + 2
    assert set(await make.timers(city, unheard)) == {"cases.acceptance"}
    step = (await make.steps(city, unheard))[-1]
    assert (step["move"], step["actor_role"], step["detail"]) == ("recheck", "system", {"down": []})


async def test_the_timer_sets_itself_anew_while_the_register_is_down(city: Database, unheard: UUID) -> None:
    before = (await make.timers(city, unheard))["cases.recheck"]
    await fire(city)
    assert (await make.timers(city, unheard))["cases.recheck"] > before
    row = await make.row(city, unheard)
    assert row["facts"]["employment"]["outcome"] == "down" and row["finding"]["verdict"] == "unknown"


async def test_asking_in_vain_is_no_step_in_the_cases_life(city: Database, unheard: UUID) -> None:
    """A register that is away for a day would else write 288 lines into what the applicant reads."""
    before = await make.everything(city, unheard)
    for _ in range(3):
        await fire(city)
    after = await make.everything(city, unheard)
    assert (after["row"], after["steps"]) == (before["row"], before["steps"])


async def test_a_silent_register_takes_nothing_away_that_it_said(
    city: Database, owner: Resident, officer: Actor, outside: Sandbox
) -> None:
    case_id = await make.accepted(city, owner, officer)
    before = (await make.row(city, case_id))["facts"]["employment"]
    cast.grounds_away(outside)
    make.forget_breakers()
    now = clock.now() + timedelta(hours=1)
    done = await cases.recheck(city, officer, case_id=case_id, now=now)
    row = await make.row(city, case_id)
    after = row["facts"]["employment"]
    assert done.complete and row["finding"]["verdict"] == "true"
    assert datetime.fromisoformat(after.pop("unanswered_at")) == now
    assert after == {key: value for key, value in before.items() if key != "unanswered_at"}
    assert sorted((await make.steps(city, case_id))[-1]["detail"]["down"]) == ["employment", "property"]
    opened = await cases.open_case(city, officer, case_id=case_id, subject=row["applicant"], now=now)
    shown = {str(one["condition"]): one for one in rule_rows(opened.case.finding, opened.form, opened.facts)}
    assert shown["在本市就业"]["result"] == "met"
    assert "再查，未应答" in str(shown["在本市就业"]["when"])


async def test_a_silent_register_is_named_with_the_time_it_was_asked(
    city: Database, owner: Resident, outside: Sandbox, unheard: UUID
) -> None:
    officer = await make.desk_of(city, owner)
    row = await make.row(city, unheard)
    opened = await cases.open_case(city, officer, case_id=unheard, subject=row["applicant"], now=clock.now())
    shown = {str(one["condition"]): one for one in rule_rows(opened.case.finding, opened.form, opened.facts)}
    assert shown["在本市就业"]["result"] == "unknown"
    assert str(shown["在本市就业"]["source"]) == "人社 社会保险库"
    assert "未应答" in str(shown["在本市就业"]["when"])


async def test_a_case_filed_in_the_wrong_district_is_passed_on(
    city: Database, owner: Resident, outside: Sandbox
) -> None:
    """The residence register was away, the applicant stated another district; then it spoke."""
    other = "310115" if owner.district != "310115" else "310104"
    cast.away(outside, "residence")
    case_id = await make.submitted(city, owner, district=other)
    wrong = await cast.officer_of(city, other)
    assert (await make.row(city, case_id))["department"] == wrong.department
    outside.http.delete("/faults").raise_for_status()
    make.forget_breakers()
    before = await make.row(city, case_id)
    done = await cases.recheck(city, wrong, case_id=case_id, now=clock.now())
    right = await make.desk_of(city, owner)
    row = await make.row(city, case_id)
    assert done.passed_to is not None
    assert done.passed_to.code == right.department == row["department"]
    assert row["district"] == owner.district
    assert (row["number"], row["short_code"], row["accept_due"]) == (
        before["number"],
        before["short_code"],
        before["accept_due"],
    )
    step = (await make.steps(city, case_id))[-1]
    assert (step["move"], step["from_state"], step["to_state"]) == ("transfer", "submitted", "submitted")
    assert step["detail"]["to"]["zh"] == done.passed_to.name.zh
    assert "cases.transferred" in await make.news(city, case_id)
    with pytest.raises(NoSuchCase):
        await cases.accept(city, wrong, case_id=case_id, now=clock.now())
    opened = await cases.open_case(city, right, case_id=case_id, subject=row["applicant"], now=clock.now())
    said = [str(line) for line in differences(opened.form, opened.stated, opened.answers)]
    assert any(line.startswith("居住地所在区：申请人填写") for line in said)
    await cases.accept(city, right, case_id=case_id, now=clock.now())
    await cases.approve(city, right, case_id=case_id, now=clock.now())
    issuer = await city.value("SELECT issuer_code FROM licences.licence WHERE reference = $1", case_id)
    assert issuer == right.department


async def test_a_case_withdrawn_meanwhile_is_left_alone(
    city: Database, owner: Resident, outside: Sandbox, unheard: UUID
) -> None:
    assert owner.actor.id is not None
    await cases.withdraw(city, owner.actor, case_id=unheard, now=clock.now())
    before, readings = await make.everything(city, unheard), await make.readings(city, owner)
    late = make.event("timer.cases.recheck", subject=owner.actor.id, reference=unheard)
    await cases.actions.recheck(city, SYSTEM, case_id=unheard, event=late, now=clock.now())
    assert await make.everything(city, unheard) == before
    assert await make.readings(city, owner) == readings, "no register is asked without a standing case"


async def test_the_officer_asks_all_registers_under_the_cases_purpose(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    readings = await make.readings(city, owner)
    done = await cases.recheck(city, officer, case_id=case_id, now=clock.now())
    assert (done.complete, done.passed_to) == (True, None)
    assert await make.readings(city, owner) == readings + 5
    latest = await city.rows(
        """SELECT actor, purpose FROM audit.ledger WHERE action = 'exchange.read' AND subject = $1
        ORDER BY id DESC LIMIT 5""",
        owner.actor.id,
    )
    assert {one["actor"] for one in latest} == {officer.id}
    assert {one["purpose"] for one in latest} == {(await make.row(city, case_id))["purpose"]}
    assert await make.state(city, case_id) == "accepted"


async def test_who_may_not_and_when_not(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.approved(city, owner, officer)
    before, readings = await make.everything(city, case_id), await make.readings(city, owner)
    for actor, refusal in ((elsewhere, NoSuchCase), (owner.actor, NotAllowed), (officer, NotPossibleNow)):
        with pytest.raises(refusal):
            await cases.recheck(city, actor, case_id=case_id, now=clock.now())
    assert await make.everything(city, case_id) == before
    assert await make.readings(city, owner) == readings
