"""Taking back a mistaken status 更正: nothing is wiped out, the applicant sees it as what it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from tongban import audit, catalogue
from tongban.cases import store
from tongban.cases.actions.afterwards.holding import again_parts
from tongban.cases.actions.applying.filing import CASE_LIFETIME
from tongban.cases.actions.joint.corrected import waits_for_words
from tongban.cases.actions.limits.clocks import awaiting_end, dues
from tongban.cases.actions.moving import at_its_desk, carry_out, case_at_work, step_of
from tongban.cases.actions.owed.following_up import waiting
from tongban.cases.actions.reviewing.conditions import asking_again
from tongban.cases.actions.reviewing.reasons import reason_of
from tongban.cases.model import ENDED, AppliedAnew, Case, Edge, Move, NotPossibleNow, RectifyTooLate, State
from tongban.cases.model.correction import CorrectionHandedIn
from tongban.cases.model.follow_up import FollowUp, restarted
from tongban.cases.model.terminations import ended_at_desk
from tongban.kit import clock, timers
from tongban.kit.clock import Calendar
from tongban.kit.db import Database, Part
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor


async def rectify(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    reason: str,
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Take back a mistaken status 更正, with the reason: a refusal, a non-acceptance, an acceptance, a request for
    correction that is not answered yet, or a termination by the desk.

    The case stands again where it stood before, its limits as if the mistake had not been made: the time until now
    counts. The mistaken step stays in its life, with the correction after it. Only the head of the organ may. Raises
    RectifyTooLate for an acceptance whose limit has passed (by then it is accepted by law), AppliedAnew when the
    applicant has another living case for the item, ReasonMissing, NotAllowed, NotPossibleNow, also for what the
    applicant or time has ended; CorrectionHandedIn while joint applicants are asked for their word on the correction,
    which answers the request.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.rectify", applicant=applicant)
    step = await step_of(db, case, await _taken_back_by(db, case), actor)
    if case.state is State.ACCEPTED and case.course.reported is not None:
        raise NotPossibleNow(case.state)  # the acceptance was the lower organ's, which has reported it since
    if case.state is State.ACCEPTED and case.accept_due is not None and now > case.accept_due:
        raise RectifyTooLate
    if case.state is State.CORRECTING and waits_for_words(case):
        raise CorrectionHandedIn
    words = reason_of(reason, N_("更正的原因"))
    case = await at_its_desk(db, case)
    follow_up, limits = await following_again(db, case, step, now=now)
    calendar = await clock.current_calendar(db)
    correction = case.correction and msgspec.structs.replace(
        case.correction, taken_back=case.correction.taken_back or case.state is State.CORRECTING
    )
    version = await catalogue.version(db, case.item, case.item_version)
    accepted = case.accepted_at if step.target is not State.SUBMITTED else None
    after = msgspec.structs.replace(case, state=step.target, accepted_at=accepted, decided_at=None)
    warn_at = dues(after, version, calendar).warn_at
    with one_living():
        await carry_out(
            db,
            actor,
            case,
            step,
            store.rectifying(
                case,
                step,
                follow_up=follow_up,
                correction=correction,
                warn_at=warn_at,
            ),
            *(await _standing_again(db, case, step, calendar, now=now)),
            *limits,
            *(await again_parts(db, case, now=now) if case.state in ENDED else ()),
            now=now,
            detail={"reason": words, "was": {"state": str(case.state), "reason": case.reason}},
        )


async def _taken_back_by(db: Database, case: Case) -> Move:
    """RECTIFY; of a termination, which one statement more must find to be the desk's, REOPEN where it broke a special
    procedure off. Raises NotPossibleNow for one that was not the desk's."""
    if case.state is not State.TERMINATED:
        return Move.RECTIFY
    found = await store.with_steps(db, case_id=case.id)
    ended = ended_at_desk(found[1]) if found else None
    if ended is None:
        raise NotPossibleNow(case.state)
    return Move.REOPEN if ended.from_state == State.SUSPENDED else Move.RECTIFY


@contextmanager
def one_living() -> Iterator[None]:
    """Raises AppliedAnew where the write would give the applicant a second living case for the item."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "case_living":
            raise AppliedAnew from error
        raise


async def following_again(
    db: Database, case: Case, step: Edge, *, now: datetime
) -> tuple[FollowUp | None, tuple[Part, ...]]:
    """What follows from now on: with an acceptance its limits fall, after a refusal they begin anew."""
    if case.follow_up is None:
        return None, ()
    calendar = await clock.current_calendar(db)
    again = (
        restarted(case.follow_up, since=clock.city_day(now), calendar=calendar)
        if step.target in (State.ACCEPTED, State.SUSPENDED)
        else None
    )
    return again, waiting(case, again, calendar, now=now)


async def _standing_again(
    db: Database, case: Case, step: Edge, calendar: Calendar, *, now: datetime
) -> tuple[Part, ...]:
    """The purpose of an ended case stands again, and its timers by their old dates: what waits for acceptance is
    deemed accepted, a special procedure or a hearing that was broken off runs out, other departments are asked."""
    about: dict[str, Any] = {"subject": case.applicant, "reference": case.id}
    again = (reading_again(case, now=now),) if case.state in ENDED else ()
    if step.target is State.SUBMITTED:
        if case.state is State.CORRECTING:
            again = (*again, timers.cancelling("cases.correction", **about))
        if case.accept_due is None:
            return again
        return (*again, timers.setting("cases.acceptance", due=case.accept_due, **about))
    again = (*again, *(await asking_again(db, case, calendar)))
    if case.state is State.TERMINATED:
        asked = [one for one in case.consulted if one.answered_at is None]
        again = (*again, *(store.listing_question(case, one) for one in asked))
    running, record = case.course.running, case.hearing.record if case.hearing else None
    if step.target is State.SUSPENDED and running is not None:
        again = (*again, awaiting_end(case, running, calendar))
    if step.target is State.SUSPENDED and record is not None:
        due = clock.end_of_day(record.sign_by)
        again = (*again, timers.setting("cases.hearing", due=due, **about))
    return again


def reading_again(case: Case, *, now: datetime) -> Part:
    """The part by which the purpose of an ended case stands again."""
    return audit.reopening_purpose(id=case.purpose, subject=case.applicant, until=now + CASE_LIFETIME)
