"""Withdrawing: the applicant takes her application back before it is decided."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.cases import store
from tongban.cases.actions.moving import carry_out, step_of
from tongban.cases.model import POLICY, Move, MovedOn, NoSuchCase, State
from tongban.kit.db import Database
from tongban.kit.policy import Actor, relation_to


async def withdraw(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> None:
    """Withdraw 撤回 one's own case before the decision; a second time changes nothing."""
    assert actor.id is not None
    case = await store.case_of(db, case_id=case_id, applicant=actor.id)
    if case is None:
        raise NoSuchCase
    POLICY.require(actor, "cases.withdraw", relation_to(actor, owner=case.applicant))
    if case.state is State.WITHDRAWN:
        return
    step = step_of(case, Move.WITHDRAW, actor)
    try:
        await carry_out(db, actor, case, step, store.moving(case, step, now=now), now=now, closes=True)
    except MovedOn:
        again = await store.case_of(db, case_id=case_id, applicant=actor.id)
        if again is None or again.state is not State.WITHDRAWN:
            raise
