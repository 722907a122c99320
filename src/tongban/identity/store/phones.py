"""SQL of phone numbers that change hands."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


async def former_owner(db: Database, candidate: UUID) -> UUID | None:
    """Whose account the phone of an enrolment finds until now: a resident's with another paper."""
    found: UUID | None = await db.value(
        """SELECT a.id FROM identity.application e
        JOIN identity.id_index i ON i.hash IN (e.phone_hash, e.phone_older) AND i.kind = 'phone'
        JOIN identity.account a ON a.bucket = i.bucket AND a.id = i.account AND a.role = 'resident'
        LEFT JOIN identity.id_index own ON own.hash IN (e.id_hash, e.id_older) AND own.account = a.id
        WHERE e.bucket = $1 AND e.id = $2 AND own.account IS NULL  -- across people: the index tells the bucket
            -- the phone of an account merged into hers: hers is another one, and stays
            AND NOT EXISTS (SELECT FROM identity.alias x
                WHERE x.to_id = a.id AND x.undone_at IS NULL AND x.hashes && ARRAY[e.phone_hash, e.phone_older])""",
        bucket_of(candidate),
        candidate,
    )
    return found


async def waiting_account(db: Database, candidate: UUID) -> UUID | None:
    """The account of an enrolling person's paper, where it has lost its phone and waits for another."""
    found: UUID | None = await db.value(
        """SELECT a.id FROM identity.application e
        JOIN identity.id_index i ON i.hash IN (e.id_hash, e.id_older)
        JOIN identity.account a ON a.bucket = i.bucket AND a.id = i.account AND a.phone_lost_at IS NOT NULL
        WHERE e.bucket = $1 AND e.id = $2  -- across people: the index tells the bucket""",
        bucket_of(candidate),
        candidate,
    )
    return found


def losing(who: UUID, *, nothing_sealed: bytes, now: datetime) -> Part:
    """The part that takes the number out of its former owner's account: no message finds it any more.

    An account that was known by that number alone (L0) is closed by it: nothing is left by which anybody could log in.
    """
    return Part(
        """UPDATE identity.account AS a SET phone_sealed = $3::bytea, phone_lost_at = $4::timestamptz,
            closed_at = CASE WHEN only_phone.it THEN coalesce(a.closed_at, $4::timestamptz) ELSE a.closed_at END,
            password = CASE WHEN only_phone.it THEN '' ELSE a.password END
        FROM guard, (
            SELECT EXISTS (
                SELECT FROM identity.phone_only o WHERE o.bucket = $1::smallint AND o.id = $2::uuid) AS it
        ) AS only_phone
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid""",
        (bucket_of(who), who, nothing_sealed, now),
    )


def binding(who: UUID, *, phone_sealed: bytes) -> Part:
    """The part that gives an account that lost its phone the one that was just proved."""
    return Part(
        """UPDATE identity.account AS a SET phone_sealed = $3::bytea, phone_lost_at = NULL
        FROM guard WHERE a.bucket = $1::smallint AND a.id = $2::uuid AND a.phone_lost_at IS NOT NULL""",
        (bucket_of(who), who, phone_sealed),
    )


def indexing_for(who: UUID, *, now: datetime) -> Part:
    """The part that makes the phone of an ended enrolment find this account."""
    return Part(
        """INSERT INTO identity.id_index (hash, kind, bucket, account, at, older)
        SELECT h.hash, 'phone', $1::smallint, $2::uuid, $3::timestamptz, h.older
        FROM guard, LATERAL (VALUES (guard.phone_hash, false), (guard.phone_older, true)) AS h (hash, older)
        WHERE h.hash IS NOT NULL
        ON CONFLICT (hash) DO UPDATE
        SET bucket = EXCLUDED.bucket, account = EXCLUDED.account, at = EXCLUDED.at""",
        (bucket_of(who), who, now),
    )
