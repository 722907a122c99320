"""SQL of the one-time code with which who has joined takes her account up, and of log-ins that were locked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.identity.model.staff import INVITATION, INVITATION_TRIES
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


def inviting(officer: UUID, hash_: bytes, *, now: datetime) -> Part:
    """The part that keeps a new one-time code in place of the one before."""
    return Part(
        """INSERT INTO identity.invitation (bucket, account, hash, sent_at, expires_at)
        SELECT $1::smallint, $2::uuid, $3::bytea, $4::timestamptz, $5::timestamptz FROM guard
        ON CONFLICT (bucket, account) DO UPDATE
        SET hash = EXCLUDED.hash, sent_at = EXCLUDED.sent_at, expires_at = EXCLUDED.expires_at, attempts = 0""",
        (bucket_of(officer), officer, hash_, now, now + INVITATION),
    )


def may_be_invited(officer: UUID, *, before: datetime) -> Part:
    """The guard of another code: she was granted her powers, has not taken them up, and had none since ``before``."""
    return Part(
        """SELECT s.bucket, s.id FROM identity.staff s
        WHERE s.bucket = $1::smallint AND s.id = $2::uuid AND s.state = 'granted' AND NOT EXISTS (
            SELECT FROM identity.invitation i
            WHERE i.bucket = s.bucket AND i.account = s.id AND i.sent_at > $3::timestamptz)""",
        (bucket_of(officer), officer, before),
    )


class Invited(msgspec.Struct, frozen=True):
    """Whose one-time code was tried, what it is compared with, and her phone, which is no password."""

    id: UUID
    hash: bytes
    phone_sealed: bytes


async def try_invitation(db: Database, username_hash: bytes, *, now: datetime) -> Invited | None:
    """Count one try of somebody's one-time code before it is compared; None where no code waits to be typed."""
    row = await db.row(
        f"""WITH known AS (
            SELECT s.bucket, s.id, a.phone_sealed
            FROM identity.id_index i
            JOIN identity.staff s ON s.bucket = i.bucket AND s.id = i.account AND s.state = 'granted'
            JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id
            WHERE i.hash = $1::bytea AND i.kind = 'username'  -- across people: the global index tells the bucket
        )
        UPDATE identity.invitation AS v SET attempts = attempts + 1 FROM known
        WHERE v.bucket = known.bucket AND v.account = known.id AND v.attempts < {INVITATION_TRIES}
            AND v.expires_at > $2::timestamptz
        RETURNING known.id, v.hash, known.phone_sealed""",
        username_hash,
        now,
    )
    return None if row is None else Invited(**row)


def using_invitation(invited: Invited, *, password: str) -> tuple[Part, ...]:
    """The guard that uses the code up, lost when a twin was faster, and the parts that open the account."""
    where = (bucket_of(invited.id), invited.id)
    return (
        Part(
            """DELETE FROM identity.invitation
            WHERE bucket = $1::smallint AND account = $2::uuid AND hash = $3::bytea RETURNING bucket, account AS id""",
            (*where, invited.hash),
        ),
        Part(
            """UPDATE identity.account AS a SET password = $3::text FROM guard
            WHERE a.bucket = $1::smallint AND a.id = $2::uuid""",
            (*where, password),
        ),
        Part(
            """UPDATE identity.staff AS s SET state = 'active' FROM guard
            WHERE s.bucket = $1::smallint AND s.id = $2::uuid AND s.state = 'granted'""",
            where,
        ),
    )


def noting_lock(officer: UUID, *, now: datetime) -> Part:
    """The part that notes that a row of wrong passwords or codes locked her log-in."""
    return Part(
        """UPDATE identity.staff AS s SET failed_at = $3::timestamptz FROM guard
        WHERE s.bucket = $1::smallint AND s.id = $2::uuid""",
        (bucket_of(officer), officer, now),
    )


async def phones_of_security(db: Database) -> list[tuple[UUID, bytes]]:
    """The security administrators and their sealed phones."""
    rows = await db.rows(
        """-- across people: few, with an index of their own (staff_security)
        SELECT a.id, a.phone_sealed FROM identity.staff s JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id
        WHERE s.duties && ARRAY['system_admin', 'security_admin', 'audit_admin'] AND s.duties = '{security_admin}'
            AND s.state = 'active' ORDER BY s.username LIMIT 20"""
    )
    return [(row["id"], row["phone_sealed"]) for row in rows]
