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


class StaffActsAsked(msgspec.Struct, frozen=True):
    """What narrows the acts: one action, who did it (part of her name), upon whose account, from and until when (UTC,
    the end left out). Empty for all."""

    action: str = ""
    name: str = ""
    subject: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


_ALL = StaffActsAsked()


async def acts_of_staff(
    db: Database, *, before: UUID | None, limit: int, asked: StaffActsAsked = _ALL
) -> list[StaffAct]:
    """What administrators did, and what was done to accounts of staff, the newest first; ``before`` is the last id
    seen. The first condition is that of the index ``ledger_of_staff``: no case's row is among them."""
    rows = await db.rows(
        """-- across people: the acts of all administrators have an index of their own
        SELECT id, at, actor_role, actor, actor_name, action, subject, reference, detail FROM audit.ledger
        WHERE (actor_role = 'administrator' OR action LIKE 'identity.staff\\_%'
            OR action IN ('identity.post_to', 'identity.reset_totp')) AND ($1::uuid IS NULL OR id < $1)
            AND ($3::text = '' OR action = $3) AND ($4::text = '' OR strpos(actor_name, $4) > 0)
            AND ($5::uuid IS NULL OR subject = $5 OR actor = $5)
            AND ($6::timestamptz IS NULL OR at >= $6) AND ($7::timestamptz IS NULL OR at < $7)
        ORDER BY id DESC LIMIT $2""",
        *(before, limit, asked.action, asked.name, asked.subject, asked.since, asked.until),
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
