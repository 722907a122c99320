"""Ports: taken ones refused with a sentence, ::1 beside 127.0.0.1."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

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


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(4096):
        writer.write(chunk)
        await writer.drain()
    writer.write(b" and good-bye")
    writer.close()


async def test_bytes_pass_both_ways_and_ends_too(port: int, second: SecondAddress) -> None:
    server = await asyncio.start_server(echo, "127.0.0.1", port)
    reader, writer = await asyncio.open_connection("::1", port)
    sent = b"x" * 1_000_000
    writer.write(sent)
    writer.write_eof()
    assert await asyncio.wait_for(reader.read(-1), 10) == sent + b" and good-bye"
    writer.close()
    server.close()


async def test_visitor_waits_while_the_server_restarts(port: int, second: SecondAddress) -> None:
    reader, writer = await asyncio.open_connection("::1", port)
    writer.write(b"hello")
    writer.write_eof()
    await asyncio.sleep(0.3)
    server = await asyncio.start_server(echo, "127.0.0.1", port)
    assert await asyncio.wait_for(reader.read(-1), 5) == b"hello and good-bye"
    writer.close()
    server.close()
