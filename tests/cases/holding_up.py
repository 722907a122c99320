"""Holding a statement up in the middle: somebody else is at what it wants to write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TypeVar

import asyncpg

from tongban.kit.db import Database

T = TypeVar("T")
#: Far from what is usual: a worker starts meanwhile.
GIVE_UP_SECONDS = 40.0
#: Which backend waits in a write for the one that is given.
WAITING = """SELECT pid FROM pg_stat_activity
    WHERE $1::integer = ANY (pg_blocking_pids(pid)) AND query LIKE 'WITH guard AS%'"""

#: Whether so many wait for a lock, of whomever: of several who want one row, the second waits for the first.
SO_MANY_WAIT = """SELECT 1 WHERE $1 = (SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock')"""


@asynccontextmanager
async def held_up(dsn: str, lock: str, *given: object) -> AsyncIterator[int]:
    """Who wants what is locked waits until the block is left; gives the backend that she waits for."""
    other = await asyncpg.connect(dsn)
    try:
        async with other.transaction():
            await other.execute(lock, *given)
            yield other.get_server_pid()
    finally:
        await other.close()


async def until(city: Database, asked: str, *given: object) -> int:
    """The answer, once there is one."""
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while (found := await city.value(asked, *given)) is None:
        assert time.monotonic() < give_up, asked
        await asyncio.sleep(0.02)
    return int(found)


async def cut_short(city: Database, dsn: str, doing: Awaitable[T], lock: str, *given: object) -> T:
    """Do it while that is locked, and let the time of its write be over; gives its answer."""
    async with held_up(dsn, lock, *given) as other:
        task = asyncio.ensure_future(doing)
        await city.value("SELECT pg_cancel_backend($1)", await until(city, WAITING, other))
        return await task
