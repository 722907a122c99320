"""recheck: registers asked again, by the officer or by the timer after one was down."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests import cast, make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases.model import NoSuchCase, NotPossibleNow
from tongban.kit import clock, timers
from tongban.kit.db import Database
from tongban.kit.policy import SYSTEM, Actor, NotAllowed
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
    detail = (await make.steps(city, unheard))[-1]["detail"]
    assert sorted(detail["down"]) == ["employment", "property"]


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
    assert await cases.recheck(city, officer, case_id=case_id, now=clock.now()) is True
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
