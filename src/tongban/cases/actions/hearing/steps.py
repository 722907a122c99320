"""How a step of a hearing 听证 is written: the hearing whole in it; with its end the clock runs again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.limits.clocks import dues
from tongban.cases.actions.limits.pausing import moved
from tongban.cases.actions.moving import carry_out
from tongban.cases.model import Case, Edge
from tongban.cases.model.hearing import Hearing
from tongban.cases.model.hearing_ends import ended_words
from tongban.cases.model.hearing_parts import Ended
from tongban.kit import clock, timers
from tongban.kit.db import Database, Part
from tongban.kit.i18n import both
from tongban.kit.idempotency import Remembering
from tongban.kit.policy import Actor


async def write_step(
    db: Database,
    actor: Actor,
    case: Case,
    step: Edge,
    hearing: Hearing,
    *parts: Part,
    now: datetime,
    **more: Any,
) -> None:
    """Write a step that moves no date of the case; it keeps ``hearing`` whole, and ``more`` of it. Raises MovedOn."""
    await carry_out(
        db,
        actor,
        case,
        step,
        store.hearing_kept(case, step, hearing),
        *parts,
        now=now,
        detail={"hearing": msgspec.to_builtins(hearing), **more},
    )


async def write_end(
    db: Database,
    actor: Actor,
    case: Case,
    step: Edge,
    hearing: Hearing,
    how: Ended,
    *parts: Part,
    on: date,
    now: datetime,
    **more: Any,
) -> None:
    """Write the end of the hearing, and of the special procedure that it is; no timer of it is left.

    The clock runs again from ``on``, moved by the days that it stood. Raises MovedOn.
    """
    calendar = await clock.current_calendar(db)
    version = await catalogue.version(db, case.item, case.item_version)
    closed = hearing.over(how, on)
    running = case.course.specials[-1]
    until = max(running.since, calendar.next_working_day(on))
    result = both(ended_words(closed)).within(case.language)
    special = msgspec.structs.replace(running, until=until, result=result)
    course = msgspec.structs.replace(case.course, specials=(*case.course.specials[:-1], special))
    after = dues(msgspec.structs.replace(case, course=course, state=step.target), version, calendar)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.hearing_reckoned(case, step, course, after, closed),
        *(
            timers.cancelling(kind, subject=case.applicant, reference=case.id)
            for kind in ("cases.special", "cases.hearing")
        ),
        *parts,
        now=now,
        detail={
            "hearing": msgspec.to_builtins(closed),
            "special": msgspec.to_builtins(special),
            "stopped": calendar.working_days_between(special.since, until),
            **moved(case, after),
            **more,
        },
    )


def answered(case: Case, step: Edge | None = None) -> dict[str, Any]:
    """What a word in a hearing gives: ``{case, state}``, the state after ``step`` where one is made."""
    return {"case": str(case.id), "state": str(step.target if step else case.state)}


def remembered(remembering: Remembering | None, answer: dict[str, Any]) -> Iterable[Part]:
    """Parts: the answer to one's own word, by its key; an officer's note has none."""
    return remembering(answer) if remembering else ()
