"""The calendar's table and this process's copy of it, never more than a minute old."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from tongban.kit.clock.calendar import Calendar, CalendarDay
from tongban.kit.db import Database
from tongban.kit.i18n import Text

#: Seconds after which a copy is read again: an amended notice reaches every process within them.
FRESH_SECONDS = 60.0


class CalendarWrong(ValueError):  # noqa: N818 - named for what is wrong
    """A calendar file has a row that is no day; the message names it."""


#: One copy a pool: a process of the house has one, a process of tests a few in turn.
_copies: dict[Any, tuple[float, Calendar]] = {}
_POOLS = 4


async def load_calendar(db: Database) -> Calendar:
    """Read all exceptional days and build the calendar."""
    rows = await db.rows(
        "SELECT day, kind, name_zh, name_en, notice, mark FROM kit.calendar_day ORDER BY day"
    )
    return Calendar(
        CalendarDay(row["day"], row["kind"], Text(row["name_zh"], row["name_en"]), row["notice"], row["mark"])
        for row in rows
    )


async def import_calendar(db: Database, rows: Iterable[CalendarDay]) -> int:
    """Put days into the calendar; a day that is there already is replaced. Gives how many were put."""
    days = {row.day: row for row in rows}
    await db.run(
        """INSERT INTO kit.calendar_day (day, kind, name_zh, name_en, notice, mark)
        SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
        ON CONFLICT (day) DO UPDATE SET kind = EXCLUDED.kind, name_zh = EXCLUDED.name_zh,
            name_en = EXCLUDED.name_en, notice = EXCLUDED.notice, mark = EXCLUDED.mark""",
        list(days),
        [row.kind for row in days.values()],
        [row.name.zh for row in days.values()],
        [row.name.en for row in days.values()],
        [row.notice for row in days.values()],
        [row.mark for row in days.values()],
    )
    forget_calendars()
    return len(days)


async def current_calendar(db: Database) -> Calendar:
    """This process's calendar for this database, read anew when older than :data:`FRESH_SECONDS`.

    The rare read goes over a handle of its own: like sessions, it is not one of the page's statements.
    """
    key = db.origin
    moment = time.monotonic()
    kept = _copies.get(key)
    if kept is not None:
        if moment - kept[0] < FRESH_SECONDS:
            return kept[1]
        # Whoever comes while this one reads is served the old copy instead of reading as well.
        _copies[key] = (moment, kept[1])
    calendar = await load_calendar(db.sibling())
    if len(_copies) >= _POOLS:
        _copies.clear()
    _copies[key] = (moment, calendar)
    return calendar


def forget_calendars() -> None:
    """Drop this process's copies: after an import, and between tests."""
    _copies.clear()


async def load_city(db: Database, city_dir: Path) -> int:
    """Put the installing city's ``calendar.csv`` into the calendar (idempotent); gives how many days."""
    return await import_calendar(db, calendar_file(city_dir / "calendar.csv"))


def calendar_file(path: Path) -> list[CalendarDay]:
    """The days of a calendar file: columns day, kind, name_zh, name_en, notice, mark.

    Raises CalendarWrong with the line, for this is also how a staff page will load a year's notice.
    """
    days = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            try:
                days.append(_calendar_day(row))
            except (KeyError, TypeError, ValueError) as wrong:
                raise CalendarWrong(f"{path.name}: {row.get('day')}: {wrong}") from wrong
    return days


def _calendar_day(row: dict[str, str]) -> CalendarDay:
    return msgspec.convert(
        {
            "day": date.fromisoformat(row["day"]),
            "kind": row["kind"],
            "name": {"zh": row["name_zh"], "en": row["name_en"]},
            "notice": row["notice"],
            "mark": row["mark"],
        },
        CalendarDay,
    )
