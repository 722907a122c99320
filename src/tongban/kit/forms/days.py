"""Limits of days: ``not_before`` and ``not_after`` of a date, against today, a fixed day or another answer.

Days are compared as ISO texts, so a month (``2026-05``) can be held against a day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from tongban.kit.rules import months_after

Keyword = Literal["not_before", "not_after"]
_FROM_TODAY = re.compile(r"today(?:([+-]\d{1,5})([dmy]))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?", re.ASCII)
_MONTHS = {"m": 1, "y": 12}
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


def year_month_holds(text: str) -> bool:
    """Whether it is a month as ``2026-05`` (GB/T 7408.1)."""
    return _MONTH.fullmatch(text) is not None


def hour_minute_holds(text: str) -> bool:
    """Whether it is a time of day as ``09:30``."""
    return _TIME.fullmatch(text) is not None


class DayLimit(msgspec.Struct, frozen=True):
    """One limit as written: ``today``, ``today+30d``, ``today-6m``, ``today-18y``, an ISO day or a question's name."""

    keyword: Keyword
    written: str

    @property
    def field(self) -> str | None:
        """The question whose answer is the limit; None for a limit of its own."""
        return None if _FROM_TODAY.fullmatch(self.written) or _is_day(self.written) else self.written

    def bound(self, answers: Mapping[str, Any], today: date) -> str | None:
        """The day or month that it stands for, as ISO text; None while the other question has no date."""
        counted = _FROM_TODAY.fullmatch(self.written)
        if counted is not None:
            return _counted(today, int(counted[1] or 0), counted[2] or "d").isoformat()
        if _is_day(self.written):
            return self.written
        other = answers.get(self.written)
        return other if isinstance(other, str) and _DAY.fullmatch(other) else None

    def broken_by(self, value: Any, answers: Mapping[str, Any], today: date) -> str | None:
        """The bound that ``value`` lies beyond; None when it keeps to it, or is no date."""
        bound = self.bound(answers, today)
        if bound is None or not isinstance(value, str) or not _DAY.fullmatch(value):
            return None
        length = min(len(value), len(bound))
        ours, theirs = value[:length], bound[:length]
        beyond = ours < theirs if self.keyword == "not_before" else ours > theirs
        return bound if beyond else None


def _counted(today: date, count: int, unit: str) -> date:
    """Whole years and months end on the same day, or on the month's last (民法典 art. 202)."""
    return today + timedelta(days=count) if unit == "d" else months_after(today, count * _MONTHS[unit])


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
