"""Taking back a mistaken status 更正: nothing is wiped out, the applicant sees it as what it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import asyncpg

from tongban import audit
from tongban.cases import store
from tongban.cases.actions.afterwards.holding import again_parts
from tongban.cases.actions.applying.filing import CASE_LIFETIME
from tongban.cases.actions.moving import at_its_desk, carry_out, case_at_work, step_of
from tongban.cases.actions.owed.following_up import waiting
from tongban.cases.actions.reviewing.reasons import reason_of
from tongban.cases.model import AppliedAnew, Case, Edge, Move, RectifyTooLate, State
from tongban.cases.model.follow_up import FollowUp, restarted
from tongban.kit import clock, timers
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
    """Take back a mistaken status 更正: a refusal, a non-acceptance, or an acceptance, with the reason.

    The case stands again where it stood before, its limits as if the mistake had not been made: the time until now
    counts. The mistaken step stays in its life, with the correction after it. Only the head of the organ may. Raises
    RectifyTooLate for an acceptance whose limit has passed (by then it is accepted by law), AppliedAnew when the
    applicant has another living case for the item, ReasonMissing, NotAllowed, NotPossibleNow.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.rectify", applicant=applicant)
    step = await step_of(db, case, Move.RECTIFY, actor)
    if case.state is State.ACCEPTED and case.accept_due is not None and now > case.accept_due:
        raise RectifyTooLate
    words = reason_of(reason, N_("更正的原因"))
    case = await at_its_desk(db, case)
    follow_up, limits = await following_again(db, case, step, now=now)
    with one_living():
        await carry_out(
            db,
            actor,
            case,
            step,
            store.rectifying(case, step, follow_up=follow_up),
            *_standing_again(case, now=now),
            *limits,
            *(await again_parts(db, case, now=now)),
            now=now,
            detail={"reason": words, "was": {"state": str(case.state), "reason": case.reason}},
        )


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
        if step.target is State.ACCEPTED
        else None
    )
    return again, waiting(case, again, calendar, now=now)


def _standing_again(case: Case, *, now: datetime) -> tuple[Part, ...]:
    """The purpose of an ended case stands again; one that waits for acceptance is deemed accepted by its old date."""
    again: tuple[Part, ...] = ()
    if case.state is not State.ACCEPTED:
        again = (reading_again(case, now=now),)
    if case.state is State.REFUSED or case.accept_due is None:
        return again
    return (
        *again,
        timers.setting("cases.acceptance", subject=case.applicant, reference=case.id, due=case.accept_due),
    )


def reading_again(case: Case, *, now: datetime) -> Part:
    """The part by which the purpose of an ended case stands again."""
    return audit.reopening_purpose(id=case.purpose, subject=case.applicant, until=now + CASE_LIFETIME)
