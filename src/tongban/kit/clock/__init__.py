"""Time as the office counts it: instants in UTC, days in the city's zone, limits in working days.

``now()`` is the only clock of the house. ``current_calendar(db)`` gives the working-day calendar of
this process; everything it answers is pure and costs no statement.
"""

from tongban.kit.clock.calendar import (
    MARK_DERIVED,
    Calendar,
    CalendarDay,
    DayMark,
    by_week,
)
from tongban.kit.clock.instants import (
    OFFICE_CLOSE,
    OFFICE_OPEN,
    Instant,
    city_day,
    city_time,
    city_zone,
    day_in_words,
    end_of_day,
    instant_of,
    now,
)
from tongban.kit.clock.limits import Limit, Pause, Unit
from tongban.kit.clock.store import (
    Amendment,
    CalendarWrong,
    amendments,
    calendar_file,
    current_calendar,
    forget_calendars,
    import_calendar,
    load_calendar,
    load_city,
)

__all__ = [
    "MARK_DERIVED",
    "OFFICE_CLOSE",
    "OFFICE_OPEN",
    "Amendment",
    "Calendar",
    "CalendarDay",
    "CalendarWrong",
    "DayMark",
    "Instant",
    "Limit",
    "Pause",
    "Unit",
    "amendments",
    "by_week",
    "calendar_file",
    "city_day",
    "city_time",
    "city_zone",
    "current_calendar",
    "day_in_words",
    "end_of_day",
    "forget_calendars",
    "import_calendar",
    "instant_of",
    "load_calendar",
    "load_city",
    "now",
]
