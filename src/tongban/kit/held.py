"""What the kit's own tables hold about a person, for her copy 个人信息副本 (PIPL art. 45): sessions and sent forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongban.kit.db import Database
from tongban.kit.ids import bucket_of


async def sessions_of(db: Database, who: UUID) -> list[dict[str, Any]]:
    """Her sessions, ended ones until they are swept: device, place and times; for whom she acted, masked as the bar
    of a page has it. Whose session it is by its cookie is no value of hers and stays."""
    rows = await db.rows(
        """SELECT agent AS device, place, opened_by, level, opened_at, seen_at, ends_at, proved_at, acting_name
        FROM kit.session WHERE bucket = $1 AND actor = $2 ORDER BY opened_at DESC, id""",
        bucket_of(who),
        who,
    )
    return [dict(row) for row in rows]


async def forms_sent_by(db: Database, who: UUID) -> list[dict[str, Any]]:
    """The answers kept for forms that she sent, or that somebody sent for her, newest first."""
    rows = await db.rows(
        """SELECT at, caller LIKE '%/%' AS by_agent, answer FROM kit.idempotency
        WHERE bucket = $1 AND split_part(caller, '/', 1) = $2 ORDER BY at DESC, key""",
        bucket_of(who),
        f"resident:{who}",
    )
    return [dict(row) for row in rows]
