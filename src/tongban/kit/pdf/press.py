"""Having papers made by a process of its own, that stays for a while after its last.

Reportlab and the fonts cost a process 35 MB and 0.2 s once, a paper then a few milliseconds: a press that stayed for
ever would be paid for by every web process, one that is started for each paper by every reader.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from weakref import WeakKeyDictionary

import msgspec
import structlog

from tongban.kit.errors import Unavailable
from tongban.kit.i18n import N_
from tongban.kit.pdf.model import Failed, Paper, Printed

log = structlog.get_logger("tongban.pdf")

_CHILD = "tongban.kit.pdf.child"
#: How long a press waits for another paper, and how long a paper may take, in seconds.
RESTS_FOR = 30.0
LONGEST = 20.0
#: A press that ended on its own is started anew once; a paper that ends two of them is not tried on a third.
_TRIES = 2


class NotPrintedNow(Unavailable):
    """The press has failed twice; the paper's facts are safe in their rows."""

    def __init__(self) -> None:
        super().__init__(
            "paper-not-printed", N_("文书暂时不能生成，请稍后再试；办件不受影响。"), retry_after=30
        )


class PressFault(RuntimeError):  # noqa: N818 - named for what it is
    """A paper could not be laid out: a fault of ours, with its place and without the paper's words."""


class _Press:
    """The press of one event loop: papers one after another, a process while there is work."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._resting: asyncio.TimerHandle | None = None

    async def printed(self, paper: Paper) -> Printed:
        frame = msgspec.msgpack.encode(paper)
        async with self._turn:
            if self._resting is not None:
                self._resting.cancel()
            for _ in range(_TRIES):
                try:
                    answer = await asyncio.wait_for(self._asked(frame), LONGEST)
                except (OSError, EOFError, TimeoutError) as failed:
                    log.warning("press failed", reason=type(failed).__name__)
                    self._drop()
                    continue
                except BaseException:
                    self._drop()  # whoever asked has gone: the answer that is still to come is nobody's
                    raise
                self._resting = asyncio.get_running_loop().call_later(RESTS_FOR, self.rest)
                return _told(answer)
        raise NotPrintedNow

    async def _asked(self, frame: bytes) -> bytes:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-W", "ignore", "-m", _CHILD), stdin=PIPE, stdout=PIPE
            )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(len(frame).to_bytes(4, "big") + frame)
        await process.stdin.drain()
        head = await process.stdout.readexactly(4)
        return await process.stdout.readexactly(int.from_bytes(head, "big"))

    def _drop(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()

    def rest(self) -> Process | None:
        """Let the process end, which it does when its input ends; gives the one that is ending."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
        return process

    async def end(self) -> None:
        """Wait until no paper is under way and the process has gone."""
        async with self._turn:
            if self._resting is not None:
                self._resting.cancel()
            if (process := self.rest()) is not None:
                await process.wait()


def _told(answer: bytes) -> Printed:
    said = msgspec.msgpack.decode(answer, type=Printed | Failed)
    if isinstance(said, Failed):
        raise PressFault(f"{said.kind} at {said.place}")
    if said.missing:
        log.warning("characters without a glyph", code_points=[f"U+{code:04X}" for code in said.missing])
    return said


_presses: WeakKeyDictionary[asyncio.AbstractEventLoop, _Press] = WeakKeyDictionary()


async def printed(paper: Paper) -> Printed:
    """The paper as PDF; the same paper gives the same bytes. Raises NotPrintedNow when the press fails twice."""
    return await _presses.setdefault(asyncio.get_running_loop(), _Press()).printed(paper)


async def close() -> None:
    """End the press of this event loop, before the loop itself ends."""
    if (press := _presses.pop(asyncio.get_running_loop(), None)) is not None:
        await press.end()
