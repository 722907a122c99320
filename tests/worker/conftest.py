"""Listeners of the worker's tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.worker.listening import TOPIC, Listener
from tongban import news


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put listeners into the house's table."""

    def put(*listeners: Listener, topic: str = TOPIC) -> None:
        monkeypatch.setitem(news.LISTENERS, topic, listeners)

    return put
