"""Uploads that may be cut off 断点续传: what has come stays, and the rest follows, from another page or after a crash.

What comes is kept in pieces, each sealed and durable before the row counts it; the row alone says how far the upload
is. So a piece that came twice, or beside another one, changes nothing, and a process that is killed loses at most one
piece. When all is there, the pieces pass through :func:`tongban.kit.files.receive` like any file.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog

from tongban.kit import keys
from tongban.kit.db import Database, Part, write_in_turn
from tongban.kit.errors import Invalid
from tongban.kit.files.limits import OPEN_BYTES, OPEN_UPLOADS
from tongban.kit.files.model import Received, Wanted
from tongban.kit.files.names import clean_name
from tongban.kit.files.receiving import receive, shelf, type_told
from tongban.kit.files.refusals import (
    FileEmpty,
    FileLost,
    FilesAway,
    FileTooLarge,
    FileTypeUnknown,
    NoSuchUpload,
    UploadOutOfStep,
    UploadsOpen,
)
from tongban.kit.files.sniffing import HEAD_BYTES
from tongban.kit.files.store import upload_place
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.keys import SealBroken

log = structlog.get_logger("tongban.files")

#: So much at most is lost when the process is killed, and so much of an upload lies in memory.
PIECE_BYTES = 1 << 20
#: An upload to which nothing has come for so long is let go.
LIFETIME = timedelta(hours=24)


_COLUMNS = "id, subject, reference, field, name, size, taken, pieces, expires_at"


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload under way: of ``size`` bytes ``taken`` are there, in ``pieces`` of the store by their names."""

    id: UUID
    subject: UUID
    reference: str
    field: str
    name: str
    size: int
    taken: int
    pieces: tuple[bytes, ...]
    expires_at: datetime

    @property
    def whole(self) -> bool:
        """Whether all of it is there."""
        return self.taken == self.size


async def begin_upload(
    db: Database,
    *,
    subject: UUID,
    reference: UUID | str,
    field: str,
    name: str,
    size: int,
    wanted: Wanted,
    remembering: Callable[[Upload], tuple[Part, ...]] = lambda _: (),
    now: datetime,
) -> Upload:
    """Promise to take a file of ``size`` bytes; one statement, before the first byte.

    ``remembering`` gives the part that remembers the answer to a program's key.

    Raises FileEmpty and FileTooLarge by the question's own limit, UploadsOpen when the person has more under way than
    :data:`OPEN_UPLOADS` or :data:`OPEN_BYTES`.
    """
    if size <= 0:
        raise FileEmpty
    if size > wanted.size:
        raise FileTooLarge(wanted.size)
    new = Upload(
        id=new_id(bucket_of(subject)),
        subject=subject,
        reference=str(reference),
        field=field,
        name=clean_name(name),
        size=size,
        taken=0,
        pieces=(),
        expires_at=now + LIFETIME,
    )
    begun = await write_in_turn(db, "kit.upload", subject, _beginning(new, now=now), *remembering(new))
    if begun is None:
        raise UploadsOpen
    return new


def _beginning(new: Upload, *, now: datetime) -> Part:
    """The row of an upload, unless the person has too much under way."""
    return Part(
        """INSERT INTO kit.upload (bucket, id, subject, reference, field, size, name, created_at, expires_at)
        SELECT $1, $2, $3, $4, $5, $6::bigint, $7, $8, $9 WHERE (
            SELECT count(*) < $10 AND coalesce(sum(size), 0) + $6::bigint <= $11::bigint FROM kit.upload
            WHERE bucket = $1 AND subject = $3 AND expires_at > $8
        ) RETURNING id""",
        (
            *(bucket_of(new.subject), new.id, new.subject, new.reference, new.field, new.size),
            *(keys.current().seal(new.name.encode(), upload_place(new.id)), now, new.expires_at),
            *(OPEN_UPLOADS, OPEN_BYTES),
        ),
    )


async def uploads_about(db: Database, *, subject: UUID, reference: UUID | str, now: datetime) -> list[Upload]:
    """A person's uploads about one reference that are under way, the earliest first: one statement."""
    rows = await db.rows(
        f"""SELECT {_COLUMNS} FROM kit.upload
        WHERE bucket = $1 AND subject = $2 AND reference = $3 AND expires_at > $4 ORDER BY id""",
        *(bucket_of(subject), subject, str(reference), now),
    )
    return [_upload(row) for row in rows]


async def upload_of(
    db: Database, *, upload_id: UUID, subject: UUID, reference: UUID | str, now: datetime
) -> Upload:
    """A person's upload about one reference. Raises NoSuchUpload, also when its time is over."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM kit.upload
        WHERE bucket = $1 AND id = $2 AND subject = $3 AND reference = $4 AND expires_at > $5""",
        *(bucket_of(subject), upload_id, subject, str(reference), now),
    )
    if row is None:
        raise NoSuchUpload
    return _upload(row)


async def take_more(
    db: Database, upload: Upload, stream: AsyncIterator[bytes], *, offset: int, wanted: Wanted, now: datetime
) -> int:
    """Take in what comes from ``offset`` on; gives how much is there.

    What came before the connection broke stays. Raises UploadOutOfStep when ``offset`` is not where the upload is, or
    somebody else has gone on with it, and FileTypeUnknown where the first bytes are of no type that is taken: then the
    upload is let go.
    """
    if offset != upload.taken:
        raise UploadOutOfStep
    taken, held = offset, bytearray()
    try:
        async for data in stream:
            held += data
            if taken + len(held) > upload.size:
                held.clear()
                raise UploadOutOfStep
            if not taken and len(held) >= HEAD_BYTES:
                try:
                    type_told(held, wanted, name=upload.name)
                except FileTypeUnknown:
                    held.clear()
                    await let_go(db, [upload], subject=upload.subject)
                    raise
            while len(held) >= PIECE_BYTES:
                piece = bytes(held[:PIECE_BYTES])
                del held[:PIECE_BYTES]
                taken = await _keep(db, upload, taken, piece, now=now)
    finally:
        if held:
            taken = await _keep(db, upload, taken, bytes(held), now=now)
    return taken


async def _keep(db: Database, upload: Upload, at: int, data: bytes, *, now: datetime) -> int:
    """A piece to the store, then to the row: whoever was there first has it."""
    name = os.urandom(32)
    await asyncio.to_thread(_to_store, name, data)
    taken = await db.value(
        """UPDATE kit.upload SET taken = taken + $5, pieces = array_append(pieces, $6), expires_at = $7
        WHERE bucket = $1 AND id = $2 AND subject = $3 AND taken = $4 RETURNING taken""",
        *(bucket_of(upload.subject), upload.id, upload.subject, at, len(data), name, now + LIFETIME),
    )
    if taken is None:
        raise UploadOutOfStep
    return int(taken)


def _to_store(name: bytes, data: bytes) -> None:
    draft = shelf().begin()
    try:
        draft.add(data)
        draft.finish()
        draft.place("piece", name)
    except OSError as refused:
        raise FilesAway from refused
    finally:
        draft.discard()


async def bytes_of(upload: Upload) -> AsyncIterator[bytes]:
    """All that came, for ``receive``; raises FileLost where a piece is not to be had or was altered."""
    for piece in upload.pieces:
        chunks = shelf().chunks(piece, "piece")
        try:
            while chunk := await asyncio.to_thread(next, chunks, b""):
                yield chunk
        except (OSError, SealBroken) as broken:
            log.error("a piece of an upload does not open", upload=str(upload.id), why=type(broken).__name__)  # noqa: TRY400
            raise FileLost from broken


async def receive_upload(db: Database, upload: Upload, *, wanted: Wanted) -> Received:
    """Take in an upload that is whole, as :func:`tongban.kit.files.receive`.

    A bad one is let go. It stays where it could not be looked into, because the scanner or the store is away. Raises
    NoSuchUpload while a part of it is still to come.
    """
    if not upload.whole:
        raise NoSuchUpload
    try:
        return await receive(bytes_of(upload), name=upload.name, wanted=wanted)
    except Invalid:
        await let_go(db, [upload], subject=upload.subject)
        raise


async def let_go(db: Database, uploads: Sequence[Upload], *, subject: UUID) -> None:
    """Forget uploads of a person and remove their pieces now."""
    await db.run(
        "DELETE FROM kit.upload WHERE bucket = $1 AND subject = $2 AND id = ANY($3)",
        *(bucket_of(subject), subject, [upload.id for upload in uploads]),
    )
    pieces = [piece for upload in uploads for piece in upload.pieces]
    await asyncio.to_thread(shelf().remove, pieces, seconds=-1.0)


def using_up(ids: Sequence[UUID], *, subject: UUID) -> Part:
    """The part that ends uploads in the write that keeps what came; their pieces are collected later."""
    return Part(
        """DELETE FROM kit.upload USING guard
        WHERE upload.bucket = $1::smallint AND upload.subject = $2::uuid AND upload.id = ANY($3::uuid[])""",
        (bucket_of(subject), subject, list(ids)),
    )


async def expire_uploads(db: Database, *, now: datetime) -> None:
    """Forget the uploads whose time is over; their pieces are collected as what nobody names."""
    await db.run(
        """-- across people: every upload ends after its day (upload_expires)
        DELETE FROM kit.upload WHERE expires_at < $1""",
        now,
    )


def _upload(row: Any) -> Upload:
    found = {name: row[name] for name in Upload.__struct_fields__}
    name = keys.current().open(row["name"], upload_place(row["id"])).decode()
    return msgspec.convert({**found, "name": name}, Upload)
