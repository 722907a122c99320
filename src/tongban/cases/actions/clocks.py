"""A case's limits as instants: the item's days over the working-day calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from tongban import catalogue
from tongban.kit import clock, rules
from tongban.kit.db import Database


async def acceptance_due(db: Database, version: catalogue.ItemVersion, *, submitted_at: datetime) -> datetime:
    """Until when the department must accept or say what is missing (行政许可法 art. 32(4)).

    What comes after office hours or on a day off counts as received on the next working day.
    """
    calendar = await clock.current_calendar(db)
    received = calendar.received_day(submitted_at)
    return clock.end_of_day(calendar.add_working_days(received, version.clock.accept_days))


async def warned_from(db: Database, *, due: datetime, days: int) -> datetime:
    """From when a limit of ``days`` working days that ends at ``due`` is near (the amber lamp).

    Near is the last working day, or the last fifth of the limit where that is more.
    """
    calendar = await clock.current_calendar(db)
    last = clock.city_day(due)
    back = max(1, days // 5)
    first = calendar.subtract_working_days(last, back)
    return datetime.combine(first, time(), tzinfo=clock.city_zone()).astimezone(UTC)


async def received_at(db: Database, *, submitted_at: datetime) -> datetime:
    """When a submission counts as received: at once in office hours, else with the next working day.

    Deemed acceptance counts from there (行政许可法 art. 32(4): from the day of receipt).
    """
    calendar = await clock.current_calendar(db)
    received = calendar.received_day(submitted_at)
    if received == clock.city_day(submitted_at):
        return submitted_at
    return datetime.combine(received, time(), tzinfo=clock.city_zone()).astimezone(UTC)


async def decision_dues(
    db: Database, version: catalogue.ItemVersion, *, accepted_at: datetime
) -> tuple[datetime, datetime | None]:
    """The promised and the statutory end after acceptance; no statutory one where no law sets a limit.

    The day of acceptance is not counted (民法典 art. 201).
    """
    calendar = await clock.current_calendar(db)
    accepted = clock.city_day(accepted_at)
    statutory = statutory_day(calendar, version.clock, accepted=accepted)
    return (
        clock.end_of_day(calendar.add_working_days(accepted, version.clock.promise_days)),
        None if statutory is None else clock.end_of_day(statutory),
    )


def statutory_day(calendar: clock.Calendar, limits: catalogue.Clock, *, accepted: date) -> date | None:
    """The last day that the law leaves, in the unit in which it counts; None where it sets no limit.

    A limit in calendar days or months whose last day is off ends on the next working day (民法典 art. 203).
    """
    if limits.statutory_days is None:
        return None
    if limits.statutory_unit == "working":
        return calendar.add_working_days(accepted, limits.statutory_days)
    if limits.statutory_unit == "calendar":
        return calendar.next_working_day(accepted + timedelta(days=limits.statutory_days))
    return calendar.next_working_day(rules.months_after(accepted, limits.statutory_days))


async def days_left(db: Database, due: datetime, *, now: datetime) -> int:
    """Working days from today to the due day; 0 on the day itself, negative when it has passed."""
    calendar = await clock.current_calendar(db)
    return calendar.working_days_between(clock.city_day(now), clock.city_day(due))


async def marked_days(
    db: Database, version: catalogue.ItemVersion, *, accepted_at: datetime
) -> list[list[clock.DayMark | None]]:
    """The days of the promised limit as calendar rows: which count, which not, and why."""
    calendar = await clock.current_calendar(db)
    return clock.by_week(calendar.explain(clock.city_day(accepted_at), version.clock.promise_days))


async def provisional(db: Database, day: date) -> bool:
    """Whether the holiday notice of that day's year is not published yet."""
    return (await clock.current_calendar(db)).provisional(day.year)
