"""A case's limits as instants: its days over the working-day calendar, reckoned anew whenever one of them moves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from tongban import catalogue
from tongban.cases.model import DECIDING, Case, State
from tongban.cases.model.course import Booking, Course, Dates, Dues, LimitKind, Reckoned, Special, limits_of
from tongban.cases.model.hearing import KIND, Hearing
from tongban.cases.model.reporting import goes_above
from tongban.kit import clock, timers
from tongban.kit.clock import Calendar, Limit
from tongban.kit.db import Database, Part


async def acceptance_due(
    db: Database, version: catalogue.ItemVersion, *, submitted_at: datetime, booked: Booking | None = None
) -> datetime:
    """Until when the department must accept or say what is missing (行政许可法 art. 32(4)).

    What comes after office hours or on a day off counts as received on the next working day. While a booking stands
    it is until when the applicants may come.
    """
    calendar = await clock.current_calendar(db)
    if booked is not None:
        return clock.end_of_day(booked.limit.end(calendar))
    received = calendar.received_day(submitted_at)
    return clock.end_of_day(calendar.add_working_days(received, version.clock.accept_days))


async def warned_from(db: Database, *, due: datetime, days: int) -> datetime:
    """From when a limit of ``days`` working days that ends at ``due`` is near (the amber lamp).

    Near is the last working day, or the last fifth of the limit where that is more.
    """
    return near_from(await clock.current_calendar(db), due=due, days=days)


def near_from(calendar: Calendar, *, due: datetime, days: int) -> datetime:
    """As :func:`warned_from`, where the calendar is at hand."""
    first = calendar.subtract_working_days(clock.city_day(due), max(1, days // 5))
    return _start_of(first)


async def received_at(db: Database, *, submitted_at: datetime) -> datetime:
    """When a submission counts as received: at once in office hours, else with the next working day.

    A correction counts as received in the same way.
    """
    calendar = await clock.current_calendar(db)
    received = calendar.received_day(submitted_at)
    return submitted_at if received == clock.city_day(submitted_at) else _start_of(received)


async def deemed_at(db: Database, case: Case, version: catalogue.ItemVersion) -> datetime:
    """From when a case counts as accepted whose acceptance limit has passed in silence.

    Where the law counts from receipt (行政许可法 art. 32(1)(4)) that is the day on which the application, or its
    correction, was received; else the day on which the limit ran out (行政复议法 art. 30).
    """
    assert case.submitted_at is not None and case.accept_due is not None
    if version.clock.deemed_from == "end":
        return case.accept_due
    if case.course.received is not None:
        return _start_of(case.course.received)
    return await received_at(db, submitted_at=case.submitted_at)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.city_zone()).astimezone(UTC)


def clock_of(version: catalogue.ItemVersion, answers: Mapping[str, Any]) -> catalogue.Clock:
    """The limits of an application with these answers: without a commitment the promised one is longer."""
    asks = version.commitment
    return version.clock if asks is None else asks.clock(version.clock, version.situation(answers))


async def decision_dues(
    db: Database,
    version: catalogue.ItemVersion,
    answers: Mapping[str, Any],
    *,
    accepted_at: datetime,
    received: date | None,
    course: Course | None = None,
) -> tuple[datetime, datetime | None, datetime]:
    """The promised and the statutory end after acceptance, and from when the first is near.

    No statutory one where no law sets a limit.

    Some laws count from the day on which the application was ``received`` (护照法 art. 6).

    The day of acceptance is not counted (民法典 art. 201).
    """
    calendar, limits = await clock.current_calendar(db), clock_of(version, answers)
    dates = Dates(received=received, accepted=clock.city_day(accepted_at))
    ends = _ends(_limits(limits, dates, course or Course(), calendar))
    promise = clock.end_of_day(ends[LimitKind.PROMISE])
    near = near_from(calendar, due=promise, days=limits.promise_days)
    return promise, _instant(ends.get(LimitKind.STATUTORY)), near


async def issue_due(db: Database, version: catalogue.ItemVersion, *, decided_at: datetime) -> datetime | None:
    """Until when what is granted must be issued and delivered; None where no law says (行政许可法 art. 44)."""
    if version.clock.issue_days is None:
        return None
    calendar = await clock.current_calendar(db)
    return clock.end_of_day(Limit(clock.city_day(decided_at), version.clock.issue_days).end(calendar))


def received_on(case: Case, calendar: Calendar) -> date | None:
    """The day on which an application counts as received; None of a draft."""
    return case.course.received or (calendar.received_day(case.submitted_at) if case.submitted_at else None)


def dates_of(case: Case, version: catalogue.ItemVersion, calendar: Calendar) -> Dates:
    """The days that a case's limits hang on."""
    asked = case.correction.asked_at if case.state is State.CORRECTING and case.correction else None
    hearing = case.hearing or Hearing()
    told, begun = hearing.told, hearing.begun
    return Dates(
        received=received_on(case, calendar),
        asked=_day(asked),
        accepted=_decided_from(case),
        granted=_day(case.decided_at) if _granted(case) else None,
        told=told.on if told and hearing.awaits_word and case.state in DECIDING else None,
        hearing=begun.on if begun and begun.asked and hearing.ahead else None,
        follow_up=case.follow_up.outstanding if case.follow_up and case.decided_at is None else (),
        above=goes_above(version, case.answers),
    )


def _decided_from(case: Case) -> date | None:
    """The day from which the decision's limits count: of acceptance, or a later one from which they count anew."""
    accepted = _day(case.accepted_at)
    return accepted and max(accepted, case.course.anew or accepted)


def _granted(case: Case) -> bool:
    """Whether something is, or was, to be issued; also of what its issuer called off in the making."""
    return case.state in (State.ISSUING, State.CLOSED) or case.issue_due is not None


async def reckoned(db: Database, case: Case, version: catalogue.ItemVersion) -> list[Reckoned]:
    """Every limit of a case, reckoned anew from its dates, its course and the calendar as it is now."""
    calendar = await clock.current_calendar(db)
    return _limits(clock_of(version, case.answers), dates_of(case, version, calendar), case.course, calendar)


def foreseen(case: Case, version: catalogue.ItemVersion, calendar: Calendar) -> dict[LimitKind, date]:
    """When the limits end if the hearing that the clock stands still for is over as it was fixed; nothing otherwise.

    What the case keeps is reckoned with the days that were told (行政许可法 art. 47: within twenty of the request), for
    a sitting may be put off and its record come late; the actual days are counted once the clock runs again.
    """
    over = case.hearing.over_by(calendar) if case.hearing else None
    running = case.course.running
    if over is None or running is None or running.kind != KIND:
        return {}
    until = max(running.since, calendar.next_working_day(over))
    special = msgspec.structs.replace(running, until=until)
    course = msgspec.structs.replace(case.course, specials=(*case.course.specials[:-1], special))
    limits = clock_of(version, case.answers)
    return _ends(_limits(limits, dates_of(case, version, calendar), course, calendar))


def dues(case: Case, version: catalogue.ItemVersion, calendar: Calendar) -> Dues:
    """The instants that a case should keep by this calendar."""
    limits = clock_of(version, case.answers)
    ends = _ends(_limits(limits, dates_of(case, version, calendar), case.course, calendar))
    accept = _instant(ends.get(LimitKind.ACCEPTANCE) or ends.get(LimitKind.VISIT))
    promise = _instant(ends.get(LimitKind.PROMISE))
    near = None
    if case.state in DECIDING and promise is not None:
        near = near_from(calendar, due=promise, days=limits.promise_days)
    elif case.state is State.SUBMITTED and accept is not None:
        near = near_from(calendar, due=accept, days=version.clock.accept_days)
    return Dues(
        accept or case.accept_due,
        promise,
        _instant(ends.get(LimitKind.STATUTORY)),
        _instant(ends.get(LimitKind.ISSUE)) if case.issue_due else None,
        near,
    )


def dues_stopped(case: Case, course: Course, version: catalogue.ItemVersion, calendar: Calendar) -> Dues:
    """As :func:`dues`, while the clock stands still for the last special procedure of ``course``: no lamp is near."""
    after = dues(msgspec.structs.replace(case, course=course), version, calendar)
    return msgspec.structs.replace(after, warn_at=None)


def awaiting_end(case: Case, special: Special, calendar: Calendar) -> Part:
    """The part by which supervision looks again once a special procedure should be over, as was announced."""
    due = clock.end_of_day(special.announced_end(calendar))
    return timers.setting("cases.special", subject=case.applicant, reference=case.id, due=due)


def _limits(limits: catalogue.Clock, dates: Dates, course: Course, calendar: Calendar) -> list[Reckoned]:
    return limits_of(limits, dates, course, calendar)


def _ends(limits: list[Reckoned]) -> dict[LimitKind, date]:
    return {one.kind: one.end for one in limits}


def _instant(day: date | None) -> datetime | None:
    return clock.end_of_day(day) if day else None


def _day(instant: datetime | None) -> date | None:
    return clock.city_day(instant) if instant else None


async def days_left(db: Database, due: datetime, *, now: datetime, running: Special | None = None) -> int:
    """Working days from today to the due day; 0 on the day itself, negative when it has passed.

    While a special procedure is ``running`` they are those that were left when it began: none of the days announced.
    """
    calendar = await clock.current_calendar(db)
    if running is not None:
        stopped = calendar.working_days_between(running.since, running.announced_end(calendar))
        return calendar.working_days_between(running.since, clock.city_day(due)) - stopped
    return calendar.working_days_between(clock.city_day(now), clock.city_day(due))


async def provisional(db: Database, day: date) -> bool:
    """Whether the holiday notice of that day's year is not published yet."""
    return (await clock.current_calendar(db)).provisional(day.year)
