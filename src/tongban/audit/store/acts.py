"""SQL of what the audit administrator 审计管理员 reads: acts of administrators, and acts upon accounts of staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit.db import Database
from tongban.kit.ids import bucket_of


class StaffAct(msgspec.Struct, frozen=True):
    """One row of the ledger as it is read for auditing: when (UTC), who, what, upon whose account, with what codes."""

    id: UUID
    at: datetime
    actor_role: str
    actor: UUID | None
    actor_name: str
    action: str
    subject: UUID
    reference: str
    detail: dict[str, Any] | None


async def acts_of_staff(db: Database, *, before: UUID | None, limit: int) -> list[StaffAct]:
    """What administrators did, and what was done to accounts of staff, the newest first; ``before`` is the last id
    seen. The condition is that of the index ``ledger_of_staff``."""
    rows = await db.rows(
        """-- across people: the acts of all administrators have an index of their own
        SELECT id, at, actor_role, actor, actor_name, action, subject, reference, detail FROM audit.ledger
        WHERE (actor_role = 'administrator' OR action LIKE 'identity.staff\\_%'
            OR action IN ('identity.post_to', 'identity.reset_totp')) AND ($1::uuid IS NULL OR id < $1)
        ORDER BY id DESC LIMIT $2""",
        before,
        limit,
    )
    return [StaffAct(**row) for row in rows]


async def acts_upon(db: Database, subject: UUID) -> list[StaffAct]:
    """What one account did for itself and what was done to it, the newest hundred."""
    rows = await db.rows(
        """SELECT id, at, actor_role, actor, actor_name, action, subject, reference, detail FROM audit.ledger
        WHERE bucket = $1 AND subject = $2 ORDER BY id DESC LIMIT 100""",
        bucket_of(subject),
        subject,
    )
    return [StaffAct(**row) for row in rows]
