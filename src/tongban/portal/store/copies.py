"""SQL of copies that people asked for: one under way at a time, sealed, gone after their days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tongban.kit import keys
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of
from tongban.kit.personal import Erasure, counted
from tongban.kit.sweeps import Sweep
from tongban.portal.model import COPIES_A_DAY, Copy

Form = Literal["json", "pdf"]


def asking(copy_id: UUID, *, subject: UUID, also: Sequence[UUID], since: datetime, now: datetime) -> Part:
    """The guard that asks for a copy; lost while one is under way, or after too many ``since`` a day ago.

    ``also``: the accounts merged into hers, whose records it will have too.
    """
    return Part(
        f"""INSERT INTO portal.copy (bucket, id, subject, asked_at, also)
        SELECT $1::smallint, $2::uuid, $3::uuid, $5::timestamptz, $6::uuid[]
        WHERE (SELECT count(*) FROM portal.copy
            WHERE bucket = $1::smallint AND subject = $3::uuid AND asked_at > $4::timestamptz) < {COPIES_A_DAY}
        ON CONFLICT (bucket, subject) WHERE made_at IS NULL DO NOTHING
        RETURNING id""",
        (bucket_of(subject), copy_id, subject, since, now, list(also)),
    )


async def newest_copy(db: Database, accounts: Sequence[UUID], *, now: datetime) -> Copy | None:
    """The copy that is under way, else the newest whose link still lives.

    ``accounts`` are all of hers, her own first: a copy with the records of one that was parted from it is not shown.
    """
    row = await db.row(
        """SELECT id, asked_at, made_at, until FROM portal.copy
        WHERE bucket = $1 AND subject = $2 AND (made_at IS NULL OR until > $3) AND also <@ $4::uuid[]
        ORDER BY made_at IS NULL DESC, made_at DESC LIMIT 1""",
        bucket_of(accounts[0]),
        accounts[0],
        now,
        list(accounts),
    )
    return Copy(**row) if row else None


def filling(copy_id: UUID, *, subject: UUID, json: bytes, pdf: bytes, until: datetime, now: datetime) -> Part:
    """The guard that puts both forms into a copy, sealed; lost when it has them already."""
    ring = keys.current()
    return Part(
        """UPDATE portal.copy SET made_at = $6::timestamptz, until = $5::timestamptz,
            json_sealed = $3::bytea, pdf_sealed = $4::bytea
        WHERE bucket = $1::smallint AND id = $2::uuid AND made_at IS NULL RETURNING id""",
        (
            bucket_of(subject),
            copy_id,
            ring.seal(json, place(copy_id, "json")),
            ring.seal(pdf, place(copy_id, "pdf")),
            until,
            now,
        ),
    )


_READ: dict[Form, str] = {
    "json": """SELECT id, json_sealed AS sealed FROM portal.copy
        WHERE bucket = $1::smallint AND subject = $2::uuid AND until > $3::timestamptz
        AND also <@ $4::uuid[] ORDER BY made_at DESC LIMIT 1""",
    "pdf": """SELECT id, pdf_sealed AS sealed FROM portal.copy
        WHERE bucket = $1::smallint AND subject = $2::uuid AND until > $3::timestamptz
        AND also <@ $4::uuid[] ORDER BY made_at DESC LIMIT 1""",
}


def reading(accounts: Sequence[UUID], form: Form, *, now: datetime) -> Part:
    """The guard that reads the newest copy whose link lives; :func:`opened` opens its row. ``accounts`` as
    :func:`newest_copy` has them."""
    return Part(_READ[form], (bucket_of(accounts[0]), accounts[0], now, list(accounts)))


def opened(row: Any, form: Form) -> bytes:
    """The content of a row of :func:`reading`."""
    return keys.current().open(row["sealed"], place(row["id"], form))


#: Copies whose links have ended.
ENDED = Sweep(
    """-- across people: the hourly sweep (copy_ends)
    WITH gone AS (DELETE FROM portal.copy WHERE made_at IS NOT NULL AND until < $1 RETURNING 1)
    SELECT count(*) FROM gone""",
    """-- across people: for the doctor
    SELECT count(*) FROM portal.copy WHERE made_at IS NOT NULL AND until < $1""",
)


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """When a person asked for copies: for the next one (PIPL art. 45)."""
    rows = await db.rows(
        """SELECT id, asked_at, made_at, until FROM portal.copy
        WHERE bucket = $1 AND subject = $2 ORDER BY id DESC""",
        bucket_of(person),
        person,
    )
    return [dict(row) for row in rows]


def place(copy_id: UUID, form: Form) -> bytes:
    """What a copy is sealed to."""
    return f"portal.copy\x1f{form}_sealed\x1f".encode() + copy_id.bytes


async def erase(db: Database, who: UUID, *, closing: bool, look: bool, now: datetime) -> Erasure:
    """Copies that are made go; one in the making is made, and goes after its days (or with the account)."""
    number = await db.value(
        """SELECT count(*) FROM portal.copy
        WHERE bucket = $1 AND subject = $2 AND (made_at <= $4 OR $3)""",
        bucket_of(who),
        who,
        closing,
        now,
    )
    if not look:
        await db.run(
            "DELETE FROM portal.copy WHERE bucket = $1 AND subject = $2 AND (made_at <= $4 OR $3)",
            bucket_of(who),
            who,
            closing,
            now,
        )
    return Erasure(counted({"portal.copy": int(number)}))
