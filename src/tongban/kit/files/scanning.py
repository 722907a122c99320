"""The virus scan 病毒扫描 of a file on its way in: clamd's INSTREAM (clamd(8)), asked before any decoder sees the file.

Which clamd is a setting; without one nothing is scanned and the doctor says so. With one, a file is taken only when
clamd has said ``OK`` to the whole of it: whatever else is answered, or no answer, is :class:`ScannerAway`.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from tongban.kit.files.drafts import Draft
from tongban.kit.files.refusals import FileInfected, ScannerAway
from tongban.settings import ScannerAddress, settings

log = structlog.get_logger("tongban.files")

#: How long clamd may be silent: a file of 20 MB takes it a second or two, a reload of its signatures ten.
_PATIENCE_SECONDS = 60.0
_CONNECT_SECONDS = 5.0
_LONGEST_ANSWER = 4096


async def scan(draft: Draft) -> bool:
    """Have a whole draft scanned; gives False where this house has no scanner.

    Raises FileInfected, or ScannerAway when clamd did not say that it is clean.
    """
    address = settings().scanner
    if address is None:
        return False
    said = await _asked(address, draft)
    if said.endswith(" FOUND"):
        # The name of a signature is clamd's own word; nothing of the file stands in it.
        log.warning("a file was refused as infected", signature=said.removeprefix("stream: ")[:-6])
        raise FileInfected
    if said != "stream: OK":
        log.error("clamd did not scan a file", said=said, size=draft.size)
        raise ScannerAway
    return True


async def scanner_says(address: ScannerAddress) -> str:
    """The version of clamd and of its signatures; raises OSError (TimeoutError among them) when it is not there."""
    async with _line(address) as (reader, writer):
        writer.write(b"zVERSION\0")
        return await _answer(reader)


async def _asked(address: ScannerAddress, draft: Draft) -> str:
    try:
        async with _line(address) as (reader, writer):
            with suppress(ConnectionError):  # what is too long for it is told before all was sent
                await _send(writer, draft)
            return await _answer(reader)
    except (OSError, ValueError) as away:
        log.error("clamd is away", why=str(away) or type(away).__name__)  # noqa: TRY400 - no bug of ours
        raise ScannerAway from away


@asynccontextmanager
async def _line(
    address: ScannerAddress,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection of one command, within its time."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        async with asyncio.timeout(_CONNECT_SECONDS):
            if isinstance(address, str):
                reader, writer = await asyncio.open_unix_connection(address)
            else:
                reader, writer = await asyncio.open_connection(*address)
        try:
            yield reader, writer
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


async def _send(writer: asyncio.StreamWriter, draft: Draft) -> None:
    """The file in chunks, each behind its length; a length of zero ends it."""
    writer.write(b"zINSTREAM\0")
    chunks = draft.chunks()
    while chunk := await asyncio.to_thread(next, chunks, b""):
        writer.write(struct.pack(">I", len(chunk)) + chunk)
        await writer.drain()
    writer.write(bytes(4))
    await writer.drain()


async def _answer(reader: asyncio.StreamReader) -> str:
    """What it says, up to the zero byte that ends every answer to a ``z`` command."""
    try:
        said = await reader.readuntil(b"\0")
    except asyncio.IncompleteReadError as torn:
        raise ConnectionResetError("it hung up without an answer") from torn
    except asyncio.LimitOverrunError as long:
        raise ValueError("its answer has no end") from long
    if len(said) > _LONGEST_ANSWER:
        raise ValueError("its answer has no end")
    return said[:-1].decode("utf-8", "replace").strip()
