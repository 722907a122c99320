"""SQL of how many people and firms have an account."""

from __future__ import annotations

from collections.abc import Sequence

from tongban.identity.model.figures import Figures
from tongban.kit.db import Database


async def figures(db: Database, *, provinces: Sequence[str]) -> Figures:
    """One count over all accounts; ``provinces`` are the two digits with which the city's own areas begin."""
    row = await db.row(
        """-- across people: one count for the city's figures, no person is named
        SELECT count(p.id) AS persons,
            count(p.id) FILTER (WHERE left(r.hukou_area, 2) = ANY($1::text[])) AS local_hukou,
            count(p.id) FILTER (WHERE r.as_of IS NULL) AS hukou_unknown,
            count(o.id) AS level_0, count(p.id) FILTER (WHERE a.level = 1) AS level_1,
            count(p.id) FILTER (WHERE a.level = 2) AS level_2, count(p.id) FILTER (WHERE a.level = 3) AS level_3,
            count(f.id) AS firms
        FROM identity.account a
        LEFT JOIN identity.person p ON p.bucket = a.bucket AND p.id = a.id
        LEFT JOIN identity.residence r ON r.bucket = a.bucket AND r.id = a.id
        LEFT JOIN identity.phone_only o ON o.bucket = a.bucket AND o.id = a.id
        LEFT JOIN identity.firm f ON f.bucket = a.bucket AND f.id = a.id
        WHERE a.closed_at IS NULL AND a.merged_into IS NULL""",
        list(provinces),
    )
    assert row is not None
    return Figures(**row)
