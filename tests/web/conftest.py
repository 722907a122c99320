"""The house that the journeys walk through, and the browser that they walk with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys import house as houses
from tests.journeys.house import House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A real house, started once in a test process."""
    yield houses.shared(tmp_path_factory)
    houses.close()
