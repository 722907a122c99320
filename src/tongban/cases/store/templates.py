"""SQL of a department's own templates of reasons: no person's data, one list a department."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.cases.model.reason_templates import OwnTemplate
from tongban.kit.db import Database, Part

#: A list that one page shows whole.
MOST = 200


async def own_templates(db: Database, *, department: str) -> list[OwnTemplate]:
    """The templates that a department keeps, oldest first."""
    rows = await db.rows(
        """SELECT id, move, item, title, words, basis, changed_by, changed_at FROM cases.reason_template
        WHERE department = $1 AND removed_at IS NULL ORDER BY id LIMIT $2""",
        department,
        MOST,
    )
    return [msgspec.convert(dict(row), OwnTemplate) for row in rows]


async def templates_of(db: Database, *, item: str) -> list[tuple[str, str, str]]:
    """The departments' own templates that are for this item alone: department, move and title."""
    rows = await db.rows(
        """SELECT department, move, title FROM cases.reason_template
        WHERE item = $1 AND removed_at IS NULL ORDER BY department, id LIMIT $2""",
        item,
        MOST,
    )
    return [(row["department"], row["move"], row["title"]) for row in rows]


def adding_template(one: OwnTemplate, *, department: str) -> Part:
    """Part (a guard): one template more, while the department has not too many; lost where its id is one already."""
    return Part(
        """INSERT INTO cases.reason_template (id, department, move, item, title, words, basis, changed_by, changed_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz
        WHERE (SELECT count(*) FROM cases.reason_template WHERE department = $2 AND removed_at IS NULL) < $10
        ON CONFLICT (id) DO NOTHING RETURNING id""",
        (
            *(one.id, department, one.move, one.item, one.title, one.words, one.basis),
            *(one.changed_by, one.changed_at, MOST),
        ),
    )


def changing_template(one: OwnTemplate, *, department: str, seen: datetime) -> Part:
    """Part (a guard): a template changed, over the state of it that was seen."""
    return Part(
        """UPDATE cases.reason_template SET move = $3, item = $4, title = $5, words = $6, basis = $7, changed_by = $8,
            changed_at = $9
        WHERE id = $1 AND department = $2 AND removed_at IS NULL AND changed_at = $10 RETURNING id""",
        (
            *(one.id, department, one.move, one.item, one.title, one.words, one.basis),
            *(one.changed_by, one.changed_at, seen),
        ),
    )


def removing_template(template_id: UUID, *, department: str, by: str, now: datetime) -> Part:
    """Part (a guard): a template is offered no more; its row stays."""
    return Part(
        """UPDATE cases.reason_template SET removed_at = $4, changed_by = $3
        WHERE id = $1 AND department = $2 AND removed_at IS NULL RETURNING id""",
        (template_id, department, by, now),
    )
