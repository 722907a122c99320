"""One program kept up: started, awaited, restarted with back-off, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

import msgspec

from tongban.kit.db.embedded import CannotRun
from tongban.up.endings import CannotStart
from tongban.up.place import Place
from tongban.up.programs import Program

READY_SECONDS = 180.0
RESTARTS = 5
_LONGEST_PAUSE = 5.0
#: A life this long wipes the slate: the next death is not held against it.
_STEADY_SECONDS = 10.0


class Record(msgspec.Struct):
    """What a child's lives so far say about whether to start it again."""

    ever_ready: bool = False
    fruitless: int = 0
    pause: float = 0.2


class Child:
    """Keeps one program up until it is told to stop.

    ``ready`` is set while the program does its work. ``keep`` ends only by ``stop``, or by raising
    CannotStart when there is no sense in another start.
    """

    def __init__(
        self,
        program: Program,
        place: Place,
        *,
        ready_seconds: float = READY_SECONDS,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.program = program
        self.ready = asyncio.Event()
        self.record = Record()
        self._place = place
        self._tell = tell or (lambda _: None)
        self._ready_seconds = ready_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process of the present life."""
        return self._process.pid if self._process else None

    async def keep(self) -> None:
        """Start it, and start it again as the record allows."""
        is_restart = False
        while not self._stopping.is_set():
            process = await self._begin()
            if process is None:
                return
            born = time.monotonic()
            was_ready = await self._await_ready(process)
            if was_ready:
                self.record.ever_ready = True
                self.record.fruitless = 0
                self.ready.set()
                await self._watch(process)
                self.ready.clear()
            self._place.forget_child(self.program.name)
            self.program.sweep()
            if self._stopping.is_set():
                return
            self._judge(process.returncode, was_ready=was_ready, is_restart=is_restart)
            self._tell(f"The {self.program.name} {_end(process.returncode)}; starting it again.")
            if was_ready and time.monotonic() - born > _STEADY_SECONDS:
                self.record.pause = 0.2
            await asyncio.sleep(self.record.pause)
            self.record.pause = min(self.record.pause * 2, _LONGEST_PAUSE)
            is_restart = True

    async def stop(self) -> None:
        """Ask it to stop, insist when it does not."""
        self._stopping.set()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(self.program.stop_signal)
        try:
            await asyncio.wait_for(_ended(process), self.program.stop_seconds)
        except TimeoutError:
            process.kill()
            await _ended(process)
        self.program.sweep()
        self._place.forget_child(self.program.name)

    def kill(self) -> None:
        """End it at once: somebody pressed Ctrl-C a second time."""
        if self._process is not None and self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def _begin(self) -> subprocess.Popen[bytes] | None:
        try:
            await asyncio.to_thread(self.program.prepare)
        except CannotRun as refused:
            raise CannotStart(str(refused)) from refused
        if self._stopping.is_set():
            return None
        process = self._process = self.program.launch()
        self._place.note_child(self.program.name, process.pid)
        return process

    async def _await_ready(self, process: subprocess.Popen[bytes]) -> bool:
        give_up = time.monotonic() + self._ready_seconds
        while process.poll() is None:
            if await asyncio.to_thread(self.program.is_ready) and process.poll() is None:
                return True
            if time.monotonic() > give_up:
                if not self.record.ever_ready:
                    raise CannotStart(self._because(f"was not ready within {self._ready_seconds:.0f} s"))
                process.kill()
            await asyncio.sleep(0.05)
        return False

    async def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Until it ends; one that runs and does nothing is ended."""
        while process.poll() is None:
            if self.program.hangs():
                self._tell(f"The {self.program.name} gives no sign of life.")
                process.kill()
            await asyncio.sleep(0.05)

    def _judge(self, code: int, *, was_ready: bool, is_restart: bool) -> None:
        if not self.record.ever_ready and code >= 0:
            raise CannotStart(self._because(f"ended with code {code} before it was ready"))
        if is_restart and not was_ready:
            self.record.fruitless += 1
        if self.record.fruitless >= RESTARTS:
            raise CannotStart(
                self._because(f"was restarted {RESTARTS} times in a row without becoming ready")
            )

    def _because(self, what: str) -> str:
        said = self.program.reason().strip()
        return f"The {self.program.name} {what}." + (f" It last said:\n{said}" if said else "")


def _end(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"


async def _ended(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:  # noqa: ASYNC110 - a process sets no event; its state is asked for
        await asyncio.sleep(0.05)
