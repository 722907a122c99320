"""The house that the journeys walk through, and the browser that they walk with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys import house as houses
from tests.journeys.house import House


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """A real house, started once in a test process."""
    yield houses.shared()
    houses.close()
