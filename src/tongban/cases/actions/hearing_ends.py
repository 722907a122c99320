"""The end of a hearing 听证: the clock runs again, moved by the days that it stood."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from tongban import catalogue
from tongban.cases.actions.clocks import dues
from tongban.cases.actions.pausing import moved
from tongban.cases.model import Case
from tongban.cases.model.course import Course, Dues
from tongban.cases.model.hearing import Ended, Hearing
from tongban.cases.model.hearing_ends import ended_words
from tongban.kit import clock, timers
from tongban.kit.db import Database
from tongban.kit.i18n import both


class Over(msgspec.Struct, frozen=True):
    """A hearing at its end: itself, the clock's course, the dates that follow, and what the step writes down."""

    hearing: Hearing
    course: Course
    dues: Dues
    detail: dict[str, Any]


async def over(db: Database, case: Case, hearing: Hearing, ended: Ended, *, target: Any, on: date) -> Over:
    """End the special procedure that the hearing is: the clock runs again from ``on``, moved by the days it stood."""
    calendar = await clock.current_calendar(db)
    version = await catalogue.version(db, case.item, case.item_version)
    running = case.course.specials[-1]
    until = max(running.since, calendar.next_working_day(on))
    result = both(ended_words(msgspec.structs.replace(hearing, ended=ended))).within(case.language)
    special = msgspec.structs.replace(running, until=until, result=result)
    course = msgspec.structs.replace(case.course, specials=(*case.course.specials[:-1], special))
    after = dues(msgspec.structs.replace(case, course=course, state=target), version, calendar)
    closed = msgspec.structs.replace(hearing, ended=ended, ended_on=on)
    return Over(
        closed,
        course,
        after,
        {
            "hearing": msgspec.to_builtins(closed),
            "special": msgspec.to_builtins(special),
            "stopped": calendar.working_days_between(special.since, until),
            **moved(case, after),
        },
    )


def ending_timers(case: Case) -> tuple[Any, ...]:
    """Parts: no timer of the hearing is left."""
    return tuple(
        timers.cancelling(kind, subject=case.applicant, reference=case.id)
        for kind in ("cases.special", "cases.hearing")
    )
