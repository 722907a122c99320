"""First review 初审 (行政许可法 art. 35, 43): which organ decides above, until when it gets the case, who is late."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from tongban import catalogue, regions
from tongban.cases import store
from tongban.cases.actions.limits.clocks import reckoned
from tongban.cases.model import Case, NoSuchCase
from tongban.cases.model.course import RUNS, Course, Dates, LimitKind, limits_of
from tongban.cases.model.reporting import goes_above, reports_up
from tongban.cases.model.supervision import RULES, RuleName
from tongban.kit import clock, outbox, timers
from tongban.kit.clock import Calendar
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.outbox import Event
from tongban.settings import settings


class FirstReviewed(msgspec.Struct, frozen=True):
    """Of a case that the organ above decides: its name, until when it is to be reported to it, and when it was."""

    above: Text
    until: date
    on: date | None


async def organ_above(db: Database, version: catalogue.ItemVersion) -> regions.Department:
    """The organ that decides what this item's departments examine, from the process's memory.

    Raises DepartmentUnknown for an item that has none.
    """
    kind = version.first_review.decided_by if version.first_review else ""
    city = regions.city_of(settings().city_dir).code
    return await regions.department_for(db, kind=kind, district=city)


async def first_review(db: Database, case: Case, version: catalogue.ItemVersion) -> FirstReviewed | None:
    """How the first review of a case stands, no statement of its own; None before acceptance and where the department
    that has it decides by itself."""
    if case.accepted_at is None or not goes_above(version, case.answers):
        return None
    limits = await reckoned(db, case, version)
    ends = [one.end for one in limits if one.kind is LimitKind.FIRST_REVIEW]
    if not ends:
        return None
    return FirstReviewed((await organ_above(db, version)).name, ends[0], case.course.reported)


def watched(
    case: Case, version: catalogue.ItemVersion, course: Course, accepted: date, calendar: Calendar
) -> tuple[Part, ...]:
    """The timer of a first review's last day, of a case that is accepted on this day."""
    dates = Dates(accepted=accepted, above=reports_up(version, case))
    return tuple(
        timers.setting(
            "cases.first_review", subject=case.applicant, reference=case.id, due=clock.end_of_day(one.end)
        )
        for one in limits_of(version.clock, dates, course, calendar)
        if one.kind is LimitKind.FIRST_REVIEW
    )


async def review_overran(db: Database, *, event: Event, now: datetime) -> None:
    """The timer of a first review: it was not reported in time, which leaves a record of supervision.

    A case that was reported or has ended is left alone; where a special procedure or an amended calendar has moved the
    last day, the timer is set for it.
    """
    case = await store.case_for_work(db, case_id=UUID(event.reference))
    if case is None:
        raise NoSuchCase
    version = await catalogue.version(db, case.item, case.item_version)
    found = await first_review(db, case, version)
    if found is None or found.on is not None or case.state not in RUNS[LimitKind.FIRST_REVIEW]:
        return
    handled = outbox.handling(event, "cases.jobs.review_overran", now=now)
    due = clock.end_of_day(found.until)
    if due > now:
        anew = timers.setting("cases.first_review", subject=case.applicant, reference=case.id, due=due)
        await write(db, store.standing(case), anew, handled)
        return
    rule = RuleName.FIRST_REVIEW_LATE
    calendar = await clock.current_calendar(db)
    answer_by = calendar.add_working_days(clock.city_day(now), RULES[rule].days)
    record = store.recording(
        case,
        rule,
        occasion=found.until.isoformat(),
        now=now,
        escalate_at=clock.end_of_day(answer_by),
    )
    await write(db, store.standing(case), record, handled)
