"""The stable cast of the cases room: the owner, somebody else, the desk's officer, an officer elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
import pytest

from tests import applications, cast, make
from tests.cases.web import Client
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, rooms
from tongban.kit import clock
from tongban.kit.db import Database, connect
from tongban.kit.pdf import press
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty


@pytest.fixture
async def owner(city: Database, outside: Sandbox) -> Resident:
    """A resident whose case it is: stable work, registered long enough."""
    return await cast.resident(city, outside)


@pytest.fixture
async def other(city: Database, outside: Sandbox) -> Resident:
    """Another resident."""
    return await cast.resident(city, outside, "eligible_home")


@pytest.fixture
async def officer(city: Database, owner: Resident) -> Actor:
    """The officer of the department that handles the owner's case."""
    return await cast.officer_of(city, owner.district)


@pytest.fixture
async def elsewhere(city: Database, owner: Resident) -> Actor:
    """An officer of another department."""
    return await cast.officer_elsewhere(city, owner.district)


@pytest.fixture(scope="module")
async def no_press() -> AsyncIterator[None]:
    """The press ends with its file: to start one takes longer than all papers of a test."""
    yield
    await press.close()


@pytest.fixture
async def web(city: Database, city_dsn: str) -> AsyncIterator[Client]:
    """A browser of the house's own application on this test's city, in this test's loop."""
    own = await connect(city_dsn, size=3)
    await rooms.warm(own)
    async with applications.visited(own) as browser:
        yield browser
    await own.close()


#: An item that goes up the whole chain.
CHAINED = "food_business"


class Desk(msgspec.Struct, frozen=True):
    """An accepted case of an item with the whole chain, and the people of its department."""

    case: UUID
    examiner: Actor
    reviewer: Actor
    approver: Actor
    everything: Actor


@pytest.fixture
async def at(city: Database, owner: Resident) -> Desk:
    case_id = await make.answered_case(city, owner, CHAINED)
    code = (await make.row(city, case_id))["department"]
    people = [
        make.officer_with(code, Duty.EXAMINE, name="示例审查"),
        make.officer_with(code, Duty.REVIEW, name="示例复核"),
        make.officer_with(code, Duty.APPROVE, name="示例审批"),
        make.officer_with(code, *OFFICERS_DUTIES, name="示例全职"),
    ]
    await cases.accept(city, people[0], case_id=case_id, now=clock.now())
    return Desk(case_id, *people)


@pytest.fixture
def clerk(officer: Actor) -> Actor:
    """The same department's officer without the head's duty."""
    return Actor(officer.role, officer.id, officer.name, officer.department, duties=frozenset({Duty.EXAMINE}))
