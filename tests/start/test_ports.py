"""Ports: taken ones refused with a sentence, ::1 beside 127.0.0.1."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tongban.up.endings import CannotStart
from tongban.up.ports import SecondAddress, check_free


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def second(port: int) -> Iterator[SecondAddress]:
    if not has_ipv6():
        pytest.skip("this machine has no ::1")
    address = SecondAddress(port, setting="TONGBAN_PORT")
    assert address.open()
    yield address
    address.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_taken_port_is_a_sentence(port: int, address: str) -> None:
    if address == "::1" and not has_ipv6():
        pytest.skip("this machine has no ::1")
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as other:
        other.bind((address, port))
        other.listen()
        with pytest.raises(CannotStart, match=f"Port {port} of localhost is taken .*TONGBAN_PORT="):
            check_free(port, host="127.0.0.1", setting="TONGBAN_PORT")
    check_free(port, host="127.0.0.1", setting="TONGBAN_PORT")


class Echo:
    """A server behind the second address: says what it hears, then good-bye."""

    def __init__(self) -> None:
        self.finished = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(4096):
            writer.write(chunk)
            await writer.drain()
        writer.write(b" and good-bye")
        writer.close()
        await writer.wait_closed()
        self.finished.set()

    async def listen(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self.answer, "127.0.0.1", port)

    async def close(self, server: asyncio.Server, visitor: asyncio.StreamWriter) -> None:
        visitor.close()
        await visitor.wait_closed()
        await asyncio.wait_for(self.finished.wait(), 30)
        server.close()
        await server.wait_closed()


async def test_bytes_pass_both_ways_and_ends_too(port: int, second: SecondAddress) -> None:
    echo = Echo()
    server = await echo.listen(port)
    reader, writer = await asyncio.open_connection("::1", port)
    sent = b"x" * 1_000_000
    writer.write(sent)
    writer.write_eof()
    assert await asyncio.wait_for(reader.read(-1), 30) == sent + b" and good-bye"
    await echo.close(server, writer)


async def test_visitor_waits_while_the_server_restarts(port: int, second: SecondAddress) -> None:
    reader, writer = await asyncio.open_connection("::1", port)
    writer.write(b"hello")
    writer.write_eof()
    await asyncio.sleep(0.3)
    echo = Echo()
    server = await echo.listen(port)
    assert await asyncio.wait_for(reader.read(-1), 30) == b"hello and good-bye"
    await echo.close(server, writer)


async def test_nobody_there_is_not_oneself(
    port: int, second: SecondAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel lends any free port to call from; the very port where nobody listens answers itself."""
    calls = 0
    call = asyncio.open_connection

    async def call_from_there(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        nonlocal calls
        calls += 1
        return await call(host, port, local_addr=(host, port) if calls == 1 else None)

    monkeypatch.setattr("tongban.up.ports.asyncio.open_connection", call_from_there)
    reader, writer = await call("::1", port)
    writer.write(b"hello")
    writer.write_eof()
    await asyncio.sleep(0.3)
    assert calls > 1
    echo = Echo()
    server = await echo.listen(port)
    assert await asyncio.wait_for(reader.read(-1), 30) == b"hello and good-bye"
    await echo.close(server, writer)


async def test_closing_ends_who_waits_and_who_does_not_read(port: int) -> None:
    second = SecondAddress(port, setting="TONGBAN_PORT")
    if not second.open():
        pytest.skip("this machine has no ::1")
    waiting, waiting_writer = await asyncio.open_connection("::1", port)
    await asyncio.sleep(0.2)

    async def flood(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            for _ in range(1000):
                writer.write(b"x" * 100_000)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(flood, "127.0.0.1", port)
    deaf, deaf_writer = await asyncio.open_connection("::1", port)
    await asyncio.sleep(0.3)
    started = time.monotonic()
    await asyncio.to_thread(second.close)
    assert time.monotonic() - started < 15, "a client that does not read is not waited for"
    for reader, writer in ((waiting, waiting_writer), (deaf, deaf_writer)):
        with suppress(ConnectionError):
            while await asyncio.wait_for(reader.read(1_000_000), 5):
                pass
        writer.close()
    server.close()
    await server.wait_closed()
