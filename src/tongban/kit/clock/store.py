"""The calendar's table and this process's copy of it, never more than a minute old."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tongban.kit.clock.calendar import Calendar, CalendarDay
from tongban.kit.db import Database
from tongban.kit.i18n import Text

#: Seconds after which a copy is read again: an amended notice reaches every process within them.
FRESH_SECONDS = 60.0
#: After so long no process counts by the calendar of before an amendment any more.
HEARD_AFTER = timedelta(seconds=2 * FRESH_SECONDS)


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


class Amendment(msgspec.Struct, frozen=True):
    """A change of the calendar 放假安排变更: which span of days, by which notice."""

    id: int
    first_day: date
    last_day: date
    notice: str


async def import_calendar(
    db: Database, rows: Iterable[CalendarDay], *, now: datetime, by_staff: bool = True
) -> int:
    """Put days into the calendar; gives how many are different from before. Repeated it changes nothing.

    The days of a year are those of its notice 放假安排: what stood there of the same year and is not among the rows is
    taken out. What really changes is noted as an amendment in the same statement, so that open dates are reckoned anew.
    Not ``by_staff`` are the city's files: a year that the staff has loaded they leave alone.
    """
    days = {row.day: row for row in rows}
    changed = await db.value(
        """WITH told AS (
            SELECT t.*, $8::boolean AS by_staff
            FROM unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
                AS t (day, kind, name_zh, name_en, notice, mark)
            WHERE $8 OR NOT EXISTS (SELECT 1 FROM kit.calendar_day c
                WHERE c.by_staff AND extract(year FROM c.day) = extract(year FROM t.day))
        ), gone AS (
            DELETE FROM kit.calendar_day c
            WHERE extract(year FROM c.day) IN (SELECT extract(year FROM day) FROM told)
                AND NOT EXISTS (SELECT 1 FROM told t WHERE t.day = c.day)
            RETURNING c.day, c.notice
        ), put AS (
            INSERT INTO kit.calendar_day AS c (day, kind, name_zh, name_en, notice, mark, by_staff)
            SELECT * FROM told
            ON CONFLICT (day) DO UPDATE SET kind = EXCLUDED.kind, name_zh = EXCLUDED.name_zh,
                name_en = EXCLUDED.name_en, notice = EXCLUDED.notice, mark = EXCLUDED.mark,
                by_staff = EXCLUDED.by_staff
            WHERE (c.kind, c.name_zh, c.name_en, c.notice, c.mark)
                IS DISTINCT FROM (EXCLUDED.kind, EXCLUDED.name_zh, EXCLUDED.name_en, EXCLUDED.notice, EXCLUDED.mark)
            RETURNING day, notice
        ), changed AS (SELECT * FROM gone UNION ALL SELECT * FROM put), noted AS (
            INSERT INTO kit.calendar_amendment (at, first_day, last_day, notice)
            SELECT $7, min(day), max(day), max(notice) FROM changed HAVING count(*) > 0
        )
        SELECT count(*) FROM changed""",
        list(days),
        [row.kind for row in days.values()],
        [row.name.zh for row in days.values()],
        [row.name.en for row in days.values()],
        [row.notice for row in days.values()],
        [row.mark for row in days.values()],
        now,
        by_staff,
    )
    forget_calendars()
    return int(changed)


async def amendments(db: Database, *, after: int, now: datetime) -> list[Amendment]:
    """The amendments behind that one which every process has heard of by ``now``, the oldest first, at most 100."""
    rows = await db.rows(
        """SELECT id, first_day, last_day, notice FROM kit.calendar_amendment
        WHERE id > $1 AND at <= $2 ORDER BY id LIMIT 100""",
        after,
        now - HEARD_AFTER,
    )
    return [Amendment(**dict(row)) for row in rows]


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


async def load_city(db: Database, city_dir: Path, *, now: datetime) -> int:
    """Put the installing city's ``calendar.csv`` into the calendar (idempotent); gives how many days changed."""
    return await import_calendar(db, calendar_file(city_dir / "calendar.csv"), now=now, by_staff=False)


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
