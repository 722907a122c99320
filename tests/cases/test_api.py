"""The department's case as JSON: what its desk shows, one statement, one ledger row, nothing sensitive in clear."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests import make
from tests.cast import Resident
from tongban import cases
from tongban.cases.api import desk as api
from tongban.cases.model import GroundMissing, Move, NoSuchCase, State
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.rules import Truth


async def asked(city: Database, who: Actor, applicant: UUID, case_id: UUID, **more: Any) -> api.DeskCase:
    answer: api.DeskCase = await api.at_desk.fn(city, who, clock.now(), applicant, case_id, **more)
    return answer


async def test_a_case_at_the_desk_in_one_statement_with_its_ledger_row(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    row = await make.row(city, case_id)
    await asked(city, officer, row["applicant"], case_id)  # the item's version is in memory from here on
    before = city.count
    told = await asked(city, officer, row["applicant"], case_id)
    assert city.count - before == 1
    assert (told.case.id, told.case.code, told.case.state) == (case_id, row["short_code"], State.SUBMITTED)
    assert (told.department, told.item_version) == (officer.department, row["item_version"])
    assert [step.move for step in told.case.steps] == [Move.SUBMIT]
    assert {Move.ACCEPT, Move.DECLINE} <= set(told.moves) and not {Move.APPROVE, Move.GRANT} & set(told.moves)
    assert told.verdict is Truth.TRUE and all(one.source for one in told.conditions)
    assert len(await make.ledger(city, case_id, "cases.read")) == 2


async def test_what_is_sensitive_is_masked_as_on_the_desk(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    applicant = (await make.row(city, case_id))["applicant"]
    told = await asked(city, officer, applicant, case_id)
    written = msgspec.json.encode(told).decode()
    for secret in (owner.name, owner.number, owner.phone):
        assert secret not in written
    assert told.answers["district"] == owner.district and told.answers["phone"].endswith(owner.phone[-4:])
    assert told.stated == {}


async def test_what_the_applicant_stated_otherwise_is_told_too(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    row = await make.row(city, case_id)
    await city.run(
        """UPDATE cases."case" SET answers = $2 WHERE id = $1""",
        case_id,
        {**row["answers"], "employer": "另一家"},
    )
    told = await asked(city, officer, row["applicant"], case_id)
    assert told.stated == {"employer": "另一家"} and told.answers["employer"] == row["answers"]["employer"]


async def test_another_department_and_another_applicant_find_nothing(
    city: Database, owner: Resident, other: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    applicant = (await make.row(city, case_id))["applicant"]
    for who, whose in ((elsewhere, applicant), (officer, other.actor.id)):
        assert whose is not None
        with pytest.raises(NoSuchCase):
            await asked(city, who, whose, case_id)
    assert await make.ledger(city, case_id, "cases.read") == []


async def test_an_ended_case_asks_for_a_ground(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.submitted(city, owner)
    applicant = (await make.row(city, case_id))["applicant"]
    await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
    with pytest.raises(GroundMissing):
        await asked(city, officer, applicant, case_id)
    told = await asked(city, officer, applicant, case_id, ground=next(iter(cases.GROUNDS)))
    assert told.case.state is State.WITHDRAWN and told.moves == []
