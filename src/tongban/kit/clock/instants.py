"""Instants and the city's days: the one clock, and the two ways between an instant and a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from tongban.kit.i18n import language
from tongban.settings import settings

#: An instant in a record that leaves the house: never without its zone, and described so (RFC 3339).
Instant = Annotated[datetime, msgspec.Meta(tz=True)]

#: When the counters open 上班时间.
OFFICE_OPEN = time(8, 30)
#: When the counters close 下班时间. What arrives later counts as received on the next working day.
OFFICE_CLOSE = time(17, 30)

_LAST_INSTANT = time(23, 59, 59, 999999)


def now() -> datetime:
    """The present instant in UTC. Tests pin it with TONGBAN_NOW, which settings refuse elsewhere."""
    return settings().now or datetime.now(UTC)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def city_zone() -> ZoneInfo:
    """The zone in which the city's days begin and end (a setting)."""
    return _zone(settings().zone)


def city_time(instant: datetime) -> datetime:
    """The same instant on the city's clock, for pages and papers."""
    return instant.astimezone(city_zone())


def city_day(instant: datetime) -> date:
    """The city's calendar day in which an instant lies."""
    return instant.astimezone(city_zone()).date()


def instant_of(day: date, at: time) -> datetime:
    """The instant at which the city's clock shows ``at`` on ``day``, in UTC."""
    return datetime.combine(day, at, tzinfo=city_zone()).astimezone(UTC)


def instant_told(text: str) -> datetime | None:
    """The instant that an address or a hidden field brings back (ISO 8601 with its zone), None for what is none.

    One at either end of the calendar is none of the city's: no other zone, and no database, has a day for it.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None and 1970 < instant.year < 9000 else None


def end_of_day(day: date) -> datetime:
    """The last instant of a city day, in UTC: a limit that ends on ``day`` is missed after it.

    民法典 art. 203(2): the last day ends at 24:00. One microsecond before (PostgreSQL's grain), so
    that turned back into a day it is still the same day.
    """
    return datetime.combine(day, _LAST_INSTANT, tzinfo=city_zone()).astimezone(UTC)


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def day_in_words(day: date) -> str:
    """2026年11月24日, 24 November 2026: as papers write a day, in the language of the moment."""
    if language() == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"
