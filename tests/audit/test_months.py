"""The ledger's months are made ahead, and rows that came too early find their place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.audit.cast import NOW, lines, resident, seal_all
from tongban import audit
from tongban.kit.db import Database

NAMES = [f"audit.ledger_{month}" for month in ("2026_11", "2026_12", "2027_01", "2027_02")]


async def where(db: Database) -> dict[str, int]:
    rows = await db.rows(
        "SELECT tableoid::regclass::text AS name, count(*) AS n FROM audit.ledger GROUP BY 1"
    )
    return {row["name"]: row["n"] for row in rows}


async def test_this_month_and_three_more(db: Database) -> None:
    assert await audit.ensure_partitions(db, now=NOW) == NAMES
    assert await audit.ensure_partitions(db, now=NOW) == []
    await lines(db, resident().id, 1)
    await lines(db, resident().id, 1, now=datetime(2031, 1, 1, tzinfo=UTC))
    assert await where(db) == {"audit.ledger_2026_11": 1, "audit.ledger_rest": 1}


async def test_rows_that_were_first_move_and_still_verify(db: Database, dsn: str, data_dir: Path) -> None:
    await lines(db, resident().id, 3)
    await lines(db, resident().id, 1, now=datetime(2031, 1, 1, tzinfo=UTC))
    await seal_all(db, 4)
    assert await audit.ensure_partitions(db, now=NOW) == NAMES
    assert await where(db) == {"audit.ledger_2026_11": 3, "audit.ledger_rest": 1}
    assert (await audit.verify(dsn)).whole
    await lines(db, resident().id, 1)
    assert (await where(db))["audit.ledger_2026_11"] == 4
