"""SQL of the register of sources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tongban.catalogue.model import Source, SourceState
from tongban.kit.db import Database, Part
from tongban.kit.i18n import Text


async def every_source(db: Database) -> list[Source]:
    """All registered sources."""
    rows = await db.rows(
        """SELECT kind, code, name_zh, name_en, provider_zh, provider_en, elements, tells, replaces, not_for, state,
            mark
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
                "tells": row["tells"],
                "replaces": row["replaces"],
                "not_for": row["not_for"],
                "state": row["state"],
                "mark": row["mark"],
            },
            Source,
        )
        for row in rows
    ]


async def states_since(db: Database) -> dict[tuple[str, str], datetime]:
    """Since when each source has been in its state."""
    rows = await db.rows(
        "SELECT kind, code, max(since) AS since FROM catalogue.source_state GROUP BY kind, code ORDER BY kind, code"
    )
    return {(row["kind"], row["code"]): row["since"] for row in rows}


def registering(source: Source) -> Part:
    """Guard: the source's row, replaced when it is there. A state that was put by hand stays."""
    plain: dict[str, Any] = dict(source.tells)
    return Part(
        """INSERT INTO catalogue.source
            (kind, code, name_zh, name_en, provider_zh, provider_en, elements, tells, replaces, not_for, state, mark)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text[], $8::jsonb, $9::text[],
            $10::text[], $11::text, $12::text)
        ON CONFLICT (kind, code) DO UPDATE SET name_zh = EXCLUDED.name_zh, name_en = EXCLUDED.name_en,
            provider_zh = EXCLUDED.provider_zh, provider_en = EXCLUDED.provider_en,
            elements = EXCLUDED.elements, tells = EXCLUDED.tells, replaces = EXCLUDED.replaces,
            not_for = EXCLUDED.not_for, mark = EXCLUDED.mark,
            state = CASE WHEN source.put_by = '' THEN EXCLUDED.state ELSE source.state END
        RETURNING kind, code""",
        (
            source.kind,
            source.code,
            source.name.zh,
            source.name.en,
            source.provider.zh,
            source.provider.en,
            list(source.elements),
            plain,
            list(source.replaces),
            list(source.not_for),
            source.state,
            source.mark,
        ),
    )


def putting_state(kind: str, code: str, *, state: SourceState, by: str) -> Part:
    """Guard: a source in another state than it was; lost when there is none such, or when it is in that state."""
    return Part(
        """UPDATE catalogue.source SET state = $3::text, put_by = $4::text
        WHERE kind = $1::text AND code = $2::text AND state <> $3::text RETURNING kind, code, state""",
        (kind, code, state, by),
    )


def noting_state(*, now: datetime) -> Part:
    """Part: since when the guard's source has been in its state."""
    return Part(
        """INSERT INTO catalogue.source_state (kind, code, since, state)
        SELECT kind, code, $1::timestamptz, state FROM guard ON CONFLICT DO NOTHING""",
        (now,),
    )


def noting_states(*, now: datetime) -> Part:
    """Guard: since when the sources are in their states, of those whose state is another than was noted last."""
    return Part(
        """INSERT INTO catalogue.source_state (kind, code, since, state)
        SELECT s.kind, s.code, $1::timestamptz, s.state FROM catalogue.source s
        LEFT JOIN LATERAL (
            SELECT n.state FROM catalogue.source_state n WHERE n.kind = s.kind AND n.code = s.code
            ORDER BY n.since DESC LIMIT 1
        ) last ON true
        WHERE last.state IS DISTINCT FROM s.state
        ON CONFLICT DO NOTHING RETURNING kind, code""",
        (now,),
    )
