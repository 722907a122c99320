"""Looking into a file: the decoders run in a child that is born for one file and has no way out."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog

from tongban.kit.errors import Invalid
from tongban.kit.files.drafts import Draft
from tongban.kit.files.limits import PAGES, PIXELS, THUMBNAIL_SIDE
from tongban.kit.files.model import Doubt, MediaType
from tongban.kit.files.refusals import (
    FileActive,
    FileHidesMore,
    FileLocked,
    FileUnreadable,
    TooManyPages,
    TooManyPixels,
)

log = structlog.get_logger("tongban.files")

_INSPECTOR = Path(__file__).with_name("inspector.py")
#: How long a look may take by the clock; the child has a limit of its own by the processor's time.
_PATIENCE_SECONDS = 60.0
_LARGEST_ANSWER = 1_000_000
_FAULTS: dict[str, type[Invalid]] = {
    "active": FileActive,
    "hides-more": FileHidesMore,
    "locked": FileLocked,
    "too-many-pages": TooManyPages,
    "too-many-pixels": TooManyPixels,
    "unreadable": FileUnreadable,
}
#: One child at a time in each process: what it may take of memory is taken once.
_turn = asyncio.Semaphore(1)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the child found: a fault by its code, or how many bytes are the document (a phone's extras are not)."""

    fault: str = ""
    keep: int = 0
    pages: int = 0
    width: int | None = None
    height: int | None = None
    doubt: Doubt | None = None
    taken: str = ""


async def inspect(draft: Draft, media_type: MediaType) -> tuple[Seen, bytes]:
    """Look into a whole draft; gives what was found and the thumbnail. Raises the refusal that fits."""
    return await _looked_at(draft.chunks(), media_type, draft.size, side=THUMBNAIL_SIDE)


async def reduced(
    chunks: Iterator[bytes], media_type: MediaType, *, size: int, side: int, most: int
) -> tuple[Seen, bytes]:
    """A kept picture made small to be printed: upright, its longer side ``side``, a JPEG of about ``most`` bytes.

    ``size`` is the content's. What was found has the camera's time too. Raises the refusal that fits.
    """
    return await _looked_at(chunks, media_type, size, side=side, most=most)


async def _looked_at(
    chunks: Iterator[bytes], media_type: MediaType, size: int, *, side: int, most: int = 0
) -> tuple[Seen, bytes]:
    async with _turn:
        answer = await _ask(chunks, media_type, side, most)
    head, _, picture = answer.partition(b"\n")
    try:
        said = msgspec.json.decode(head, type=Seen)
    except msgspec.DecodeError:
        # It was ended by its limits, or broke down under the file: either way the file cannot be shown.
        log.warning("an inspection ended without a word", media_type=media_type, size=size)
        raise FileUnreadable from None
    if said.fault:
        raise _FAULTS.get(said.fault, FileUnreadable)
    if not 0 < said.keep <= size or not picture.startswith(b"\xff\xd8\xff"):
        raise FileUnreadable
    return said, picture


async def _ask(chunks: Iterator[bytes], media_type: MediaType, side: int, most: int) -> bytes:
    limits = (str(PAGES), str(PIXELS), str(side), *((str(most),) if most else ()))
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(_INSPECTOR), media_type, *limits),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        cwd="/",
    )
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            assert child.stdin is not None and child.stdout is not None
            await _feed(child.stdin, chunks)
            return await _answer(child.stdout)
    except TimeoutError:
        return b""
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _answer(pipe: asyncio.StreamReader) -> bytes:
    """All that the child writes, up to what an answer may be."""
    said = bytearray()
    while len(said) <= _LARGEST_ANSWER and (piece := await pipe.read(65_536)):
        said += piece
    return bytes(said)


async def _feed(pipe: asyncio.StreamWriter, chunks: Iterator[bytes]) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):
        while chunk := await asyncio.to_thread(next, chunks, b""):
            pipe.write(chunk)
            await pipe.drain()
        pipe.close()
        await pipe.wait_closed()
