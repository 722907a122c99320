"""Months and the city's civil date."""

import calendar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")  # the one civil time of the country


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def months_later(day: date, months: int) -> date:
    """The same day `months` later (negative: earlier); the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_index(day: date) -> int:
    """Months since year 0, for counting."""
    return day.year * 12 + day.month - 1


def month_text(index: int) -> str:
    """`2026-05` of a month index."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


class Clock:
    """Today in the city; `fixed` pins the civil date for a reproducible world."""

    def __init__(self, fixed: date | None = None) -> None:
        self.fixed = fixed

    def today(self) -> date:
        """The civil date."""
        return self.fixed or datetime.now(CHINA).date()
