"""Files that a person has handed in with her cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongban.kit.db import Database
from tongban.kit.ids import bucket_of


async def filed_files(db: Database, *, applicant: UUID) -> list[dict[str, Any]]:
    """Every file of her submitted cases: ``file`` (its id), ``field``, and the case with its item and version."""
    rows = await db.rows(
        """SELECT c.id AS case_id, c.item, c.item_version, c.short_code, a.key AS field, (f->>'file')::uuid AS file
        FROM cases."case" c
        CROSS JOIN LATERAL jsonb_each(c.answers) a
        CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(a.value) WHEN 'array' THEN a.value ELSE '[]' END) f
        WHERE c.bucket = $1 AND c.applicant = $2 AND c.submitted_at IS NOT NULL
        AND jsonb_typeof(f) = 'object' AND f ? 'file' AND f ? 'size'
        ORDER BY c.id DESC""",
        bucket_of(applicant),
        applicant,
    )
    return [dict(row) for row in rows]
