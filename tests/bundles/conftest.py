"""The stable cast of the bundles room: the mother, and the officers of the departments that her bundle goes to."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests import applications, cast
from tests.cases.web import Client
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import rooms
from tongban.kit.db import Database, connect
from tongban.kit.pdf import press


@pytest.fixture
async def mother(city: Database, outside: Sandbox) -> Resident:
    """A resident with the city's hukou, who begins a bundle."""
    return await cast.resident(city, outside, "local_hukou", fits=cast.without_firm)


@pytest.fixture
async def other(city: Database, outside: Sandbox) -> Resident:
    """Another resident."""
    return await cast.resident(city, outside, "eligible_home")


@pytest.fixture(scope="module")
async def no_press() -> AsyncIterator[None]:
    """The press ends with its file."""
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
