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

    ``added`` are working days of an extension (行政许可法 art. 42), whatever the unit of the limit.
    """

    start: date
    days: int
    unit: Unit = "working"
    pauses: tuple[Pause, ...] = ()
    added: int = 0

    def end(self, calendar: Calendar) -> date:
        """The last day of the limit. Raises ValueError where it leaves the calendar."""
        end = self._bare_end(calendar)
        for pause in apart(self.pauses, self.start):
            if pause.since > end:
                break
            end = self._moved(calendar, end, pause)
        return end if self.unit == "working" else calendar.next_working_day(end)

    def _bare_end(self, calendar: Calendar) -> date:
        """The last day that counts, as it were without pauses and days off at the end."""
        if self.unit == "working":
            return calendar.add_working_days(self.start, self.days + self.added)
        end = (
            self.start + timedelta(days=self.days)
            if self.unit == "calendar"
            else months_after(self.start, self.days)
        )
        return calendar.add_working_days(end, self.added) if self.added else end

    def _moved(self, calendar: Calendar, end: date, pause: Pause) -> date:
        if self.unit == "working":
            days = calendar.working_days_between(pause.since, pause.until)
            return calendar.add_working_days(end, days) if days else end
        return end + (pause.until - pause.since)

    def stopped(self, calendar: Calendar) -> int:
        """By how many days the pauses moved the end, in the unit of the limit (of months: calendar days)."""
        end, bare = self.end(calendar), self._bare_end(calendar)
        if self.unit == "working":
            return calendar.working_days_between(bare, end)
        return sum((last - first).days for first, last, _ in self._taken_out(calendar)[1])

    def marks(self, calendar: Calendar) -> list[DayMark]:
        """Each day from the event to the end: whether it counts, which it is, and why (not)."""
        last, taken = self._taken_out(calendar)
        end = self.end(calendar)
        # The days of an extension are working days at the end of the limit.
        by_law = calendar.subtract_working_days(last, self.added) if self.added else last
        marks = [DayMark(self.start, False, 0, _EVENT_DAY)]
        number = 0
        for ordinal in range(self.start.toordinal() + 1, end.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if day > last:
                counted, why = False, _MOVED_ON
            else:
                counted, why = self._told(calendar, day, taken, in_workdays=day > by_law)
            number += counted
            marks.append(DayMark(day, counted, number if counted else 0, why))
        return marks

    def _taken_out(self, calendar: Calendar) -> tuple[date, list[tuple[date, date, Text]]]:
        """The last day that counts, and the spans (after, up to) that do not."""
        end, taken = self._bare_end(calendar), []
        for pause in apart(self.pauses, self.start):
            if pause.since > end:
                break
            # On the last day itself that day is not yet used up: it is given back when the pause ends.
            early = _ONE if pause.since == end else timedelta()
            taken.append((pause.since - early, pause.until - early, pause.why))
            end = self._moved(calendar, end, pause)
        return end, taken

    def _told(
        self, calendar: Calendar, day: date, taken: list[tuple[date, date, Text]], *, in_workdays: bool
    ) -> tuple[bool, Text]:
        in_workdays = in_workdays or self.unit == "working"
        if in_workdays and not calendar.is_working(day):
            return False, calendar.reason(day)
        why = next((words for first, last, words in taken if first < day <= last), None)
        if why is not None:
            return False, why
        return True, calendar.reason(day) if in_workdays else _COUNTED


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
