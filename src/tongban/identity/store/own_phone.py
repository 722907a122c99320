"""SQL of changing the phone number of one's own account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.identity.model.hashes import spellings
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, by_bucket


class Holder(msgspec.Struct, frozen=True):
    """Whose account a number finds; ``loses`` whether it is that account's own number, and not one of an account that
    was merged into it."""

    account: UUID
    loses: bool


async def holder(db: Database, phone_hash: bytes) -> Holder | None:
    """Whose account a phone number finds now."""
    row = await db.row(
        """SELECT i.account, NOT EXISTS (SELECT FROM identity.alias x
                WHERE x.to_id = i.account AND x.undone_at IS NULL AND x.hashes && $1::bytea[]) AS loses
        FROM identity.id_index i
        WHERE i.hash = ANY($1::bytea[]) AND i.kind = 'phone'  -- across people: the index tells the bucket
        LIMIT 1""",
        spellings(phone_hash),
    )
    return None if row is None else Holder(row["account"], row["loses"])


async def changed_at(db: Database, who: UUID) -> datetime | None:
    """When the account's phone number was last changed by its owner."""
    at: datetime | None = await db.value(
        "SELECT phone_changed_at FROM identity.account WHERE bucket = $1 AND id = $2", bucket_of(who), who
    )
    return at


def changing(who: UUID, *, before: bytes, after: bytes, codes: tuple[bytes, bytes], now: datetime) -> Part:
    """The guard that gives the account its new number, sealed as ``after``.

    Lost when another window was faster, one of the two codes (to the old phone, to the new) counts no more, or the
    account was merged into another meanwhile.
    """
    return Part(
        """UPDATE identity.account SET phone_sealed = $4::bytea, phone_changed_at = $7::timestamptz
        WHERE bucket = $1::smallint AND id = $2::uuid AND phone_sealed = $3::bytea AND closed_at IS NULL
            AND merged_into IS NULL
            AND 2 = (SELECT count(*) FROM identity.code c
                WHERE c.bucket = $1::smallint AND c.account = $2::uuid AND c.used_at IS NULL
                    AND (c.act, c.hash) IN (('phone_old', $5::bytea), ('phone_new', $6::bytea)))
        RETURNING bucket, id""",
        (bucket_of(who), who, before, after, *codes, now),
    )


def noting_change(merged: Sequence[UUID], *, now: datetime) -> Part:
    """The part by which acts of L3 are as careful in what was merged into the account: she goes from one into the
    other."""
    return Part(
        """UPDATE identity.account AS a SET phone_changed_at = $3::timestamptz FROM guard
        WHERE a.bucket = ANY($1::smallint[]) AND a.id = ANY($2::uuid[])""",
        (*by_bucket(merged), now),
    )


def using_codes(*, now: datetime) -> Part:
    """The part that uses both codes up."""
    return Part(
        """UPDATE identity.code AS c SET used_at = $1::timestamptz FROM guard
        WHERE c.bucket = guard.bucket AND c.account = guard.id AND c.act IN ('phone_old', 'phone_new')""",
        (now,),
    )


def unindexing(phone_hash: bytes) -> Part:
    """The part that makes the old number find this account no more."""
    return Part(
        """DELETE FROM identity.id_index AS i USING guard
        WHERE i.hash = ANY($1::bytea[]) AND i.kind = 'phone' AND i.account = guard.id""",
        (spellings(phone_hash),),
    )


def indexing(phone_hash: bytes, *, from_account: UUID | None, now: datetime) -> Part:
    """The part that makes the new number find this account, taken from the one that was seen to have it.

    Where another account got it in between, the row may not become this one's: NULL breaks the column's rule, and
    the whole write is undone (asyncpg.NotNullViolationError), so that one number never stands in two accounts.
    """
    return Part(
        """INSERT INTO identity.id_index AS i (hash, kind, bucket, account, at, older)
        SELECT h.hash, 'phone', bucket, id, $3::timestamptz, h.place > 1
        FROM guard, unnest($1::bytea[]) WITH ORDINALITY AS h (hash, place)
        ON CONFLICT (hash) DO UPDATE SET bucket = EXCLUDED.bucket, at = EXCLUDED.at,
            account = CASE WHEN i.account IN ($2::uuid, EXCLUDED.account) THEN EXCLUDED.account END""",
        (spellings(phone_hash), from_account, now),
    )
