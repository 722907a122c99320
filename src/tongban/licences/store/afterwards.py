"""SQL of life after the decision: what is asked for a licence, what took its place, and the letters that it ends."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of
from tongban.licences.model import Licence
from tongban.licences.store.licences import READ, licence_from


def asking(licence: Licence, *, act: str, reference: UUID, keeps_valid: bool, now: datetime) -> Part:
    """The part that enters what is asked for a licence; another one under way raises UniqueViolationError."""
    return Part(
        """INSERT INTO licences.asked (bucket, reference, licence, act, keeps_valid, asked_at)
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::text, $5::boolean, $6::timestamptz FROM guard""",
        (licence.bucket, reference, licence.id, act, keeps_valid, now),
    )


def settling(*, holder: UUID, reference: UUID, now: datetime) -> Part:
    """The part by which what a case asked for is under way no more; nothing for a case that asked for none."""
    return Part(
        """UPDATE licences.asked a SET ended_at = $3::timestamptz FROM guard
        WHERE a.bucket = $1::smallint AND a.reference = $2::uuid AND a.ended_at IS NULL""",
        (bucket_of(holder), reference, now),
    )


def no_longer_kept(*, holder: UUID, reference: UUID) -> Part:
    """The part by which what a case asks keeps the licence valid no more."""
    return Part(
        """UPDATE licences.asked a SET keeps_valid = false FROM guard
        WHERE a.bucket = $1::smallint AND a.reference = $2::uuid""",
        (bucket_of(holder), reference),
    )


def asking_again(*, holder: UUID, reference: UUID, keeps_valid: bool) -> Part:
    """The part by which a case whose end was taken back asks again, unless another one does."""
    return Part(
        """UPDATE licences.asked a SET ended_at = NULL, keeps_valid = $3::boolean FROM guard
        WHERE a.bucket = $1::smallint AND a.reference = $2::uuid AND NOT EXISTS (
            SELECT FROM licences.asked b WHERE b.bucket = a.bucket AND b.licence = a.licence AND b.ended_at IS NULL)""",
        (bucket_of(holder), reference, keeps_valid),
    )


def both_unchanged(one: Licence, other: Licence) -> Part:
    """The guard that two licences of a holder are as they were read, both locked: both are changed or neither."""
    return Part(
        """SELECT count(*) AS sound FROM (
            SELECT id, revision, signature FROM licences.licence
            WHERE bucket = $1 AND id IN ($2, $5) ORDER BY id FOR UPDATE
        ) AS locked
        WHERE (id = $2 AND revision = $3 AND signature = $4) OR (id = $5 AND revision = $6 AND signature = $7)
        HAVING count(*) = 2""",
        (one.bucket, one.id, one.revision, one.signature, other.id, other.revision, other.signature),
    )


def becoming(licence: Licence) -> Part:
    """The part by which a licence that the guard has locked becomes what is given."""
    return Part(
        """UPDATE licences.licence l SET state = $3::text, revision = $4::integer, identifier = $5::text,
            number = $6::text, issuer_uscc = $7::text, issued_at = $8::timestamptz, valid_from = $9::date,
            valid_until = $10::date, state_changed_at = $11::timestamptz, state_reason = $12::text,
            replaced_as = $13::text, signed_by = $14::text, signature = $15::bytea
        FROM guard WHERE l.bucket = $1::smallint AND l.id = $2::uuid""",
        (
            licence.bucket,
            licence.id,
            licence.state,
            licence.revision,
            licence.identifier,
            licence.number,
            licence.issuer_uscc,
            licence.issued_at,
            licence.valid_from,
            licence.valid_until,
            licence.state_changed_at,
            licence.state_reason,
            licence.replaced_as,
            licence.signed_by,
            licence.signature,
        ),
    )


async def ending_soon(
    db: Database, *, type_code: str, kind: str, since: date, until: date, limit: int
) -> list[Licence]:
    """Valid licences of a type whose last day lies between two days and that no such letter was written for."""
    rows = await db.rows(
        f"""-- across people: the worker looks whose licences end soon, to tell them
        SELECT {READ} FROM licences.licence l
        WHERE l.type_code = $1 AND l.state = 'valid' AND l.valid_until BETWEEN $2 AND $3
        AND NOT EXISTS (SELECT FROM licences.reminder r WHERE r.bucket = l.bucket AND r.licence = l.id
            AND r.valid_until = l.valid_until AND r.kind = $4)
        AND NOT EXISTS (SELECT FROM licences.asked a WHERE a.bucket = l.bucket AND a.licence = l.id
            AND a.ended_at IS NULL)
        ORDER BY l.valid_until LIMIT $5""",
        type_code,
        since,
        until,
        kind,
        limit,
    )
    return [licence_from(row) for row in rows]


def reminding(licence: Licence, *, kind: str, now: datetime) -> Part:
    """The guard of a letter: lost when it was written before."""
    return Part(
        """INSERT INTO licences.reminder (bucket, licence, valid_until, kind, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING RETURNING licence""",
        (licence.bucket, licence.id, licence.valid_until, kind, now),
    )
