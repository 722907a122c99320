"""The nouns: a file that has come in, and one that a row names."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import UUID

import msgspec

from tongban.kit.files.limits import FILE_BYTES
from tongban.kit.ids import bucket_of, new_id

#: What people upload, by its content.
MediaType = Literal["application/pdf", "image/jpeg", "image/png"]
#: What the house itself puts together; nobody can send it in.
OwnType = Literal["application/zip"]

#: What may be wrong with a photo, to be told and not to be refused for.
Doubt = Literal["blurred", "dark"]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which files a question takes 上传要求: their types, and the bytes of each at most."""

    types: frozenset[MediaType] = frozenset(get_args(MediaType))
    size: int = FILE_BYTES


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A file 文件 that has come in and was found good; no row names it yet.

    ``digest`` is the keyed address of its content, ``size`` in bytes, ``media_type`` what the content says,
    ``name`` its cleaned base name. An image has one page; a PDF has no width and height. ``sm3`` is the plain hash of
    the content (GB/T 32905), ``scanned`` whether the virus scan called it clean; None where nobody looked.
    """

    digest: bytes
    size: int
    media_type: MediaType | OwnType
    name: str
    pages: int
    width: int | None = None
    height: int | None = None
    doubt: Doubt | None = None
    sm3: bytes | None = None
    scanned: bool | None = None


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A kept file: whose it is (``subject``, a person), what for (``reference``: a case), and its content's address."""

    id: UUID
    subject: UUID
    reference: str
    digest: bytes
    size: int
    media_type: MediaType | OwnType
    name: str
    pages: int
    width: int | None
    height: int | None
    created_at: datetime
    doubt: Doubt | None = None
    sm3: bytes | None = None
    scanned: bool | None = None

    @property
    def bucket(self) -> int:
        """The bucket of its subject."""
        return bucket_of(self.subject)


class UsedAgain(File, frozen=True, kw_only=True):
    """A content used once more; ``until``, the last day on which it may be handed in, is in the answer, in no row."""

    until: date | None


def named(received: Received, *, subject: UUID, reference: UUID | str, now: datetime) -> File:
    """The file as a row of ``subject`` about ``reference`` will name it, with an id of its own."""
    return File(
        id=new_id(bucket_of(subject)),
        subject=subject,
        reference=str(reference),
        created_at=now,
        **msgspec.structs.asdict(received),
    )


def again(file: File, *, reference: UUID | str, until: date | None) -> UsedAgain:
    """The same content about something else, as old as it was: a row of its own."""
    own = {"id": new_id(file.bucket), "reference": str(reference)}
    return UsedAgain(**msgspec.structs.asdict(file) | own, until=until)


def as_answer(file: File) -> dict[str, Any]:
    """The file as an answer of a form holds it: ``{file, name, size, type, pages}``, with a ``doubt`` if any, and
    of one :class:`UsedAgain` its last day."""
    told: dict[str, Any] = {"doubt": file.doubt} if file.doubt else {}
    if isinstance(file, UsedAgain) and file.until is not None:
        told["until"] = file.until.isoformat()
    return told | {
        "file": str(file.id),
        "name": file.name,
        "size": file.size,
        "type": file.media_type,
        "pages": file.pages,
    }
