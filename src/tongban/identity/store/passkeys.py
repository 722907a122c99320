"""SQL of passkeys and of the challenges that were answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.identity.model import Account
from tongban.identity.model.ceremonies import Made, Used
from tongban.identity.model.passkeys import MOST, Passkey
from tongban.identity.store.accounts import LEVEL_ENDS, account_of
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, by_bucket, new_id


async def of_account(db: Database, who: UUID) -> list[Passkey]:
    """An account's passkeys that were not removed, the newest first."""
    rows = await db.rows(
        """SELECT id, credential, name, aaguid, transports, synced, backed_up, made_at, last_used_at, blocked_at
        FROM identity.passkey WHERE bucket = $1 AND account = $2 AND ended_at IS NULL
        ORDER BY id DESC LIMIT 100""",
        bucket_of(who),
        who,
    )
    return [Passkey(**row) for row in rows]


class Held(msgspec.Struct, frozen=True):
    """What a use of a passkey is compared with, and whose it is; ``answered``: its challenge was used up before."""

    account: Account
    id: UUID
    name: str
    public_key: bytes
    sign_count: int
    blocked_at: datetime | None
    answered: bool


async def held(db: Database, who: UUID, credential: bytes, *, challenge: bytes) -> Held | None:
    """The account's passkey with this credential id; None for one that was removed, another's, or none, and for an
    officer who is locked or has left: she may have typed her password before."""
    row = await db.row(
        f"""SELECT a.id, a.role, a.name_sealed, a.phone_sealed, a.level, a.password, a.also, s.department, s.duties,
            {LEVEL_ENDS},
            p.id AS passkey, p.name, p.public_key, p.sign_count, p.blocked_at,
            EXISTS (SELECT FROM identity.challenge_used u WHERE u.hash = $4) AS answered
        FROM identity.passkey p
        JOIN identity.account a ON a.bucket = p.bucket AND a.id = p.account
        LEFT JOIN identity.staff s ON s.bucket = a.bucket AND s.id = a.id
        WHERE p.bucket = $1 AND p.account = $2 AND p.credential = $3 AND p.ended_at IS NULL
            AND (s.id IS NULL OR s.state = 'active')""",
        bucket_of(who),
        who,
        credential,
        challenge,
    )
    if row is None:
        return None
    return Held(
        account=account_of(row),
        id=row["passkey"],
        name=row["name"],
        public_key=row["public_key"],
        sign_count=row["sign_count"],
        blocked_at=row["blocked_at"],
        answered=row["answered"],
    )


async def was_hers(db: Database, who: UUID, passkey: UUID) -> bool:
    """Whether a passkey is the account's, or was until it was removed."""
    return bool(
        await db.value(
            "SELECT EXISTS (SELECT FROM identity.passkey WHERE bucket = $1 AND account = $2 AND id = $3)",
            bucket_of(who),
            who,
            passkey,
        )
    )


async def usable(db: Database, who: UUID) -> list[Passkey]:
    """The account's passkeys that open something: those that were not blocked."""
    return [one for one in await of_account(db, who) if one.blocked_at is None]


def answering_to_add(who: UUID, credential: bytes, challenge: bytes, *, first: bool, now: datetime) -> Part:
    """The guard that uses a challenge up for a new passkey; lost when it was answered, or she has it, or too many, or
    the account was merged into another; as the ``first`` factor beside any other too."""
    return Part(
        f"""INSERT INTO identity.challenge_used (hash, at)
        SELECT $1::bytea, $2::timestamptz
        WHERE NOT EXISTS (
                SELECT FROM identity.passkey
                WHERE bucket = $3::smallint AND account = $4::uuid AND credential = $5::bytea)
            AND (SELECT count(*) FROM identity.passkey
                WHERE bucket = $3::smallint AND account = $4::uuid AND ended_at IS NULL) < {MOST}
            AND NOT EXISTS (
                SELECT FROM identity.account
                WHERE bucket = $3::smallint AND id = $4::uuid AND merged_into IS NOT NULL)
            AND NOT ($6::boolean AND (EXISTS (
                SELECT FROM identity.staff
                WHERE bucket = $3::smallint AND id = $4::uuid AND totp_sealed IS NOT NULL) OR EXISTS (
                SELECT FROM identity.passkey
                WHERE bucket = $3::smallint AND account = $4::uuid AND ended_at IS NULL AND blocked_at IS NULL)))
        ON CONFLICT DO NOTHING RETURNING hash""",
        (challenge, now, bucket_of(who), who, credential, first),
    )


def adding(who: UUID, made: Made, *, name: str, now: datetime) -> Part:
    """The part that adds a passkey."""
    return Part(
        """INSERT INTO identity.passkey (bucket, id, account, credential, public_key, sign_count, name, aaguid,
            transports, synced, backed_up, made_at)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::bytea, $5::bytea, $6::bigint, $7::text, $8::uuid, $9::text[],
            $10::boolean, $11::boolean, $12::timestamptz
        FROM guard ON CONFLICT DO NOTHING""",
        (
            *(bucket_of(who), new_id(bucket_of(who)), who, made.credential, made.public_key, made.sign_count),
            *(name, made.aaguid, made.transports, made.synced, made.backed_up, now),
        ),
    )


def answering_to_use(held: Held, used: Used, challenge: bytes, *, now: datetime) -> Part:
    """The guard that uses a challenge up by a passkey; lost when it was answered, the passkey moved on meanwhile, or an
    officer was locked.

    The passkey's row is held until the write ends: of two uses with one count, one is refused.
    """
    return Part(
        """INSERT INTO identity.challenge_used (hash, at)
        SELECT $1::bytea, $2::timestamptz FROM (
            SELECT FROM identity.passkey
            WHERE bucket = $3::smallint AND id = $4::uuid AND ended_at IS NULL AND blocked_at IS NULL
                AND (sign_count < $5::bigint OR (sign_count = 0 AND $5::bigint = 0))
                AND NOT EXISTS (SELECT FROM identity.staff s
                    WHERE s.bucket = passkey.bucket AND s.id = passkey.account AND s.state <> 'active')
            FOR UPDATE) AS living
        ON CONFLICT DO NOTHING RETURNING hash""",
        (challenge, now, bucket_of(held.id), held.id, used.sign_count),
    )


def noting_use(held: Held, used: Used, *, now: datetime) -> Part:
    """The part that notes a passkey's use beside what it was used for."""
    return Part(
        """UPDATE identity.passkey AS p
        SET sign_count = $3::bigint, backed_up = $4::boolean, last_used_at = $5::timestamptz FROM guard
        WHERE p.bucket = $1::smallint AND p.id = $2::uuid""",
        (bucket_of(held.id), held.id, used.sign_count, used.backed_up, now),
    )


def blocking(held: Held, *, now: datetime) -> Part:
    """The guard that blocks a passkey that was copied; lost when it is blocked or removed already."""
    return Part(
        """UPDATE identity.passkey SET blocked_at = $3::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND blocked_at IS NULL AND ended_at IS NULL
        RETURNING bucket, id""",
        (bucket_of(held.id), held.id, now),
    )


def renaming(who: UUID, passkey: UUID, name: str) -> Part:
    """The guard that gives one of the account's passkeys another name; lost when it is none of hers or has it."""
    return Part(
        """UPDATE identity.passkey SET name = $4::text
        WHERE bucket = $1::smallint AND account = $2::uuid AND id = $3::uuid AND ended_at IS NULL AND name <> $4::text
        RETURNING id""",
        (bucket_of(who), who, passkey, name),
    )


def ending(who: UUID, passkey: UUID, *, now: datetime) -> Part:
    """The guard that ends one of the account's passkeys; lost when it is none of hers or over already."""
    return Part(
        """UPDATE identity.passkey SET ended_at = $4::timestamptz
        WHERE bucket = $1::smallint AND account = $2::uuid AND id = $3::uuid AND ended_at IS NULL
        RETURNING id, name""",
        (bucket_of(who), who, passkey, now),
    )


def ending_all(who: UUID, *, now: datetime) -> Part:
    """The part that ends all passkeys of an account, of somebody at staff who leaves."""
    return Part(
        """UPDATE identity.passkey AS p SET ended_at = $3::timestamptz FROM guard
        WHERE p.bucket = $1::smallint AND p.account = $2::uuid AND p.ended_at IS NULL""",
        (bucket_of(who), who, now),
    )


def ending_young(accounts: Sequence[UUID], *, since: datetime, now: datetime) -> Part:
    """The part that ends the accounts' passkeys which were added at ``since`` or later."""
    return Part(
        """UPDATE identity.passkey AS p SET ended_at = $4::timestamptz FROM guard
        WHERE p.bucket = ANY($1::smallint[]) AND p.account = ANY($2::uuid[]) AND p.made_at >= $3::timestamptz
            AND p.ended_at IS NULL""",
        (*by_bucket(accounts), since, now),
    )


async def forget(db: Database, *, challenges_before: datetime, ended_before: datetime) -> None:
    """Drop challenges that are long over, and passkeys that were removed long ago."""
    await db.run(
        "DELETE FROM identity.challenge_used WHERE at < $1  -- across people: the hourly sweep",
        challenges_before,
    )
    await db.run(
        "DELETE FROM identity.passkey WHERE ended_at < $1  -- across people: the hourly sweep", ended_before
    )
