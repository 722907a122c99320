"""Reading a register: under a purpose, signed, in the ledger before anything is told."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

import msgspec
import pytest

from tests.exchange.conftest import Resident
from tests.sandbox.conftest import Node, Sandbox
from tongban import audit, exchange, identity
from tongban.exchange import jobs
from tongban.identity import DemoPerson
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id
from tongban.kit.signing import signature_headers

EMPLOYMENT = ("employed", "employer", "since", "contribution_run")


def covering(resource: str, *fields: str) -> list[str]:
    return [f"{resource}.{field}" for field in fields]


def fault(world: Sandbox, service: str, mode: str) -> None:
    world.http.post("/faults", json={"service": service, "mode": mode}).raise_for_status()


async def test_a_reading_tells_source_and_time_and_leaves_one_ledger_row(worker: Resident) -> None:
    purpose = await worker.purpose(*covering("employment", *EMPLOYMENT))
    before = worker.db.count
    answer = await worker.read("employment", EMPLOYMENT, purpose)
    assert worker.db.count - before == 2, "one statement asks for the purpose, one writes"
    facts = worker.facts["employment"]
    assert answer.found
    assert answer.data == {
        "employed": True,
        "employer": facts["employer"],
        "since": facts["since"],
        "contribution_run": len(facts["contribution_months_recent"]),
    }
    assert answer.source.zh == "人社 社会保险库"
    assert abs((answer.as_of - clock.now()).total_seconds()) < 60
    [row] = await worker.ledger()
    assert (row["kind"], row["purpose"], row["reference"]) == ("read", purpose, "draft-1")
    assert row["actor"] == worker.id
    assert row["detail"]["fields"] == list(EMPLOYMENT)
    assert row["detail"]["outcome"] == "found"
    [call] = await worker.calls()
    assert (call["outcome"], call["purpose"], str(call["msg_id"])) == (
        "found",
        purpose,
        row["detail"]["msg_id"],
    )
    assert call["bytes"] > 0


async def test_neither_ledger_nor_call_log_hold_what_was_read(worker: Resident) -> None:
    purpose = await worker.purpose(*covering("population", "name", "hukou_address"))
    answer = await worker.read("population", ("name", "hukou_address"), purpose)
    kept = repr(await worker.ledger()) + repr(await worker.calls())
    for secret in (worker.number, answer.data["name"], answer.data["hukou_address"]):
        assert secret not in kept


async def test_several_registers_are_read_at_once_with_a_row_each(worker: Resident) -> None:
    wanted = {"population": ["name"], "residence": ["district"], "education": ["school"]}
    purpose = await worker.purpose(*(name for r, f in wanted.items() for name in covering(r, *f)))
    before = worker.db.count
    answers = await exchange.read_many(
        *(worker.db, worker.actor),
        wanted=wanted,
        subject=worker.id,
        purpose=purpose,
        now=clock.now(),
        id_number=worker.number,
    )
    assert worker.db.count - before == 2
    assert {row["detail"]["resource"] for row in await worker.ledger()} == set(wanted)
    assert len(await worker.ledger()) == 3
    population, education = answers["population"], answers["education"]
    assert isinstance(population, exchange.Answer)
    assert population.data == {"name": worker.name}
    assert isinstance(education, exchange.Answer)
    assert not education.found
    assert education.data == {"school": None}, "what the source does not have is told as none, not left out"
    assert {call["outcome"] for call in await worker.calls()} == {"found", "none"}


async def test_the_homes_tell_the_one_that_stands(db: Database, world: Sandbox) -> None:
    tenant = Resident(db, world.take("eligible_home"))
    fields = ("home_kind", "home_address", "home_since", "home_document")
    answer = await tenant.read("property", fields, await tenant.purpose(*covering("property", *fields)))
    home = max(tenant.facts["property"]["homes"], key=lambda one: one["since"])
    assert answer.data["home_address"] == home["address"]
    assert answer.data["home_kind"] == home["kind"]
    assert answer.data["home_document"] in home.values()


async def test_without_a_purpose_nothing_is_read_and_the_attempt_is_written(worker: Resident) -> None:
    with pytest.raises(exchange.PurposeMissing):
        await worker.read("population", ("name",), new_id(worker.actor.bucket))
    assert await worker.ledger() == []
    [row] = await worker.ledger("exchange.refused")
    assert row["kind"] == "act"
    assert row["detail"] == {"resource": "population", "fields": ["name"]}
    [call] = await worker.calls()
    assert (call["outcome"], call["latency_ms"]) == ("refused", 0)


async def test_fields_outside_the_purpose_are_refused(worker: Resident) -> None:
    purpose = await worker.purpose("population.name", "residence.district")
    with pytest.raises(exchange.PurposeMissing):
        await worker.read("population", ("name", "hukou_address"), purpose)
    with pytest.raises(exchange.PurposeMissing):
        await exchange.read_many(
            *(worker.db, worker.actor),
            wanted={"population": ["name"], "property": ["home_kind"]},
            subject=worker.id,
            purpose=purpose,
            now=clock.now(),
            id_number=worker.number,
        )
    assert await worker.ledger() == []
    assert len(await worker.ledger("exchange.refused")) == 3
    assert [call["outcome"] for call in await worker.calls()] == ["refused"] * 3


async def test_a_closed_an_expired_and_a_strangers_purpose_are_none(worker: Resident, world: Sandbox) -> None:
    closed = await worker.purpose("population.name")
    part = audit.closing_purpose(subject=worker.id, reference="draft-1", now=clock.now())
    await write(worker.db, Part("SELECT 1 AS closed"), part)
    expired = await worker.purpose("population.name", hours=-1)
    stranger = Resident(worker.db, world.take("eligible_work"))
    foreign = await stranger.purpose("population.name")
    for purpose in (closed, expired, foreign):
        with pytest.raises(exchange.PurposeMissing):
            await worker.read("population", ("name",), purpose)


async def test_an_unknown_field_is_a_bug_and_no_refusal(worker: Resident) -> None:
    purpose = await worker.purpose("population.shoe_size")
    with pytest.raises(exchange.ResourceUnknown):
        await worker.read("population", ("shoe_size",), purpose)
    with pytest.raises(exchange.ResourceUnknown):
        await worker.read("horoscope", ("sign",), purpose)


@pytest.mark.parametrize(("mode", "outcome"), [("down", "error"), ("error", "error"), ("slow", "timeout")])
async def test_a_source_that_is_away_says_who_it_is(
    worker: Resident, world: Sandbox, mode: str, outcome: str
) -> None:
    purpose = await worker.purpose("residence.district")
    fault(world, "residence", mode)
    began = time.monotonic()
    with pytest.raises(exchange.SourceDown) as down:
        await worker.read("residence", ("district",), purpose)
    assert time.monotonic() - began < 9, "a slow source is not waited out"
    assert down.value.resource == "residence"
    assert down.value.source.zh == "公安 居住登记库"
    assert "公安 居住登记库" in str(down.value.message)
    [row] = await worker.ledger()
    assert row["detail"]["outcome"] == outcome
    fault(world, "residence", "off")
    assert (await worker.read("residence", ("district",), purpose)).found


async def test_one_source_away_leaves_the_others_answers(worker: Resident, world: Sandbox) -> None:
    purpose = await worker.purpose("residence.district", "population.name")
    fault(world, "residence", "down")
    answers = await exchange.read_many(
        *(worker.db, worker.actor),
        wanted={"population": ["name"], "residence": ["district"]},
        subject=worker.id,
        purpose=purpose,
        now=clock.now(),
        id_number=worker.number,
    )
    assert isinstance(answers["population"], exchange.Answer)
    assert isinstance(answers["residence"], exchange.SourceDown)
    assert len(await worker.ledger()) == 2


async def test_the_breaker_spares_a_source_that_keeps_failing(worker: Resident, world: Sandbox) -> None:
    purpose = await worker.purpose("education.school", "population.name")
    fault(world, "education", "down")
    for _ in range(6):
        with pytest.raises(exchange.SourceDown):
            await worker.read("education", ("school",), purpose)
    outcomes = [row["detail"]["outcome"] for row in await worker.ledger()]
    assert outcomes == ["error"] * 5 + ["open"], "the sixth was not asked, and is in the ledger all the same"
    assert (await worker.read("population", ("name",), purpose)).found, "each resource has its own"


async def test_the_registers_take_only_what_this_node_signed(worker: Resident, world: Sandbox) -> None:
    body = msgspec.json.encode(world.question("population", worker.number, ["name"], caller="node-310000"))
    path = "/population/v1/query"
    headers = signature_headers("POST", path, body, timestamp=int(time.time()))
    assert world.http.post(path, content=body, headers=headers).status_code == 200
    altered = body.replace(b'"name"', b'"sex"')
    assert world.http.post(path, content=altered, headers=headers).status_code == 401
    elsewhere = signature_headers("POST", "/residence/v1/query", body, timestamp=int(time.time()))
    assert world.http.post(path, content=body, headers=elsewhere).status_code == 401
    assert world.post(path, msgspec.json.decode(body), Node("node-310000")).status_code == 401


async def test_the_id_number_is_looked_up_when_not_given(db: Database, world: Sandbox) -> None:
    resident = Resident(db, world.take("eligible_work"))
    person = DemoPerson(resident.name, resident.number, resident.phone)
    await identity.load_demo(db, [person], [], password="correct horse battery", now=clock.now())
    resident.id = await db.value("SELECT id FROM identity.account")
    purpose = await resident.purpose("population.name")
    answer = await exchange.read(
        *(db, resident.actor),
        resource="population",
        subject=resident.id,
        fields=["name"],
        purpose=purpose,
        now=clock.now(),
    )
    assert answer.data == {"name": resident.name}


async def test_partitions_are_made_ahead_with_what_lies_in_the_default_one(worker: Resident) -> None:
    purpose = await worker.purpose("population.name")
    await worker.read("population", ("name",), purpose)
    await jobs.partitions(worker.db, now=clock.now())
    await jobs.partitions(worker.db, now=clock.now())
    assert len(await worker.calls()) == 1
    assert await worker.db.value("SELECT count(*) FROM exchange.call_rest") == 0
    await jobs.partitions(worker.db, now=datetime(2031, 12, 31, 23, tzinfo=UTC))
    assert await worker.db.value("SELECT to_regclass('exchange.call_2032_03') IS NOT NULL")


async def test_a_source_that_was_restarted_is_read_over_a_new_connection(
    worker: Resident, world: Sandbox
) -> None:
    purpose = await worker.purpose("population.name")
    assert (await worker.read("population", ("name",), purpose)).found
    world.stop()
    with pytest.raises(exchange.SourceDown):
        await worker.read("population", ("name",), purpose)
    world.start()
    assert (await worker.read("population", ("name",), purpose)).found
    world.stop()
    world.start()
    assert (await worker.read("population", ("name",), purpose)).found, (
        "the kept connection broke, the call did not"
    )
    assert len(await worker.ledger()) == 4


async def test_a_source_that_is_not_up_is_not_called(worker: Resident) -> None:
    await worker.db.run("UPDATE catalogue.source SET state = 'down' WHERE code = 'population'")
    purpose = await worker.purpose("population.name")
    with pytest.raises(exchange.SourceDown):
        await worker.read("population", ("name",), purpose)
    [row] = await worker.ledger()
    assert row["detail"]["outcome"] == "open"


async def test_a_reading_is_written_down_when_its_reader_went_away(worker: Resident, world: Sandbox) -> None:
    purpose = await worker.purpose("population.name")
    fault(world, "population", "slow")
    reading = asyncio.create_task(worker.read("population", ("name",), purpose))
    await asyncio.sleep(0.5)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await worker.ledger() == []
    for _ in range(50):
        await asyncio.sleep(0.1)
        if await worker.ledger():
            break
    [row] = await worker.ledger()
    assert row["detail"]["outcome"] == "timeout"
