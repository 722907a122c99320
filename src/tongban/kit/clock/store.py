"""The calendar's table and this process's copy of it, never more than a minute old."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from tongban.kit.clock.calendar import Calendar, CalendarDay
from tongban.kit.db import Database
from tongban.kit.i18n import Text

#: Seconds after which a copy is read again: an amended notice reaches every process within them.
FRESH_SECONDS = 60.0

_copies: WeakKeyDictionary[Any, tuple[float, Calendar]] = WeakKeyDictionary()


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
    key = db._pool
    moment = time.monotonic()
    kept = _copies.get(key)
    if kept is not None:
        if moment - kept[0] < FRESH_SECONDS:
            return kept[1]
        # Whoever comes while this one reads is served the old copy instead of reading as well.
        _copies[key] = (moment, kept[1])
    calendar = await load_calendar(db.sibling())
    _copies[key] = (moment, calendar)
    return calendar


def forget_calendars() -> None:
    """Drop this process's copies: after an import, and between tests."""
    _copies.clear()


def calendar_day(row: dict[str, str]) -> CalendarDay:
    """One row of ``city/calendar.csv`` as a day; raises msgspec.ValidationError for a bad one."""
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
