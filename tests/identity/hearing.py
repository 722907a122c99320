"""A system's back-channel address: takes what is posted to it, and answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Heard:
    """What came, in order."""

    address: str
    bodies: list[str] = field(default_factory=list)


@asynccontextmanager
async def listening(*statuses: int) -> AsyncIterator[Heard]:
    """An HTTP server that answers each request with the next of ``statuses``."""
    left = list(statuses)
    heard = Heard("")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split()[0])
        heard.bodies.append((await reader.readexactly(length)).decode())
        writer.write(f"HTTP/1.1 {left.pop(0)} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    heard.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/back-channel"
    async with server:
        yield heard
