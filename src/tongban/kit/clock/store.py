"""The calendar's table and this process's copy of it, never more than a minute old."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from tongban.kit.clock.calendar import FIRST, LAST, MARK_DERIVED, Calendar, CalendarDay
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Message, Text

#: Seconds after which a copy is read again: an amended notice reaches every process within them.
FRESH_SECONDS = 60.0
#: After so long no process counts by the calendar of before an amendment any more.
HEARD_AFTER = timedelta(seconds=2 * FRESH_SECONDS)


class LineWrong(msgspec.Struct, frozen=True):
    """A line of a calendar file that is no day: its number, the day as it was written, what is wrong with it."""

    line: int
    day: str
    fault: Message

    @property
    def words(self) -> Message:
        """The line and its fault in a sentence."""
        return N_("第 {line} 行（{day}）：{fault}", line=self.line, day=self.day[:40], fault=self.fault)


class CalendarWrong(ValueError):  # noqa: N818 - named for what is wrong
    """Lines of a calendar file are no days: all of them, in the file's order, at least one."""

    def __init__(self, lines: Sequence[LineWrong]) -> None:
        super().__init__(lines)
        self.lines = tuple(lines)

    def __str__(self) -> str:
        return "\n".join(str(one.words) for one in self.lines)


#: The columns of a calendar file, in their order.
COLUMNS = ("day", "kind", "name_zh", "name_en", "notice", "mark")
#: One copy a pool: a process of the house has one, a process of tests a few in turn.
_copies: dict[Any, tuple[float, Calendar]] = {}
_POOLS = 4


async def load_calendar(db: Database) -> Calendar:
    """Read all exceptional days and build the calendar."""
    rows = await db.rows(
        "SELECT day, kind, name_zh, name_en, notice, mark FROM kit.calendar_day ORDER BY day"
    )
    return Calendar(_from_row(row) for row in rows)


def _from_row(row: Any) -> CalendarDay:
    return CalendarDay(
        row["day"], row["kind"], Text(row["name_zh"], row["name_en"]), row["notice"], row["mark"]
    )


class DayAmended(msgspec.Struct, frozen=True):
    """A day of which the calendar says something else 变更的日子; None where it is a day like any other of its week."""

    day: date
    before: CalendarDay | None
    after: CalendarDay | None


class Amendment(msgspec.Struct, frozen=True):
    """A change of the calendar 放假安排变更: which span of days, by which notice."""

    id: int
    first_day: date
    last_day: date
    notice: str


async def amending(
    db: Database, rows: Iterable[CalendarDay], *, now: datetime, by_staff: bool = True
) -> tuple[list[DayAmended], tuple[Part, ...]]:
    """What putting days into the calendar would change, and the write that does it: none where nothing changes.

    The days of a year are those of its notice 放假安排: what stands there of the same year and is not among the rows is
    taken out. The guard is the amendment, by which open dates are reckoned anew. Not ``by_staff`` are the city's
    files: a year that the staff has loaded they leave alone. One statement; the caller writes and forgets its copies.
    """
    after = {row.day: row for row in rows}
    known = await db.rows(
        """SELECT day, kind, name_zh, name_en, notice, mark, by_staff FROM kit.calendar_day
        WHERE extract(year FROM day) = ANY($1::int[]) ORDER BY day""",
        sorted({day.year for day in after}),
    )
    if not by_staff:
        fixed = {row["day"].year for row in known if row["by_staff"]}
        after = {day: row for day, row in after.items() if day.year not in fixed}
        known = [row for row in known if row["day"].year not in fixed]
    before = {row["day"]: _from_row(row) for row in known}
    changed = [
        DayAmended(day, before.get(day), after.get(day))
        for day in sorted(before.keys() | after.keys())
        if before.get(day) != after.get(day)
    ]
    if not changed:
        return [], ()
    return changed, _amending_parts(changed, now=now, by_staff=by_staff)


def _amending_parts(changed: list[DayAmended], *, now: datetime, by_staff: bool) -> tuple[Part, ...]:
    gone = [one.day for one in changed if one.after is None]
    put = [one.after for one in changed if one.after is not None]
    notice = max(row.notice for one in changed for row in (one.after or one.before,) if row)
    return (
        Part(
            """INSERT INTO kit.calendar_amendment (at, first_day, last_day, notice)
            VALUES ($1::timestamptz, $2::date, $3::date, $4::text) RETURNING id""",
            (now, changed[0].day, changed[-1].day, notice),
        ),
        Part("DELETE FROM kit.calendar_day c USING guard WHERE c.day = ANY($1::date[])", (gone,)),
        Part(
            """INSERT INTO kit.calendar_day AS c (day, kind, name_zh, name_en, notice, mark, by_staff)
            SELECT t.*, $7::boolean
            FROM guard, unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
                AS t (day, kind, name_zh, name_en, notice, mark)
            ON CONFLICT (day) DO UPDATE SET kind = EXCLUDED.kind, name_zh = EXCLUDED.name_zh,
                name_en = EXCLUDED.name_en, notice = EXCLUDED.notice, mark = EXCLUDED.mark,
                by_staff = EXCLUDED.by_staff""",
            (
                [row.day for row in put],
                [row.kind for row in put],
                [row.name.zh for row in put],
                [row.name.en for row in put],
                [row.notice for row in put],
                [row.mark for row in put],
                by_staff,
            ),
        ),
    )


async def import_calendar(
    db: Database, rows: Iterable[CalendarDay], *, now: datetime, by_staff: bool = True
) -> int:
    """Put days into the calendar as :func:`amending` says; gives how many are different from before."""
    changed, parts = await amending(db, rows, now=now, by_staff=by_staff)
    if parts:
        await write(db, *parts)
    forget_calendars()
    return len(changed)


async def amendments(db: Database, *, after: int, now: datetime) -> list[Amendment]:
    """The amendments behind that one which every process has heard of by ``now``, the oldest first, at most 100."""
    rows = await db.rows(
        """SELECT id, first_day, last_day, notice FROM kit.calendar_amendment
        WHERE id > $1 AND at <= $2 ORDER BY id LIMIT 100""",
        after,
        now - HEARD_AFTER,
    )
    return [Amendment(**dict(row)) for row in rows]


class Amended(msgspec.Struct, frozen=True):
    """An amendment as it is told: when it was loaded 录入时间, and what it is."""

    at: datetime
    amendment: Amendment


async def latest_amendments(db: Database, *, limit: int) -> list[Amended]:
    """What was changed last, the latest first: one statement."""
    rows = await db.rows(
        "SELECT id, at, first_day, last_day, notice FROM kit.calendar_amendment ORDER BY id DESC LIMIT $1",
        limit,
    )
    return [
        Amended(row["at"], Amendment(row["id"], row["first_day"], row["last_day"], row["notice"]))
        for row in rows
    ]


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
    """The days of a calendar file, as :func:`calendar_days` reads them."""
    return calendar_days(path.read_text(encoding="utf-8"))


def calendar_days(text: str) -> list[CalendarDay]:
    """The days of a notice as it is handed in: columns day, kind, name_zh, name_en, notice, mark (RFC 4180).

    Raises CalendarWrong that names every line that is no day, and what is wrong with it.
    """
    days: dict[date, CalendarDay] = {}
    wrong: list[LineWrong] = []
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    for row in lines:
        fault = _fault(row)
        if fault is None:
            day = _calendar_day(row)
            fault = N_("这一天写了两次。") if day.day in days else None
        if fault is not None:
            wrong.append(LineWrong(lines.line_num, row.get("day") or "", fault))
        else:
            days[day.day] = day
    if wrong:
        raise CalendarWrong(wrong)
    return list(days.values())


def _fault(row: dict[str, str | None]) -> Message | None:
    """What is wrong with a line of a calendar file."""
    missing = [name for name in COLUMNS if not (row.get(name) or "").strip()]
    if missing:
        return N_(
            "这一行没有 {column}。每行依次是：{columns}。", column=missing[0], columns=",".join(COLUMNS)
        )
    try:
        day = date.fromisoformat(str(row["day"]))
    except ValueError:
        return N_("不是有效的日期，请写成 2026-10-01 的样子。")
    if not FIRST <= day <= LAST:
        return N_("日期应在 {first} 至 {last} 之间。", first=FIRST, last=LAST)
    if row["kind"] not in ("off", "work"):
        return N_("kind 只能是 off（放假）或 work（调休上班）。")
    if row["mark"] not in ("real", MARK_DERIVED, "synthetic"):
        return N_(
            "mark 只能是 real（正式通知）、{derived}（推算）或 synthetic（演示）。", derived=MARK_DERIVED
        )
    return None


def _calendar_day(row: dict[str, Any]) -> CalendarDay:
    return CalendarDay(
        date.fromisoformat(row["day"]),
        row["kind"],
        Text(row["name_zh"].strip(), row["name_en"].strip()),
        row["notice"].strip(),
        row["mark"],
    )
