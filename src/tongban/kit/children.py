"""Work that is handed to a process of its own, which stays for a while after its last and then ends.

For what costs much memory or a slow import, and is not asked for all the time: a process that stayed for ever would be
paid for by everybody, one that is started each time by whoever asks. Frames on stdin and stdout: four bytes of length,
then the bytes. A child ends by itself when its input ends, however whoever started it came to its end.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from weakref import WeakKeyDictionary

import structlog

log = structlog.get_logger("tongban.children")

#: A child that ended on its own is started anew once; what ends two of them is not tried on a third.
_TRIES = 2


class NoAnswer(Exception):  # noqa: N818 - named for what is missing
    """The child ended, or took too long, each time it was tried."""


class Child:
    """A child of one event loop: frames one after another, a process while there is work."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._leaving: Process | None = None
        self._resting: asyncio.TimerHandle | None = None

    async def ask(
        self, frame: bytes, *program: str, rests_for: float, longest: float, tries: int = _TRIES
    ) -> bytes:
        """The answer to ``frame`` of the child that runs ``program`` (a module and its arguments); raises NoAnswer.

        ``rests_for``: how long it waits for another frame afterwards, 0 ends it with its answer; ``longest``: how long
        an answer may take, both in seconds.
        """
        async with self._turn:
            if self._resting is not None:
                self._resting.cancel()
            for _ in range(tries):
                try:
                    answer = await asyncio.wait_for(self._asked(frame, program), longest)
                except (OSError, EOFError, TimeoutError) as failed:
                    log.warning("a child failed", child=program[0], reason=type(failed).__name__)
                    if (process := self._drop()) is not None:
                        await process.wait()
                    continue
                except BaseException:
                    self._drop()  # whoever asked has gone: the answer that is still to come is nobody's
                    raise
                if rests_for:
                    self._resting = asyncio.get_running_loop().call_later(rests_for, self.rest)
                elif (process := self.rest()) is not None:
                    await process.wait()
                return answer
        raise NoAnswer

    async def _asked(self, frame: bytes, program: tuple[str, ...]) -> bytes:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-W", "ignore", "-m", *program), stdin=PIPE, stdout=PIPE
            )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(len(frame).to_bytes(4, "big") + frame)
        await process.stdin.drain()
        head = await process.stdout.readexactly(4)
        return await process.stdout.readexactly(int.from_bytes(head, "big"))

    def _drop(self) -> Process | None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
        return process

    def rest(self) -> Process | None:
        """Let the process end, which it does when its input ends; gives the one that is ending."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            self._leaving = process
        return process

    async def end(self) -> None:
        """Wait until nothing is under way and the process has gone."""
        async with self._turn:
            if self._resting is not None:
                self._resting.cancel()
            self.rest()
            if self._leaving is not None:
                await self._leaving.wait()


#: The children of one kind, one for each event loop.
Children = WeakKeyDictionary[asyncio.AbstractEventLoop, Child]


async def end(children: Children) -> None:
    """End the child of this event loop, before the loop itself ends."""
    if (child := children.pop(asyncio.get_running_loop(), None)) is not None:
        await child.end()


def serve(answered: Callable[[bytes], bytes]) -> None:
    """What a child's own program does: answer frames until the input ends."""
    come, go = sys.stdin.buffer, sys.stdout.buffer
    while head := come.read(4):
        answer = answered(come.read(int.from_bytes(head, "big")))
        go.write(len(answer).to_bytes(4, "big") + answer)
        go.flush()
