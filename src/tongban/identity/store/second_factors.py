"""SQL of authenticators and recovery codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


class SecondFactor(msgspec.Struct, frozen=True):
    """How an officer proves to be herself after the password: ``since`` when by an authenticator, None by SMS."""

    username: str
    since: datetime | None
    recovery_left: int


async def second_factor(db: Database, who: UUID) -> SecondFactor | None:
    """An officer's second factor, and how many recovery codes are left."""
    row = await db.row(
        """SELECT s.username, s.totp_since AS since, (
                SELECT count(*)::integer FROM identity.recovery_code r
                WHERE r.bucket = s.bucket AND r.account = s.id AND r.used_at IS NULL) AS recovery_left
        FROM identity.staff s WHERE s.bucket = $1 AND s.id = $2""",
        bucket_of(who),
        who,
    )
    return None if row is None else SecondFactor(**row)


def using_totp(who: UUID, hash_: bytes, *, now: datetime) -> Part:
    """The guard that takes an authenticator's code; lost when it was taken before."""
    return Part(
        """INSERT INTO identity.totp_used (bucket, account, hash, at)
        VALUES ($1::smallint, $2::uuid, $3::bytea, $4::timestamptz)
        ON CONFLICT DO NOTHING RETURNING bucket, account""",
        (bucket_of(who), who, hash_, now),
    )


def marking_totp(who: UUID, hash_: bytes, *, now: datetime) -> Part:
    """The part that takes the first code of a new secret, so that it opens nothing afterwards."""
    return Part(
        """INSERT INTO identity.totp_used (bucket, account, hash, at)
        SELECT $1::smallint, $2::uuid, $3::bytea, $4::timestamptz FROM guard
        ON CONFLICT DO NOTHING""",
        (bucket_of(who), who, hash_, now),
    )


def using_recovery_code(who: UUID, hash_: bytes, *, now: datetime) -> Part:
    """The guard that uses a recovery code up; lost when there is none such or it was used before."""
    return Part(
        """UPDATE identity.recovery_code SET used_at = $4::timestamptz
        WHERE bucket = $1::smallint AND account = $2::uuid AND hash = $3::bytea AND used_at IS NULL
        RETURNING bucket, account""",
        (bucket_of(who), who, hash_, now),
    )


def setting_secret(who: UUID, sealed: bytes, *, first: bool, now: datetime) -> Part:
    """The guard that puts an authenticator in use; lost when one is, and as the ``first`` factor beside a passkey."""
    return Part(
        """UPDATE identity.staff AS s SET totp_sealed = $3::bytea, totp_since = $4::timestamptz
        WHERE s.bucket = $1::smallint AND s.id = $2::uuid AND s.totp_sealed IS NULL
            AND NOT ($5::boolean AND EXISTS (SELECT FROM identity.passkey p
                WHERE p.bucket = s.bucket AND p.account = s.id AND p.ended_at IS NULL AND p.blocked_at IS NULL))
        RETURNING s.bucket, s.id""",
        (bucket_of(who), who, sealed, now, first),
    )


def replacing_secret(who: UUID, sealed: bytes, *, now: datetime) -> Part:
    """The part that puts another authenticator in place of the one that was just proved."""
    return Part(
        """UPDATE identity.staff AS s SET totp_sealed = $3::bytea, totp_since = $4::timestamptz FROM guard
        WHERE s.bucket = $1::smallint AND s.id = $2::uuid""",
        (bucket_of(who), who, sealed, now),
    )


def removing_secret(who: UUID) -> Part:
    """The part that ends the use of the authenticator that was just proved."""
    return Part(
        """UPDATE identity.staff AS s SET totp_sealed = NULL, totp_since = NULL FROM guard
        WHERE s.bucket = $1::smallint AND s.id = $2::uuid""",
        (bucket_of(who), who),
    )


def resetting_secret(who: UUID) -> Part:
    """The guard that ends the use of what is lost; lost itself where there is neither authenticator nor passkey."""
    return Part(
        """UPDATE identity.staff AS s SET totp_sealed = NULL, totp_since = NULL
        WHERE s.bucket = $1::smallint AND s.id = $2::uuid AND (s.totp_sealed IS NOT NULL OR EXISTS (
            SELECT FROM identity.passkey p
            WHERE p.bucket = s.bucket AND p.account = s.id AND p.ended_at IS NULL))
        RETURNING s.bucket, s.id""",
        (bucket_of(who), who),
    )


def dropping_recovery_codes(who: UUID) -> Part:
    """The part that drops the recovery codes that there are, used or not."""
    return Part(
        """DELETE FROM identity.recovery_code AS r USING guard
        WHERE r.bucket = $1::smallint AND r.account = $2::uuid""",
        (bucket_of(who), who),
    )


def adding_recovery_codes(who: UUID, hashes: Sequence[bytes], *, now: datetime) -> Part:
    """The part that adds a fresh set of recovery codes."""
    return Part(
        """INSERT INTO identity.recovery_code (bucket, account, hash, made_at)
        SELECT $1::smallint, $2::uuid, made.hash, $4::timestamptz
        FROM guard, unnest($3::bytea[]) AS made (hash)""",
        (bucket_of(who), who, list(hashes), now),
    )
