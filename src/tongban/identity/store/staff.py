"""SQL about officers: where each serves, and who serves in a department."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tongban.identity.model.people import Account
from tongban.identity.store.accounts import account_of
from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Duty


def posting(who: UUID, *, department: str, duties: Iterable[Duty]) -> Part:
    """Part (a guard): where an officer serves from now on, and what she does there."""
    return Part(
        """UPDATE identity.staff SET department = $3::text, duties = $4::text[]
        WHERE bucket = $1::smallint AND id = $2::uuid RETURNING bucket, id""",
        (bucket_of(who), who, department, sorted(duties)),
    )


async def of_department(db: Database, department: str) -> list[Account]:
    """The accounts of a department's officers, by log-in name, a hundred at most."""
    rows = await db.rows(
        """-- across people: a department's officers are found by its code (staff_department)
        SELECT a.id, a.role, a.name_sealed, a.phone_sealed, a.level, a.password, s.department, s.duties
        FROM identity.staff s JOIN identity.account a ON a.bucket = s.bucket AND a.id = s.id
        WHERE s.department = $1 ORDER BY s.username LIMIT 100""",
        department,
    )
    return [account_of(row) for row in rows]
