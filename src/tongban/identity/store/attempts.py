"""SQL of passwords tried and codes sent: every try is counted in the statement that reads what it needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from asyncpg import Record

from tongban.identity.model import Account
from tongban.identity.model.codes import LIFETIME, TRIES, Act, Sent, Tried
from tongban.identity.model.hashes import spellings
from tongban.identity.model.stuffing import hour_of
from tongban.identity.store.accounts import LEVEL_ENDS, account_of
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, bucket_of_text

#: After so many wrong passwords in a row an account rests for the network that they came from.
MOST = 5
LOCK = timedelta(minutes=15)
#: Tries of second factors are a row of their own, wherever they come from: the password was right before.
SECOND_FACTOR = b"second factor"

#: Count one try under (bucket, key). More than five in a row are locked; a lock, or a quiet quarter of an hour,
#: ends the row of tries. $1 bucket, $2 key, $3 now, $4 now − 15 min, $5 now + 15 min.
COUNT = """INSERT INTO identity.attempt AS t (bucket, key, count, last_at, locked_until)
        SELECT {bucket}, {key}, 1, $3::timestamptz, NULL {source}
        ON CONFLICT (bucket, key) DO UPDATE SET
            count = CASE
                WHEN t.locked_until > $3 THEN least(t.count + 1, 1000)
                WHEN t.locked_until IS NULL AND t.last_at > $4::timestamptz THEN t.count + 1
                ELSE 1 END,
            locked_until = CASE
                WHEN t.locked_until > $3 THEN t.locked_until
                WHEN t.locked_until IS NULL AND t.last_at > $4 AND t.count + 1 >= 5 THEN $5::timestamptz
                END,
            last_at = $3"""

_TRY_PASSWORD = (
    """WITH known AS (
        SELECT a.bucket, a.id, a.role, a.name_sealed, a.phone_sealed, a.level, a.also, s.department, s.duties,
            -- nothing that is typed is the password of who has left, is locked or has not taken her account up
            CASE WHEN s.state <> 'active' THEN '' ELSE a.password END AS password,
            s.totp_sealed IS NOT NULL AS totp, s.id IS NOT NULL AND EXISTS (
                SELECT FROM identity.passkey p
                WHERE p.bucket = a.bucket AND p.account = a.id AND p.ended_at IS NULL AND p.blocked_at IS NULL
            ) AS passkey, c.sent_at, c.hour_from, c.hour_sent, c.used_at
        FROM identity.id_index i
        JOIN identity.account a ON a.bucket = i.bucket AND a.id = i.account
        LEFT JOIN identity.staff s ON s.bucket = a.bucket AND s.id = a.id
        LEFT JOIN identity.code c ON c.bucket = a.bucket AND c.account = a.id AND c.act = 'log_in'
        WHERE i.hash = ANY($9::bytea[])  -- across people: the global index is what tells the bucket
        LIMIT 1
    ), tried AS (
        """
    + COUNT.format(
        bucket="coalesce(k.bucket, $1::smallint)",
        key="sha256(coalesce(uuid_send(k.id), $2) || $6::bytea)",
        source="FROM (SELECT 1) AS one LEFT JOIN known k ON true",
    )
    + """
        RETURNING bucket AS tried_bucket, key, count, locked_until
    ), network AS (
        INSERT INTO identity.network_hour AS n (network, hour, tries)
        SELECT $7::bytea, $8::timestamptz, 1 FROM tried WHERE $7 IS NOT NULL
        ON CONFLICT (hour, network) DO UPDATE SET tries = least(n.tries + 1, 1000000)
        RETURNING tries
    )
    SELECT *, coalesce((SELECT tries FROM network), 0) AS network_tries FROM tried LEFT JOIN known ON true"""
)


class Try(msgspec.Struct, frozen=True):
    """A counted try of a password: the account, None when nobody owns what was typed.

    ``totp``: its second factor is an authenticator; ``passkey``: an officer's who has one that opens.
    ``network_tries``: of its network within the hour, this one too, without those that were right.
    """

    account: Account | None
    totp: bool
    passkey: bool
    sent: Sent | None
    count: int
    locked_until: datetime | None
    bucket: int
    key: bytes
    network_tries: int


async def try_password(
    db: Database, hash_: bytes, *, network: bytes, network_key: bytes | None, now: datetime
) -> Try:
    """Find an account and count the try, known or not, before the password is looked at.

    Tries are counted for the account and the ``network`` they come from: a stranger's never lock the owner out; and
    for the network alone, under ``network_key``, whoever is tried.
    """
    row = await db.row(
        *(_TRY_PASSWORD, bucket_of_text(hash_.hex()), hash_, now, now - LOCK, now + LOCK),
        *(network, network_key, hour_of(now), spellings(hash_)),
    )
    assert row is not None
    account = None if row["id"] is None else account_of(row)
    return Try(
        account,
        bool(row["totp"]),
        bool(row["passkey"]),
        sent_in(row),
        row["count"],
        row["locked_until"],
        row["tried_bucket"],
        row["key"],
        row["network_tries"],
    )


_TRY_OWN = (
    """WITH known AS (
        SELECT a.bucket, a.id, a.role, a.name_sealed, a.phone_sealed, a.level, a.password, a.also, s.department,
            s.duties, CASE WHEN s.state = 'active' THEN s.totp_sealed END AS totp_sealed, p.id_number_sealed,
            a.merged_into
        FROM identity.account a
        LEFT JOIN identity.staff s ON s.bucket = a.bucket AND s.id = a.id
        LEFT JOIN identity.person p ON p.bucket = a.bucket AND p.id = a.id
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid
    ), tried AS (
        """
    + COUNT.format(bucket="k.bucket", key="sha256(uuid_send(k.id) || $6::bytea)", source="FROM known k")
    + """
        RETURNING bucket AS tried_bucket, key, count, locked_until
    )
    SELECT * FROM tried, known"""
)


class OwnTry(msgspec.Struct, frozen=True):
    """A counted try for an account that is known: what it is compared with, and how many there were in a row.

    ``id_number_sealed`` is a resident's, ``totp_sealed`` the secret of an officer who has an authenticator, ``merged``
    whether the account was merged into another.
    """

    account: Account
    id_number_sealed: bytes | None
    totp_sealed: bytes | None
    count: int
    locked_until: datetime | None
    bucket: int
    key: bytes
    merged: bool = False


async def try_own(db: Database, who: UUID, *, of: bytes, now: datetime) -> OwnTry | None:
    """Count one try of a known account; None for an account that there is not.

    ``of``: the network that a password comes from, so that tries here and at the log-in are one row, or
    :data:`SECOND_FACTOR`.
    """
    row = await db.row(_TRY_OWN, bucket_of(who), who, now, now - LOCK, now + LOCK, of)
    if row is None:
        return None
    return OwnTry(
        account_of(row),
        row["id_number_sealed"],
        row["totp_sealed"],
        row["count"],
        row["locked_until"],
        row["tried_bucket"],
        row["key"],
        row["merged_into"] is not None,
    )


def ending_tries(tried: Try | OwnTry) -> Part:
    """The part that ends a row of tries beside what the right password was typed for."""
    return Part(
        """DELETE FROM identity.attempt AS t USING guard
        WHERE t.bucket = $1::smallint AND t.key = $2::bytea""",
        (tried.bucket, tried.key),
    )


def forgetting_tries(tried: Try) -> Part:
    """The guard that ends a row of tries once the password was right; lost when a twin was faster."""
    return Part(
        "DELETE FROM identity.attempt WHERE bucket = $1::smallint AND key = $2::bytea RETURNING bucket, key",
        (tried.bucket, tried.key),
    )


def counting_enrolment(key: bytes, *, now: datetime) -> Part:
    """The guard that counts an enrolment of one ID number; lost when there were too many."""
    text = COUNT.format(bucket="$1::smallint", key="$2::bytea", source="")
    return Part(
        text + " WHERE t.locked_until IS NULL OR t.locked_until <= $3 RETURNING count",
        (bucket_of_text(key.hex()), key, now, now - LOCK, now + LOCK),
    )


_SEND = """INSERT INTO identity.code AS c (bucket, account, act, hash, sent_at, expires_at, hour_from, hour_sent)
        SELECT $1::smallint, $2::uuid, $3::text, $4::bytea, $5::timestamptz, $6::timestamptz, $7::timestamptz,
            $8::smallint {source}
        ON CONFLICT (bucket, account, act) DO UPDATE SET
            hash = EXCLUDED.hash, sent_at = EXCLUDED.sent_at, expires_at = EXCLUDED.expires_at, attempts = 0,
            hour_from = EXCLUDED.hour_from, hour_sent = EXCLUDED.hour_sent, used_at = NULL"""
_SENDING = _SEND.format(source="FROM guard")
_SENDING_AFTER = _SEND.format(source="") + " WHERE c.sent_at = $9::timestamptz RETURNING account"


def _sent_values(account: UUID, act: Act, hash_: bytes, sent: Sent) -> tuple[object, ...]:
    expires = sent.sent_at + LIFETIME
    return (bucket_of(account), account, act, hash_, sent.sent_at, expires, sent.hour_from, sent.hour_sent)


def sending_code(account: UUID, act: Act, hash_: bytes, sent: Sent) -> Part:
    """The part that makes a new code the one that counts."""
    return Part(_SENDING, _sent_values(account, act, hash_, sent))


def sending_code_after(before: Sent | None, account: UUID, act: Act, hash_: bytes, sent: Sent) -> Part:
    """The same as a guard: lost when another code went out since ``before`` was read (a double click)."""
    earlier = None if before is None else before.sent_at
    return Part(_SENDING_AFTER, (*_sent_values(account, act, hash_, sent), earlier))


async def last_code(db: Database, account: UUID, act: Act) -> tuple[Sent | None, bytes | None]:
    """What was sent last, and the sealed phone of the account or of the enrolment under way."""
    row = await db.row(
        """SELECT c.sent_at, c.hour_from, c.hour_sent, c.used_at,
            coalesce(a.phone_sealed, e.phone_sealed) AS phone_sealed
        FROM (SELECT $1::smallint AS bucket, $2::uuid AS id) AS who
        LEFT JOIN identity.code c ON c.bucket = who.bucket AND c.account = who.id AND c.act = $3::text
        LEFT JOIN identity.account a ON a.bucket = who.bucket AND a.id = who.id
        LEFT JOIN identity.application e ON e.bucket = who.bucket AND e.id = who.id""",
        bucket_of(account),
        account,
        act,
    )
    assert row is not None
    return sent_in(row), row["phone_sealed"]


def sent_in(row: Record) -> Sent | None:
    """What was sent last, where anything was; its four columns come with other tables'."""
    if row["sent_at"] is None:
        return None
    return Sent(row["sent_at"], row["hour_from"], row["hour_sent"], row["used_at"] is not None)


async def try_code(db: Database, account: UUID, act: Act, *, now: datetime) -> tuple[Tried, Account | None]:
    """Count one try of the code before it is compared, and read whose it is."""
    row = await db.row(
        f"""WITH counted AS (
            UPDATE identity.code SET attempts = attempts + 1
            WHERE bucket = $1 AND account = $2 AND act = $3
                AND used_at IS NULL AND attempts < {TRIES} AND expires_at > $4
            RETURNING hash, attempts AS tries
        )
        SELECT who.id, coalesce(a.role, 'resident') AS role, coalesce(a.name_sealed, e.name_sealed) AS name_sealed,
            coalesce(a.phone_sealed, e.phone_sealed) AS phone_sealed, coalesce(a.level, 1) AS level,
            coalesce(a.password, e.password) AS password,
            coalesce(a.also, '{{}}') AS also, s.department, s.duties,
            counted.hash, counted.tries, c.attempts, c.expires_at, c.used_at,
            {LEVEL_ENDS}
        FROM (SELECT $1::smallint AS bucket, $2::uuid AS id) AS who
        LEFT JOIN identity.account a ON a.bucket = who.bucket AND a.id = who.id
        LEFT JOIN identity.application e ON e.bucket = who.bucket AND e.id = who.id
        LEFT JOIN identity.staff s ON s.bucket = who.bucket AND s.id = who.id
        LEFT JOIN identity.code c ON c.bucket = who.bucket AND c.account = who.id AND c.act = $3
        LEFT JOIN counted ON true""",
        bucket_of(account),
        account,
        act,
        now,
    )
    assert row is not None
    tried = Tried(row["hash"], row["tries"], row["attempts"], row["expires_at"], row["used_at"])
    if tried.is_stale(now=now):
        tried = await _as_it_is(db, account, act)
    return tried, None if row["name_sealed"] is None else account_of(row)


async def _as_it_is(db: Database, account: UUID, act: Act) -> Tried:
    """A code after a twin used it, or used up its tries: read by itself, for the statement before saw it as it was."""
    row = await db.row(
        """SELECT attempts, expires_at, used_at FROM identity.code
        WHERE bucket = $1 AND account = $2 AND act = $3""",
        bucket_of(account),
        account,
        act,
    )
    return Tried(None, None, *(row.values() if row is not None else (None, None, None)))


def using_code(account: UUID, act: Act, hash_: bytes, *, now: datetime) -> Part:
    """The guard that uses a code up; lost when a twin was faster, a newer was sent, an authenticator is in use, the
    officer has left or is locked, or the account was merged into another since its step began."""
    return Part(
        """UPDATE identity.code SET used_at = $5::timestamptz
        WHERE bucket = $1::smallint AND account = $2::uuid AND act = $3::text AND hash = $4::bytea
            AND used_at IS NULL AND NOT EXISTS (
                SELECT FROM identity.staff s
                WHERE s.bucket = $1::smallint AND s.id = $2::uuid
                    AND (s.totp_sealed IS NOT NULL OR s.state <> 'active'))
            AND NOT EXISTS (
                SELECT FROM identity.account a
                WHERE a.bucket = $1::smallint AND a.id = $2::uuid AND a.merged_into IS NOT NULL)
        RETURNING account""",
        (bucket_of(account), account, act, hash_, now),
    )
