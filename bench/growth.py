"""``python -m bench.growth [--small N --large N]``: pages over two grown cities; the rows join ``bench/results.json``.

Two houses stand side by side, one grown to few cases and one to many (``tongban demo --scale``), and are asked in turn,
so that a busy machine slows both. The time is that of one visitor at a time: what a page costs, not what a crowd waits.
The statements of a page are counted by PostgreSQL itself. Loading a million cases takes some minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from bench import crowd, load
from bench.__main__ import resting
from bench.house import House, own_house
from bench.peer import Measured
from bench.rows import Row, join, middle, table
from tongban.kit import clock, keys
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Role
from tongban.settings import reload

PAIRS = 5
SMALL, LARGE = 10_000, 1_000_000
#: A page over many cases may take so many times what it takes over few; as much less is as good.
TARGET = 1.3
APPLICANTS = 300
LONG_LIST = 120
#: What stands open at least on the desk that is asked: more than a page, and than a lamp counts.
OPEN_CASES = 120
PAGES = ("applicant's page of a case", "desk queue", "100 cases as JSON")
_TALKS = "SELECT sum(calls) FROM pg_stat_statements WHERE query NOT LIKE '%kit.session%' AND query ~ '^(SELECT|WITH)'"


class City:
    """One grown house and what is asked of it."""

    def __init__(self, house: House, cases: int) -> None:
        self.house = house
        self.cases = cases
        self.asked: dict[str, list[tuple[str, str]]] = {}
        self.runs: dict[str, list[Measured]] = {page: [] for page in PAGES}
        self.statements: dict[str, int] = {}

    def grow(self) -> None:
        """By the house's own command."""
        subprocess.run(
            [sys.executable, "-P", "-m", "tongban", "demo", "--scale", str(self.cases), "--json"],
            env=self.house.environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    async def prepare(self) -> None:
        """Sessions of some applicants, of one with a long list, of one officer; the same kinds in both cities."""
        self._enter()
        db = await crowd.opened()
        cases = await db.rows(
            """SELECT c.id, c.applicant, c.department FROM cases."case" c TABLESAMPLE SYSTEM (100)
            WHERE c.state = 'closed' AND mod(c.bucket, 7) = 3 LIMIT $1""",
            APPLICANTS,
        )
        cookies = {row["applicant"]: await _session(db, _resident(row["applicant"])) for row in cases}
        department = await _fill_a_desk(db)
        officer = await crowd.officer(db, department, now=clock.now())
        busy = cases[0]["applicant"]
        await _lengthen(db, cases[0]["id"], busy)
        self.asked = {
            PAGES[0]: [(f"/my/cases/{row['id']}", cookies[row["applicant"]]) for row in cases],
            PAGES[1]: [("/desk", officer)],
            PAGES[2]: [("/api/v1/cases?limit=100", cookies[busy])],
        }
        await db.run("VACUUM ANALYZE")
        await db.close()

    def _enter(self) -> None:
        """This process works with this house's keys and city from here on."""
        os.environ.update(self.house.environment | {"DATABASE_URL": self.house.dsn})
        reload()
        keys.current.cache_clear()

    async def ask(self, page: str, *, seconds: int, folder: Path) -> None:
        """One run; the first counts the statements too."""
        before = await self._talks()
        asked = (self.asked[page] * 2)[: max(2, len(self.asked[page]))]
        run = load.run(
            self.house.base,
            load.reads(asked),
            seconds=seconds,
            expect=200,
            folder=folder,
            once=False,
            clients=2,
        )
        self.runs[page].append(run)
        self.statements[page] = round((await self._talks() - before) / run.done)

    async def _talks(self) -> int:
        connection = await asyncpg.connect(self.house.dsn)
        talks = await connection.fetchval(_TALKS)
        await connection.close()
        return int(talks or 0)


def _resident(who: UUID) -> Actor:
    return Actor(Role.RESIDENT, who, "", None, 1)


async def _session(db: Database, actor: Actor) -> str:
    return await crowd.session(db, actor, now=clock.now())


async def _lengthen(db: Database, case_id: UUID, applicant: UUID) -> None:
    """Give one applicant a long list: copies of an ended case of hers."""
    bucket = (applicant.int >> 66) & 0x3FF
    columns = await db.value(
        """SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
        WHERE table_schema = 'cases' AND table_name = 'case' AND column_name <> 'id'"""
    )
    await db.run(
        f"""INSERT INTO cases."case" (id, {columns})
        SELECT made.id, {columns} FROM cases."case" c, unnest($3::uuid[]) AS made (id)
        WHERE c.bucket = $1 AND c.id = $2""",
        bucket,
        case_id,
        [new_id(bucket) for _ in range(LONG_LIST)],
    )


async def _fill_a_desk(db: Database) -> str:
    """The department with the most open cases, and more than a page of them: a shorter list would be another page."""
    row = await db.row(
        """SELECT department, count(*) AS stand, (array_agg(id))[1] AS id, (array_agg(bucket))[1] AS bucket
        FROM cases."case" WHERE state = 'submitted' GROUP BY department ORDER BY stand DESC LIMIT 1"""
    )
    assert row is not None, "a grown city has open cases"
    columns = await db.value(
        """SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
        WHERE table_schema = 'cases' AND table_name = 'case' AND column_name NOT IN ('id', 'applicant')"""
    )
    await db.run(
        f"""INSERT INTO cases."case" (id, applicant, {columns})
        SELECT made.id, made.id, {columns} FROM cases."case" c, unnest($3::uuid[]) AS made (id)
        WHERE c.bucket = $1 AND c.id = $2""",
        row["bucket"],
        row["id"],
        [new_id(row["bucket"]) for _ in range(max(0, OPEN_CASES - row["stand"]))],
    )
    return str(row["department"])


def rows_of(small: City, large: City) -> list[Row]:
    """A row a page: the time over many cases against the time over few. Raises where the statements differ."""
    rows = []
    for page in PAGES:
        if small.statements[page] != large.statements[page]:
            raise RuntimeError(
                f"{page}: {small.statements[page]} statements over {small.cases} cases, "
                f"{large.statements[page]} over {large.cases}"
            )
        few, many = small.runs[page], large.runs[page]
        rows.append(
            Row(
                name=f"growth: {page}, many cases against few",
                value=middle([run.p50_ms for run in many]) or 0.0,
                unit="ms",
                peer=middle([run.p50_ms for run in few]),
                ratio=middle(
                    [(a.p50_ms or 0) / b.p50_ms if b.p50_ms else None for a, b in zip(many, few, strict=True)]
                ),
                target=TARGET,
                p50_ms=middle([run.p50_ms for run in many]),
                p99_ms=middle([run.p99_ms for run in many]),
                statements=large.statements[page],
                rows=large.cases,
            )
        )
    return rows


async def measure(small: City, large: City, folder: Path, *, seconds: int, pairs: int) -> list[Row]:
    """All lines, few and many in turn; a first run of each warms what the processes and the servers keep."""
    for city in (small, large):
        city.grow()
        await city.prepare()
    with resting(small.house), resting(large.house):
        for page in PAGES:
            for pair in range(pairs + 1):
                for city in (small, large):
                    await city.ask(page, seconds=seconds, folder=folder)
                    if not pair:
                        city.runs[page].clear()
    return rows_of(small, large)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--small", type=int, default=SMALL)
    parser.add_argument("--large", type=int, default=LARGE)
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="of runs a line; fewer are not kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tongban-bench-") as folder, ExitStack() as houses:
        small, large = (
            City(houses.enter_context(own_house()), cases) for cases in (given.small, given.large)
        )
        rows: Any = asyncio.run(measure(small, large, Path(folder), seconds=given.seconds, pairs=given.pairs))
    if given.pairs >= PAIRS and given.large >= LARGE:
        join(rows)
    print(table(rows))


if __name__ == "__main__":
    main()
