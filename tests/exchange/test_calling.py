"""One call: what becomes of an answer that no register should give, from a source that gives just that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tongban import exchange, settings
from tongban.exchange.actions import calling
from tongban.exchange.model import Resource
from tongban.exchange.model.breaker import FAILURES
from tongban.kit.i18n import Text

Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]
Playing = Callable[[Answering], AbstractAsyncContextManager[None]]

RESOURCE = Resource("odd", "odd", "1/1", "/odd/v1/query", 5000, {}, "up", Text("甲", "A"))


@pytest.fixture
def source(data_dir: object, monkeypatch: pytest.MonkeyPatch) -> Playing:
    """Plays a source that answers every call by writing what ``answering`` writes."""

    @asynccontextmanager
    async def playing(answering: Answering) -> AsyncIterator[None]:
        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await reader.readuntil(b"\r\n\r\n")
                await answering(writer)
            except ConnectionError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(one, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("TONGBAN_SANDBOX_URL", f"http://127.0.0.1:{port}")
        settings.reload()
        exchange.forget_breakers()
        try:
            yield
        finally:
            server.close()
            exchange.forget_breakers()
            monkeypatch.undo()
            settings.reload()

    return playing


async def test_an_answer_without_end_is_left_at_the_limit(source: Playing) -> None:
    """Read to its end first, it would be a time-out after five seconds and all the memory that fits into them."""
    written = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(b" " * 65536)
            await writer.drain()
            written += 65536

    async with source(endless):
        reached = await calling.call(RESOURCE, {}, understood=bytes)
    assert reached.outcome == "malformed"
    assert calling.LARGEST < reached.size <= calling.LARGEST + (1 << 20)
    assert written < 32 * calling.LARGEST, "what the connection holds on the way, and no more"


async def test_a_source_that_talks_nonsense_is_left_alone_too(source: Playing) -> None:
    """A 200 is no success by itself: only an answer that is understood closes a breaker."""

    async def nonsense(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\n<h1>Hi!</h1>")
        await writer.drain()

    async with source(nonsense):
        outcomes = [
            (await calling.call(RESOURCE, {}, understood=lambda _: None)).outcome for _ in range(FAILURES + 1)
        ]
    assert outcomes == ["malformed"] * FAILURES + ["open"]
