"""A file on its way in: streamed, measured, looked into, and only then in its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import cache

import structlog

from tongban.kit.files.drafts import Draft
from tongban.kit.files.inspection import Seen, inspect
from tongban.kit.files.model import MediaType, OwnType, Received, Wanted
from tongban.kit.files.names import (
    WORDS,
    agrees,
    called,
    clean_name,
    extension_of,
    named_type,
    types_in_words,
)
from tongban.kit.files.refusals import FileEmpty, FilesAway, FileTooLarge, FileTypeDiffers, FileTypeUnknown
from tongban.kit.files.remote import RemoteShelf
from tongban.kit.files.scanning import scan
from tongban.kit.files.shelf import Shelf
from tongban.kit.files.sniffing import HEAD_BYTES, media_type_of
from tongban.settings import settings

log = structlog.get_logger("tongban.files")

#: So much is handed to a thread at once.
_PIECE = 262_144
#: Every type and size that the house takes.
ANY = Wanted()


@cache
def shelf() -> Shelf | RemoteShelf:
    """The store of this installation: its bucket where one is set, else its disk."""
    chosen = settings()
    return RemoteShelf(chosen.files_dir, chosen.bucket) if chosen.bucket else Shelf(chosen.files_dir)


async def receive(
    stream: AsyncIterator[bytes], *, name: str, declared: str = "", wanted: Wanted = ANY
) -> Received:
    """Take a file in from its plain bytes, in constant memory; gives what a row needs to name it.

    ``name`` and ``declared`` (a media type) are what the sender says of it; the type is what the content says, and
    where they differ the file is refused. Raises the refusal that fits, all of them Invalid but FilesAway and
    ScannerAway; reading stops at the first byte too many or where the type shows. When it returns, the content is
    on the disk under its address; whoever does not let a row name it within an hour has lost it.
    """
    draft = await asyncio.to_thread(shelf().begin)
    try:
        media_type = await _take_in(draft, stream, wanted, name=name)
        tidy = clean_name(name)
        if not agrees(media_type, name=tidy, declared=declared):
            raise FileTypeDiffers(content=WORDS[media_type])
        await asyncio.to_thread(draft.finish)
        scanned = await scan(draft)
        seen, thumbnail = await inspect(draft, media_type)
        if seen.keep < draft.size:
            draft = await asyncio.to_thread(_cut, draft, seen.keep)
        await asyncio.to_thread(_place, draft, thumbnail)
    except OSError as refused:
        log.exception("the store of files does not take a file")
        raise FilesAway from refused
    finally:
        draft.discard()
    return _received(draft, media_type, called(tidy, media_type), seen, scanned=scanned)


async def lay_down(
    chunks: AsyncIterator[bytes], *, name: str, media_type: MediaType | OwnType, pages: int = 1
) -> Received:
    """Keep what the house itself has put together, in constant memory: it is not looked into and has no thumbnail.

    As of :func:`receive`: the content is on the disk when this returns, and whoever does not let a row name it within
    an hour has lost it. The same content twice lies there once. Raises FilesAway.
    """
    draft = await asyncio.to_thread(shelf().begin)
    try:
        async for data in chunks:
            await asyncio.to_thread(draft.add, data)
        await asyncio.to_thread(draft.finish)
        await asyncio.to_thread(draft.place)
    except OSError as refused:
        log.exception("the store of files does not take a file")
        raise FilesAway from refused
    finally:
        draft.discard()
    return Received(
        digest=draft.digest, size=draft.size, media_type=media_type, name=name, pages=pages, sm3=draft.sm3
    )


async def deposit(content: bytes, *, name: str, pages: int) -> Received:
    """As :func:`lay_down`, a PDF that the house has at hand as a whole."""

    async def whole() -> AsyncIterator[bytes]:
        yield content

    return await lay_down(whole(), name=clean_name(name), media_type="application/pdf", pages=pages)


def _received(draft: Draft, media_type: MediaType, name: str, seen: Seen, *, scanned: bool) -> Received:
    return Received(
        digest=draft.digest,
        size=draft.size,
        media_type=media_type,
        name=name,
        pages=seen.pages,
        width=seen.width,
        height=seen.height,
        doubt=seen.doubt,
        sm3=draft.sm3,
        scanned=scanned,
    )


async def _take_in(draft: Draft, stream: AsyncIterator[bytes], wanted: Wanted, *, name: str) -> MediaType:
    media_type: MediaType | None = None
    total, held = 0, bytearray()
    async for data in stream:
        total += len(data)
        if total > wanted.size:
            raise FileTooLarge(wanted.size)
        held += data
        if media_type is None and len(held) >= HEAD_BYTES:
            media_type = type_told(held, wanted, name=name)
        if len(held) >= _PIECE:
            await asyncio.to_thread(draft.add, bytes(held))
            held.clear()
    if not total:
        raise FileEmpty
    media_type = media_type or type_told(held, wanted, name=name)
    await asyncio.to_thread(draft.add, bytes(held))
    return media_type


def type_told(head: bytes | bytearray, wanted: Wanted, *, name: str) -> MediaType:
    """The type that the first bytes tell. Raises FileTypeUnknown where it is none of the wanted: what is called
    ``name`` as if it were one, and is nothing that the house knows, is told so.
    """
    media_type = media_type_of(bytes(head[:HEAD_BYTES]))
    if media_type in wanted.types:
        return media_type
    said = named_type(name, wanted.types) if media_type is None else None
    raise FileTypeUnknown(
        types_in_words(wanted.types),
        extension=extension_of(name) if said else "",
        picture=said not in (None, "application/pdf"),
    )


def _cut(draft: Draft, keep: int) -> Draft:
    """The first ``keep`` bytes as a draft of their own, in place of the whole one."""
    shorter = shelf().begin()
    try:
        for chunk in draft.chunks():
            shorter.add(chunk[: keep - shorter.size])
            if shorter.size == keep:
                break
        shorter.finish()
    except BaseException:
        shorter.discard()
        raise
    draft.discard()
    return shorter


def _place(draft: Draft, thumbnail: bytes) -> None:
    """The thumbnail first: where a content is, its thumbnail is."""
    small = shelf().begin()
    try:
        small.add(thumbnail)
        small.finish()
        small.place("thumbnail", draft.digest)
    finally:
        small.discard()
    draft.place()
