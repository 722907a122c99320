"""A content on its way out, in the clear, and the store kept in order."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import structlog

from tongban.kit.db import Database
from tongban.kit.files import rekeying, store
from tongban.kit.files.drafts import SHARDS
from tongban.kit.files.model import File
from tongban.kit.files.partial import expire_uploads
from tongban.kit.files.receiving import shelf
from tongban.kit.files.refusals import FileLost
from tongban.kit.files.remote import RemoteShelf
from tongban.kit.files.s3 import StoreAway
from tongban.kit.files.shelf import Shelf
from tongban.kit.keys import MissingKeys, SealBroken
from tongban.kit.keys.renewing import sealing_keys
from tongban.settings import Bucket, settings

log = structlog.get_logger("tongban.files")

#: A content may be without a row so long: an upload keeps it before its row is written.
GRACE_SECONDS = 3600.0
#: A shard of the store is looked through each time, all of them within a day.
TIDY_EVERY_SECONDS = 24 * 3600.0 / SHARDS


async def content(file: File) -> AsyncIterator[bytes]:
    """A file's content, chunk by chunk as it is asked for.

    Raises FileLost when it is not there or does not open from the start; where a later chunk was altered the iterator
    raises it, and whoever reads has received nothing altered.
    """
    chunks = shelf().chunks(file.digest, "content")
    return _rest(await _next(chunks, file), chunks, file)


async def _rest(first: bytes, chunks: Iterator[bytes], file: File) -> AsyncIterator[bytes]:
    chunk = first
    while chunk:
        yield chunk
        chunk = await _next(chunks, file)


async def thumbnail(file: File) -> bytes:
    """The small JPEG of its first page or of the picture; raises FileLost."""
    return await _next(shelf().chunks(file.digest, "thumbnail"), file)


async def _next(chunks: Iterator[bytes], file: File) -> bytes:
    try:
        return await asyncio.to_thread(next, chunks, b"")
    except (OSError, SealBroken) as broken:
        log.error("a content of the store does not open", file_id=str(file.id), why=type(broken).__name__)  # noqa: TRY400
        raise FileLost from broken


async def sweep() -> int:
    """Remove what killed uploads left; gives how many. Uploads under way are not touched, by whichever process."""
    return await asyncio.to_thread(shelf().sweep)


async def tidy(db: Database, *, now: datetime) -> int:
    """Sweep, end uploads of yesterday, and collect what of one shard no row names; gives how many contents went.

    Which shard's turn it is the clock says, so that several workers need no word with each other.
    """
    await sweep()
    await expire_uploads(db, now=now)
    turn = int(now.timestamp() / TIDY_EVERY_SECONDS) % SHARDS
    aged = await asyncio.to_thread(shelf().aged, turn, seconds=GRACE_SECONDS)
    gone = await store.unnamed(db, aged) if aged else []
    if turn == 0 and isinstance(kept := shelf(), RemoteShelf):
        await asyncio.to_thread(kept.give_up_torn)
    return await asyncio.to_thread(shelf().remove, gone, seconds=GRACE_SECONDS)


class Condition(msgspec.Struct, frozen=True):
    """How the store stands, for the doctor: free bytes of its disk, and what is wrong, empty when nothing is."""

    free: int
    fault: str


def condition(root: Path) -> Condition:
    """Look at a store: whether it can be written and read, and whether its keys are here. Changes nothing."""
    place = root
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        return Condition(free, "cannot be read or written; mend its rights or TONGBAN_FILES")
    return Condition(free, _does_not_open(Shelf(root)))


def bucket_condition(root: Path, bucket: Bucket) -> str:
    """What is wrong with a bucket, for the doctor; empty when nothing is. Changes nothing."""
    looked_at = RemoteShelf(root, bucket)
    try:
        return _does_not_open(looked_at)
    except StoreAway as away:
        return str(away)
    finally:
        looked_at.objects.close()


def _does_not_open(looked_at: Shelf | RemoteShelf) -> str:
    """Whether a content opens with the keys of this house: its header and its first chunk."""
    first = looked_at.first()
    try:
        if first is not None:
            next(looked_at.chunks(first, "content"))
    except StoreAway:
        raise
    except (OSError, SealBroken, MissingKeys):
        return "holds a file that does not open: altered, or of another house's keys"
    return ""


async def content_keys() -> dict[int, int]:
    """How many contents on the disk each sealing key opens; in a bucket any may be one's, so each counts as used."""
    shelf_ = shelf()
    if isinstance(shelf_, RemoteShelf):
        return dict.fromkeys((key.id for key in sealing_keys(settings().data_dir)), 1)
    return await asyncio.to_thread(rekeying.content_keys, shelf_)


async def rekey(*, rest: float) -> int:
    """Give the contents on the disk heads under the newest key; gives how many. Those of a bucket keep theirs."""
    shelf_ = shelf()
    return (
        0 if isinstance(shelf_, RemoteShelf) else await asyncio.to_thread(rekeying.rekey, shelf_, rest=rest)
    )
