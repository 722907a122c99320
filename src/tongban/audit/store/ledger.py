"""SQL of the ledger: appending, the person's own view of it, its months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.audit.model import Entry, Reading
from tongban.kit.db import Bulk, Database, Part
from tongban.kit.ids import OWN_ACCOUNTS, bucket_of, by_bucket, earliest
from tongban.kit.personal import Erasure, counted


def appending(entry: Entry) -> Part:
    """Part: one ledger row, however many rows the guard has."""
    return Part(
        """INSERT INTO audit.ledger (bucket, id, at, kind, actor_role, actor, actor_name, department, action,
            subject, reference, purpose, detail, hash)
        SELECT $1::smallint, $2::uuid, $3::timestamptz, $4::text, $5::text, $6::uuid, $7::text, $8::text, $9::text,
            $10::uuid, $11::text, $12::uuid, $13::jsonb, $14::bytea FROM guard LIMIT 1""",
        (*msgspec.structs.astuple(entry), entry.hash),
    )


def not_noted(
    subject: UUID,
    action: str,
    reference: str,
    detail: Mapping[str, str],
    *,
    by: tuple[UUID | None, UUID | None],
    span: tuple[datetime, datetime],
) -> Part:
    """Part (a guard): lost where the same reading was written down in the ``span`` already, by the index
    ``ledger_reading``; ``by`` are who did it and by which power."""
    actor, power = by
    since, until = span
    return Part(
        """SELECT 1 AS noting WHERE NOT EXISTS (
            SELECT FROM audit.ledger l
            WHERE l.bucket = $1::smallint AND l.subject = $2::uuid AND l.kind = 'read'
                AND l.at >= $3::timestamptz AND l.at < $4::timestamptz AND l.id >= $5::uuid
                AND l.action = $6::text AND l.reference = $7::text AND l.detail @> $8::jsonb
                AND l.actor IS NOT DISTINCT FROM $9::uuid AND l.detail ->> 'power' IS NOT DISTINCT FROM $10::text)""",
        (
            *(bucket_of(subject), subject, since, until, earliest(since), action, reference, dict(detail)),
            *(actor, None if power is None else str(power)),
        ),
    )


def many(entries: list[Entry]) -> Bulk:
    """Ledger rows to be copied in, with their hashes; their transaction is the copying one."""
    columns = (*Entry.__struct_fields__, "hash")
    return Bulk(
        "audit", "ledger", columns, [(*msgspec.structs.astuple(entry), entry.hash) for entry in entries]
    )


async def readings(
    db: Database, accounts: Sequence[UUID], *, limit: int, before: UUID | None, reference: str | None = None
) -> list[Reading]:
    """Who read this person's data, of all her accounts (about one reference), newest first; ``before`` is the last id
    seen."""
    rows = await db.rows(
        f"""SELECT one.* FROM {OWN_ACCOUNTS} CROSS JOIN LATERAL (
            SELECT l.id, l.at, l.actor_role, l.actor, l.actor_name, l.department, l.action, l.reference, l.detail,
                p.kind AS purpose_kind, p.item
            FROM audit.ledger l LEFT JOIN audit.purpose p ON p.bucket = l.bucket AND p.id = l.purpose
            WHERE l.bucket = own.bucket AND l.subject = own.account AND l.kind = 'read'
            AND ($3::uuid IS NULL OR l.id < $3) AND ($5::text IS NULL OR l.reference = $5)
            ORDER BY l.id DESC LIMIT $4
        ) one ORDER BY one.id DESC LIMIT $4""",
        *by_bucket(accounts),
        before,
        limit,
        reference,
    )
    return [Reading(**row) for row in rows]


async def unlawful_readings(db: Database, *, since: datetime, until: datetime) -> int:
    """Readings of a span without a purpose of this person that stood at the time.

    What an agent looks at has none: the power that its row names is why it is lawful.
    """
    return int(
        await db.value(
            """-- across people: the daily check asks of everybody, and gives a number only
            SELECT count(*) FROM audit.ledger l
            WHERE l.kind = 'read' AND l.at >= $1 AND l.at <= $2
            AND NOT (l.purpose IS NULL AND coalesce(l.detail ? 'power', false)) AND NOT EXISTS (
                SELECT FROM audit.purpose p
                WHERE p.bucket = l.bucket AND p.id = l.purpose AND p.subject = l.subject
                    AND p.opened_at <= l.at AND p.until > l.at AND (p.closed_at IS NULL OR p.closed_at >= l.at))""",
            since,
            until,
        )
    )


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """What the ledger keeps about a person, one row each, then why readings were lawful: for her copy."""
    rows = await db.rows(
        """SELECT at, kind, action, actor_role, department, reference, purpose FROM audit.ledger
        WHERE bucket = $1 AND subject = $2 ORDER BY id DESC""",
        bucket_of(person),
        person,
    )
    grounds = await db.rows(
        """SELECT kind, reference, item, fields, basis, opened_at, until, closed_at FROM audit.purpose
        WHERE bucket = $1 AND subject = $2 ORDER BY id DESC""",
        bucket_of(person),
        person,
    )
    return [*(dict(row) for row in rows), *({"ground_of_reading": dict(row)} for row in grounds)]


async def erase(db: Database, who: UUID, *, closing: bool, look: bool, now: datetime) -> Erasure:
    """Nothing of the ledger goes: it can only be added to, and is what tells a person who read her data."""
    del closing, look, now
    number = await db.value(
        "SELECT count(*) FROM audit.ledger WHERE bucket = $1 AND subject = $2", bucket_of(who), who
    )
    return Erasure(stays=counted({"audit.ledger": int(number)}))
