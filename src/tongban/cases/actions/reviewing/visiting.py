"""Recording that the applicant came in person: no change of the case, but a step of it that is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.limits.clocks import dues
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.actions.reviewing.terminating import end_by_time
from tongban.cases.model import Case, Edge, Move, State
from tongban.cases.model.course import Booking
from tongban.cases.model.terminations import NOT_COME
from tongban.cases.model.visits import APPLY, Visit, visit_typed
from tongban.kit import clock, timers
from tongban.kit.db import Database, Part
from tongban.kit.i18n import N_, both
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import bucket_of
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor


async def record_visit(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    posted: Mapping[str, str],
    key: str | None,
    applicant: UUID | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Record a visit in person 到现场; gives ``{case, step}``. Who had booked has applied with it, and is received.

    ``posted`` is the form: ``why`` a code of VISIT_REASONS, ``place`` one of the item's places, ``note``. Two round
    trips. Raises VisitIncomplete, NotPossibleNow, NoSuchCase. The same key again records nothing more.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        case = await case_at_work(db, actor, case_id=case_id, action="cases.visit", applicant=applicant)
        step = await step_of(db, case, Move.VISIT, actor)
        version = await catalogue.version(db, case.item, case.item_version)
        visit = visit_typed(posted, [place.name for place in version.places])
        answer = {"case": str(case.id), "step": case.version + 1}
        guard, parts = await _coming(db, case, step, version, visit, now=now)
        await carry_out(
            db,
            actor,
            case,
            step,
            guard,
            *parts,
            *remembering(answer),
            now=now,
            detail=msgspec.to_builtins(visit),
        )
        return answer

    return await answer_once(
        db,
        act,
        bucket=bucket_of(case_id),
        caller=actor.caller,
        key=key,
        body={"visit": str(case_id), **{name: posted.get(name, "") for name in ("why", "place", "note")}},
        now=now,
    )


async def _coming(
    db: Database, case: Case, step: Edge, version: catalogue.ItemVersion, visit: Visit, *, now: datetime
) -> tuple[Part, tuple[Part, ...]]:
    """The guard of a visit, and what else it writes: when who booked applies, the limit to accept begins."""
    if case.course.booked is None or case.state is not State.SUBMITTED or visit.why != APPLY:
        return store.moving(case, step, now=now), ()
    course = msgspec.structs.replace(case.course, booked=None, received=clock.city_day(now))
    came = dues(msgspec.structs.replace(case, course=course), version, await clock.current_calendar(db))
    assert came.accept is not None
    timer = timers.setting("cases.acceptance", subject=case.applicant, reference=case.id, due=came.accept)
    return store.reckoned(case, step, course, came), (timer,)


async def end_not_come(db: Database, case: Case, booked: Booking, *, event: Event, now: datetime) -> None:
    """A booking ends with which nobody came in its days 预约作废: nothing was applied for, another can be made.

    Called by the timer of the limit to accept, which is hers to come until then.
    """
    words = both(
        N_(
            "预约 {day} 到场，到 {end} 没有到场申请，预约作废，可以重新预约（{basis}）。",
            day=f"{booked.on:%Y-%m-%d}",
            end=f"{booked.limit.end(await clock.current_calendar(db)):%Y-%m-%d}",
            basis=booked.basis,
        )
    ).within(case.language)
    job = "cases.jobs.deem_accepted"
    await end_by_time(db, case, event=event, handler=job, ground=NOT_COME, reason=words, now=now)
