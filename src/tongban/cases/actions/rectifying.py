"""Taking back a mistaken status 更正: nothing is wiped out, the applicant sees it as what it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import audit
from tongban.cases import store
from tongban.cases.actions.filing import CASE_LIFETIME
from tongban.cases.actions.following_up import waiting
from tongban.cases.actions.holding import again_parts
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.actions.reasons import reason_of
from tongban.cases.model import AppliedAnew, Case, Edge, Move, RectifyTooLate, State
from tongban.cases.model.follow_up import FollowUp, restarted
from tongban.kit import clock, outbox, timers
from tongban.kit.db import Database, Part
from tongban.kit.i18n import N_
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor

#: What a step says that a reconsideration made; in Chinese, as officers' words are.
_OVERTURNED = "经行政复议（{code}），原决定被撤销，重新办理。"


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
    step = step_of(case, Move.RECTIFY, actor)
    if case.state is State.ACCEPTED and case.accept_due is not None and now > case.accept_due:
        raise RectifyTooLate
    words = reason_of(reason, N_("更正的原因"))
    await _rectify(db, actor, case, step, words, now=now)


async def _rectify(
    db: Database, actor: Actor, case: Case, step: Edge, words: str, *parts: Part, now: datetime
) -> None:
    follow_up, limits = await _following_again(db, case, step, now=now)
    try:
        await carry_out(
            db,
            actor,
            case,
            step,
            store.rectifying(case, step, follow_up=follow_up),
            *_standing_again(case, now=now),
            *limits,
            *(await again_parts(db, case, now=now)),
            *parts,
            now=now,
            detail={"reason": words, "was": {"state": str(case.state), "reason": case.reason}},
        )
    except Exception as error:
        if getattr(error, "constraint_name", None) == "case_living":
            raise AppliedAnew from error
        raise


async def overturn(db: Database, *, case_id: UUID, by: Case, event: Event, now: datetime) -> None:
    """Take back a decision that was overturned on reconsideration: as :func:`rectify`, by the system."""
    case = await case_at_work(db, SYSTEM, case_id=case_id, action="cases.rectify")
    if case.state not in (State.NOT_ACCEPTED, State.REFUSED):
        return
    step = step_of(case, Move.RECTIFY, SYSTEM)
    mark = outbox.handling(event, "cases.jobs.apply_outcome", now=now)
    await _rectify(db, SYSTEM, case, step, _OVERTURNED.format(code=by.short_code), mark, now=now)


async def _following_again(
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
        again = (audit.reopening_purpose(id=case.purpose, subject=case.applicant, until=now + CASE_LIFETIME),)
    if case.state is State.REFUSED or case.accept_due is None:
        return again
    return (
        *again,
        timers.setting("cases.acceptance", subject=case.applicant, reference=case.id, due=case.accept_due),
    )
