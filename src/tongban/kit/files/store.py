"""SQL of kept files: rows that name contents. Each function is one statement, or one part of a write."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit import keys
from tongban.kit.db import Database, Part
from tongban.kit.files.model import File
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket
from tongban.kit.personal import Erasure, counted

_COLUMNS = (
    "id, subject, reference, digest, size, media_type, name, pages, width, height, created_at, doubt, "
    "sm3, scanned"
)


def keeping(files: Sequence[File]) -> Part:
    """The part that keeps files: their rows, in the write of what names them."""
    return Part(
        """INSERT INTO kit.file (bucket, id, subject, reference, digest, size, media_type, name, pages, width, height,
            created_at, doubt, sm3, scanned)
        SELECT f.* FROM guard, unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::bigint[],
            $7::text[], $8::bytea[], $9::integer[], $10::integer[], $11::integer[], $12::timestamptz[],
            $13::text[], $14::bytea[], $15::boolean[]) AS f""",
        tuple(map(list, zip(*(_row(file) for file in files), strict=True))),
    )


def at_most(most: int, *, subject: UUID, reference: UUID | str) -> Part:
    """The guard of keeping more: at most so many are kept about the reference; for :func:`kit.db.write_in_turn`."""
    return Part(
        """SELECT 1 AS kept WHERE (SELECT count(*) FROM kit.file
            WHERE bucket = $1::smallint AND subject = $2::uuid AND reference = $3::text) <= $4::integer""",
        (bucket_of(subject), subject, str(reference), most),
    )


def offering_no_more(file_id: UUID, *, subject: UUID) -> tuple[Part, Part]:
    """Guard and part: a person's content is not offered to be used again, whichever of her rows names it."""
    person = (bucket_of(subject), subject)
    return (
        Part(
            """SELECT id, digest FROM kit.file
            WHERE bucket = $1::smallint AND subject = $2::uuid AND id = $3::uuid""",
            (*person, file_id),
        ),
        Part(
            """UPDATE kit.file SET offered = false FROM guard
            WHERE file.bucket = $1::smallint AND file.subject = $2::uuid AND file.digest = guard.digest""",
            person,
        ),
    )


def dropping(ids: Collection[UUID], *, subject: UUID, reference: UUID | str) -> Part:
    """The part that lets files of one reference go; a content that no row names any more is collected later."""
    return Part(
        """DELETE FROM kit.file USING guard WHERE file.bucket = $1::smallint AND file.id = ANY($2::uuid[])
        AND file.subject = $3::uuid AND file.reference = $4::text""",
        (bucket_of(subject), list(ids), subject, str(reference)),
    )


def dropping_all(*, subject: UUID, reference: UUID | str) -> Part:
    """The part that lets all files of one reference go, in the write that ends it without a record to keep."""
    return Part(
        """DELETE FROM kit.file USING guard WHERE file.bucket = $1::smallint AND file.subject = $2::uuid
        AND file.reference = $3::text""",
        (bucket_of(subject), subject, str(reference)),
    )


def reading(file_id: UUID, *, subject: UUID, reference: UUID | str) -> Part:
    """Part (a guard): a file's row; beside a guard of the room that may read it (:func:`tongban.kit.db.beside`)."""
    return Part(
        f"""SELECT {_COLUMNS} FROM kit.file
        WHERE bucket = $1::smallint AND id = $2::uuid AND subject = $3::uuid AND reference = $4::text""",
        (bucket_of(subject), file_id, subject, str(reference)),
    )


def as_read(row: Any) -> File:
    """The guard's row of :func:`reading` as a file."""
    found = {name: row[name] for name in File.__struct_fields__}
    sm3 = row["sm3"] and keys.current().open(row["sm3"], sm3_place(row["id"]))
    return msgspec.convert({**found, "name": _name(row["id"], row["name"]), "sm3": sm3}, File)


async def kept_file(db: Database, *, file_id: UUID, subject: UUID, reference: UUID | str) -> File | None:
    """A person's file about one reference; another person's, or one about something else, is not found."""
    part = reading(file_id, subject=subject, reference=reference)
    row = await db.row(part.sql, *part.params)
    return as_read(row) if row else None


async def kept_about(db: Database, *, subject: UUID, reference: UUID | str) -> list[File]:
    """A person's files about one reference, in the order in which they came."""
    rows = await db.rows(
        f"""SELECT {_COLUMNS} FROM kit.file
        WHERE bucket = $1 AND subject = $2 AND reference = $3 ORDER BY id""",
        bucket_of(subject),
        subject,
        str(reference),
    )
    return [as_read(row) for row in rows]


async def unnamed(db: Database, digests: Sequence[bytes]) -> list[bytes]:
    """Those of these contents and pieces that no row names."""
    rows = await db.rows(
        """-- across people: a content is kept as long as anybody's row names it (file_digest, upload_pieces)
        SELECT d.digest FROM unnest($1::bytea[]) AS d (digest)
        WHERE NOT EXISTS (SELECT FROM kit.file f WHERE f.digest = d.digest)
        AND NOT EXISTS (SELECT FROM kit.upload u WHERE u.pieces @> ARRAY[d.digest])""",
        list(digests),
    )
    return [row["digest"] for row in rows]


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """A person's files, one row each, newest first, and uploads under way: for her copy (PIPL art. 45)."""
    rows = await db.rows(
        """SELECT id, reference, size, media_type, pages, name, created_at FROM kit.file
        WHERE bucket = $1 AND subject = $2 ORDER BY id DESC""",
        bucket_of(person),
        person,
    )
    coming = await db.rows(
        """SELECT id, reference, field, size, taken, name, created_at, expires_at FROM kit.upload
        WHERE bucket = $1 AND subject = $2 ORDER BY id DESC""",
        bucket_of(person),
        person,
    )
    return [
        *({**row, "name": _name(row["id"], row["name"])} for row in rows),
        *({"upload": {**row, "name": _coming_name(row["id"], row["name"])}} for row in coming),
    ]


async def whose(db: Database, file_id: UUID, accounts: Sequence[UUID]) -> UUID | None:
    """Which of these accounts of one person a file was handed in by; None for a file that is none of hers."""
    found = await db.value(
        "SELECT subject FROM kit.file WHERE bucket = $1 AND id = $2 AND subject = ANY($3)",
        *(bucket_of(file_id), file_id, list(accounts)),
    )
    return found if isinstance(found, UUID) else None


async def offered(db: Database, accounts: Sequence[UUID]) -> list[dict[str, Any]]:
    """A person's files that she is offered to use again, with their contents' addresses."""
    rows = await db.rows(
        f"""SELECT f.id, f.digest, f.size, f.media_type, f.name, f.created_at FROM {OWN_ACCOUNTS}
        JOIN kit.file f ON f.bucket = own.bucket AND f.subject = own.account AND f.offered""",
        *by_bucket(accounts),
    )
    return [{**row, "name": _name(row["id"], row["name"])} for row in rows]


def _row(file: File) -> tuple[Any, ...]:
    return (
        *(file.bucket, file.id, file.subject, file.reference, file.digest, file.size, file.media_type),
        *(keys.current().seal(file.name.encode(), name_place(file.id)), file.pages, file.width, file.height),
        *(file.created_at, file.doubt, file.sm3 and keys.current().seal(file.sm3, sm3_place(file.id))),
        file.scanned,
    )


def _name(file_id: UUID, sealed: bytes) -> str:
    return keys.current().open(sealed, name_place(file_id)).decode()


def _coming_name(upload_id: UUID, sealed: bytes) -> str:
    return keys.current().open(sealed, upload_place(upload_id)).decode()


def upload_place(upload_id: UUID) -> bytes:
    """What an upload's name is sealed to."""
    return b"kit.upload\x1fname\x1f" + upload_id.bytes


def name_place(file_id: UUID) -> bytes:
    """What a file's name is sealed to."""
    return b"kit.file\x1fname\x1f" + file_id.bytes


def sm3_place(file_id: UUID) -> bytes:
    """What a content's plain SM3 is sealed to."""
    return b"kit.file\x1fsm3\x1f" + file_id.bytes


async def erase(db: Database, who: UUID, *, closing: bool, look: bool, now: datetime) -> Erasure:
    """Uploads under way go; a file stays with its case, and is offered for no further application."""
    del closing, now
    row = await db.row(
        """SELECT (SELECT count(*) FROM kit.upload WHERE bucket = $1 AND subject = $2) AS uploads,
            (SELECT count(*) FROM kit.file WHERE bucket = $1 AND subject = $2) AS files""",
        bucket_of(who),
        who,
    )
    if not look:
        await db.run(
            """WITH gone AS (DELETE FROM kit.upload WHERE bucket = $1 AND subject = $2)
            UPDATE kit.file SET offered = false WHERE bucket = $1 AND subject = $2 AND offered""",
            bucket_of(who),
            who,
        )
    uploads, kept = (row["uploads"], row["files"]) if row else (0, 0)
    return Erasure(counted({"files.kept": uploads}), counted({"files.kept": kept}))
