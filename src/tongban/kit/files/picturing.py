"""A kept picture as a paper prints it: small, upright, with the digest of the original and the camera's time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, cast

import msgspec
import structlog
from cryptography.hazmat.primitives.hashes import SM3, Hash

from tongban.kit.errors import Invalid
from tongban.kit.files.inspection import reduced
from tongban.kit.files.limits import PRINTED_BYTES, PRINTED_SIDE
from tongban.kit.files.model import File
from tongban.kit.files.receiving import shelf
from tongban.kit.files.refusals import FileLost
from tongban.kit.keys import SealBroken

log = structlog.get_logger("tongban.files")


class Pictured(msgspec.Struct, frozen=True, kw_only=True):
    """A picture made small: a JPEG, ``sm3`` of the whole original in hexadecimal digits (GB/T 32905), and when.

    ``taken`` is the camera's own time, on its own clock; None where it noted none. ``width`` and ``height`` are of the
    original, upright.
    """

    jpeg: bytes
    sm3: str
    width: int
    height: int
    taken: datetime | None


async def pictured(file: File) -> Pictured:
    """The picture of a kept photo, decoded in a child of its own; the original flows through in constant memory.

    Raises FileLost when it is not there, does not open from the start, or cannot be read any more.
    """
    digest = Hash(SM3())
    try:
        seen, jpeg = await reduced(
            _digested(shelf().chunks(file.digest, "content"), digest),
            cast(Literal["image/jpeg", "image/png"], file.media_type),
            size=file.size,
            side=PRINTED_SIDE,
            most=PRINTED_BYTES,
        )
    except (OSError, SealBroken, Invalid) as broken:
        log.error("a photo cannot be printed", file_id=str(file.id), why=type(broken).__name__)  # noqa: TRY400
        raise FileLost from broken
    return Pictured(
        jpeg=jpeg,
        sm3=digest.finalize().hex(),
        width=seen.width or 0,
        height=seen.height or 0,
        taken=_moment(seen.taken),
    )


def _digested(chunks: Iterator[bytes], digest: Hash) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _moment(words: str) -> datetime | None:
    """What a camera noted; None for nothing, and for the zeros of one whose clock was never set."""
    try:
        return datetime.strptime(words, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - on its own clock, of no known zone
    except ValueError:
        return None
