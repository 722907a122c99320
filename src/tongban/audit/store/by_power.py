"""SQL of what was done by powers 代办记录: for their principal and their agent, who both see every act and reading."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongban.audit.model import Done, DoneAsked
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of


async def done_by(
    db: Database,
    principal: UUID,
    powers: Sequence[UUID],
    *,
    asked: DoneAsked,
    before: UUID | None,
    limit: int,
) -> list[Done]:
    """What was done in the principal's name by these powers, newest first; ``before`` is the last id seen.

    Of each power no more than a page is read, by the index ``ledger_power``. The item is that of the purpose under
    which it was done: the row's own, the case's, or the draft's while it is one.
    """
    rows = await db.rows(
        """SELECT a.* FROM unnest($2::text[]) AS p (power) CROSS JOIN LATERAL (
            SELECT l.id, l.at, l.kind, l.action, l.reference, (l.detail ->> 'power')::uuid AS power,
                (l.detail ->> 'agent')::uuid AS agent, w.item, l.detail ->> 'resource' AS resource
            FROM audit.ledger l LEFT JOIN LATERAL (
                SELECT u.item FROM audit.purpose u
                WHERE u.bucket = $1::smallint AND u.subject = $3::uuid AND (u.id = l.purpose
                    OR u.id = CASE WHEN l.reference ~ '^[0-9a-f-]{36}$' THEN l.reference::uuid END
                    OR (u.reference = l.reference AND u.closed_at IS NULL))
                ORDER BY u.opened_at DESC LIMIT 1) w ON true
            WHERE l.bucket = $1::smallint AND l.detail ? 'power' AND l.detail ->> 'power' = p.power
                AND l.subject = $3::uuid AND ($4::uuid IS NULL OR l.id < $4::uuid)
                AND ($5::text = '' OR l.reference = $5::text) AND ($6::text = '' OR l.kind = $6::text)
                AND ($7::text[] IS NULL OR l.action LIKE ANY ($7::text[]))
                AND ($8::timestamptz IS NULL OR l.at >= $8::timestamptz)
                AND ($9::timestamptz IS NULL OR l.at < $9::timestamptz)
                AND ($10::text = '' OR w.item = $10::text)
            ORDER BY l.id DESC LIMIT $11::integer) a
        ORDER BY a.id DESC LIMIT $11::integer""",
        *(bucket_of(principal), [str(one) for one in powers], principal, before),
        *(asked.reference, asked.kind, None if asked.actions is None else list(asked.actions)),
        *(asked.since, asked.until, asked.item, limit),
    )
    return [Done(**row) for row in rows]
