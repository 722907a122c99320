"""SQL of accounts that are known by a phone alone 仅手机账户 (L0): opened, used, raised to L1, ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.identity.model import Account
from tongban.identity.store.applications import Application
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


class Held(msgspec.Struct, frozen=True):
    """The account that a phone finds; ``phone_only``: it is known by nothing else."""

    id: UUID
    phone_only: bool


class PhoneAccount(msgspec.Struct, frozen=True):
    """A living account of a phone: its sealed number, its password as it is kept, since when, and when last used."""

    id: UUID
    phone_sealed: bytes
    password: str
    opened_at: datetime
    used_at: datetime


def keeping(application: Application) -> Part:
    """The guard that keeps an application for an account by phone until its code is typed.

    In the place of a paper's hash, which nobody looks up in this state, stands the phone's.
    """
    return Part(
        """INSERT INTO identity.application
            (bucket, id, state, name_sealed, id_number_sealed, phone_sealed, id_hash, phone_hash, password, expires_at,
            paper_kind, phone_older)
        VALUES ($1::smallint, $2::uuid, 'phone', $3::bytea, $4::bytea, $5::bytea, $6::bytea, $6::bytea, $7::text,
            $8::timestamptz, '', $9::bytea)
        RETURNING bucket, id""",
        (
            *(bucket_of(application.id), application.id, application.name_sealed),
            *(application.id_number_sealed, application.phone_sealed, application.phone_hash),
            *(application.password, application.expires_at, application.phone_older),
        ),
    )


async def held_by(db: Database, candidate: UUID) -> Held | None:
    """The account that the phone of an application for one finds already."""
    row = await db.row(
        """SELECT i.account AS id, o.id IS NOT NULL AS phone_only
        FROM identity.application e
        JOIN identity.id_index i ON i.hash IN (e.phone_hash, e.phone_older)
        LEFT JOIN identity.phone_only o ON o.bucket = i.bucket AND o.id = i.account
        WHERE e.bucket = $1 AND e.id = $2 AND e.state = 'phone'  -- across people: the index tells the bucket
        LIMIT 1""",
        bucket_of(candidate),
        candidate,
    )
    return None if row is None else Held(row["id"], row["phone_only"])


def ending_application(candidate: UUID, *, now: datetime) -> Part:
    """The guard that ends an application whose code was right; lost when it was ended before."""
    return Part(
        """DELETE FROM identity.application
        WHERE bucket = $1::smallint AND id = $2::uuid AND state = 'phone' AND expires_at > $3::timestamptz
        RETURNING bucket, id, name_sealed, phone_sealed, phone_hash, phone_older, password""",
        (bucket_of(candidate), candidate, now),
    )


def making(*, now: datetime) -> Part:
    """The part that notes that the new account is known by its phone alone."""
    return Part(
        """INSERT INTO identity.phone_only (bucket, id, used_at) SELECT bucket, id, $1::timestamptz FROM guard""",
        (now,),
    )


def claiming_phone(*, now: datetime) -> Part:
    """The part that makes the phone find the new account: a second account of one phone undoes the whole write."""
    return Part(
        """INSERT INTO identity.id_index (hash, kind, bucket, account, at, older)
        SELECT h.hash, 'phone', bucket, id, $1::timestamptz, h.older
        FROM guard, LATERAL (VALUES (phone_hash, false), (phone_older, true)) AS h (hash, older)
        WHERE h.hash IS NOT NULL""",
        (now,),
    )


def using_code(candidate: UUID, *, now: datetime) -> Part:
    """The part that uses the application's code up."""
    return Part(
        """UPDATE identity.code AS c SET used_at = $3::timestamptz FROM guard
        WHERE c.bucket = $1::smallint AND c.account = $2::uuid AND c.act = 'enrol'""",
        (bucket_of(candidate), candidate, now),
    )


def using(who: UUID, *, now: datetime) -> Part:
    """The part of a log-in that notes that the account is in use."""
    return Part(
        """UPDATE identity.phone_only AS o SET used_at = greatest(o.used_at, $3::timestamptz) FROM guard
        WHERE o.bucket = $1::smallint AND o.id = $2::uuid""",
        (bucket_of(who), who, now),
    )


async def living(db: Database, who: UUID) -> PhoneAccount | None:
    """The account where it is known by its phone alone, and neither ended nor closed."""
    row = await db.row(
        """SELECT a.id, a.phone_sealed, a.password, a.opened_at, o.used_at FROM identity.phone_only o
        JOIN identity.account a ON a.bucket = o.bucket AND a.id = o.id
        WHERE o.bucket = $1 AND o.id = $2 AND o.ended_at IS NULL AND a.closed_at IS NULL""",
        bucket_of(who),
        who,
    )
    return None if row is None else PhoneAccount(**row)


async def checked(db: Database, candidate: UUID, *, raises: UUID, now: datetime) -> Application | None:
    """A checked enrolment that is to raise this account, with what came from the register for it."""
    row = await db.row(
        """SELECT id, name_sealed, id_number_sealed, phone_sealed, id_hash, phone_hash, password, expires_at,
            paper_kind, paper_country, raises, hukou_address_sealed, residence_address_sealed
        FROM identity.application
        WHERE bucket = $1 AND id = $2 AND state = 'checked' AND raises = $3 AND expires_at > $4""",
        bucket_of(candidate),
        candidate,
        raises,
        now,
    )
    return None if row is None else Application(**row)


def raising(
    own: Account, *, number_sealed: bytes, addresses: tuple[bytes | None, ...], candidate: UUID
) -> Part:
    """The guard that gives the account of a phone the name that the register has just confirmed, and its level.

    ``own`` is the account as it will be; all that was sealed to the enrolment ``candidate`` is sealed to the account
    here. It gives what the parts of an enrolment take, under the account's own id. Lost when the account was raised,
    ended or closed, or the enrolment is over.
    """
    return Part(
        """UPDATE identity.account AS a SET name_sealed = $3::bytea, level = $4::smallint
        FROM identity.application AS e, identity.phone_only AS o
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid AND a.closed_at IS NULL
            AND o.bucket = a.bucket AND o.id = a.id AND o.ended_at IS NULL
            AND e.bucket = $1::smallint AND e.id = $5::uuid AND e.state = 'checked' AND e.raises = a.id
        RETURNING a.bucket, a.id, $6::bytea AS id_number_sealed, e.id_hash, e.as_of, e.checked_at, e.paper_kind,
            e.paper_country, e.expires_at, e.other_hashes, e.other_kinds, e.residence, e.id_older, e.other_older,
            $7::bytea AS hukou_address_sealed, $8::bytea AS residence_address_sealed""",
        (
            *(bucket_of(own.id), own.id, own.name_sealed, own.level, candidate, number_sealed),
            *addresses,
        ),
    )


def dropping(who: UUID) -> Part:
    """The part by which the account is one of a phone alone no more: it has risen, or what it held is gone."""
    return Part(
        "DELETE FROM identity.phone_only AS o USING guard WHERE o.bucket = $1::smallint AND o.id = $2::uuid",
        (bucket_of(who), who),
    )


def noting_end(who: UUID, *, now: datetime) -> Part:
    """The part that notes that the account has ended, where it is one of a phone alone: the worker lets go the rest."""
    return Part(
        """UPDATE identity.phone_only AS o SET ended_at = coalesce(o.ended_at, $3::timestamptz) FROM guard
        WHERE o.bucket = $1::smallint AND o.id = $2::uuid""",
        (bucket_of(who), who, now),
    )


def ending(who: UUID, *, nothing_sealed: bytes, unused_since: datetime | None, now: datetime) -> Part:
    """The guard that closes such an account: no password fits it, and its phone is gone.

    Lost when it is over, or was used after ``unused_since`` where that is given.
    """
    return Part(
        """UPDATE identity.account AS a SET closed_at = $4::timestamptz, password = '', phone_sealed = $3::bytea
        FROM identity.phone_only AS o
        WHERE a.bucket = $1::smallint AND a.id = $2::uuid AND a.closed_at IS NULL
            AND o.bucket = a.bucket AND o.id = a.id AND o.ended_at IS NULL
            AND ($5::timestamptz IS NULL OR o.used_at < $5::timestamptz)
        RETURNING a.bucket, a.id""",
        (bucket_of(who), who, nothing_sealed, now, unused_since),
    )


def forgetting(who: UUID) -> Part:
    """The guard that forgets an ended account's row once what it held is gone; lost when that was done before."""
    return Part(
        """DELETE FROM identity.phone_only AS o
        WHERE o.bucket = $1::smallint AND o.id = $2::uuid AND o.ended_at IS NOT NULL RETURNING o.bucket, o.id""",
        (bucket_of(who), who),
    )


async def unused(db: Database, *, before: datetime, limit: int) -> list[UUID]:
    """Accounts of a phone alone that nobody has used since, the longest unused first."""
    rows = await db.rows(
        """SELECT id FROM identity.phone_only  -- across people: the hourly sweep
        WHERE used_at < $1 AND ended_at IS NULL ORDER BY used_at LIMIT $2""",
        before,
        limit,
    )
    return [row["id"] for row in rows]


async def number_unused(db: Database, *, before: datetime) -> int:
    """How many of them there are."""
    return int(
        await db.value(
            """SELECT count(*) FROM identity.phone_only  -- across people: for the doctor
            WHERE used_at < $1 AND ended_at IS NULL""",
            before,
        )
    )


async def ended(db: Database, *, limit: int) -> list[UUID]:
    """Accounts of a phone alone that have ended, and whose records are still there."""
    rows = await db.rows(
        """SELECT id FROM identity.phone_only  -- across people: the hourly sweep
        WHERE ended_at IS NOT NULL ORDER BY ended_at LIMIT $1""",
        limit,
    )
    return [row["id"] for row in rows]
