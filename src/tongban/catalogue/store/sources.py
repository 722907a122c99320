"""SQL of the register of sources."""

from __future__ import annotations

import msgspec

from tongban.catalogue.model import Source
from tongban.kit.db import Database, Part
from tongban.kit.i18n import Text


async def every_source(db: Database) -> list[Source]:
    """All registered sources."""
    rows = await db.rows(
        """SELECT kind, code, name_zh, name_en, provider_zh, provider_en, elements, state, mark
        FROM catalogue.source ORDER BY kind, code"""
    )
    return [
        msgspec.convert(
            {
                "kind": row["kind"],
                "code": row["code"],
                "name": Text(row["name_zh"], row["name_en"]),
                "provider": Text(row["provider_zh"], row["provider_en"]),
                "elements": row["elements"],
                "state": row["state"],
                "mark": row["mark"],
            },
            Source,
        )
        for row in rows
    ]


def registering(source: Source) -> Part:
    """Guard: the source's row, replaced when it is there."""
    return Part(
        """INSERT INTO catalogue.source
            (kind, code, name_zh, name_en, provider_zh, provider_en, elements, state, mark)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text[], $8::text, $9::text)
        ON CONFLICT (kind, code) DO UPDATE SET name_zh = EXCLUDED.name_zh, name_en = EXCLUDED.name_en,
            provider_zh = EXCLUDED.provider_zh, provider_en = EXCLUDED.provider_en,
            elements = EXCLUDED.elements, state = EXCLUDED.state, mark = EXCLUDED.mark
        RETURNING kind, code""",
        (
            source.kind,
            source.code,
            source.name.zh,
            source.name.en,
            source.provider.zh,
            source.provider.en,
            list(source.elements),
            source.state,
            source.mark,
        ),
    )
