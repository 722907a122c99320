"""Dates in a year whose holiday notice 放假安排 is not published yet: which years, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tongban.kit.clock.calendar import Calendar
from tongban.kit.i18n import N_, Message


def unannounced(calendar: Calendar, days: Iterable[date | None]) -> tuple[int, ...]:
    """The years of these days that have no notice yet, in order; days that are None are left out."""
    return tuple(sorted({day.year for day in days if day is not None and calendar.provisional(day.year)}))


def may_move(years: Iterable[int]) -> Message | None:
    """What is said beside a date in such years; None for none."""
    told = "、".join(map(str, years))
    return N_("{years} 年放假安排公布后，日期可能变动。", years=told) if told else None
