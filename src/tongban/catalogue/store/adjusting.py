"""SQL of adjusted items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tongban.catalogue.model.adjusting import Adjustment
from tongban.kit.db import Database, Part


async def adjustments(db: Database) -> dict[str, Adjustment]:
    """What is decided of each item that is adjusted, or will be."""
    rows = await db.rows("SELECT code, body FROM catalogue.adjustment ORDER BY code")
    return {row["code"]: msgspec.convert(row["body"], Adjustment) for row in rows}


def putting(decided: Sequence[Adjustment]) -> Part:
    """Part: these decisions stand, amended where they stood already."""
    plain: list[dict[str, Any]] = [
        {"code": one.code, "adjusted_on": str(one.on), "body": msgspec.to_builtins(one)} for one in decided
    ]
    return Part(
        """INSERT INTO catalogue.adjustment (code, adjusted_on, body)
        SELECT a.code, a.adjusted_on, a.body
        FROM jsonb_to_recordset($1::jsonb) AS a(code text, adjusted_on date, body jsonb)
        ON CONFLICT (code) DO UPDATE SET adjusted_on = EXCLUDED.adjusted_on, body = EXCLUDED.body""",
        (plain,),
    )


def lifting(codes: Sequence[str]) -> Part:
    """Part: nothing is decided of these items any more."""
    return Part("DELETE FROM catalogue.adjustment WHERE code = ANY($1::text[])", (list(codes),))
