"""Reading: the applicant her own in one statement, the officer with a ledger row in the same one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import make
from tests.cast import Resident
from tongban import audit, cases
from tongban.audit.store.ledger import unlawful_readings
from tongban.cases.model import GroundMissing, NoSuchCase
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor
from tongban.worker import drain_once

HOUR = timedelta(hours=1)


async def test_progress_is_one_statement_however_many_steps(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    counts = []
    for _ in range(3):
        before = city.count
        opened = await cases.progress(city, owner.actor, case_id=case_id)
        counts.append((city.count - before, len(opened.events)))
        await cases.recheck(city, officer, case_id=case_id, now=clock.now())
    assert counts == [(1, 1), (1, 2), (1, 3)]


async def test_progress_shows_the_case_its_steps_and_the_answers(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert opened.case.id == case_id and opened.case.state == "accepted"
    assert [str(event.move) for event in opened.events] == ["submit", "accept"]
    assert [event.actor_name for event in opened.events] == ["", officer.name]
    assert opened.events[0].at == opened.case.submitted_at
    assert (opened.answers["id_number"], opened.answers["phone"]) == (owner.number, owner.phone)
    assert opened.facts["population"].data["name"] == owner.name
    assert opened.case.due == opened.case.promise_due


async def test_another_persons_case_is_as_unknown_as_none(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    sentences = set()
    for actor, asked in (
        (other.actor, case_id),
        (owner.actor, new_id(owner.actor.bucket)),
        (officer, case_id),
    ):
        with pytest.raises(NoSuchCase) as told:
            await cases.progress(city, actor, case_id=asked)
        sentences.add((told.value.status, told.value.code, str(told.value.message)))
    assert len(sentences) == 1


async def test_my_cases_newest_first_in_one_statement_by_keyset(city: Database, owner: Resident) -> None:
    made = []
    for _ in range(3):
        made.append(await make.submitted(city, owner))
        await cases.withdraw(city, owner.actor, case_id=made[-1], now=clock.now())
    before = city.count
    lines = await cases.my_cases(city, owner.actor, before=None, limit=2)
    assert city.count - before == 1
    assert [line.case.id for line in lines] == [made[2], made[1]]
    rest = await cases.my_cases(city, owner.actor, before=made[1], limit=2)
    assert [line.case.id for line in rest] == [made[0]]
    assert all(str(line.name) for line in lines)


async def test_my_cases_are_mine(city: Database, owner: Resident, other: Resident) -> None:
    await make.submitted(city, owner)
    assert await cases.my_cases(city, other.actor, before=None, limit=10) == []


async def test_the_officers_reading_is_one_statement_with_its_ledger_row(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    assert owner.actor.id is not None
    before, now = city.count, clock.now()
    opened = await cases.open_case(city, officer, case_id=case_id, subject=owner.actor.id, now=now)
    assert city.count - before == 1
    assert opened.answers["id_number"] == owner.number
    written = (await make.ledger(city, case_id, "cases.read"))[0]
    assert (written["kind"], written["actor"], written["subject"], written["bucket"]) == (
        "read",
        officer.id,
        owner.actor.id,
        bucket_of(owner.actor.id),
    )
    assert written["purpose"] == (await make.row(city, case_id))["purpose"]
    readings = await audit.readings_of(city, subject=owner.actor.id, limit=50)
    assert any(one.action == "cases.read" for one in readings), "she can see who read"


async def test_an_ended_case_is_looked_at_again_under_supervision(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    now = clock.now()
    case_id = await make.submitted(city, owner, now=now)
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=now)
    assert owner.actor.id is not None
    purposes, readings = (
        await make.purposes(city, case_id),
        len(await make.ledger(city, case_id, "cases.read")),
    )
    for ground in (None, "", "curious"):
        with pytest.raises(GroundMissing):
            await cases.open_case(
                city, officer, case_id=case_id, subject=owner.actor.id, ground=ground, now=now + HOUR
            )
    assert await make.purposes(city, case_id) == purposes
    assert len(await make.ledger(city, case_id, "cases.read")) == readings, "asked, and nothing was read"
    before = city.count
    await cases.open_case(
        city, officer, case_id=case_id, subject=owner.actor.id, ground="complaint", now=now + HOUR
    )
    assert city.count - before == 2
    written = (await make.ledger(city, case_id, "cases.read"))[-1]
    assert written["detail"] == {"ground": "complaint"}
    assert await make.purposes(city, case_id) == [("draft", False), ("case", False), ("supervision", True)]
    with pytest.raises(NoSuchCase):
        await cases.open_case(city, elsewhere, case_id=case_id, subject=owner.actor.id, now=now + HOUR)


async def test_no_reading_of_a_whole_life_is_without_a_purpose(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """The daily check (design: readings without a purpose = 0) over everything that a case makes people read."""
    case_id = await make.approved(city, owner, officer)
    assert owner.actor.id is not None
    await cases.open_case(city, officer, case_id=case_id, subject=owner.actor.id, now=clock.now())
    while await drain_once(city):
        pass
    since, until = clock.now() - HOUR, clock.now() + HOUR
    assert await unlawful_readings(city, since=since, until=until) == 0
    await city.run(
        "UPDATE audit.purpose SET closed_at = opened_at - interval '1 day' WHERE reference = $1", str(case_id)
    )
    assert await unlawful_readings(city, since=since, until=until) > 0, "the check itself sees"


async def test_another_departments_officer_finds_nothing_and_leaves_no_reading(
    city: Database, owner: Resident, other: Resident, elsewhere: Actor, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    assert owner.actor.id is not None and other.actor.id is not None
    tries = (
        (elsewhere, case_id, owner.actor.id),
        (officer, case_id, other.actor.id),  # the right department, a wrong name on it
        (officer, new_id(owner.actor.bucket), owner.actor.id),
        (other.actor, case_id, owner.actor.id),
    )
    for actor, asked, subject in tries:
        with pytest.raises(NoSuchCase):
            await cases.open_case(city, actor, case_id=asked, subject=subject, now=clock.now())
    assert await make.ledger(city, case_id, "cases.read") == []


async def test_a_draft_is_on_nobodys_desk(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.filled(city, owner)
    assert owner.actor.id is not None
    with pytest.raises(NoSuchCase):
        await cases.open_case(city, officer, case_id=case_id, subject=owner.actor.id, now=clock.now())
