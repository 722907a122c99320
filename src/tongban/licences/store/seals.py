"""SQL of the organs' seals: few rows, by department."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.kit.db import Database
from tongban.licences.model.seals import Seal

_COLUMNS = "id, department, state, key_sealed, certificate, above, valid_until"


async def seal_of(db: Database, *, department: str) -> Seal | None:
    """The seal that a department has or has asked for."""
    row = await db.row(
        f"SELECT {_COLUMNS} FROM licences.seal WHERE department = $1 AND state <> 'retired'", department
    )
    return msgspec.convert(dict(row), Seal) if row else None


async def ask(db: Database, seal: Seal, *, now: datetime) -> None:
    """Keep the key of a seal that is asked for; whoever was first keeps the place."""
    await db.run(
        """INSERT INTO licences.seal (id, department, state, key_sealed, asked_at)
        VALUES ($1, $2, 'asked', $3, $4) ON CONFLICT (department) WHERE state <> 'retired' DO NOTHING""",
        seal.id,
        seal.department,
        seal.key_sealed,
        now,
    )


async def take_into_use(
    db: Database,
    *,
    seal: UUID,
    certificate: bytes,
    above: list[bytes],
    valid_from: datetime,
    valid_until: datetime,
) -> None:
    """The certificate has come."""
    await db.run(
        """UPDATE licences.seal SET state = 'in_use', certificate = $2, above = $3, valid_from = $4, valid_until = $5
        WHERE id = $1 AND state = 'asked'""",
        seal,
        certificate,
        above,
        valid_from,
        valid_until,
    )


async def mark_revoked(db: Database, *, seal: UUID, now: datetime) -> None:
    """The authority took the certificate back: nothing is sealed with it until somebody renews it."""
    await db.run(
        "UPDATE licences.seal SET state = 'revoked', ended_at = $2 WHERE id = $1 AND state = 'in_use'",
        seal,
        now,
    )


async def retire(db: Database, *, department: str, now: datetime) -> UUID | None:
    """Put a department's seal away, so that another can be asked for; gives which it was."""
    found: UUID | None = await db.value(
        """UPDATE licences.seal SET state = 'retired', ended_at = coalesce(ended_at, $2)
        WHERE department = $1 AND state <> 'retired' RETURNING id""",
        department,
        now,
    )
    return found
