"""``python -m bench.limits [--timers N]``: the legal clock on one core, and the due ones of ten million open timers.

The clock is pure Python over arrays, so its rate is that of one process. The timers lie in a database of its own, as
many as a city of that size has open; what is measured is the statement that the worker runs each second, with nothing
due and with a batch that is.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench.__main__ import resting
from bench.house import own_house
from bench.rows import Row, join, middle, table
from tongban.cases.model.course import Course, Dates, Extension, Special, limits_of
from tongban.catalogue import Clock
from tongban.kit import clock, timers
from tongban.kit.clock import Calendar, Limit
from tongban.kit.db import Database, connect
from tongban.kit.i18n import Text

TIMERS = 10_000_000
RUNS = 5
ROUNDS = 100_000
#: Timers that one statement puts in.
LOT = 50_000
NAME = Text("现场核查", "Site inspection")
CITY = Path(__file__).resolve().parents[1] / "city" / "calendar.csv"
START = date(2026, 9, 21)
_LICENCE = Clock(5, 10, 20, profile="licence", extension_days=10, issue_days=10)
_COURSE = Course(
    specials=(
        Special(
            kind="site_inspection",
            name=NAME,
            days=3,
            since=date(2026, 9, 24),
            until=date(2026, 9, 30),
            reason="",
        ),
        Special(kind="test", name=NAME, days=5, since=date(2026, 10, 9), until=date(2026, 10, 14), reason=""),
    ),
    extension=Extension(on=date(2026, 10, 12), days=10, reason="", by=""),
)


def clock_rows() -> list[Row]:
    """Reckonings a second on one core: a bare limit, one with two pauses and an extension, a whole case."""
    calendar = Calendar(clock.calendar_file(CITY))
    bare = Limit(START, 10)
    moved = Limit(START, 20, pauses=tuple(one.pause(calendar) for one in _COURSE.specials), added=10)
    dates = Dates(received=START, accepted=START)

    def whole() -> None:
        limits_of(_LICENCE, dates, _COURSE, calendar)

    asked = {
        "clock: a limit of working days": lambda: bare.end(calendar),
        "clock: a limit with two special procedures and an extension": lambda: moved.end(calendar),
        "clock: promised and statutory limit of a case with both": whole,
    }
    rows = []
    for name, reckon in asked.items():
        rates: list[float | None] = []
        for _ in range(RUNS):
            begun = time.process_time()
            for _ in range(ROUNDS):
                reckon()
            rates.append(ROUNDS / (time.process_time() - begun))
        rows.append(Row(name=name, value=middle(rates) or 0.0, unit="1/s a core", target=100_000))
    return rows


async def timer_rows(db: Database, count: int) -> list[Row]:
    """The worker's look for due timers among so many that are not: with none due, and with a batch."""
    now = datetime.now(UTC)
    for first in range(1, count + 1, LOT):
        await db.run(
            """INSERT INTO kit.timer (bucket, kind, reference, id, subject, due_at, payload)
            SELECT n % 1024, 'bench', n::text, gen_random_uuid(), gen_random_uuid(),
                $1::timestamptz + interval '1 hour' + n * interval '1 second', '{}'
            FROM generate_series($2::bigint, $3::bigint) AS n""",
            now,
            first,
            min(first + LOT - 1, count),
        )
    await db.analyze()
    nothing = [await _timed(db, now) for _ in range(RUNS * 10)]
    due: list[float | None] = []
    at = now + timedelta(hours=1)
    for _ in range(RUNS * 10):
        at += timedelta(seconds=timers.BATCH)
        due.append(await _timed(db, at))
    return [
        Row(
            name=f"{count:,} open timers: the look for due ones, {words}",
            value=middle(found) or 0.0,
            unit="ms",
            target=20,
            p99_ms=max(one or 0 for one in found),
            statements=1,
            rows=count,
        )
        for words, found in (("none due", nothing), (f"a batch of {timers.BATCH} due", due))
    ]


async def _timed(db: Database, now: datetime) -> float | None:
    begun = time.perf_counter()
    await timers.fire_due(db, now=now)
    return round((time.perf_counter() - begun) * 1000, 2)


async def _timers(dsn: str, count: int) -> list[Row]:
    db = await connect(dsn, size=1)
    try:
        return await timer_rows(db, count)
    finally:
        await db.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.limits", description=__doc__)
    parser.add_argument("--timers", type=int, default=TIMERS, help="open timers; fewer are not kept")
    given = parser.parse_args()
    rows = clock_rows()
    with own_house() as house, resting(house):
        rows += asyncio.run(_timers(house.dsn, given.timers))
    if given.timers >= TIMERS:
        join(rows)
    print(table(rows))


if __name__ == "__main__":
    main()
