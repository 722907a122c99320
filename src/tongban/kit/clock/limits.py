"""A limit 时限 over the calendar: when it ends, and why each day until then counts or does not.

A limit of N days ends on the Nth day after its event that counts (民法典 art. 201: the day of the event does not). In
working days a day counts when offices work (行政许可法 art. 82); in calendar days every day does; a limit in months
ends on the day of the same number (民法典 art. 202). A limit in calendar days or months whose last day is off ends on
the next working day (民法典 art. 203).

A pause 停止计时 moves the end by its whole days, in the unit of the limit (行政许可法 art. 45): those after the day of
its notice, up to and including the day on which it ended. Pauses that overlap are taken out once; what begins after the
limit has ended moves nothing. A pause that begins on the last day gives that day back when it ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

import msgspec

from tongban.kit.clock.calendar import Calendar, DayMark
from tongban.kit.i18n import Text
from tongban.kit.rules import months_after

Unit = Literal["working", "calendar", "months"]

_ONE = timedelta(days=1)
_EVENT_DAY = Text("当日不计入", "Day of the event, not counted")
_COUNTED = Text("自然日，计入", "Calendar day, counted")
_MOVED_ON = Text("期限最后一日是休息日，顺延", "The last day is off: moved to the next working day")


class Pause(msgspec.Struct, frozen=True):
    """A time in which a limit does not run: after ``since``, up to and including ``until``, and what it was for."""

    since: date
    until: date
    why: Text


class Limit(msgspec.Struct, frozen=True):
    """So many days from an event on ``start``, in a unit, less the pauses. ``days`` may be 0: the day itself.

    ``added`` are the days of an extension, in the unit of the law that allows it, ``added_in``: a law may count its
    limit in months and what is added in working days (行政许可法 art. 42 over a special law), or both in calendar days
    (行政复议法 art. 62). They follow upon the limit's last day, wherever that falls.
    """

    start: date
    days: int
    unit: Unit = "working"
    pauses: tuple[Pause, ...] = ()
    added: int = 0
    added_in: Unit = "working"

    def end(self, calendar: Calendar) -> date:
        """The last day of the limit. Raises ValueError where it leaves the calendar."""
        if self.added and self.added_in != self.unit:
            last = self._walked(calendar)[-1]
            end, unit = last.end, last.unit
        else:  # nearly every limit, and thousands at once: without a word on any day
            end, unit = _ahead(calendar, self.start, self.days + self.added, self.unit), self.unit
            for pause in apart(self.pauses, self.start) if self.pauses else ():
                if pause.since > end:
                    break
                end = _put_off(calendar, end, _stopped(calendar, pause, unit), unit)
        return end if unit == "working" else calendar.next_working_day(end)

    def stopped(self, calendar: Calendar) -> int:
        """By how many days the pauses moved the end, each in the unit that ran then (of months: calendar days)."""
        return sum(leg.stopped for leg in self._walked(calendar))

    def marks(self, calendar: Calendar) -> list[DayMark]:
        """Each day from the event to the end: whether it counts, which it is, and why (not)."""
        legs = self._walked(calendar)
        last, end = legs[-1].end, self.end(calendar)
        marks = [DayMark(self.start, False, 0, _EVENT_DAY)]
        number = 0
        for ordinal in range(self.start.toordinal() + 1, end.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if day > last:
                counted, why = False, _MOVED_ON
            else:
                counted, why = next(leg for leg in legs if day <= leg.end).told(calendar, day)
            number += counted
            marks.append(DayMark(day, counted, number if counted else 0, why))
        return marks

    def _walked(self, calendar: Calendar) -> list[_Leg]:
        """The limit's own days and what is added to them, as far as each goes with the pauses that fall into it."""
        stretches: list[tuple[int, Unit]] = [(self.days, self.unit)]
        if self.added and self.added_in == self.unit:
            stretches = [(self.days + self.added, self.unit)]
        elif self.added:
            stretches.append((self.added, self.added_in))
        waiting = list(apart(self.pauses, self.start))
        legs: list[_Leg] = []
        begins = self.start
        for place, (days, unit) in enumerate(stretches):
            leg = _Leg(unit, _ahead(calendar, begins, days, unit))
            is_last = place == len(stretches) - 1
            while waiting and (waiting[0].since < leg.end or (is_last and waiting[0].since == leg.end)):
                leg = leg.after(calendar, waiting.pop(0))
            legs.append(leg)
            begins = leg.end
        return legs


class _Leg(msgspec.Struct, frozen=True):
    """A stretch of a limit in one unit: its last day, the spans (after, up to) that do not count, what they moved."""

    unit: Unit
    end: date
    taken: tuple[tuple[date, date, Text], ...] = ()
    stopped: int = 0

    def after(self, calendar: Calendar, pause: Pause) -> _Leg:
        # On the last day itself that day is not yet used up: it is given back when the pause ends.
        early = _ONE if pause.since == self.end else timedelta()
        taken = (*self.taken, (pause.since - early, pause.until - early, pause.why))
        days = _stopped(calendar, pause, self.unit)
        return _Leg(self.unit, _put_off(calendar, self.end, days, self.unit), taken, self.stopped + days)

    def told(self, calendar: Calendar, day: date) -> tuple[bool, Text]:
        """Whether a day of this stretch counts, and why (not)."""
        if self.unit == "working" and not calendar.is_working(day):
            return False, calendar.reason(day)
        why = next((words for first, last, words in self.taken if first < day <= last), None)
        if why is not None:
            return False, why
        return True, calendar.reason(day) if self.unit == "working" else _COUNTED


def _stopped(calendar: Calendar, pause: Pause, unit: Unit) -> int:
    if unit == "working":
        return calendar.working_days_between(pause.since, pause.until)
    return (pause.until - pause.since).days


def _put_off(calendar: Calendar, end: date, days: int, unit: Unit) -> date:
    if not days:
        return end
    return calendar.add_working_days(end, days) if unit == "working" else end + timedelta(days=days)


def _ahead(calendar: Calendar, start: date, days: int, unit: Unit) -> date:
    if unit == "working":
        return calendar.add_working_days(start, days)
    return start + timedelta(days=days) if unit == "calendar" else months_after(start, days)


def apart(pauses: Iterable[Pause], start: date) -> tuple[Pause, ...]:
    """The pauses in order, none before ``start`` and no day in two of them."""
    told: list[Pause] = []
    begins = start
    for pause in sorted(pauses, key=lambda one: (one.since, one.until)):
        since = max(pause.since, begins)
        if pause.until > since:
            told.append(pause if since == pause.since else Pause(since, pause.until, pause.why))
            begins = pause.until
    return tuple(told)
