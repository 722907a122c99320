"""SQL about officers: where each serves, and who serves in a department."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.identity.model.hashes import spellings
from tongban.identity.model.people import Account
from tongban.identity.store.accounts import account_of
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Duty


def claiming_phone(hash_: bytes, *, now: datetime) -> Part:
    """The part that notes whose the phone is at staff: one person, one account."""
    return Part(
        """INSERT INTO identity.staff_phone_index (hash, bucket, account, at, older)
        SELECT h.hash, bucket, id, $2::timestamptz, h.place > 1
        FROM guard, unnest($1::bytea[]) WITH ORDINALITY AS h (hash, place)
        WHERE NOT EXISTS (SELECT FROM identity.staff_phone_index i WHERE i.hash = ANY($1::bytea[]))
        ON CONFLICT (hash) DO NOTHING""",
        (spellings(hash_), now),
    )


def posting(who: UUID, *, department: str, duties: Iterable[Duty]) -> Part:
    """Part (a guard): where an officer serves from now on, and what she does there."""
    return Part(
        """UPDATE identity.staff SET department = $3::text, duties = $4::text[]
        WHERE bucket = $1::smallint AND id = $2::uuid RETURNING bucket, id""",
        (bucket_of(who), who, department, sorted(duties)),
    )


async def hall_of(db: Database, officer: UUID) -> str | None:
    """The hall in which an officer sits at a window, by its code; None where she sits in none."""
    row = await db.row(
        "SELECT hall FROM identity.staff WHERE bucket = $1 AND id = $2", bucket_of(officer), officer
    )
    return row["hall"] if row else None


class Administrators(msgspec.Struct, frozen=True):
    """How many there are of each of the three, who can log in, and how many hold more than that one duty."""

    system: int
    security: int
    audit: int
    mixed: int


async def administrators(db: Database) -> Administrators:
    """The three administrators counted: for the doctor."""
    row = await db.row(
        """-- across people: numbers only
        SELECT count(*) FILTER (WHERE 'system_admin' = ANY(duties)) AS system,
            count(*) FILTER (WHERE 'security_admin' = ANY(duties)) AS security,
            count(*) FILTER (WHERE 'audit_admin' = ANY(duties)) AS audit,
            count(*) FILTER (WHERE cardinality(duties) > 1) AS mixed
        FROM identity.staff
        WHERE duties && ARRAY['system_admin', 'security_admin', 'audit_admin'] AND state IN ('active', 'locked')"""
    )
    assert row is not None
    return Administrators(**row)


async def administrators_at_work(db: Database) -> list[tuple[UUID, Duty, bytes]]:
    """Each administrator who can log in: her account, which of the three she is, her sealed phone."""
    rows = await db.rows(
        """-- across people: few, with an index of their own (staff_security)
        SELECT a.id, s.duties[1] AS duty, a.phone_sealed FROM identity.staff s
        JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id
        WHERE s.duties && ARRAY['system_admin', 'security_admin', 'audit_admin'] AND s.state = 'active'
        ORDER BY s.username LIMIT 60"""
    )
    return [(row["id"], Duty(row["duty"]), row["phone_sealed"]) for row in rows]


async def of_department(db: Database, department: str) -> list[Account]:
    """The accounts of a department's officers, by log-in name, a hundred at most."""
    rows = await db.rows(
        """-- across people: a department's officers are found by its code (staff_department)
        SELECT a.id, a.role, a.name_sealed, a.phone_sealed, a.level, a.password, a.also, s.department, s.duties
        FROM identity.staff s JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id
        WHERE s.department = $1 AND s.state IN ('active', 'locked') ORDER BY s.username LIMIT 100""",
        department,
    )
    return [account_of(row) for row in rows]
