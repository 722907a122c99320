"""Terminating 终止办理 at the desk: an application that has lost its object is ended without a decision on it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.afterwards.holding import must_be_undecided
from tongban.cases.actions.afterwards.overturning import must_differ
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.actions.reviewing.reasons import reason_beside
from tongban.cases.model import TERMINATION_GROUNDS, GroundNotChosen, Move
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor


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
