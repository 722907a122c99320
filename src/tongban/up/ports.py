"""Ports: free before anything starts, and reachable under both addresses that ``localhost`` may mean."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import threading
from contextlib import suppress

from tongban.up.endings import CannotStart

_CHUNK = 65536
#: How long a visitor over ::1 waits while the web processes are being restarted.
_RESTART_SECONDS = 10.0
#: How long closing waits for the thread; what is open is cut off, so it has nothing to wait for.
_CLOSING_SECONDS = 5.0


def check_free(port: int, *, host: str, setting: str) -> None:
    """Raise CannotStart with a sentence when another program listens on the port."""
    for address in dict.fromkeys((host, *(["::1"] if host == "127.0.0.1" else []))):
        held = _hold(address, port, setting=setting)
        if held is not None:
            held.close()


def _hold(address: str, port: int, *, setting: str) -> socket.socket | None:
    """A socket bound to the address; None where the machine has no such address family."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        held = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        return None
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        held.bind((address, port))
    except OSError as refused:
        held.close()
        if refused.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {port} of localhost is taken by another program. Stop that, or choose another port: "
                f"{setting}={port + 1000} make run."
            ) from refused
        if refused.errno == errno.EACCES:
            raise CannotStart(
                f"Port {port} needs rights that this account lacks; set {setting}."
            ) from refused
        if address == "::1":
            return None
        raise CannotStart(f"{address} cannot be listened on: {refused.strerror}.") from refused
    return held


class SecondAddress:
    """Listens on [::1] and hands the bytes to 127.0.0.1 on the same port, where the server listens.

    Browsers try ::1 first for ``localhost`` and the server binds one address only. It lives in a thread of
    the supervisor, so it survives restarts of the server behind it.
    """

    def __init__(self, port: int, *, setting: str) -> None:
        self._port = port
        self._held = _hold("::1", port, setting=setting)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closing = asyncio.Event()
        #: Held here: the loop itself refers to its tasks weakly, and a visitor may wait long.
        self._visits: set[asyncio.Task[None]] = set()

    def open(self) -> bool:
        """Start forwarding; False on a machine without IPv6 loopback."""
        if self._held is None:
            return False
        self._held.listen(256)  # here, not in the thread: who comes right after the start must not be refused
        loop = self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(loop, self._held), daemon=True, name="ipv6")
        self._thread.start()
        return True

    def close(self) -> None:
        """Stop forwarding; open connections end."""
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join(_CLOSING_SECONDS)
        if self._held is not None:
            self._held.close()

    def _run(self, loop: asyncio.AbstractEventLoop, held: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(self._serve(held))

    async def _serve(self, held: socket.socket) -> None:
        server = await asyncio.start_server(self._welcome, sock=held, backlog=256)
        await self._closing.wait()
        server.close()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)
        await asyncio.sleep(0)  # transports close their sockets in the next round

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.create_task(self._forward(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await self._connected()
        except OSError:
            writer.close()
            return
        except asyncio.CancelledError:
            writer.transport.abort()
            raise
        try:
            await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))
        except asyncio.CancelledError:
            # Whoever does not read what was written for her must not hold the end up.
            there_writer.transport.abort()
            writer.transport.abort()
            raise
        finally:
            there_writer.close()
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        give_up = loop.time() + _RESTART_SECONDS
        while True:
            try:
                return await self._connect()
            except ConnectionRefusedError:
                if loop.time() > give_up:
                    raise
                await asyncio.sleep(0.1)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        ends = writer.get_extra_info("sockname"), writer.get_extra_info("peername")
        if ends[0] == ends[1]:
            # Nobody listens, and of all ports the kernel lent us this one to call from: TCP's simultaneous
            # open (RFC 9293, 3.5) then connects the caller to herself. Reset, not closed: a closed one would
            # keep the port from the server for a minute.
            called: socket.socket = writer.get_extra_info("socket")
            called.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            raise ConnectionRefusedError(errno.ECONNREFUSED, "nobody listens")
        return reader, writer


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy until the source ends, then say so to the target: the other direction may go on."""
    with suppress(ConnectionError):
        while chunk := await source.read(_CHUNK):
            target.write(chunk)
            await target.drain()
    with suppress(OSError, RuntimeError):
        if target.can_write_eof():
            target.write_eof()
