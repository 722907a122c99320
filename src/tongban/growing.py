"""``tongban demo --scale N``: the demo city grown to N cases of the past year, in bulk.

The rows are real ones (sealed, numbered, signed, in the ledger's chains), only the way in is COPY: each room of
``rooms.GROWN`` makes its rows of a lot, and a lot is one transaction. Two processes share the lots, as making a row
costs about what storing it costs. Afterwards the ledger is sealed by the room's own verb and statistics are gathered:
a bulk load without them is scanned sequentially.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import datetime, timedelta
from uuid import UUID

from tongban import audit, demo, identity, regions, rooms
from tongban.kit import clock, growth
from tongban.kit.db import Bulk, Database, connect
from tongban.kit.growth import Lot
from tongban.kit.policy import Actor
from tongban.settings import use_database

Progress = Callable[[str, int, int], None]

#: Ledger rows that one pass of sealing takes here: fewer, larger blocks than the worker makes of a second's rows.
SEALED_AT_ONCE = 200_000
#: Affairs begin this long before the day's first submission: a draft is a matter of minutes.
_BEFORE = timedelta(minutes=40)
_PROCESSES = 2


class AlreadyGrown(Exception):  # noqa: N818 - read as a sentence
    """The city was grown to another number of cases; a second growth over it would be neither number."""

    def __init__(self, cases: int) -> None:
        super().__init__(
            f"This city has been grown to {cases} cases. Growing goes on with --scale {cases}; for another "
            "number begin with fresh data (TONGBAN_DATA)."
        )


async def grow(dsn: str, *, cases: int, progress: Progress, now: datetime) -> int:
    """Grow the demo city to ``cases`` synthetic cases; gives how many came in this time. Goes on where it stopped.

    Raises AlreadyGrown. The worker may run beside it.
    """
    db = await connect(dsn, wait_seconds=30)
    try:
        await rooms.warm(db)
        before = await growth.standing(db)
        if before is not None and before.cases != cases:
            raise AlreadyGrown(before.cases)
        as_of = before.as_of if before else now
        plan = [lot for lot in await _plan(db, cases, as_of) if before is None or lot[0] not in before.lots]
        if plan:
            await _months(db, as_of)
            like = await demo.prototype(db, now=now)
            await asyncio.to_thread(_load, dsn, plan, like, cases, as_of, progress)
        await _settle(db, progress, now=now)
        return sum(size for _, _, size, _ in plan)
    finally:
        await db.close()


async def _plan(db: Database, cases: int, as_of: datetime) -> list[growth.Planned]:
    return growth.lots_of(await clock.current_calendar(db), cases, until=clock.city_day(as_of))


async def _months(db: Database, as_of: datetime) -> None:
    """The ledger's months of the past year: what lies there must not fall into the rest."""
    for back in range(12, -1, -4):
        await audit.ensure_partitions(db, now=as_of - timedelta(days=31 * back))


def _load(
    dsn: str, plan: list[growth.Planned], like: UUID, cases: int, as_of: datetime, progress: Progress
) -> None:
    done, of = 0, sum(size for _, _, size, _ in plan)
    progress("办件", 0, of)
    with ProcessPoolExecutor(
        _PROCESSES, mp_context=multiprocessing.get_context("spawn"), initializer=use_database, initargs=(dsn,)
    ) as makers:
        lots = {makers.submit(load_lot, dsn, lot, like, cases, as_of): lot for lot in plan}
        for loaded in as_completed(lots):
            loaded.result()
            done += lots[loaded][2]
            progress("办件", done, of)


def load_lot(dsn: str, planned: growth.Planned, like: UUID, cases: int, as_of: datetime) -> None:
    """Make and copy in one lot, in a process of its own."""
    asyncio.run(_one_lot(dsn, planned, like, cases, as_of))


async def _one_lot(dsn: str, planned: growth.Planned, like: UUID, cases: int, as_of: datetime) -> None:
    number, day, size, first = planned
    db = await connect(dsn, size=2)
    try:
        await rooms.warm(db)
        begins = clock.instant_of(day, clock.OFFICE_OPEN) - _BEFORE
        step = timedelta(hours=6) / max(size, 1)
        people = tuple(growth.newcomer(first + at, begins + at * step) for at in range(size))
        lot = Lot(number, day, people, like, await _officers(db), as_of)
        bulks: list[Bulk] = []
        for grower in rooms.GROWN.values():
            if not isinstance(grower, str):
                bulks += await grower(db, lot)
        await db.load(growth.note(number, cases=cases, as_of=as_of), *bulks)
    finally:
        await db.close()


async def _officers(db: Database) -> dict[str, Actor]:
    """Who decides in each district's police branch."""
    return {
        one.code: await identity.actor_of(db, kind="username", value=demo.username(one.district))
        for one in await regions.departments(db)
        if one.kind == demo.POLICE and one.district
    }


async def _settle(db: Database, progress: Progress, *, now: datetime) -> None:
    """Seal what has come into the ledger, by the room's own verb, and gather statistics."""
    waiting, _ = await audit.unsealed_tail(db, now=now)
    left = waiting
    while left:
        progress("账本", waiting - left, waiting)
        sealed = await audit.seal(db, now=now, limit=SEALED_AT_ONCE)
        left = max(0, left - sealed) if sealed else (await audit.unsealed_tail(db, now=now))[0]
        if not sealed and left:
            await asyncio.sleep(0.2)  # the worker was faster, or somebody's transaction is still open
    await db.analyze()
    progress("统计", 1, 1)
