"""withdraw: the applicant takes it back before it is decided."""

from __future__ import annotations

import asyncio

import pytest

from tests import make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import audit, cases
from tongban.cases.model import NoSuchCase, NotPossibleNow
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor


async def test_withdrawing_ends_case_purpose_and_timers_in_two_round_trips(
    city: Database, owner: Resident, outside: Sandbox
) -> None:
    outside.http.post("/faults", json={"service": "education", "mode": "down"}).raise_for_status()
    case_id = await make.submitted(city, owner)
    assert set(await make.timers(city, case_id)) == {"cases.acceptance", "cases.recheck"}
    purpose = (await make.row(city, case_id))["purpose"]
    now, before = clock.now(), city.count
    await cases.withdraw(city, owner.actor, case_id=case_id, now=now)
    assert city.count - before == 2
    row = await make.row(city, case_id)
    assert (row["state"], row["closed_at"], row["decided_at"]) == ("withdrawn", now, None)
    assert await make.timers(city, case_id) == {}
    assert await make.purposes(city, case_id) == [("draft", False), ("case", False)]
    assert (await make.news(city, case_id))[-1] == "cases.withdrawn"
    assert (await make.ledger(city, case_id))[-1]["action"] == "cases.withdraw"
    assert owner.actor.id is not None
    assert await audit.standing_purpose(city, id=purpose, subject=owner.actor.id, now=now) is None


async def test_a_second_time_changes_nothing(city: Database, owner: Resident) -> None:
    case_id = await make.submitted(city, owner)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
    before = await make.everything(city, case_id)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
    assert await make.everything(city, case_id) == before


async def test_four_at_once_are_one(city: Database, owner: Resident) -> None:
    case_id = await make.submitted(city, owner)
    await asyncio.gather(
        *(cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now()) for _ in range(4))
    )
    assert [step["move"] for step in await make.steps(city, case_id)].count("withdraw") == 1


async def test_after_acceptance_yes_after_the_decision_no(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    first = await make.approved(city, owner, officer)
    before = await make.everything(city, first)
    with pytest.raises(NotPossibleNow) as told:
        await cases.withdraw(city, owner.actor, case_id=first, now=clock.now())
    assert "制证中" in str(told.value.message)
    assert await make.everything(city, first) == before
    second = await make.submitted(city, other, ground="home")
    await cases.accept(city, await make.desk_of(city, other), case_id=second, now=clock.now())
    await cases.withdraw(city, other.actor, case_id=second, now=clock.now())
    assert await make.state(city, second) == "withdrawn"


async def test_a_draft_is_discarded_not_withdrawn(city: Database, owner: Resident) -> None:
    case_id = await make.draft(city, owner)
    with pytest.raises(NotPossibleNow):
        await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())


async def test_nobody_else_can(city: Database, owner: Resident, other: Resident, officer: Actor) -> None:
    case_id = await make.submitted(city, owner)
    before = await make.everything(city, case_id)
    for actor in (other.actor, officer):
        with pytest.raises(NoSuchCase) as told:
            await cases.withdraw(city, actor, case_id=case_id, now=clock.now())
        assert told.value.status == 404
    assert await make.everything(city, case_id) == before
