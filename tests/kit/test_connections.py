"""The connections of a process: lent singly, in turn, replaced when they end, never lent again when interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from tongban.kit.db import Database, DatabaseAway, connect
from tongban.kit.db.connections import Connections


class Opened:
    """Two at most, and how many were ever opened."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.made = 0
        self.all = Connections(self._open, size=2)

    async def _open(self) -> Any:
        self.made += 1
        return await asyncpg.connect(self._dsn)

    async def take(self, seconds: float = 5) -> Any:
        return await self.all.take(wait_seconds=seconds)


@pytest.fixture
async def opened(dsn: str) -> AsyncIterator[Opened]:
    pool = Opened(dsn)
    yield pool
    await pool.all.close()


async def test_the_last_given_back_goes_out_first(opened: Opened) -> None:
    first, second = await opened.take(), await opened.take()
    opened.all.give_back(second)
    opened.all.give_back(first)
    assert await opened.take() is first
    assert await opened.take() is second
    assert opened.made == 2
    opened.all.give_back(first)
    opened.all.give_back(second)


async def test_who_finds_none_waits_in_turn(opened: Opened) -> None:
    out = [await opened.take(), await opened.take()]
    got: list[str] = []

    async def wait(name: str) -> None:
        connection = await opened.take()
        got.append(name)
        await connection.execute("SELECT 1")
        opened.all.give_back(connection)

    waiting = [asyncio.create_task(wait(name)) for name in "abc"]
    await asyncio.sleep(0.05)
    assert got == []
    opened.all.give_back(out.pop())
    await asyncio.gather(*waiting)
    assert got == ["a", "b", "c"] and opened.made == 2
    opened.all.give_back(out.pop())


async def test_who_has_waited_too_long_is_told_and_takes_nothing_along(opened: Opened) -> None:
    out = [await opened.take(), await opened.take()]
    with pytest.raises(TimeoutError):
        await opened.take(seconds=0.05)
    for connection in out:
        opened.all.give_back(connection)
    assert {id(await opened.take()) for _ in out} == {id(connection) for connection in out}
    for connection in out:
        opened.all.give_back(connection)


async def test_one_that_has_ended_is_replaced_also_for_who_waits(opened: Opened) -> None:
    first, second = await opened.take(), await opened.take()
    waiting = asyncio.create_task(opened.take())
    await asyncio.sleep(0)
    first.terminate()
    opened.all.give_back(first)
    third = await waiting
    assert third not in (first, second) and await third.fetchval("SELECT 1") == 1
    second.terminate()
    opened.all.give_back(second)
    opened.all.give_back(third)
    assert await opened.take() is third
    opened.all.give_back(third)


async def test_one_that_cannot_be_opened_leaves_its_place(opened: Opened) -> None:
    good = opened._dsn
    opened._dsn = good.replace("/test_", "/no_test_")
    for _ in range(3):
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await opened.take()
    opened._dsn = good
    opened.all.give_back(await opened.take())


async def test_a_statement_left_by_its_caller_is_ended_and_its_connection_not_lent_again(dsn: str) -> None:
    db = await connect(dsn, size=1)
    backend = await db.value("SELECT pg_backend_pid()")
    left = asyncio.create_task(db.value("SELECT pg_sleep(600)"))
    await asyncio.sleep(0.1)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    assert await db.value("SELECT pg_backend_pid()") != backend
    assert await _sleeping(db) == 0
    await db.close()


async def test_a_refused_statement_leaves_its_connection_sound(db: Database) -> None:
    backend = await db.value("SELECT pg_backend_pid()")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await db.value("SELECT 1 / 0")
    with pytest.raises(asyncpg.PostgresSyntaxError):
        await db.value("SELEC 1")
    assert await db.value("SELECT pg_backend_pid()") == backend


async def test_closing_waits_for_what_runs(dsn: str) -> None:
    db = await connect(dsn, size=2)
    running = asyncio.create_task(db.value("SELECT 'done' FROM pg_sleep(0.2)"))
    await asyncio.sleep(0.05)
    await db.close()
    assert await running == "done"


async def test_closed_is_closed(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongban.kit.db.pool.ACQUIRE_SECONDS", 0.2)
    db = await connect(dsn, size=2)
    await db.close()
    with pytest.raises(DatabaseAway):
        await db.value("SELECT 1")


async def _sleeping(db: Database) -> int:
    return int(
        await db.value("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%600%'")
        - 1  # this very question
    )
