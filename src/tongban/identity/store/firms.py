"""SQL of firms: their accounts, and who asks to be bound to one as its legal representative."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from asyncpg import Record

from tongban.identity.model.firms import (
    ASK_AGAIN_AFTER,
    ASK_FIRM_AGAIN_AFTER,
    MOST_ASKED,
    RECHECK_AFTER,
    Binding,
    Firm,
    FirmResult,
)
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of

_COLUMNS = "f.id, f.code, f.name, f.state, f.successors, f.as_of, f.checked_at"


def _firm(row: Record) -> Firm:
    return Firm(**{**row, "successors": tuple(row["successors"])})


async def firm(db: Database, who: UUID) -> Firm | None:
    """The firm of this account."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM identity.firm f WHERE f.bucket = $1 AND f.id = $2", bucket_of(who), who
    )
    return None if row is None else _firm(row)


async def by_hash(db: Database, hash_: bytes) -> Firm | None:
    """The firm that this HMAC of a code finds in the global index."""
    row = await db.row(
        f"""SELECT {_COLUMNS} FROM identity.id_index i
        JOIN identity.firm f ON f.bucket = i.bucket AND f.id = i.account
        WHERE i.hash = $1 AND i.kind = 'firm'  -- across people: the global index is what tells the bucket
        """,
        hash_,
    )
    return None if row is None else _firm(row)


def claiming(hash_: bytes, who: UUID, *, now: datetime) -> Part:
    """The guard that claims a firm's code for a new account; lost when it has one."""
    return Part(
        """INSERT INTO identity.id_index (hash, kind, bucket, account, at)
        VALUES ($1::bytea, 'firm', $2::smallint, $3::uuid, $4::timestamptz)
        ON CONFLICT (hash) DO NOTHING RETURNING bucket, account AS id""",
        (hash_, bucket_of(who), who, now),
    )


def opening(*, name_sealed: bytes, phone_sealed: bytes, level: int, now: datetime) -> Part:
    """The part that opens the account of a firm whose code was claimed. No password opens it."""
    return Part(
        """INSERT INTO identity.account
            (bucket, id, role, name_sealed, phone_sealed, level, password, opened_at, kind)
        SELECT bucket, id, 'resident', $1::bytea, $2::bytea, $3::smallint, '', $4::timestamptz, 'firm'
        FROM guard""",
        (name_sealed, phone_sealed, level, now),
    )


def adding(code: str, said: FirmResult, *, now: datetime) -> Part:
    """The part that keeps what the register said of a new firm."""
    return Part(
        """INSERT INTO identity.firm (bucket, id, code, name, state, successors, as_of, checked_at, ask_at)
        SELECT bucket, id, $1::text, $2::text, $3::text, $4::text[], $5::timestamptz, $6::timestamptz,
            $7::timestamptz
        FROM guard""",
        (code, said.name, said.stands, list(said.successors), said.as_of, now, now + RECHECK_AFTER),
    )


def confirming(who: UUID, said: FirmResult, *, now: datetime) -> Part:
    """Part (a guard): what the register says of the firm now; lost where somebody asked later than this."""
    return Part(
        """UPDATE identity.firm SET name = $3::text, state = $4::text, successors = $5::text[],
            as_of = $6::timestamptz, checked_at = $7::timestamptz, ask_at = $8::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND checked_at <= $7::timestamptz RETURNING bucket, id""",
        (
            *(bucket_of(who), who, said.name, said.stands, list(said.successors), said.as_of, now),
            now + RECHECK_AFTER,
        ),
    )


def asking_later(who: UUID, *, at: datetime) -> Part:
    """Part (a guard): the register is asked of the firm not before ``at``; what it said last stands."""
    return Part(
        """UPDATE identity.firm SET ask_at = $3::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid RETURNING bucket, id""",
        (bucket_of(who), who, at),
    )


def taking_phone(who: UUID, phone_sealed: bytes) -> Part:
    """The part that makes the representative's phone the one at which the firm is told."""
    return Part(
        """UPDATE identity.account AS a SET phone_sealed = $3::bytea FROM guard
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid""",
        (bucket_of(who), who, phone_sealed),
    )


async def gone_into(db: Database, code: str) -> list[Firm]:
    """The firms that are no more and have this one among their successors, the last first; twenty at most."""
    rows = await db.rows(
        f"""-- across people: whom a firm succeeds has an index of its own (firm_successors)
        SELECT {_COLUMNS} FROM identity.firm f
        WHERE f.successors @> ARRAY[$1::text] AND f.state <> 'active' ORDER BY f.as_of DESC, f.id LIMIT 20""",
        code,
    )
    return [_firm(row) for row in rows]


async def to_check(db: Database, *, now: datetime, limit: int) -> list[Firm]:
    """The firms whose turn it is, the longest due first. Each is taken: another worker takes others, and what comes to
    nothing is asked again after a while."""
    rows = await db.rows(
        f"""-- across people: the job goes through all firms
        UPDATE identity.firm AS f SET ask_at = $2
        WHERE (f.bucket, f.id) IN (
            SELECT bucket, id FROM identity.firm
            WHERE state = 'active' AND ask_at <= $1 ORDER BY ask_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING {_COLUMNS}""",
        now,
        now + ASK_FIRM_AGAIN_AFTER,
        limit,
    )
    return [_firm(row) for row in rows]


def using_challenge(hash_: bytes, power: UUID, *, now: datetime) -> Part:
    """Part (a guard): uses a challenge up for a log-in by a certificate whose power stands; lost when it was used."""
    return Part(
        """INSERT INTO identity.challenge_used (hash, at)
        SELECT $1::bytea, $2::timestamptz FROM (
            SELECT FROM identity.power WHERE bucket = $3::smallint AND id = $4::uuid AND state = 'standing'
            FOR SHARE) AS standing
        ON CONFLICT DO NOTHING RETURNING hash""",
        (hash_, now, bucket_of(power), power),
    )


# --- Bindings ---------------------------------------------------------------------------------------


def _binding(row: Record) -> Binding:
    return Binding(**row)


async def waiting(db: Database, person: UUID) -> list[Binding]:
    """The bindings of a person that wait for the register, newest first."""
    rows = await db.rows(
        """SELECT id, person, code, asked_at, until FROM identity.firm_binding
        WHERE bucket = $1 AND person = $2 AND state = 'waiting' ORDER BY asked_at DESC LIMIT 50""",
        bucket_of(person),
        person,
    )
    return [_binding(row) for row in rows]


async def bindings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """Every binding that a person asked for, as it stands: for the copy of what is held about her."""
    rows = await db.rows(
        """SELECT code, state, asked_at, tried_at FROM identity.firm_binding
        WHERE bucket = $1 AND person = $2 ORDER BY asked_at DESC LIMIT 1000""",
        bucket_of(person),
        person,
    )
    return [dict(row) for row in rows]


def keeping(binding: Binding) -> Part:
    """Part (a guard): a binding that waits for its answer; lost when the person asked for too many within a day.

    The unique index refuses a second one of the same person for the same firm.
    """
    return Part(
        """INSERT INTO identity.firm_binding (bucket, id, person, code, asked_at, tried_at, until)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::text, $5::timestamptz, $5::timestamptz, $6::timestamptz
        WHERE (SELECT count(*) FROM identity.firm_binding
            WHERE bucket = $1::smallint AND person = $3::uuid AND asked_at > $7::timestamptz) < $8::integer
        RETURNING bucket, id""",
        (
            *(
                bucket_of(binding.id),
                binding.id,
                binding.person,
                binding.code,
                binding.asked_at,
                binding.until,
            ),
            *(binding.asked_at - timedelta(days=1), MOST_ASKED),
        ),
    )


def settling(binding: Binding, state: Literal["bound", "refused", "lapsed"]) -> Part:
    """Part (a guard): the binding is over; lost when it was settled already."""
    return Part(
        """UPDATE identity.firm_binding SET state = $3::text
        WHERE bucket = $1::smallint AND id = $2::uuid AND state = 'waiting' RETURNING bucket, id""",
        (bucket_of(binding.id), binding.id, state),
    )


def bound(binding: Binding) -> Part:
    """Part: the binding has come to its power."""
    return Part(
        """UPDATE identity.firm_binding AS b SET state = 'bound' FROM guard
        WHERE b.bucket = $1::smallint AND b.id = $2::uuid AND b.state = 'waiting'""",
        (bucket_of(binding.id), binding.id),
    )


async def to_ask_again(db: Database, *, now: datetime, limit: int) -> Sequence[Binding]:
    """The bindings whose turn it is, marked as tried now: another worker takes others."""
    rows = await db.rows(
        """-- across people: the job goes through everybody's bindings
        UPDATE identity.firm_binding AS b SET tried_at = $1
        WHERE (b.bucket, b.id) IN (
            SELECT bucket, id FROM identity.firm_binding
            WHERE state = 'waiting' AND tried_at <= $2 ORDER BY tried_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING b.id, b.person, b.code, b.asked_at, b.until""",
        now,
        now - ASK_AGAIN_AFTER,
        limit,
    )
    return [_binding(row) for row in rows]
