"""SQL of cancelled items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tongban.catalogue.model.cancelling import Cancellation
from tongban.kit.db import Database, Part


async def cancellations(db: Database) -> dict[str, Cancellation]:
    """What is decided of each item that is cancelled, or will be."""
    rows = await db.rows("SELECT code, body FROM catalogue.cancellation ORDER BY code")
    return {row["code"]: msgspec.convert(row["body"], Cancellation) for row in rows}


def putting(decided: Sequence[Cancellation]) -> Part:
    """Part: these decisions stand, amended where they stood already."""
    plain: list[dict[str, Any]] = [
        {"code": one.code, "cancelled_on": str(one.on), "body": msgspec.to_builtins(one)} for one in decided
    ]
    return Part(
        """INSERT INTO catalogue.cancellation (code, cancelled_on, body)
        SELECT c.code, c.cancelled_on, c.body
        FROM jsonb_to_recordset($1::jsonb) AS c(code text, cancelled_on date, body jsonb)
        ON CONFLICT (code) DO UPDATE SET cancelled_on = EXCLUDED.cancelled_on, body = EXCLUDED.body""",
        (plain,),
    )


def lifting(codes: Sequence[str]) -> Part:
    """Part: nothing is decided of these items any more."""
    return Part("DELETE FROM catalogue.cancellation WHERE code = ANY($1::text[])", (list(codes),))
