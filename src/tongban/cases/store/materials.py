"""Files that a person has handed in with her cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongban.kit.db import Database
from tongban.kit.ids import OWN_ACCOUNTS, by_bucket


async def filed_files(db: Database, *, accounts: Sequence[UUID]) -> list[dict[str, Any]]:
    """Every file of her submitted cases: ``file`` (its id), ``field``, and the case with its item and version."""
    rows = await db.rows(
        f"""SELECT c.id AS case_id, c.item, c.item_version, c.short_code, a.key AS field, (f->>'file')::uuid AS file
        FROM {OWN_ACCOUNTS} JOIN cases."case" c ON c.bucket = own.bucket AND c.applicant = own.account
        CROSS JOIN LATERAL jsonb_each(c.answers) a
        CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(a.value) WHEN 'array' THEN a.value ELSE '[]' END) f
        WHERE c.submitted_at IS NOT NULL
        AND jsonb_typeof(f) = 'object' AND f ? 'file' AND f ? 'size'
        ORDER BY c.id DESC""",
        *by_bucket(accounts),
    )
    return [dict(row) for row in rows]
