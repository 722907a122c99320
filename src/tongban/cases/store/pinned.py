"""SQL of how many running cases hang on the versions of an item."""

from __future__ import annotations

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
