"""How many days a decided case took, beside those that were promised."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.limits.clocks import clock_of
from tongban.cases.model import NoSuchCase
from tongban.kit import clock
from tongban.kit.db import Database


class TimeSpent(msgspec.Struct, frozen=True):
    """The working days of a case from its acceptance to its decision, less those on which the clock stood still for a
    special procedure (行政许可法 art. 45), and those promised by the version that it was filed under."""

    item: str
    decided_on: date
    promised_days: int
    used_days: int


async def time_spent(db: Database, *, case_id: UUID) -> TimeSpent | None:
    """What a decided case took; None where it is not decided, or was decided without acceptance. One statement.

    For the house's own sums: nothing of whom it is about. Raises NoSuchCase.
    """
    found = await store.with_steps(db, case_id=case_id)
    if found is None:
        raise NoSuchCase
    case, _ = found
    if case.accepted_at is None or case.decided_at is None:
        return None
    version = await catalogue.version(db, case.item, case.item_version)
    calendar = await clock.current_calendar(db)
    accepted, decided = clock.city_day(case.accepted_at), clock.city_day(case.decided_at)
    stopped = sum(
        calendar.working_days_between(pause.since, min(pause.until, decided))
        for pause in (special.pause(calendar) for special in case.course.specials)
        if pause.since < decided
    )
    used = max(0, calendar.working_days_between(accepted, decided) - stopped)
    return TimeSpent(case.item, decided, clock_of(version, case.answers).promise_days, used)
