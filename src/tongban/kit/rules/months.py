"""Months as the law counts them (民法典 art. 202)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from typing import Any


def months_between(start: date, end: date) -> int:
    """Whole calendar months from ``start`` to ``end``; negative when ``end`` lies before.

    民法典 art. 202: a period of months ends on the same day of the last month, and where that month has
    no such day, on its last day. So 24 May to 24 November are six months, and so are 31 August to
    28 February (29 in a leap year).
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    complete = end.day >= start.day or end.day == monthrange(end.year, end.month)[1]
    return months if complete else months - 1


def months_after(start: date, months: int) -> date:
    """The first day on which so many months from ``start`` are over, as :func:`months_between` counts them."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def day_told(value: Any) -> date | None:
    """The day that a fact tells, None for what is none: also for an instant, whose day needs a zone."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
