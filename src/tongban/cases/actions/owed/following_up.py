"""Materials that follow after acceptance 容缺后补: begun with it, looked at, ended by time; the office's side."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.letters.telling import tell
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.model import Case, Edge, Move
from tongban.cases.model.correction import LONGEST, SHORTEST
from tongban.cases.model.course import RUNS, LimitKind
from tongban.cases.model.follow_up import (
    OVERDUE,
    AskAgainTooLate,
    Following,
    FollowUp,
    NothingToLookAt,
    SentBackWordless,
    begun,
    day_of,
    may_ask_again,
    names_of,
    promised,
)
from tongban.kit import clock, forms, keys, outbox, timers
from tongban.kit.clock import Calendar
from tongban.kit.db import Database, Part
from tongban.kit.i18n import N_, both
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor

#: At what hour of the day before the last one the applicant is reminded, the city's time.
REMINDED_AT = time(9)


async def following_from(
    db: Database, case: Case, version: catalogue.ItemVersion, *, now: datetime
) -> tuple[FollowUp | None, tuple[Part, ...]]:
    """What was promised with this application, its limits from today's notice of acceptance, and their timers.

    The day is that of the notice, also where acceptance itself counts from an earlier one (deemed acceptance): before
    it she could not know.
    """
    form = forms.compile_form(version.form)
    answers = forms.open_answers(form, case.answers, keys.current(), case.id.bytes)
    calendar = await clock.current_calendar(db)
    follow_up = begun(
        promised(version.materials, form, answers), since=clock.city_day(now), calendar=calendar
    )
    return follow_up, waiting(case, follow_up, calendar, now=now) if follow_up else ()


def waiting(
    case: Case, follow_up: FollowUp | None, calendar: Calendar, *, now: datetime
) -> tuple[Part, Part]:
    """The parts that set the timers of the end that comes first and of the letter before it, or cancel them."""
    about: dict[str, Any] = {"subject": case.applicant, "reference": case.id}
    until = follow_up.until if follow_up else None
    if until is None:
        return (timers.cancelling("cases.follow_up", **about), timers.cancelling("cases.reminder", **about))
    near = reminder_at(until, calendar)
    return (
        timers.setting("cases.follow_up", due=until, **about),
        timers.setting("cases.reminder", due=near, **about)
        if near > now
        else timers.cancelling("cases.reminder", **about),
    )


def reminder_at(until: datetime, calendar: Calendar) -> datetime:
    """When a letter reminds of a limit: in the morning of the working day before the last one."""
    day = calendar.subtract_working_days(clock.city_day(until), 1)
    return datetime.combine(day, REMINDED_AT, tzinfo=clock.city_zone())


def told_of(follow_up: FollowUp | None) -> dict[str, Any] | None:
    """What the acceptance notice says of it, as its step keeps it: what must follow, and until when."""
    return {"follow_up": [told(one) for one in follow_up.materials]} if follow_up else None


def told(one: Following) -> dict[str, Any]:
    """A material as a step tells of it."""
    return {"name": msgspec.to_builtins(one.name), "until": one.until.isoformat()}


async def take_in(
    db: Database, actor: Actor, *, case_id: UUID, field: str, applicant: UUID | None = None, now: datetime
) -> None:
    """Take in 核收 a material that came: it will do. Raises NothingToLookAt, NoSuchCase, NotPossibleNow, MovedOn."""
    case, step, one = await _came(db, actor, Move.TAKE_IN, case_id=case_id, field=field, applicant=applicant)
    assert case.follow_up is not None
    follow_up = case.follow_up.changed([field], taken_at=now)
    guard = store.keeping_follow_up(case, follow_up)
    await carry_out(db, actor, case, step, guard, now=now, detail={"materials": [told(one)]})


async def ask_again(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    field: str,
    said: str,
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Send back 退回重交 a material that came, with what is wrong with it: the same limit runs on.

    Only while a whole working day of that is left: the office's slowness is not at her cost. Raises AskAgainTooLate,
    SentBackWordless, NothingToLookAt, NoSuchCase, NotPossibleNow, MovedOn.
    """
    case, step, one = await _came(
        db, actor, Move.ASK_AGAIN, case_id=case_id, field=field, applicant=applicant
    )
    calendar = await clock.current_calendar(db)
    if not may_ask_again(one, calendar, now=now):
        raise AskAgainTooLate(one.name)
    words = " ".join(said.split())
    if not SHORTEST <= len(words) <= LONGEST:
        raise SentBackWordless
    assert case.follow_up is not None
    follow_up = case.follow_up.changed([field], supplied_at=None, taken_at=None, said=words)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.keeping_follow_up(case, follow_up),
        *waiting(case, follow_up, calendar, now=now),
        now=now,
        detail={"materials": [told(one)], "words": words},
    )


async def _came(
    db: Database, actor: Actor, move: Move, *, case_id: UUID, field: str, applicant: UUID | None
) -> tuple[Case, Edge, Following]:
    case = await case_at_work(db, actor, case_id=case_id, action="cases.accept", applicant=applicant)
    step = await step_of(db, case, move, actor)
    came = case.follow_up.to_look_at if case.follow_up else ()
    one = next((one for one in came if one.field == field), None)
    if one is None:
        raise NothingToLookAt
    return case, step, one


async def end_overdue(db: Database, *, case_id: UUID, event: Event, now: datetime) -> None:
    """What was promised did not come in time: the application is ended 终止, and a new one is free.

    Called by the timer of the limit. What has come by then, or waits for the office's look, ends nothing; nor does a
    limit that was moved. Whoever was faster, the applicant or time, has written under the case's version: the other
    finds it moved on.
    """
    case = await case_at_work(db, SYSTEM, case_id=case_id, action="cases.terminate")
    over = case.follow_up.over(now) if case.follow_up else ()
    if not over or case.state not in RUNS[LimitKind.FOLLOW_UP]:
        return
    step = await step_of(db, case, Move.TERMINATE, SYSTEM)
    words = both(
        N_(
            "容缺受理的材料到期没有补交：{names}（最晚 {day}）。",
            names=names_of(over),
            day=day_of(over[0].until),
        )
    ).within(case.language)
    await carry_out(
        db,
        SYSTEM,
        case,
        step,
        store.moving(case, step, now=now, reason=words),
        outbox.handling(event, "cases.jobs.end_overdue", now=now),
        now=now,
        detail={"ground": OVERDUE, "reason": words, "materials": [told(one) for one in over]},
        closes=True,
    )


async def remind(db: Database, *, event: Event, now: datetime) -> None:
    """A letter before the limit ends, where something is outstanding still."""
    case = await case_at_work(db, SYSTEM, case_id=UUID(event.reference), action="cases.terminate")
    follow_up = case.follow_up
    if follow_up is None or not follow_up.open(now) or case.state not in RUNS[LimitKind.FOLLOW_UP]:
        return
    await tell(db, event=event, now=now)
