"""An amended calendar: open cases whose date it moves are reckoned anew, and their applicants are told why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.hearing.sittings import unfix_hearing
from tongban.cases.actions.limits.clocks import awaiting_end, dues
from tongban.cases.actions.limits.pausing import moved
from tongban.cases.actions.moving import carry_out
from tongban.cases.actions.owed.following_up import waiting
from tongban.cases.model import Case, Edge, Move, MovedOn, State, edge
from tongban.cases.model.follow_up import FollowUp, lengthened, moved_as
from tongban.kit import clock, timers
from tongban.kit.clock import Amendment, Calendar, Limit
from tongban.kit.db import Database, Part
from tongban.kit.policy import SYSTEM, Role

#: Cases looked at in one go; between two goes the place is kept, so that a worker that dies loses one batch.
BATCH = 200


async def recount(db: Database, *, now: datetime) -> int:
    """Reckon the dates of open cases anew for every amendment of the calendar; gives how many were moved.

    Safe to run twice and in two workers: a case that has its right dates is left alone. Nothing but the days themselves
    is amended: what was promised stays so many days.
    """
    total = 0
    while True:
        place = await store.recount_place(db)
        after = place.amendment if place.done else place.amendment - 1
        amendments = await clock.amendments(db, after=after, now=now)
        if not amendments:
            return total
        amendment = amendments[0]
        start = None if place.done else (place.bucket, place.after)
        clock.forget_calendars()
        total += await _walk(db, amendment, start, now=now)


async def _walk(db: Database, amendment: Amendment, start: tuple[int, Any] | None, *, now: datetime) -> int:
    calendar = await clock.current_calendar(db)
    total = 0
    while True:
        cases = await store.cases_with_dates(db, after=start, since=amendment.first_day, limit=BATCH)
        if not cases:
            await store.recounted(db, amendment=amendment.id, place=start, moved=total, done_at=now)
            return total
        for case in cases:
            total += await _recount(db, case, amendment, calendar, now=now)
        start = (cases[-1].bucket, cases[-1].id)
        await store.recounted(db, amendment=amendment.id, place=start, moved=total, done_at=None)


async def _recount(
    db: Database, case: Case, amendment: Amendment, calendar: Calendar, *, now: datetime
) -> bool:
    """Whether the case's dates were moved, or its hearing's."""
    if case.state is State.CORRECTING:
        return await _lengthened(db, case, amendment, calendar, now=now)
    try:
        left = await unfix_hearing(db, case, calendar, notice=amendment.notice, now=now)
    except MovedOn:
        return False
    return await _moved(db, left, amendment, calendar, now=now) or left is not case


async def _moved(
    db: Database, case: Case, amendment: Amendment, calendar: Calendar, *, now: datetime
) -> bool:
    version = await catalogue.version(db, case.item, case.item_version)
    after = dues(case, version, calendar)
    told = moved(case, after)["dates"]
    follow_up, parts = _following(case, calendar, now=now)
    told |= _moved_materials(case, follow_up)
    if not told:
        return False
    step = edge(Move.RECOUNT, case.state, Role.SYSTEM)
    guard = store.reckoned(case, step, case.course, after, follow_up=follow_up)
    timers_moved = (*_timers(case, after.accept, calendar), *parts)
    return await _written(db, case, step, guard, *timers_moved, amendment=amendment, told=told, now=now)


async def _written(
    db: Database,
    case: Case,
    step: Edge,
    guard: Part,
    *parts: Part,
    amendment: Amendment,
    told: dict[str, list[str]],
    now: datetime,
) -> bool:
    """Write the step that tells which dates were moved, and by which notice."""
    detail = {"notice": amendment.notice, "dates": told}
    try:
        await carry_out(db, SYSTEM, case, step, guard, *parts, now=now, detail=detail)
    except MovedOn:
        return False  # whoever was faster has reckoned by the new calendar
    return True


def _timers(case: Case, accept: datetime | None, calendar: Calendar) -> tuple[Part, ...]:
    """The timers that hang on a date that was moved."""
    if case.state is State.SUBMITTED and accept is not None:
        return (timers.setting("cases.acceptance", subject=case.applicant, reference=case.id, due=accept),)
    if case.course.running is not None:
        return (awaiting_end(case, case.course.running, calendar),)
    return ()


def _following(case: Case, calendar: Calendar, *, now: datetime) -> tuple[FollowUp | None, tuple[Part, ...]]:
    """Her limits for materials that follow, with their timers: an amended calendar gives her more days, and takes none.

    None where none of them is moved.
    """
    if case.follow_up is None or not case.follow_up.outstanding:
        return None, ()
    follow_up = lengthened(case.follow_up, calendar)
    if follow_up == case.follow_up:
        return None, ()
    return follow_up, waiting(case, follow_up, calendar, now=now)


def _moved_materials(case: Case, follow_up: FollowUp | None) -> dict[str, list[str]]:
    """As :func:`moved`, of the limits for materials that follow."""
    if case.follow_up is None or follow_up is None:
        return {}
    pairs = zip(case.follow_up.materials, follow_up.materials, strict=True)
    return {
        moved_as(before.name): [clock.city_day(one.until).isoformat() for one in (before, then)]
        for before, then in pairs
        if before.until != then.until
    }


async def _lengthened(
    db: Database, case: Case, amendment: Amendment, calendar: Calendar, *, now: datetime
) -> bool:
    """The applicant's own date for a correction: an amended calendar gives her more days, and takes none away."""
    assert case.correction is not None
    version = await catalogue.version(db, case.item, case.item_version)
    limit = Limit(clock.city_day(case.correction.asked_at), version.clock.correction_days)
    before, until = case.correction.until, clock.end_of_day(limit.end(calendar))
    if until <= before:
        return False
    correction = msgspec.structs.replace(case.correction, until=until)
    return await _written(
        db,
        case,
        edge(Move.RECOUNT, case.state, Role.SYSTEM),
        store.keeping_corrections(case, correction),
        timers.setting("cases.correction", subject=case.applicant, reference=case.id, due=until),
        amendment=amendment,
        told={"correction": [clock.city_day(day).isoformat() for day in (before, until)]},
        now=now,
    )
