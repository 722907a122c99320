"""Serials: unique across processes, leased in blocks."""

from __future__ import annotations

import asyncio

from tongban.kit import serials
from tongban.kit.db import Database, connect


async def test_numbers_start_at_one_and_cost_one_statement_a_block(db: Database) -> None:
    before = db.count
    assert [await serials.take(db, "case:a") for _ in range(serials.BLOCK)] == list(
        range(1, serials.BLOCK + 1)
    )
    assert db.count - before == 1
    assert await serials.take(db, "case:a") == serials.BLOCK + 1
    assert db.count - before == 2


async def test_two_processes_never_take_one_number(db: Database, dsn: str) -> None:
    other = await connect(dsn, size=3)  # another handle has leases of its own, as another process would
    try:
        taken = await asyncio.gather(
            *(serials.take(handle, "case:a") for _ in range(250) for handle in (db, other))
        )
    finally:
        await other.close()
    assert len(set(taken)) == 500


async def test_a_sibling_shares_its_handles_block(db: Database) -> None:
    first = await serials.take(db, "x")
    assert await serials.take(db.sibling(), "x") == first + 1


async def test_names_are_apart(db: Database) -> None:
    assert await serials.take(db, "a") == await serials.take(db, "b") == 1


async def test_a_process_that_starts_again_goes_on_after_its_gap(db: Database, dsn: str) -> None:
    await serials.take(db, "a")
    again = await connect(dsn, size=1)
    try:
        assert await serials.take(again, "a") == serials.BLOCK + 1
    finally:
        await again.close()


async def test_more_names_than_are_kept_stay_unique(db: Database) -> None:
    """The memory of blocks is bounded: a forgotten block is a gap, never a number twice."""
    taken = [await serials.take(db, "day:first")]
    for place in range(260):
        await serials.take(db, f"day:{place}")
    taken.append(await serials.take(db, "day:first"))
    assert len(set(taken)) == 2
