"""Withdrawing: the applicant takes her application back before it is decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.cases import store
from tongban.cases.actions.moving import carry_out, step_of
from tongban.cases.model import POLICY, Move, MovedOn, NoSuchCase, State
from tongban.kit.db import Database, Part
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.policy import Actor, relation_to


async def withdraw(
    db: Database, actor: Actor, *, case_id: UUID, key: str | None = None, now: datetime
) -> dict[str, Any]:
    """Withdraw 撤回 one's own case before the decision; gives ``{case, state}``. A second time changes nothing.

    Raises NoSuchCase, and NotPossibleNow for a draft or after the decision. The same ``key`` again gives the
    same answer.
    """
    answer = {"case": str(case_id), "state": str(State.WITHDRAWN)}

    async def act(remembering: Remembering) -> dict[str, Any]:
        await _withdraw(db, actor, case_id, remembering(answer), now=now)
        return answer

    return await answer_once(
        db, act, bucket=actor.bucket, caller=actor.caller, key=key, body={"withdraw": str(case_id)}, now=now
    )


async def _withdraw(
    db: Database, actor: Actor, case_id: UUID, remembered: tuple[Part, ...], *, now: datetime
) -> None:
    assert actor.id is not None
    case = await store.case_of(db, case_id=case_id, applicant=actor.id)
    if case is None:
        raise NoSuchCase
    POLICY.require(actor, "cases.withdraw", relation_to(actor, owner=case.applicant))
    if case.state is State.WITHDRAWN:
        return
    step = step_of(case, Move.WITHDRAW, actor)
    guard = store.moving(case, step, now=now)
    try:
        await carry_out(db, actor, case, step, guard, *remembered, now=now, closes=True)
    except MovedOn:
        again = await store.case_of(db, case_id=case_id, applicant=actor.id)
        if again is None or again.state is not State.WITHDRAWN:
            raise
