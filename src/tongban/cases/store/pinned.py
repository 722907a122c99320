"""SQL of how many running cases hang on the versions of an item."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongban.kit.db import Database


async def running_of(db: Database, *, item: str) -> list[tuple[int, str, str, int]]:
    """The cases of an item that are filed and not ended: version, department, state, how many. Nothing of whose."""
    rows = await db.rows(
        """-- across people: what a change of the item touches, in numbers
        SELECT item_version, coalesce(department, '') AS department, state, count(*)::integer AS number
        FROM cases."case" WHERE item = $1 AND state IN
            ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended', 'issuing')
        GROUP BY item_version, department, state ORDER BY item_version DESC, department, state""",
        item,
    )
    return [(row["item_version"], row["department"], row["state"], row["number"]) for row in rows]


async def running_in(db: Database, *, items: Sequence[str]) -> dict[str, int]:
    """How many cases of each of these items are filed and not ended."""
    rows = await db.rows(
        """-- across people: what the cancelling of approvals touches, in numbers
        SELECT item, count(*)::integer AS number FROM cases."case" WHERE item = ANY($1::text[]) AND state IN
            ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended', 'issuing')
        GROUP BY item""",
        list(items),
    )
    return {row["item"]: row["number"] for row in rows}


async def ended_by_ground(db: Database, *, items: Sequence[str], ground: str) -> dict[str, int]:
    """How many cases of each of these items were ended on this ground."""
    rows = await db.rows(
        """-- across people: what the cancelling of approvals has ended, in numbers
        SELECT c.item, count(*)::integer AS number FROM cases."case" c
        WHERE c.item = ANY($1::text[]) AND c.state = 'terminated' AND EXISTS (
            SELECT FROM cases.event e WHERE e.bucket = c.bucket AND e.case_id = c.id
                AND e.detail ->> 'ground' = $2::text)
        GROUP BY c.item""",
        list(items),
        ground,
    )
    return {row["item"]: row["number"] for row in rows}


async def undecided_of(db: Database, *, item: str, most: int) -> list[UUID]:
    """Cases of an item that are filed and not decided, the oldest first."""
    rows = await db.rows(
        """-- across people: what ends because its item is cancelled
        SELECT id FROM cases."case" WHERE item = $1 AND state IN
            ('submitted', 'correcting', 'accepted', 'examined', 'reviewed', 'suspended')
        ORDER BY id LIMIT $2""",
        item,
        most,
    )
    return [row["id"] for row in rows]
