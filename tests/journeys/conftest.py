"""The house that the journeys walk through, and the browser that they walk with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.chromium import chromium
from tests.journeys import house as houses
from tests.journeys.house import House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A real house, started once in a test process."""
    yield houses.shared(tmp_path_factory)
    houses.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, started once in a file; each walker is somebody else's window of it."""
    with chromium() as running:
        yield running
