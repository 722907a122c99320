"""Sealing: complete, in order, once; never past a running transaction."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from tests.audit.cast import NOW, lines, resident, seal_all
from tongban import audit
from tongban.audit.model.merkle import Tips, node, root_of
from tongban.kit.db import Database


@pytest.fixture(autouse=True)
def _keys(data_dir: Path) -> None:
    """Heads are signed with the installation's node key."""


async def test_every_row_is_sealed_once(db: Database, dsn: str) -> None:
    people = [resident(bucket) for bucket in (1, 2, 1023)]
    for person in people:
        await lines(db, person.id, 3)
    first = await seal_all(db, 9)
    assert await audit.seal(db, now=NOW) == 0
    await lines(db, people[0].id, 2)
    second = await seal_all(db, 2)
    assert (sum(first), sum(second)) == (9, 2)
    assert await audit.unsealed_tail(db, now=NOW) == (0, 0.0)
    report = await audit.verify(dsn)
    assert (report.whole, report.rows, report.passes) == (True, 11, len(first) + len(second))


async def test_a_running_transaction_holds_back_what_came_after_it(db: Database, dsn: str) -> None:
    person = resident()
    await lines(db, person.id, 1)
    slow = await asyncpg.connect(dsn)
    try:
        running = slow.transaction()
        await running.start()
        await slow.execute("INSERT INTO kit.serial VALUES ('running', 1)")
        await lines(db, person.id, 2)
        assert await seal_all(db, 1) == [1]
        assert await audit.seal(db, now=NOW) == 0
        assert (await audit.unsealed_tail(db, now=NOW))[0] == 2
        await running.commit()
        assert sum(await seal_all(db, 2)) == 2
    finally:
        await slow.close()


async def test_two_workers_never_seal_both(db: Database, dsn: str) -> None:
    person = resident()
    for _ in range(5):
        await lines(db, person.id, 4)
        assert sum(await seal_all(db, 4, workers=4)) == 4
    assert (await audit.verify(dsn)).whole


async def test_a_backlog_is_sealed_in_passes_that_cut_no_transaction(db: Database, dsn: str) -> None:
    person = resident()
    await lines(db, person.id, 7)
    passes = await seal_all(db, 7, limit=2)
    assert sum(passes) == 7
    assert len(passes) >= 3
    assert max(passes) <= 3
    assert (await audit.verify(dsn)).whole


async def test_an_empty_ledger_verifies(dsn: str) -> None:
    report = await audit.verify(dsn)
    assert (report.whole, report.rows, report.passes) == (True, 0, 0)


def test_roots_follow_rfc_6962() -> None:
    a, b, c, d, e = (bytes([number]) * 32 for number in range(5))
    assert root_of([a]) == a
    assert root_of([a, b, c]) == node(node(a, b), c)
    assert root_of([a, b, c, d, e]) == node(node(node(a, b), node(c, d)), e)


def test_the_tree_of_tips_forgets_order_not_content() -> None:
    one, other = Tips(), Tips()
    one.put(0, b"a" * 32)
    one.put(1023, b"b" * 32)
    other.put(1023, b"b" * 32)
    assert one.root != other.root
    other.put(0, b"a" * 32)
    assert one.root == other.root
