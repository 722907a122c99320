"""The command line in tests: `tongban …` on a test's own city."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from tongban import cli, settings

Command = Callable[..., Awaitable[Result]]


@pytest.fixture
def command(city_dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """`tongban …` as somebody types it, its words one by one; what is given is click's result."""
    monkeypatch.setenv("DATABASE_URL", city_dsn)
    settings.reload()

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, cli.main, words)

    yield run
    monkeypatch.delenv("DATABASE_URL")
    settings.reload()
