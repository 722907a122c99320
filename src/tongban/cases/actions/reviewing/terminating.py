"""Terminating 终止办理: without a decision an application is ended that has lost its object, by an officer at the desk,
or whose applicant has let her time pass or whose item is cancelled, by the system."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.afterwards.differing import must_differ
from tongban.cases.actions.afterwards.holding import must_be_undecided
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.actions.reviewing.reasons import reason_beside
from tongban.cases.model import TERMINATION_GROUNDS, Case, GroundNotChosen, Move, MovedOn, NotPossibleNow
from tongban.cases.model.terminations import ITEM_CANCELLED
from tongban.cases.store import pinned
from tongban.kit import outbox
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, both
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor

#: Applications that end at one call because their item is cancelled; the next call ends the next.
CANCELLED_AT_ONCE = 100


async def terminate_at_desk(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    ground: str,
    reason: str,
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """End an accepted application without a decision 终止办理, on one of TERMINATION_GROUNDS and with the reason.

    No statute names them for all items: they follow 行政许可法 art. 70 (when a licence is cancelled). The applicant may
    apply anew, and has the remedies of a refusal. Raises GroundNotChosen, ReasonMissing, SameReasonBarred,
    NotPossibleNow.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.terminate", applicant=applicant)
    step = await step_of(db, case, Move.TERMINATE, actor)
    version = await catalogue.version(db, case.item, case.item_version)
    await must_be_undecided(db, case, version, now=now)
    unchosen: dict[str, Words] = {"ground": N_("请选择终止办理的事由。")}
    words = reason_beside(reason, {} if ground in TERMINATION_GROUNDS else unchosen, GroundNotChosen)
    await must_differ(db, case, step, words)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.moving(case, step, now=now, reason=words),
        now=now,
        detail={"ground": ground, "reason": words},
        closes=True,
    )


async def end_by_time(
    db: Database,
    case: Case,
    *,
    event: Event,
    handler: str,
    ground: str | None = None,
    reason: str | None = None,
    now: datetime,
    **more: Any,
) -> None:
    """End an application whose limit has passed, by the timer's ``event``, which ``handler`` marks as done.

    ``ground`` is the code of what was missed and ``reason`` its words, as the paper and the letter say them, None where
    both say it by themselves; ``more`` is kept of the step beside them. Raises NotPossibleNow, MovedOn.
    """
    step = await step_of(db, case, Move.TERMINATE, SYSTEM)
    await carry_out(
        db,
        SYSTEM,
        case,
        step,
        store.moving(case, step, now=now, reason=reason),
        outbox.handling(event, handler, now=now),
        now=now,
        detail={"ground": ground, "reason": reason, **more} if ground else None,
        closes=True,
    )


async def end_cancelled(db: Database, decided: catalogue.Cancellation, *, now: datetime) -> int:
    """End what is under way of an item whose cancellation is in force, as its decision says; gives how many.

    Each is a write of its own, at most :data:`CANCELLED_AT_ONCE` a call, and the applicant is told why and what comes
    in its place; what was decided already stays and is completed. Again it changes nothing.
    """
    ended = 0
    for case_id in await pinned.undecided_of(db, item=decided.code, most=CANCELLED_AT_ONCE):
        case = await store.case_for_work(db, case_id=case_id)
        if case is not None:
            with suppress(MovedOn, NotPossibleNow):  # decided or withdrawn in between: that stands
                await _end_cancelled(db, case, decided, now=now)
                ended += 1
    return ended


async def _end_cancelled(db: Database, case: Case, decided: catalogue.Cancellation, *, now: datetime) -> None:
    step = await step_of(db, case, Move.TERMINATE, SYSTEM)
    reason = both(
        N_(
            "这个事项自 {day} 起取消（{basis}），没有办完的终止办理。现在的办法：{instead}。",
            day=str(decided.on),
            basis=decided.basis,
            instead=decided.instead,
        )
    ).within(case.language)
    guard = store.moving(case, step, now=now, reason=reason)
    detail = {"ground": ITEM_CANCELLED, "reason": reason}
    await carry_out(db, SYSTEM, case, step, guard, now=now, detail=detail, closes=True)
