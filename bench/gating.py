"""``python -m bench.gating``: the publishing gate over one item, and the whole catalogue checked again.

The gate is pure Python over the city's own drafts: every rule of the described item of most materials. The check of
the whole catalogue is the very action on a house of its own with all items of the city's list, each time after all
announced registers went up or back, so that it opens tasks and withdraws them.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

import asyncpg

from bench.house import own_house
from bench.rows import Row, join, middle, table
from tongban import exchange, licences
from tongban.catalogue.actions.checking import recheck
from tongban.catalogue.actions.loading import described_drafts, listed_sources
from tongban.catalogue.model import ItemVersion
from tongban.catalogue.model.lint import lint
from tongban.catalogue.model.lint_materials import Known
from tongban.kit import clock
from tongban.kit.db import connect
from tongban.kit.policy import SYSTEM

CITY = Path(__file__).resolve().parents[1] / "city"
RUNS, ROUNDS = 5, 50
GATE = "publishing gate: every rule over the item of most materials"
RECHECK = "publishing gate: the whole catalogue checked again after a source has changed"
_DAYS = 20


def gate() -> Row:
    """Processor time of one draft against all sources of the city."""
    known = Known([*listed_sources(CITY), *exchange.listed_sources(CITY), *licences.listed_sources(CITY)])
    draft: ItemVersion = max(described_drafts(CITY), key=lambda one: len(one.materials))
    costs: list[float | None] = []
    for _ in range(RUNS):
        begun = time.process_time()
        for _ in range(ROUNDS):
            assert not lint(draft, known)
        costs.append(1000 * (time.process_time() - begun) / ROUNDS)
    return Row(name=GATE, value=middle(costs) or 0.0, unit="ms CPU", target=50)


async def whole(dsn: str) -> Row:
    """Time of the whole check, database and all, from the first byte to the ledger's row."""
    db = await connect(dsn, size=2)
    plain = await asyncpg.connect(dsn)
    spent: list[float | None] = []
    items = 0
    try:
        announced = await plain.fetchval(
            "SELECT array_agg(code) FROM catalogue.source WHERE state = 'planned'"
        )
        for state in ("up", "planned") * RUNS:
            await plain.execute(
                "UPDATE catalogue.source SET state = $1 WHERE code = ANY ($2)", state, announced
            )
            begun = time.perf_counter()
            done = await recheck(db, SYSTEM, days=_DAYS, now=clock.now())
            spent.append(1000 * (time.perf_counter() - begun))
            assert done.opened if state == "up" else done.withdrawn
            items = done.items
    finally:
        await plain.close()
        await db.close()
    return Row(name=RECHECK, value=middle(spent) or 0.0, unit="ms", target=2000, rows=items)


def main() -> None:
    """The command line."""
    argparse.ArgumentParser(prog="python -m bench.gating", description=__doc__).parse_args()
    found = [gate()]
    with own_house() as house:
        found.append(asyncio.run(whole(house.dsn)))
    join(found)
    print(table(found))


if __name__ == "__main__":
    main()
