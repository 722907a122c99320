"""SQL of licences, their types and the index of their identifiers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit.db import Bulk, Database, Part
from tongban.kit.i18n import Text
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket
from tongban.kit.personal import Erasure, counted
from tongban.licences.model import Licence, LicenceType

COLUMNS = """bucket, id, holder, type_code, reference, state, revision, version, identifier, number,
    holder_name_sealed, holder_code_sealed, face_sealed, issuer_uscc, issuer_code, issued_at, valid_from,
    valid_until, shown, state_changed_at, state_reason, signed_by, signature, replaces, came_by, replaced_as"""

_CELLS = COLUMNS.count(",") + 1

#: What is read of a licence: its cells, whether the ledger knows a later revision than the row claims to be, and what
#: is asked for it.
#: The bound on the time keeps that look out of older months; two processes' clocks never differ by a day.
READ = (
    ", ".join(f"l.{column.strip()}" for column in COLUMNS.split(","))
    + """, EXISTS (SELECT FROM audit.pub_revision r WHERE r.bucket = l.bucket AND r.reference = l.id::text
        AND r.at > l.state_changed_at - interval '1 day' AND r.revision > l.revision) AS put_back,
        (SELECT jsonb_build_object('act', a.act, 'case', a.reference, 'keeps_valid', a.keeps_valid)
            FROM licences.asked a WHERE a.bucket = l.bucket AND a.licence = l.id AND a.ended_at IS NULL) AS asked"""
)


def licence_from(row: Mapping[str, Any]) -> Licence:
    """The licence that a row holds; columns of other tables are passed over."""
    return msgspec.convert(dict(row), Licence)


def adding(licence: Licence) -> Part:
    """The part that adds a licence when the guard of its decision holds."""
    return Part(
        f"""INSERT INTO licences.licence ({COLUMNS})
        SELECT $1::smallint, $2::uuid, $3::uuid, $4::text, $5::uuid, $6::text, $7::integer, $8::smallint, $9::text,
            $10::text, $11::bytea, $12::bytea, $13::bytea, $14::text, $15::text, $16::timestamptz, $17::date,
            $18::date, $19::jsonb, $20::timestamptz, $21::text, $22::text, $23::bytea, $24::uuid, $25::text,
            $26::text FROM guard""",
        msgspec.structs.astuple(licence)[:_CELLS],
    )


def many(licences: Iterable[Licence]) -> tuple[Bulk, Bulk]:
    """Licences to be copied in, and the global index of their identifiers."""
    rows = list(licences)
    return (
        Bulk(
            *("licences", "licence", Licence.__struct_fields__[:_CELLS]),
            [msgspec.structs.astuple(one)[:_CELLS] for one in rows],
        ),
        Bulk(
            *("licences", "identifier_index", ("identifier", "bucket", "licence")),
            [(one.identifier, one.bucket, one.id) for one in rows],
        ),
    )


def changing(before: Licence, after: Licence) -> Part:
    """The guard of every change: the row as it was read, by revision and signature, becomes the new one."""
    return Part(
        """UPDATE licences.licence SET state = $4, revision = $5, version = $6, identifier = $7, number = $8,
            issuer_uscc = $9, issued_at = $10, valid_from = $11, valid_until = $12, state_changed_at = $13,
            state_reason = $14, signed_by = $15, signature = $16
        WHERE bucket = $1 AND id = $2 AND revision = $3 AND signature = $17
        RETURNING bucket, id, revision""",
        (
            before.bucket,
            before.id,
            before.revision,
            after.state,
            after.revision,
            after.version,
            after.identifier,
            after.number,
            after.issuer_uscc,
            after.issued_at,
            after.valid_from,
            after.valid_until,
            after.state_changed_at,
            after.state_reason,
            after.signed_by,
            after.signature,
            before.signature,
        ),
    )


def unchanged(licence: Licence) -> Part:
    """The guard that the row is still as it was read, for what is written about reading it."""
    return Part(
        "SELECT id FROM licences.licence WHERE bucket = $1 AND id = $2 AND signature = $3",
        (licence.bucket, licence.id, licence.signature),
    )


def indexing(licence: Licence) -> Part:
    """The part that enters a new identifier in the global index; a second one raises UniqueViolationError."""
    return Part(
        """INSERT INTO licences.identifier_index (identifier, bucket, licence)
        SELECT $1::text, $2::smallint, $3::uuid FROM guard""",
        (licence.identifier, licence.bucket, licence.id),
    )


def placing(licence: Licence, premises: bytes) -> Part:
    """The part that enters a new licence in the index of premises, by :func:`premises_key`."""
    return Part(
        """INSERT INTO licences.premises_index (premises, bucket, licence)
        SELECT $1::bytea, $2::smallint, $3::uuid FROM guard""",
        (premises, licence.bucket, licence.id),
    )


def placing_late(licence: Licence, premises: bytes) -> Part:
    """The guard that enters a licence in the index of premises after it was founded; nothing where it is in it."""
    return Part(
        """INSERT INTO licences.premises_index (premises, bucket, licence) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING licence""",
        (premises, licence.bucket, licence.id),
    )


async def standing_of_types(
    db: Database, *, types: Collection[str], after: tuple[int, UUID] | None, limit: int
) -> list[Licence]:
    """Valid and suspended licences of these types, keyset by (bucket, id): in portions, for a repair."""
    bucket, place = after or (-1, UUID(int=0))
    rows = await db.rows(
        f"""-- across people: a repair walks over all licences by their primary key, a portion at a time
        SELECT {READ} FROM licences.licence l
        WHERE (l.bucket, l.id) > ($2::smallint, $3::uuid) AND l.type_code = ANY($1::text[])
            AND l.state IN ('valid', 'suspended')
        ORDER BY l.bucket, l.id LIMIT $4""",
        list(types),
        bucket,
        place,
        limit,
    )
    return [licence_from(row) for row in rows]


async def at_premises(db: Database, premises: bytes, *, but: UUID) -> list[Licence]:
    """The licences that stand for these premises, five at most, the newest first, ``but`` what this case gave."""
    rows = await db.rows(
        f"""-- across people: the index of premises tells bucket and id, whoever of a firm holds the licence
        SELECT {READ} FROM licences.premises_index p
        JOIN licences.licence l ON l.bucket = p.bucket AND l.id = p.licence
        WHERE p.premises = $1 AND l.state IN ('valid', 'suspended') AND l.reference <> $2
        ORDER BY l.id DESC LIMIT 5""",
        premises,
        but,
    )
    return [licence_from(row) for row in rows]


async def licence(db: Database, *, bucket: int, licence: UUID) -> Licence | None:
    """One licence by its id, for the house's own work and for verification."""
    row = await db.row(
        f"SELECT {READ} FROM licences.licence l WHERE l.bucket = $1 AND l.id = $2", bucket, licence
    )
    return licence_from(row) if row else None


async def licence_of(db: Database, *, holder: UUID, bucket: int, licence: UUID) -> Licence | None:
    """One licence of this holder; another person's is not there."""
    row = await db.row(
        f"SELECT {READ} FROM licences.licence l WHERE l.bucket = $1 AND l.id = $2 AND l.holder = $3",
        bucket,
        licence,
        holder,
    )
    return licence_from(row) if row else None


async def whose(db: Database, licence: UUID, accounts: Sequence[UUID]) -> UUID | None:
    """Which of these accounts of one person holds a licence; None for a licence that is none of hers."""
    found = await db.value(
        "SELECT holder FROM licences.licence WHERE bucket = $1 AND id = $2 AND holder = ANY($3)",
        *(bucket_of(licence), licence, list(accounts)),
    )
    return found if isinstance(found, UUID) else None


async def licence_for(db: Database, *, holder: UUID, reference: UUID) -> Licence | None:
    """The licence that the decision on a case founded, if any."""
    row = await db.row(
        f"""SELECT {READ} FROM licences.licence l
        WHERE l.bucket = $1 AND l.reference = $2 AND l.holder = $3 LIMIT 1""",
        bucket_of(holder),
        reference,
        holder,
    )
    return licence_from(row) if row else None


async def licences_of(db: Database, accounts: Sequence[UUID]) -> list[Licence]:
    """A holder's licences, of all her accounts, the newest first."""
    rows = await db.rows(
        f"""SELECT one.* FROM {OWN_ACCOUNTS} CROSS JOIN LATERAL (
            SELECT {READ} FROM licences.licence l WHERE l.bucket = own.bucket AND l.holder = own.account
            ORDER BY l.state_changed_at DESC, l.id DESC LIMIT 200
        ) one ORDER BY one.state_changed_at DESC, one.id DESC LIMIT 200""",
        *by_bucket(accounts),
    )
    return [licence_from(row) for row in rows]


async def licences_before(
    db: Database, accounts: Sequence[UUID], *, before: UUID | None, limit: int
) -> list[Licence]:
    """A page of a holder's licences, of all her accounts, the newest first; keyset by id (UUIDv7 sorts by birth)."""
    rows = await db.rows(
        f"""SELECT one.* FROM {OWN_ACCOUNTS} CROSS JOIN LATERAL (
            SELECT {READ} FROM licences.licence l WHERE l.bucket = own.bucket AND l.holder = own.account
            AND ($3::uuid IS NULL OR l.id < $3) ORDER BY l.id DESC LIMIT $4
        ) one ORDER BY one.id DESC LIMIT $4""",
        *by_bucket(accounts),
        before,
        limit,
    )
    return [licence_from(row) for row in rows]


async def types_held(
    db: Database, accounts: Sequence[UUID], *, types: Collection[str], today: date
) -> dict[str, bool]:
    """Of these types those of which the library has a licence in these accounts, and whether one of it stands."""
    rows = await db.rows(
        f"""SELECT l.type_code, bool_or(l.state = 'valid' AND (l.valid_until IS NULL OR l.valid_until >= $4)) AS stands
        FROM {OWN_ACCOUNTS} JOIN licences.licence l
            ON l.bucket = own.bucket AND l.holder = own.account AND l.type_code = ANY($3::text[])
        WHERE l.state <> 'making' GROUP BY l.type_code""",
        *by_bucket(accounts),
        list(types),
        today,
    )
    return {row["type_code"]: row["stands"] for row in rows}


async def standing(db: Database, accounts: Sequence[UUID], *, type_code: str, today: date) -> bool:
    """Whether a person holds a licence of this type that stands, or is being made, in one of these accounts."""
    return bool(
        await db.value(
            f"""SELECT EXISTS (SELECT FROM {OWN_ACCOUNTS} JOIN licences.licence l
                ON l.bucket = own.bucket AND l.holder = own.account AND l.type_code = $3
            AND l.state IN ('making', 'valid', 'suspended') AND (l.valid_until IS NULL OR l.valid_until >= $4))""",
            *by_bucket(accounts),
            type_code,
            today,
        )
    )


async def place_of(db: Database, identifier: str) -> tuple[int, UUID] | None:
    """Where the licence of an identifier lies: bucket and id."""
    row = await db.row(
        "SELECT bucket, licence FROM licences.identifier_index WHERE identifier = $1", identifier
    )
    return (row["bucket"], row["licence"]) if row else None


async def licence_types(db: Database) -> list[LicenceType]:
    """All licence types (reference table)."""
    rows = await db.rows(
        """SELECT code, short, name_zh, name_en, holder_kind, validity, months, carrier, issuer_kind, mark
        FROM licences.licence_type ORDER BY code"""
    )
    return [
        msgspec.convert(
            {
                **{name: value for name, value in row.items() if not name.startswith("name_")},
                "name": Text(row["name_zh"], row["name_en"]),
            },
            LicenceType,
        )
        for row in rows
    ]


async def load_licence_types(db: Database, types: list[LicenceType]) -> None:
    """Enter or amend licence types."""
    await db.run(
        """INSERT INTO licences.licence_type
            (code, short, name_zh, name_en, holder_kind, validity, months, carrier, issuer_kind, mark)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::smallint[],
            $8::text[], $9::text[], $10::text[])
        ON CONFLICT (code) DO UPDATE SET short = EXCLUDED.short, name_zh = EXCLUDED.name_zh,
            name_en = EXCLUDED.name_en, holder_kind = EXCLUDED.holder_kind, validity = EXCLUDED.validity,
            months = EXCLUDED.months, carrier = EXCLUDED.carrier, issuer_kind = EXCLUDED.issuer_kind,
            mark = EXCLUDED.mark""",
        [kind.code for kind in types],
        [kind.short for kind in types],
        [kind.name.zh for kind in types],
        [kind.name.en for kind in types],
        [kind.holder_kind for kind in types],
        [kind.validity for kind in types],
        [kind.months for kind in types],
        [kind.carrier for kind in types],
        [kind.issuer_kind for kind in types],
        [kind.mark for kind in types],
    )


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """A person's licences with what was decided about each and asked for it, cards and reminders: for her copy.

    Names and numbers stay sealed; her library shows them.
    """
    rows = await db.rows(
        """SELECT l.type_code, l.identifier, l.number, l.state, l.issued_at, l.valid_from, l.valid_until, l.reference,
            (SELECT jsonb_agg(jsonb_build_object('act', d.act, 'ground', d.ground, 'reason', d.reason,
                    'compensation', d.compensation, 'at', d.at) ORDER BY d.revision)
                FROM licences.decision d WHERE d.bucket = l.bucket AND d.licence = l.id) AS decisions,
            (SELECT jsonb_agg(jsonb_build_object('act', a.act, 'asked_at', a.asked_at, 'ended_at', a.ended_at)
                    ORDER BY a.asked_at)
                FROM licences.asked a WHERE a.bucket = l.bucket AND a.licence = l.id) AS asked,
            (SELECT jsonb_agg(jsonb_build_object('state', o.state, 'ordered_at', o.ordered_at, 'made_at', o.made_at,
                    'serial', o.serial, 'problem', o.problem) ORDER BY o.ordered_at)
                FROM licences.card_order o WHERE o.bucket = l.bucket AND o.licence = l.id) AS card_orders,
            (SELECT jsonb_agg(jsonb_build_object('kind', r.kind, 'at', r.at) ORDER BY r.at)
                FROM licences.reminder r WHERE r.bucket = l.bucket AND r.licence = l.id) AS reminders
        FROM licences.licence l
        WHERE l.bucket = $1 AND l.holder = $2 ORDER BY l.id DESC""",
        bucket_of(person),
        person,
    )
    return [dict(row) for row in rows]


async def erase(db: Database, who: UUID, *, closing: bool, look: bool, now: datetime) -> Erasure:
    """Nothing of a licence goes: anybody who was shown it must be able to have it verified."""
    del closing, look, now
    number = await db.value(
        "SELECT count(*) FROM licences.licence WHERE bucket = $1 AND holder = $2", bucket_of(who), who
    )
    return Erasure(stays=counted({"licences.licence": int(number)}))
