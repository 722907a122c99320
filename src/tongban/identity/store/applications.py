"""SQL of enrolments under way."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.identity.model.duplicates import OtherPapers
from tongban.identity.model.hashes import older_one
from tongban.identity.model.residence import Residence
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of


class Application(msgspec.Struct, frozen=True):
    """An enrolment under way, as its row keeps it: sealed. ``id_number_sealed`` is the number of the paper.

    ``id_older`` and ``phone_older`` are the other spelling of a hash, while a new look-up key takes over.
    ``raises``: the account of a phone (L0) that it is to raise, instead of opening one.
    """

    id: UUID
    name_sealed: bytes
    id_number_sealed: bytes
    phone_sealed: bytes
    id_hash: bytes
    phone_hash: bytes
    password: str
    expires_at: datetime
    paper_kind: str
    paper_country: str
    id_older: bytes | None = None
    phone_older: bytes | None = None
    raises: UUID | None = None
    hukou_address_sealed: bytes | None = None
    residence_address_sealed: bytes | None = None

    @property
    def subject(self) -> UUID:
        """Whose the ledger's rows about it are: the account's that it raises, else its own."""
        return self.raises or self.id


def keeping(application: Application) -> Part:
    """The part that keeps an enrolment until the register has answered."""
    return Part(
        """INSERT INTO identity.application
            (bucket, id, state, name_sealed, id_number_sealed, phone_sealed, id_hash, phone_hash, password, expires_at,
            paper_kind, paper_country, id_older, phone_older, raises)
        SELECT $1::smallint, $2::uuid, 'waiting', $3::bytea, $4::bytea, $5::bytea, $6::bytea, $7::bytea, $8::text,
            $9::timestamptz, $10::text, $11::text, $12::bytea, $13::bytea, $14::uuid
        FROM guard""",
        (
            bucket_of(application.id),
            application.id,
            application.name_sealed,
            application.id_number_sealed,
            application.phone_sealed,
            application.id_hash,
            application.phone_hash,
            application.password,
            application.expires_at,
            application.paper_kind,
            application.paper_country,
            application.id_older,
            application.phone_older,
            application.raises,
        ),
    )


async def waiting(db: Database, candidate: UUID, *, now: datetime) -> Application | None:
    """An enrolment that still waits for the register."""
    row = await db.row(
        """SELECT id, name_sealed, id_number_sealed, phone_sealed, id_hash, phone_hash, password, expires_at,
            paper_kind, paper_country, raises
        FROM identity.application
        WHERE bucket = $1 AND id = $2 AND state = 'waiting' AND expires_at > $3""",
        bucket_of(candidate),
        candidate,
        now,
    )
    return None if row is None else Application(**row)


def confirming(
    candidate: UUID, *, others: OtherPapers, residence: Residence | None, as_of: datetime, now: datetime
) -> Part:
    """The guard that notes the register's yes, her other papers, hukou and residence; lost when a twin was faster."""
    told = residence or Residence()
    return Part(
        """UPDATE identity.application SET state = 'checked', as_of = $3::timestamptz, checked_at = $4::timestamptz,
            other_hashes = $5::bytea[], other_kinds = $6::text[], residence = $7::jsonb,
            hukou_address_sealed = $8::bytea, residence_address_sealed = $9::bytea, other_older = $10::bytea[]
        WHERE bucket = $1::smallint AND id = $2::uuid AND state = 'waiting'
        RETURNING id""",
        (
            *(bucket_of(candidate), candidate, as_of, now, list(others.hashes), list(others.kinds)),
            *(told.facts() if residence else None, *told.sealed(candidate)),
            [older_one(hash_) for hash_ in others.hashes],
        ),
    )


def dropping(candidate: UUID) -> Part:
    """The guard that forgets an enrolment which came to nothing."""
    return Part(
        "DELETE FROM identity.application WHERE bucket = $1::smallint AND id = $2::uuid RETURNING id",
        (bucket_of(candidate), candidate),
    )


def ending(candidate: UUID, *, now: datetime) -> Part:
    """The guard that ends a checked enrolment; from its row the account is made. Lost when it was ended before."""
    return Part(
        """DELETE FROM identity.application
        WHERE bucket = $1::smallint AND id = $2::uuid AND state = 'checked' AND expires_at > $3::timestamptz
        RETURNING bucket, id, name_sealed, id_number_sealed, phone_sealed, id_hash, phone_hash, password, as_of,
            checked_at, paper_kind, paper_country, expires_at, other_hashes, other_kinds, residence,
            hukou_address_sealed, residence_address_sealed, id_older, phone_older, other_older""",
        (bucket_of(candidate), candidate, now),
    )


def making_account(*, level: int, now: datetime) -> Part:
    """The part that opens the account of an ended enrolment."""
    return Part(
        """INSERT INTO identity.account (bucket, id, role, name_sealed, phone_sealed, level, password, opened_at)
        SELECT bucket, id, 'resident', name_sealed, phone_sealed, $1::smallint, password, $2::timestamptz
        FROM guard""",
        (level, now),
    )


def making_person() -> Part:
    """The part that keeps what the register confirmed."""
    return Part(
        """INSERT INTO identity.person
            (bucket, id, id_number_sealed, as_of, checked_at, paper_kind, paper_country)
        SELECT bucket, id, id_number_sealed, as_of, checked_at, paper_kind, paper_country FROM guard"""
    )


def taking_phone(*, now: datetime) -> Part:
    """The part that makes the phone find this account: the register has just said whose it is."""
    return Part(
        """INSERT INTO identity.id_index (hash, kind, bucket, account, at, older)
        SELECT h.hash, 'phone', bucket, id, $1::timestamptz, h.older
        FROM guard, LATERAL (VALUES (phone_hash, false), (phone_older, true)) AS h (hash, older)
        WHERE h.hash IS NOT NULL
        ON CONFLICT (hash) DO UPDATE
        SET bucket = EXCLUDED.bucket, account = EXCLUDED.account, at = EXCLUDED.at""",
        (now,),
    )


def using_enrolment_code(*, now: datetime) -> Part:
    """The part that uses the enrolment's code up."""
    return Part(
        """UPDATE identity.code SET used_at = $1::timestamptz FROM guard
        WHERE code.bucket = guard.bucket AND code.account = guard.id AND code.act = 'enrol'""",
        (now,),
    )
