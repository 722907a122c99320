"""The working-day calendar: which days count, and how a limit in working days is counted.

Law: 行政许可法 art. 82 (limits are working days, without statutory holidays); 民法典 art. 201 (the day
of the event is not counted) and art. 203 (a last day that is off moves to the next working day). Which
weekends are worked and which weekdays are off is fixed each November by a notice of the State Council
(国务院办公厅关于某年部分节假日安排的通知); a year without its notice counts Monday to Friday less the
holidays that the law itself fixes, and is called provisional.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from datetime import date, datetime, time
from itertools import accumulate, compress
from typing import Literal

import msgspec

from tongban.kit.clock.instants import OFFICE_CLOSE, city_time
from tongban.kit.i18n import Text

#: Days that the calendar knows; outside them asking is a bug and raises ValueError.
FIRST = date(1990, 1, 1)
LAST = date(2099, 12, 31)

#: Mark of a row that follows from the law but not from a year's notice: it leaves the year provisional.
MARK_DERIVED = "realistic"

#: 全国年节及纪念日放假办法 (State Council Decree 795, in force 2025-01-01): holidays with a fixed date.
#: The festivals of the lunar calendar and 清明 fall on other days each year and come as rows.
FIXED_HOLIDAYS: dict[tuple[int, int], Text] = {
    (1, 1): Text("元旦", "New Year's Day"),
    (5, 1): Text("劳动节", "Labour Day"),
    (5, 2): Text("劳动节", "Labour Day"),
    (10, 1): Text("国庆节", "National Day"),
    (10, 2): Text("国庆节", "National Day"),
    (10, 3): Text("国庆节", "National Day"),
}

_WORKING = Text("工作日", "Working day")
_WEEKEND = Text("周末", "Weekend")
_ORIGIN = FIRST.toordinal()


class CalendarDay(msgspec.Struct, frozen=True):
    """A day that differs from Monday–Friday: a make-up day that is worked, or a holiday that is off.

    ``notice`` names the decision it rests on; ``mark`` is real, realistic or synthetic.
    """

    day: date
    kind: Literal["work", "off"]
    name: Text
    notice: str
    mark: str


class DayMark(msgspec.Struct, frozen=True):
    """One day of a limit as a person sees it: ``number`` is which working day it is, 0 when not counted."""

    day: date
    counted: bool
    number: int
    reason: Text


class Calendar:
    """An immutable calendar in memory; each question costs a few array reads.

    ``_rank[i]`` is the number of working days up to and including day i, ``_working[k]`` the k-th
    working day, so that adding and counting need no loop.
    """

    __slots__ = ("_flags", "_named", "_published", "_rank", "_working")

    def __init__(self, days: Iterable[CalendarDay] = ()) -> None:
        rows = [row for row in days if FIRST <= row.day <= LAST]
        self._named = {row.day: row for row in rows}
        self._published = frozenset(row.day.year for row in rows if row.mark != MARK_DERIVED)
        size = LAST.toordinal() - _ORIGIN + 1
        week = bytes(1 if (FIRST.weekday() + step) % 7 < 5 else 0 for step in range(7))
        flags = bytearray((week * (size // 7 + 1))[:size])
        for year in range(FIRST.year, LAST.year + 1):
            if year not in self._published:
                for month, day in FIXED_HOLIDAYS:
                    flags[date(year, month, day).toordinal() - _ORIGIN] = 0
        for row in rows:
            flags[row.day.toordinal() - _ORIGIN] = row.kind == "work"
        self._flags = bytes(flags)
        self._rank = array("l", accumulate(flags))
        self._working = array("l", compress(range(size), flags))

    @property
    def days(self) -> tuple[CalendarDay, ...]:
        """The rows that the calendar was built from, in order."""
        return tuple(self._named[day] for day in sorted(self._named))

    def provisional(self, year: int) -> bool:
        """Whether the year's notice is not known yet; pages that show such a date say so."""
        return year not in self._published

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day."""
        return bool(self._flags[_index(day)])

    def next_working_day(self, day: date) -> date:
        """``day`` itself when it is worked, else the first worked day after it (民法典 art. 203)."""
        return self.add_working_days(day, 0)

    def add_working_days(self, start: date, count: int) -> date:
        """The last day of a limit of ``count`` working days from an event on ``start`` (not counted).

        Zero days end on ``start`` itself, or on the next working day when it is off.
        """
        if count < 0:
            raise ValueError("a limit has no negative days")
        position = _index(start)
        rank = self._rank[position]
        if count == 0:
            if self._flags[position]:
                return start
            count = 1
        try:
            return date.fromordinal(self._working[rank + count - 1] + _ORIGIN)
        except IndexError:
            raise ValueError(f"{count} working days from {start} leave the calendar") from None

    def subtract_working_days(self, end: date, count: int) -> date:
        """The day so many working days before ``end``: the first on which no more than ``count`` are left.

        For what begins then. What may be done until then ends with :meth:`last_day_with`.
        """
        if count < 0:
            raise ValueError("a limit has no negative days")
        rank = self._rank[_index(end)]
        place = rank - count - 1
        return FIRST if place < 0 else date.fromordinal(self._working[place] + _ORIGIN)

    def last_day_with(self, count: int, end: date) -> date:
        """The last day on which at least ``count`` working days are left, up to and including ``end``.

        Days off before the next working day have as many left as that before them; :data:`FIRST` where none has.
        """
        if count < 0:
            raise ValueError("a limit has no negative days")
        if count == 0:
            return end
        place = self._rank[_index(end)] - count
        return FIRST if place < 0 else date.fromordinal(self._working[place] + _ORIGIN - 1)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before."""
        return self._rank[_index(end)] - self._rank[_index(start)]

    def received_day(self, instant: datetime, *, close: time = OFFICE_CLOSE) -> date:
        """The working day on which a submission counts as received for the acceptance clock.

        After closing time or on a day off it is the next working day; the receipt is still immediate.
        """
        local = city_time(instant)
        day = local.date()
        if self.is_working(day) and local.time() <= close:
            return day
        return self.add_working_days(day, 1)

    def reason(self, day: date) -> Text:
        """Why a day is worked or off, in the words of the notice where it names the day."""
        row = self._named.get(day)
        if row is not None:
            if row.kind == "work":
                return Text(f"{row.name.zh}调休上班", f"Make-up working day ({row.name.en})")
            return row.name
        if self.is_working(day):
            return _WORKING
        if day.weekday() < 5:
            return FIXED_HOLIDAYS[(day.month, day.day)]
        return _WEEKEND


def usual(day: date) -> tuple[bool, Text]:
    """Whether offices work on a day of which no notice speaks, and why (not)."""
    fixed = FIXED_HOLIDAYS.get((day.month, day.day))
    if fixed is not None:
        return False, fixed
    return (True, _WORKING) if day.weekday() < 5 else (False, _WEEKEND)


def by_week(marks: list[DayMark]) -> list[list[DayMark | None]]:
    """The days of :meth:`Limit.marks` as rows of seven, Monday first, None where no day is told."""
    if not marks:
        return []
    cells: list[DayMark | None] = [None] * marks[0].day.weekday()
    cells += marks
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _index(day: date) -> int:
    position = day.toordinal() - _ORIGIN
    if not 0 <= position <= LAST.toordinal() - _ORIGIN:
        raise ValueError(f"{day} is outside the calendar ({FIRST} to {LAST})")
    return position
