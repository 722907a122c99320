"""Conditions of an approval that only the law makes 法定前置程序: asked before it, and what time makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.moving import NEEDS_ADVICE, case_at_work
from tongban.cases.actions.reading.cases import Opened
from tongban.cases.actions.reviewing.terminating import end_by_time
from tongban.cases.model import Case, Move
from tongban.cases.model.conditions import NotComeYet, Waiting, bar_of, waiting_of, with_waiting
from tongban.cases.model.course import Course
from tongban.cases.model.life import IN_FAVOUR
from tongban.cases.model.stops import coded
from tongban.cases.model.terminations import UNASKED
from tongban.kit import clock, outbox, timers
from tongban.kit.clock import Calendar
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Conflict, Words
from tongban.kit.i18n import N_, both
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM

#: What the timer's news is handled by.
_JOB = "cases.jobs.end_unasked"


def must_have_applied(case: Case) -> None:
    """Before an acceptance: who applies in person has come. Raises NotComeYet."""
    if case.course.booked is not None:
        raise NotComeYet(case.course.booked)


async def must_be_open(db: Database, case: Case, version: catalogue.ItemVersion, *, now: datetime) -> None:
    """Before an approval: nothing that the law makes its condition is wanting; one statement where it makes any.

    Raises ProcedureDue, WaitingRuns, NotAskedInPerson.
    """
    if any(one.condition for one in version.special_procedures):
        visits = await store.visits_of(db, case_id=case.id)
        bar = _bar(case, version, visits, await clock.current_calendar(db), now=now)
        if bar is not None:
            raise bar


async def barred(db: Database, opened: Opened, *, now: datetime) -> Words | None:
    """What a case laid open cannot be approved for yet, while somebody may speak for it."""
    if opened.case.course.booked is not None and Move.ACCEPT in opened.moves:
        return NotComeYet(opened.case.course.booked).message
    if not opened.moves & IN_FAVOUR:
        return None
    visits = [event.at for event in opened.events if event.move is Move.VISIT]
    bar = _bar(opened.case, opened.version, visits, await clock.current_calendar(db), now=now)
    return bar.message if bar else None


def _bar(
    case: Case,
    version: catalogue.ItemVersion,
    visits: Iterable[datetime],
    calendar: Calendar,
    *,
    now: datetime,
) -> Conflict | None:
    return bar_of(
        coded(version),
        {one.kind for one in case.course.specials},
        _waiting(case, version, calendar),
        [clock.city_day(at) for at in visits],
        today=clock.city_day(now),
    )


def _waiting(case: Case, version: catalogue.ItemVersion, calendar: Calendar) -> Waiting | None:
    if case.accepted_at is None:
        return None
    return waiting_of(coded(version), clock.city_day(case.accepted_at), calendar)


def waiting_from(
    case: Case, version: catalogue.ItemVersion, accepted: date, calendar: Calendar
) -> tuple[Course, tuple[Part, ...]]:
    """The course of a case that is accepted on this day, and the timer of what must be asked for after the wait."""
    waiting = waiting_of(coded(version), accepted, calendar)
    if waiting is None:
        return case.course, ()
    return with_waiting(case.course, waiting, calendar, case.language), _timer(case, waiting)


def _timer(case: Case, waiting: Waiting) -> tuple[Part, ...]:
    if waiting.asked_by is None:
        return ()
    due = clock.end_of_day(waiting.asked_by)
    return (timers.setting("cases.asking", subject=case.applicant, reference=case.id, due=due),)


async def asking_again(db: Database, case: Case, calendar: Calendar) -> tuple[Part, ...]:
    """The timer of what must be asked for after a wait of the law, of a case that lives again."""
    version = await catalogue.version(db, case.item, case.item_version)
    waiting = _waiting(case, version, calendar)
    return _timer(case, waiting) if waiting else ()


async def end_unasked(db: Database, *, case_id: UUID, event: Event, now: datetime) -> None:
    """What was not asked for in person in time counts as withdrawn 视为撤回 (民法典 art. 1077(2)): the case ends.

    Called by the timer. A case that is decided, or whose applicants came in time, is left alone; where an amended
    calendar has moved the last day, the timer is set anew.
    """
    case = await case_at_work(db, SYSTEM, case_id=case_id, action="cases.terminate")
    if case.state not in NEEDS_ADVICE:
        return
    version = await catalogue.version(db, case.item, case.item_version)
    waiting = _waiting(case, version, await clock.current_calendar(db))
    if waiting is None or waiting.asked_by is None:
        return
    if clock.city_day(now) <= waiting.asked_by:
        handled = outbox.handling(event, _JOB, now=now)
        await write(db, store.standing(case), handled, *_timer(case, waiting))
        return
    visits = await store.visits_of(db, case_id=case.id)
    if waiting.asked(clock.city_day(at) for at in visits):
        return
    words = both(
        N_(
            "{name}届满后，双方到 {day} 没有亲自到场申请发证，视为撤回申请（{basis}）。",
            name=waiting.procedure.name,
            day=f"{waiting.asked_by:%Y-%m-%d}",
            basis=waiting.procedure.basis,
        )
    ).within(case.language)
    await end_by_time(db, case, event=event, handler=_JOB, ground=UNASKED, reason=words, now=now)
