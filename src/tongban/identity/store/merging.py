"""SQL of merged accounts: the alias, what finds it, and undoing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Record

from tongban.identity.model.merging import Alias, Proof
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, new_id


class Standing(msgspec.Struct, frozen=True):
    """How an account stands to merging: what it is merged into, and what changes with whatever finds it.

    ``merges`` counts merges, their undoing and other papers added; each new phone and each correction seals anew.
    """

    id: UUID
    merged_into: UUID | None
    merges: int
    phone_sealed: bytes
    name_sealed: bytes

    def __repr__(self) -> str:
        return f"Standing({self.id})"


async def standing(db: Database, who: UUID) -> Standing | None:
    """How an account stands to merging; None for none."""
    row = await db.row(
        """SELECT id, merged_into, merges, phone_sealed, name_sealed
        FROM identity.account WHERE bucket = $1 AND id = $2""",
        bucket_of(who),
        who,
    )
    return None if row is None else Standing(**row)


async def is_merged(db: Database, who: UUID) -> bool:
    """Whether an account was merged into another one."""
    own = await standing(db, who)
    return own is not None and own.merged_into is not None


async def accounts_of(db: Database, who: UUID) -> tuple[UUID, ...]:
    """All accounts of the person whose account this is, the lasting one first; two statements where it is merged."""
    for _ in range(2):
        row = await db.row(
            "SELECT merged_into, also FROM identity.account WHERE bucket = $1 AND id = $2",
            bucket_of(who),
            who,
        )
        if row is None or row["merged_into"] is None:
            break
        who = row["merged_into"]
    return (who, *(row["also"] if row is not None else ()))


def _alias(row: Record) -> Alias:
    return Alias(row["id"], row["from_id"], row["to_id"], tuple(row["hashes"]), row["at"])


async def merged_into(db: Database, who: UUID) -> list[Alias]:
    """The standing merges into an account, oldest first."""
    rows = await db.rows(
        """SELECT id, from_id, to_id, hashes, at FROM identity.alias
        WHERE to_id = $1 AND undone_at IS NULL  -- across people: merged accounts lie in their own buckets
        ORDER BY at, id LIMIT 100""",
        who,
    )
    return [_alias(row) for row in rows]


def merging(lasting: Standing, other: Standing) -> Part:
    """The guard: both accounts as they were read, locked in one order, neither merged; lost where one has moved.

    A locked row is judged as it is now, not as the statement began: of two merges at once the second finds it moved,
    and so does a merge beside a new phone, paper or name, which would go on finding the account that goes.
    """
    return Part(
        """WITH both_locked AS (
            SELECT id, merges FROM identity.account
            WHERE ((bucket = $1::smallint AND id = $2::uuid AND merges = $3::integer
                    AND phone_sealed = $7::bytea AND name_sealed = $8::bytea)
                OR (bucket = $4::smallint AND id = $5::uuid AND merges = $6::integer
                    AND phone_sealed = $9::bytea AND name_sealed = $10::bytea))
                AND merged_into IS NULL AND closed_at IS NULL AND role = 'resident'
            ORDER BY id FOR UPDATE
        )
        SELECT $4::smallint AS bucket, $5::uuid AS id, $2::uuid AS lasting, $1::smallint AS lasting_bucket
        FROM both_locked HAVING count(*) = 2""",
        (
            *(bucket_of(lasting.id), lasting.id, lasting.merges),
            *(bucket_of(other.id), other.id, other.merges),
            *(lasting.phone_sealed, lasting.name_sealed, other.phone_sealed, other.name_sealed),
        ),
    )


def marking_other() -> Part:
    """The part that notes at the merged account where it went; it cools as long as the lasting one does."""
    return Part(
        """UPDATE identity.account AS a SET merged_into = guard.lasting, merges = a.merges + 1, also = '{}',
            recovered_at = greatest(a.recovered_at, l.recovered_at),
            phone_changed_at = greatest(a.phone_changed_at, l.phone_changed_at)
        FROM guard, identity.account AS l
        WHERE a.bucket = guard.bucket AND a.id = guard.id
            AND l.bucket = guard.lasting_bucket AND l.id = guard.lasting"""
    )


def marking_lasting(lasting: UUID, others: Sequence[UUID]) -> Part:
    """The part that notes at the lasting account that it moved, and what is merged into it now."""
    return Part(
        """UPDATE identity.account AS a SET merges = a.merges + 1, also = a.also || $3::uuid[] FROM guard
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid""",
        (bucket_of(lasting), lasting, list(others)),
    )


def keeping(other: UUID, hashes: Sequence[bytes], *, proof: Proof, by: UUID, now: datetime) -> Part:
    """The part that keeps the alias, how both were proved, and by whom."""
    return Part(
        """INSERT INTO identity.alias (bucket, id, from_id, to_id, hashes, proof, by, at)
        SELECT bucket, $1::uuid, id, lasting, $2::bytea[], $5::text, $3::uuid, $4::timestamptz FROM guard""",
        (new_id(bucket_of(other)), list(hashes), by, now, proof),
    )


def pointing_on(hashes: Sequence[bytes]) -> Part:
    """The part that makes what finds the merged account, in all its spellings, find the lasting one."""
    return Part(
        """UPDATE identity.id_index AS i SET bucket = guard.lasting_bucket, account = guard.lasting FROM guard
        WHERE i.hash = ANY($1::bytea[]) AND i.account = guard.id""",
        (list(hashes),),
    )


def flattening() -> Part:
    """The part by which what was merged into the merged account is merged into the lasting one: no chain."""
    return Part(
        """UPDATE identity.alias AS x SET to_id = guard.lasting FROM guard
        WHERE x.to_id = guard.id AND x.undone_at IS NULL  -- across people: they lie in their own buckets"""
    )


def remarking(who: Sequence[UUID]) -> Part:
    """The part that notes at the accounts of a flattened chain where they went."""
    return Part(
        """UPDATE identity.account AS a SET merged_into = guard.lasting,
            recovered_at = greatest(a.recovered_at, l.recovered_at),
            phone_changed_at = greatest(a.phone_changed_at, l.phone_changed_at)
        FROM guard, identity.account AS l
        WHERE a.bucket = ANY($1::smallint[]) AND a.id = ANY($2::uuid[])
            AND l.bucket = guard.lasting_bucket AND l.id = guard.lasting""",
        ([bucket_of(one) for one in who], list(who)),
    )


def using_code(who: UUID, hash_: bytes, *, now: datetime) -> Part:
    """The part that uses up the code by which the other account was proved."""
    return Part(
        """UPDATE identity.code AS c SET used_at = $4::timestamptz FROM guard
        WHERE c.bucket = $1::smallint AND c.account = $2::uuid AND c.act = 'log_in' AND c.hash = $3::bytea""",
        (bucket_of(who), who, hash_, now),
    )


def reaching(alias: Alias) -> Part:
    """The guard that stands while this merge does."""
    return Part(
        """SELECT bucket, from_id AS id FROM identity.alias
        WHERE bucket = $1::smallint AND id = $2::uuid AND to_id = $3::uuid AND undone_at IS NULL""",
        (bucket_of(alias.from_id), alias.id, alias.to_id),
    )


def undoing(alias: Alias, *, by: UUID, why: str, after: datetime, now: datetime) -> Part:
    """The guard that undoes a merge younger than ``after``; lost when it is undone, too old, or has moved on,
    or the merged account was closed: its numbers would find nobody."""
    return Part(
        """UPDATE identity.alias SET undone_at = $4::timestamptz, undone_by = $5::uuid, undone_why = $6::text
        WHERE bucket = $1::smallint AND id = $2::uuid AND to_id = $3::uuid AND undone_at IS NULL
            AND at > $7::timestamptz AND NOT EXISTS (
                SELECT FROM identity.account a
                WHERE a.bucket = alias.bucket AND a.id = alias.from_id AND a.closed_at IS NOT NULL)
        RETURNING bucket, from_id AS id, to_id AS lasting""",
        (bucket_of(alias.from_id), alias.id, alias.to_id, now, by, why, after),
    )


def pointing_back(spelled: Sequence[bytes]) -> Part:
    """The part by which the numbers of an undone merge find their account again, where they are nobody's else since.

    ``spelled``: all spellings of the alias's hashes.
    """
    return Part(
        """UPDATE identity.id_index AS i SET bucket = guard.bucket, account = guard.id FROM guard
        WHERE i.hash = ANY($1::bytea[]) AND i.account = guard.lasting""",
        (list(spelled),),
    )


def unmarking(lasting: UUID) -> Part:
    """The part that notes at both accounts that the merge is undone."""
    return Part(
        """UPDATE identity.account AS a SET merges = a.merges + 1, also = array_remove(a.also, guard.id),
            merged_into = CASE WHEN a.id = guard.id THEN NULL ELSE a.merged_into END
        FROM guard
        WHERE (a.bucket = guard.bucket AND a.id = guard.id) OR (a.bucket = $1::smallint AND a.id = $2::uuid)""",
        (bucket_of(lasting), lasting),
    )
