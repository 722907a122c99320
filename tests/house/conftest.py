"""The rules read the whole source into trees that live to the end of the run."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def trees_are_no_garbage() -> Iterator[None]:
    """To look through them for garbage, again and again as they grow, took twice as long as to make them."""
    gc.disable()
    yield
    gc.enable()
