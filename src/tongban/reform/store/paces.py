"""SQL of how fast cases were decided, added up by item and month."""

from __future__ import annotations

from datetime import date

from tongban.kit.db import Database, Part
from tongban.reform.model import Pace


def adding(pace: Pace) -> Part:
    """Guard: one decided case more in its item's month."""
    return Part(
        """INSERT INTO reform.pace AS p (item, month, decided, promised_days, used_days)
        VALUES ($1::text, $2::date, $3::integer, $4::integer, $5::integer)
        ON CONFLICT (item, month) DO UPDATE SET decided = p.decided + EXCLUDED.decided,
            promised_days = p.promised_days + EXCLUDED.promised_days, used_days = p.used_days + EXCLUDED.used_days
        RETURNING item""",
        (pace.item, pace.month, pace.decided, pace.promised_days, pace.used_days),
    )


async def paces(db: Database, *, on: date) -> list[Pace]:
    """The months up to that of the day."""
    rows = await db.rows(
        """SELECT item, month, decided, promised_days, used_days FROM reform.pace WHERE month <= $1
        ORDER BY item, month""",
        on,
    )
    return [Pace(**row) for row in rows]
