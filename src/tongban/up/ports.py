"""Ports: free before anything starts, and reachable under both addresses that ``localhost`` may mean."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from contextlib import suppress

from tongban.up.endings import CannotStart

_CHUNK = 65536
#: How long a visitor over ::1 waits while the web processes are being restarted.
_RESTART_SECONDS = 10.0


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
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(2)
        if self._held is not None:
            self._held.close()

    def _run(self, loop: asyncio.AbstractEventLoop, held: socket.socket) -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(asyncio.start_server(self._forward, sock=held, backlog=256))
        try:
            loop.run_forever()
        finally:
            server.close()
            open_ones = asyncio.all_tasks(loop)
            for task in open_ones:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*open_ones, return_exceptions=True))
            loop.run_until_complete(asyncio.sleep(0))  # transports close their sockets in the next round
            loop.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await self._connected()
        except OSError:
            writer.close()
            return
        try:
            await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))
        finally:
            for end in (there_writer, writer):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        give_up = loop.time() + _RESTART_SECONDS
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", self._port)
            except ConnectionRefusedError:
                if loop.time() > give_up:
                    raise
                await asyncio.sleep(0.1)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy until the source ends, then say so to the target: the other direction may go on."""
    with suppress(ConnectionError):
        while chunk := await source.read(_CHUNK):
            target.write(chunk)
            await target.drain()
    with suppress(OSError, RuntimeError):
        if target.can_write_eof():
            target.write_eof()
