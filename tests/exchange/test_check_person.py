"""The register check that an enrolment rests on."""

from __future__ import annotations

import asyncio
from datetime import datetime

import msgspec
import pytest

from tests.exchange.conftest import Resident
from tests.sandbox.conftest import Sandbox
from tongban import exchange
from tongban.exchange import CHECKED
from tongban.identity import CheckResult
from tongban.kit import clock
from tongban.kit.db import Database


async def checked(resident: Resident, **other: str) -> CheckResult:
    told = {"name": resident.name, "id_number": resident.number, "phone": resident.phone} | other
    return await exchange.check_person(resident.db, candidate=resident.id, now=clock.now(), **told)


async def candidate(db: Database, world: Sandbox, situation: str = "eligible_work") -> Resident:
    resident = Resident(db, world.take(situation))
    await resident.purpose(*(f"population.{field}" for field in CHECKED), purpose=resident.id)
    return resident


async def test_the_right_person_matches_and_the_check_is_in_the_ledger(db: Database, world: Sandbox) -> None:
    resident = await candidate(db, world)
    result = await checked(resident)
    assert result.match
    assert result.reasons == ()
    [row] = await resident.ledger()
    assert row["detail"]["outcome"] == "found"
    assert (row["kind"], row["purpose"]) == ("read", resident.id)


async def test_what_went_over_the_wire_is_what_the_ledger_names(db: Database, world: Sandbox) -> None:
    resident = await candidate(db, world)
    result = await checked(resident)
    [row], [call] = await resident.ledger(), await resident.calls()
    theirs = world.logged("population", row["detail"]["msg_id"])
    assert theirs is not None, "the register knows the message that our ledger names"
    assert (theirs["caller"], theirs["fields"].split(",")) == (world.node.name, row["detail"]["fields"])
    purpose = {"id": str(resident.id), "kind": "draft", "reference": row["reference"]}
    assert msgspec.json.decode(theirs["purpose"]) == purpose
    assert str(call["msg_id"]) == theirs["msg_id"]
    assert result.as_of == datetime.fromisoformat(msgspec.json.decode(theirs["answer"])["as_of"])


async def test_a_check_is_written_down_when_its_asker_went_away(db: Database, world: Sandbox) -> None:
    resident = await candidate(db, world)
    world.http.post("/faults", json={"service": "population", "mode": "slow"}).raise_for_status()
    checking = asyncio.create_task(checked(resident))
    await asyncio.sleep(0.5)
    checking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await checking
    for _ in range(150):
        if await resident.ledger():
            break
        await asyncio.sleep(0.1)
    assert [row["detail"]["outcome"] for row in await resident.ledger()] == ["timeout"]


async def test_what_does_not_fit_is_named(db: Database, world: Sandbox) -> None:
    resident = await candidate(db, world)
    assert (await checked(resident, name="别人")).reasons == ("name",)
    assert (await checked(resident, phone="13900000000")).reasons == ("phone",)
    assert (await checked(resident, id_number="11010519491231002X")).reasons == ("unknown",)
    assert "none" in {row["detail"]["outcome"] for row in await resident.ledger()}


async def test_the_dead_do_not_enrol(db: Database, world: Sandbox) -> None:
    assert "deceased" in (await checked(await candidate(db, world, "deceased"))).reasons


async def test_nothing_is_asked_without_the_enrolments_purpose(db: Database, world: Sandbox) -> None:
    resident = Resident(db, world.take("eligible_work"))
    with pytest.raises(exchange.PurposeMissing):
        await checked(resident)
    assert len(await resident.ledger("exchange.refused")) == 1


async def test_a_register_that_is_away_is_no_verdict(db: Database, world: Sandbox) -> None:
    resident = await candidate(db, world)
    world.http.post("/faults", json={"service": "population", "mode": "down"}).raise_for_status()
    with pytest.raises(exchange.SourceDown):
        await checked(resident)
    assert [row["detail"]["outcome"] for row in await resident.ledger()] == ["error"]
