"""SQL of drafts: one an item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tongban.catalogue.model.drafting import Draft
from tongban.kit.db import Database, Part


async def draft_of(db: Database, *, item: str) -> Draft | None:
    """The item's draft, where somebody has begun one."""
    row = await db.row(
        "SELECT item, base, revision, body, changed_by, changed_at FROM catalogue.draft WHERE item = $1", item
    )
    return None if row is None else msgspec.convert(dict(row), Draft)


async def maintained(db: Database, *, organ: str, words: str, after: str, most: int) -> list[dict[str, Any]]:
    """The items of one organ (its USCC) with these words in name or code, by code: number in force, name, when it was
    published, its draft's time."""
    rows = await db.rows(
        """SELECT i.code, i.number, i.published_at, v.body->'name' AS name, d.changed_at AS drafted_at,
            (SELECT count(*) FROM catalogue.task t WHERE t.item = i.code AND t.closed_at IS NULL) AS tasks,
            (SELECT count(*) FROM jsonb_array_elements(v.body->'materials') one
             WHERE coalesce(one.value->>'route', 'none') = 'none') AS asked
        FROM catalogue.item i JOIN catalogue.item_version v ON v.code = i.code AND v.number = i.number
        LEFT JOIN catalogue.draft d ON d.item = i.code
        WHERE left(v.body->>'task_code', 18) = $1 AND i.code > $2
        AND strpos(lower(concat_ws(' ', i.code, v.body->'name'->>'zh', v.body->'name'->>'en')), lower($4)) > 0
        ORDER BY i.code LIMIT $3""",
        organ,
        after,
        most,
        words,
    )
    return [dict(row) for row in rows]


def keeping(draft: Draft, *, by: str, now: datetime) -> Part:
    """Guard: the draft as it was saved; lost where a colleague saved another since ``draft.revision`` was read."""
    return Part(
        """INSERT INTO catalogue.draft (item, base, revision, body, changed_by, changed_at)
        SELECT $1::text, $2::integer, $3::integer + 1, $4::jsonb, $5::text, $6::timestamptz
        WHERE $3::integer = 0 OR EXISTS (SELECT FROM catalogue.draft WHERE item = $1::text)
        ON CONFLICT (item) DO UPDATE SET revision = EXCLUDED.revision, body = EXCLUDED.body, base = EXCLUDED.base,
            changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at
        WHERE draft.revision = $3::integer RETURNING item, revision""",
        (draft.item, draft.base, draft.revision, draft.body, by, now),
    )


def dropping(item: str, *, revision: int) -> Part:
    """Guard: the draft is no more; lost where it has changed since."""
    return Part(
        "DELETE FROM catalogue.draft WHERE item = $1::text AND revision = $2::integer RETURNING item",
        (item, revision),
    )


def published(item: str) -> Part:
    """Part: the draft of the guard's version has become it."""
    return Part("DELETE FROM catalogue.draft USING guard WHERE draft.item = $1::text", (item,))
