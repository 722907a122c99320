"""``python -m bench.desk [--cases N N]``: a desk's list of a hundred among a million cases, and among ten million.

Two houses stand side by side and are asked in turn. One call is what a page asks: the list of a hundred and the lamps'
counts, two statements, by the room's own verbs; the page around it costs the same however many cases there are
(``python -m bench.growth``). Half of all open cases lie on the desk that is asked, twenty thousand of a million and two
hundred thousand of ten million. Common filters find more than a page, rare ones some ten cases: to find few among many
is what takes time. :mod:`bench.many_cases` says how the cases come there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from bench import crowd, many_cases
from bench.__main__ import resting
from bench.house import own_house
from bench.rows import Row, join, middle, table
from tongban import rooms
from tongban.cases import actions
from tongban.cases.model import State
from tongban.cases.model.assignment import EVERYTHING, MINE, NOBODYS, Filter
from tongban.kit import clock, keys
from tongban.kit.db import Database, connect
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Role
from tongban.settings import reload

CASES = (1_000_000, 10_000_000)
#: What a list of a hundred may take, of a hundred calls the fifth slowest, in ms.
TARGET = 150.0
PAGE = 100
CALLS = 100
STATEMENTS = 2
_BUSY, _RARE = (UUID(f"019000ff-0000-7000-8000-{number:012x}") for number in (1, many_cases.OFFICERS))


class Asked(msgspec.Struct, frozen=True):
    """What a list is narrowed to, in words and as the verbs take it."""

    words: str
    narrow: Filter = EVERYTHING
    show: actions.DeskList | None = None
    officer: UUID = _BUSY
    deep: bool = False


def asked_of(items: tuple[str, ...], districts: tuple[str, ...]) -> list[Asked]:
    """Every filter, common and rare; the rare item and district are the last of the city's."""
    rare = Filter(item=items[-1])
    return [
        Asked("whole"),
        Asked("a page in its middle", deep=True),
        Asked("red lamp", show="red"),
        Asked("amber lamp", show="amber"),
        Asked("green lamp", show="green"),
        Asked("an item", Filter(item=items[0])),
        Asked("a rare item", rare),
        Asked("a rare item, green lamp", rare, show="green"),
        Asked("a district", Filter(district=districts[0])),
        Asked("a rare district", Filter(district=districts[-1])),
        Asked("a state", Filter(state=State.REVIEWED)),
        Asked("a rare state", Filter(state=State.EXAMINED)),
        Asked("an officer's own", Filter(who=MINE)),
        Asked("own of an officer with few", Filter(who=MINE), officer=_RARE),
        Asked("a colleague's", Filter(who=_BUSY)),
        Asked("a colleague's, who has few", Filter(who=_RARE)),
        Asked("nobody's", Filter(who=NOBODYS)),
        Asked("nobody's, accepted", Filter(who=NOBODYS, state=State.ACCEPTED)),
        Asked("item, district and state", Filter(item=items[5], district=districts[5], state=State.REVIEWED)),
        Asked("nothing there", Filter(item="none")),
    ]


WORDS = tuple(one.words for one in asked_of(("",) * 6, ("",) * 6))


class Desk:
    """A desk among so many cases, and how long each call took, in ms."""

    def __init__(self, db: Database, cases: int, department: str) -> None:
        self.db = db
        self.cases = cases
        self.department = department
        self.took: dict[str, list[float]] = {}

    async def ask(self, asked: Asked, *, now: datetime, keep: bool) -> None:
        """The list and the counts, as a page asks for them."""
        actor = Actor(Role.OFFICER, asked.officer, "台架", self.department, 1, duties=OFFICERS_DUTIES)
        after = (now + timedelta(days=9), UUID(int=0)) if asked.deep else None
        before, began = self.db.count, time.perf_counter()
        await actions.desk(
            *(self.db, actor), after=after, limit=PAGE, show=asked.show, narrow=asked.narrow, now=now
        )
        await actions.lamp_counts(self.db, actor, narrow=asked.narrow, now=now)
        took = (time.perf_counter() - began) * 1000
        if self.db.count - before != STATEMENTS:
            raise RuntimeError(f"{asked.words}: {self.db.count - before} statements")
        if keep:
            self.took.setdefault(asked.words, []).append(took)

    def row(self, asked: Asked) -> Row:
        """The 95th percentile of the calls; ``p99_ms`` is the slowest."""
        took = sorted(self.took[asked.words])
        return Row(
            name=name_of(asked.words, self.cases),
            value=round(took[len(took) * 95 // 100 - 1], 2),
            unit="ms",
            target=TARGET,
            p50_ms=middle([*took]),
            p99_ms=round(took[-1], 2),
            statements=STATEMENTS,
            rows=self.cases,
        )


def name_of(words: str, cases: int) -> str:
    """A line's name."""
    return f"desk list of {PAGE} among {cases:,} cases: {words}"


async def measure(desks: list[Desk], asked: list[Asked]) -> list[Row]:
    """All lines, few and many in turn; the first calls of each warm what processes and servers keep."""
    now = clock.now()
    for one in asked:
        for call in range(CALLS + 6):
            for desk in desks:
                await desk.ask(one, now=now, keep=call >= 6)
    return [desk.row(one) for desk in desks for one in asked]


async def _measured(houses: list[Any], sizes: list[int]) -> list[Row]:
    desks, city = [], None
    for house, cases in zip(houses, sizes, strict=True):
        # This process works with this house's keys and city from here on.
        os.environ.update(house.environment | {"DATABASE_URL": house.dsn})
        reload()
        keys.current.cache_clear()
        db = await crowd.opened()
        model = await crowd.prototype(db, now=clock.now())
        city = await many_cases.crowded(db, model, cases)
        seconds = await many_cases.fill(house.dsn, model, city, now=clock.now())
        print(f"{cases:,} cases laid down in {seconds:.0f} s")
        await db.close()
        desks.append(await desk_at(house.dsn, cases, city.department))
    assert city is not None
    with (
        ExitStack() as still
    ):  # from here on: before, the outside world gives the person whose cases are cloned
        for house in houses:
            still.enter_context(resting(house))
        return await measure(desks, asked_of(city.items, city.districts))


async def desk_at(dsn: str, cases: int, department: str) -> Desk:
    """The busy desk of a database that has been filled."""
    db = await connect(dsn, size=1, wait_seconds=30)
    await rooms.warm(db)
    return Desk(db, cases, department)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=list(CASES), help="other sizes are not kept")
    sizes = parser.parse_args().cases
    with ExitStack() as stack:
        houses = [stack.enter_context(own_house()) for _ in sizes]
        rows = asyncio.run(_measured(houses, sizes))
    if set(CASES) <= set(sizes):
        join(rows)
    print(table(rows))


if __name__ == "__main__":
    main()
