"""The connections of one process: handed out singly, taken back after each statement, replaced when they end.

asyncpg's own pool makes a task, a shield and a time-out for each loan: 37 µs of 53 µs that the shortest statement
cost, with three statements in a submit. Every statement here is its own transaction and nothing sets session state, so
a loan is taking an object off a list.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncpg

#: How long a statement that nobody waits for any more has to be cancelled in the server.
GOODBYE_SECONDS = 10.0


class Connections:
    """At most ``size`` at once. The one given back last goes out first, so that few are busy and those are warm."""

    def __init__(self, opening: Callable[[], Awaitable[asyncpg.Connection[Any]]], *, size: int) -> None:
        self._opening = opening
        self.size = size
        self._open = 0
        self._idle: list[asyncpg.Connection[Any]] = []
        #: Who waits for one, in turn: given a connection, or None to open a new one in the place of one that ended.
        self._turns: deque[asyncio.Future[asyncpg.Connection[Any] | None]] = deque()
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    async def take(self, *, wait_seconds: float) -> asyncpg.Connection[Any]:
        """A living connection; raises TimeoutError when all stay busy, and what asyncpg raises on connecting."""
        if self._closed:
            raise asyncpg.InterfaceError("the connections are closed")
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._open -= 1
        if self._open < self.size:
            return await self._another()
        return await self._in_turn(wait_seconds) or await self._another()

    def give_back(self, connection: asyncpg.Connection[Any]) -> None:
        """After a statement that has ended, well or with an error of the server."""
        if connection.is_closed():
            self._forget()
        elif not self._hand_on(connection):
            self._idle.append(connection)

    def discard(self, connection: asyncpg.Connection[Any]) -> None:
        """After a statement that was left: it is cancelled in the server, and nobody gets its connection again."""
        ending = asyncio.get_running_loop().create_task(self._end(connection))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        """Lend no more, wait for those that are out, let go of all."""
        self._closed = True
        while self._open > len(self._ending):
            connection = self._idle.pop() if self._idle else await self._in_turn(GOODBYE_SECONDS)
            if connection is not None:
                await self._end(connection)
        await asyncio.gather(*self._ending)

    async def _another(self) -> asyncpg.Connection[Any]:
        self._open += 1
        try:
            return await self._opening()
        except BaseException:
            self._forget()
            raise

    async def _in_turn(self, wait_seconds: float) -> asyncpg.Connection[Any] | None:
        turn: asyncio.Future[asyncpg.Connection[Any] | None] = asyncio.get_running_loop().create_future()
        self._turns.append(turn)
        try:
            async with asyncio.timeout(wait_seconds):
                return await turn
        except BaseException:
            # It may have come in the very moment in which the waiting ended.
            if turn.done() and not turn.cancelled() and (connection := turn.result()) is not None:
                self.give_back(connection)
            raise

    def _hand_on(self, connection: asyncpg.Connection[Any] | None) -> bool:
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False

    def _forget(self) -> None:
        self._open -= 1
        self._hand_on(None)

    async def _end(self, connection: asyncpg.Connection[Any]) -> None:
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await connection.close(timeout=GOODBYE_SECONDS)
        self._forget()
