"""SQL of a password that is set anew by who forgot it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.identity.model.codes import Sent
from tongban.identity.model.hashes import spellings
from tongban.identity.store.attempts import COUNT, LOCK, sent_in
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, bucket_of_text, by_bucket

_ASK = (
    """WITH known AS (
        SELECT a.bucket, a.id, a.name_sealed, a.phone_sealed FROM identity.id_index i
        JOIN identity.account a ON a.bucket = i.bucket AND a.id = i.account
        WHERE i.hash = ANY($6::bytea[]) AND a.role = 'resident' AND a.phone_lost_at IS NULL
            AND a.password <> '' -- nobody forgot one that there never was: a child's, or one opened at a window
            -- across people: the global index is what tells the bucket
        LIMIT 1
    ), tried AS (
        """
    + COUNT.format(bucket="$1::smallint", key="$2::bytea", source="")
    + """
        RETURNING count, locked_until
    )
    SELECT tried.*, k.id, k.name_sealed, k.phone_sealed, c.account, c.act, c.sent_at, c.hour_from,
        c.hour_sent, c.used_at
    FROM tried LEFT JOIN known k ON true
    LEFT JOIN identity.code c ON c.act IN ('recover', 'recover_own')
        AND (c.bucket, c.account) IN ((k.bucket, k.id), ($7::smallint, $8::uuid))"""
)


class Sought(msgspec.Struct, frozen=True):
    """A counted try to recover: the account that the paper finds, None for nobody's.

    ``sent``: the last code of the account and of the stand-in, by the kind of code, where there was one.
    """

    account: UUID | None
    name_sealed: bytes | None
    phone_sealed: bytes | None
    sent: dict[tuple[UUID, str], Sent]
    count: int
    locked_until: datetime | None


async def seek(db: Database, paper: bytes, *, key: bytes, nobody: UUID, now: datetime) -> Sought:
    """Count one try under ``key`` and find whose paper it is; ``nobody`` stands in for who has no account."""
    rows = await db.rows(
        *(_ASK, bucket_of_text(key.hex()), key, now, now - LOCK, now + LOCK, spellings(paper)),
        *(bucket_of(nobody), nobody),
    )
    sent = {(row["account"], row["act"]): one for row in rows if (one := sent_in(row))}
    row = rows[0]
    return Sought(
        account=row["id"],
        name_sealed=row["name_sealed"],
        phone_sealed=row["phone_sealed"],
        sent=sent,
        count=row["count"],
        locked_until=row["locked_until"],
    )


def setting_password(accounts: Sequence[UUID], password: str, *, level: int, now: datetime) -> Part:
    """The part that sets the first account's new password; what was shown of her proves no more than ``level``, in
    what was merged into it as little."""
    return Part(
        """UPDATE identity.account AS a SET level = least(a.level, $4::smallint), capped_at = $5::timestamptz,
            password = CASE WHEN a.id = $6::uuid THEN $3::text ELSE a.password END
        FROM guard WHERE a.bucket = ANY($1::smallint[]) AND a.id = ANY($2::uuid[])""",
        (*by_bucket(accounts), password, level, now, accounts[0]),
    )


def ending_checks(accounts: Sequence[UUID], *, now: datetime) -> Part:
    """The part that ends every standing check: an account that was won back begins at L1 and is checked anew.

    Without it the next withdrawal or expiry would count the level from checks made before the recovery.
    """
    return Part(
        """UPDATE identity.level_check AS c SET ended_at = $3::timestamptz, ended_why = 'recovered'
        FROM guard WHERE c.bucket = ANY($1::smallint[]) AND c.account = ANY($2::uuid[]) AND c.ended_at IS NULL""",
        (*by_bucket(accounts), now),
    )


async def id_number_sealed(db: Database, who: UUID) -> bytes | None:
    """The sealed number of her paper, which no password may be."""
    sealed: bytes | None = await db.value(
        "SELECT id_number_sealed FROM identity.person WHERE bucket = $1 AND id = $2", bucket_of(who), who
    )
    return sealed
