"""approve and refuse: the decision, with the licence put in hand in the same write."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from tests import cast, make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, licences, rooms
from tongban.cases.model import MovedOn, NoSuchCase, NotPossibleNow, ReasonMissing, ReasonTooLong, RuleNotMet
from tongban.cases.model.cautions import CautionsUnread
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor
from tongban.kit.rules import Outcome, Truth

NOTE = "已电话核对社会保险缴费情况，连续缴费满六个月。"


async def licences_of(city: Database, who: Resident) -> list[licences.Licence]:
    assert who.actor.id is not None
    return await licences.library(city.sibling(), who.actor.id)


async def count_licences(city: Database) -> int:
    return int(await city.sibling().value("SELECT count(*) FROM licences.licence"))


async def test_approving_founds_the_licence_in_the_same_write(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    await rooms.warm(city.sibling())  # as each process does before it serves
    now, before = clock.now(), city.count
    await cases.approve(city, officer, case_id=case_id, now=now)
    assert city.count - before == 2
    row = await make.row(city, case_id)
    assert (row["state"], row["decided_at"], row["closed_at"], row["reason"]) == ("issuing", now, None, None)
    founded = await city.row("SELECT * FROM licences.licence WHERE reference = $1", case_id)
    assert founded is not None
    assert (founded["state"], founded["holder"], founded["issuer_code"]) == (
        "making",
        owner.actor.id,
        officer.department,
    )
    topics = await city.rows("SELECT topic FROM kit.outbox WHERE subject = $1 ORDER BY topic", owner.actor.id)
    assert [one["topic"] for one in topics] == [
        "cases.accepted",
        "cases.approved",
        "cases.submitted",
        "licences.making",
    ]
    assert (await make.purposes(city, case_id))[-1] == ("case", True), "the card maker still needs it"
    assert (await make.ledger(city, case_id, "cases."))[-1]["action"] == "cases.approve"


async def test_refusing_ends_the_case_with_its_reason(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    now, before = clock.now(), city.count
    await cases.refuse(city, officer, case_id=case_id, reason=f"  {make.REASON}  ", now=now)
    assert city.count - before == 2
    row = await make.row(city, case_id)
    assert (row["state"], row["reason"]) == ("refused", make.REASON)
    assert row["decided_at"] == row["closed_at"] == now
    assert await make.purposes(city, case_id) == [("draft", False), ("case", False)]
    assert await make.timers(city, case_id) == {}
    assert (await make.news(city, case_id))[-1] == "cases.refused"
    assert await count_licences(city) == 0


async def test_refusing_without_a_reason_is_no_refusal(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    before = await make.everything(city, case_id)
    with pytest.raises(ReasonMissing):
        await cases.refuse(city, officer, case_id=case_id, reason="不行", now=clock.now())
    assert await make.everything(city, case_id) == before


async def test_a_reason_is_kept_whole_or_refused(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.accepted(city, owner, officer)
    before = await make.everything(city, case_id)
    with pytest.raises(ReasonTooLong) as told:
        await cases.refuse(city, officer, case_id=case_id, reason="理" * 2001, now=clock.now())
    assert "2000" in str(told.value.fields["reason"])
    assert await make.everything(city, case_id) == before
    # What a browser counts as 2000 characters arrives with two for the end of each line.
    await cases.refuse(
        city, officer, case_id=case_id, reason="理" * 1000 + "\r\n" + "由" * 999, now=clock.now()
    )
    assert (await make.row(city, case_id))["reason"] == "理" * 1000 + "\n" + "由" * 999


@pytest.mark.parametrize("situation", ["five_months", "no_basis"])
async def test_what_does_not_meet_the_rule_cannot_be_approved(
    city: Database, outside: Sandbox, situation: str
) -> None:
    person = await cast.resident(city, outside, situation)
    desk = await make.desk_of(city, person)
    case_id = await make.accepted(city, person, desk)
    before = await make.everything(city, case_id)
    with pytest.raises(RuleNotMet) as told:
        await cases.approve(city, desk, case_id=case_id, note=NOTE, now=clock.now())
    assert "不满足" in str(told.value.message)
    assert await make.everything(city, case_id) == before
    assert await count_licences(city) == 0


async def test_where_a_register_was_down_the_officer_states_what_she_checked(
    city: Database, owner: Resident, officer: Actor, outside: Sandbox
) -> None:
    cast.grounds_away(outside)
    case_id = await make.accepted(city, owner, officer)
    with pytest.raises(CautionsUnread) as told:
        await cases.approve(city, officer, case_id=case_id, now=clock.now())
    assert set(told.value.fields) == {"seen-silent", "reason"}
    assert await count_licences(city) == 0
    await make.approve(city, officer, case_id, note=NOTE, now=clock.now())
    row = await make.row(city, case_id)
    assert (row["state"], row["reason"]) == ("issuing", NOTE)


async def test_another_department_and_residents_may_not(
    city: Database, owner: Resident, other: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    before = await make.everything(city, case_id)
    for actor, refusal in ((elsewhere, NoSuchCase), (other.actor, NoSuchCase), (owner.actor, NotAllowed)):
        with pytest.raises(refusal):
            await cases.approve(city, actor, case_id=case_id, now=clock.now())
        with pytest.raises(refusal):
            await cases.refuse(city, actor, case_id=case_id, reason=make.REASON, now=clock.now())
    assert await make.everything(city, case_id) == before


async def test_nothing_is_decided_before_it_is_accepted_or_twice(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    with pytest.raises(NotPossibleNow):
        await cases.approve(city, officer, case_id=case_id, now=clock.now())
    await cases.accept(city, officer, case_id=case_id, now=clock.now())
    await cases.approve(city, officer, case_id=case_id, now=clock.now())
    with pytest.raises(NotPossibleNow) as told:
        await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    assert "制证中" in str(told.value.message)
    assert await count_licences(city) == 1


async def test_five_clicks_at_once_found_one_licence(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.accepted(city, owner, officer)
    results = await asyncio.gather(
        *(cases.approve(city, officer, case_id=case_id, now=clock.now()) for _ in range(4)),
        cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=clock.now()),
        return_exceptions=True,
    )
    assert results.count(None) == 1
    assert all(one is None or isinstance(one, MovedOn | NotPossibleNow) for one in results), results
    decided = await make.state(city, case_id)
    assert await count_licences(city) == (1 if decided == "issuing" else 0)
    assert len(await make.steps(city, case_id)) == 3


async def test_the_rule_is_of_the_day_of_the_decision(city: Database, outside: Sandbox) -> None:
    early = await cast.resident(city, outside, "five_months")
    case_id = await make.submitted(city, early)
    officer = await make.desk_of(city, early)
    await cases.accept(city, officer, case_id=case_id, now=clock.now())
    with pytest.raises(RuleNotMet):
        await cases.approve(city, officer, case_id=case_id, now=clock.now())
    later = clock.now() + timedelta(days=40)
    row = await make.row(city, case_id)
    opened = await cases.open_case(city, officer, case_id=case_id, subject=row["applicant"], now=later)
    assert opened.case.finding is not None and opened.case.finding.verdict is Truth.TRUE
    await cases.approve(city, officer, case_id=case_id, now=later)
    row = await make.row(city, case_id)
    assert (row["finding"]["verdict"], row["finding"]["today"]) == ("true", clock.city_day(later).isoformat())
    after = later + timedelta(days=400)
    opened = await cases.open_case(city, officer, case_id=case_id, subject=row["applicant"], now=after)
    rested_on = msgspec.convert(row["finding"], Outcome)
    assert opened.case.finding == rested_on, "what the decision rested on stays as it was"
