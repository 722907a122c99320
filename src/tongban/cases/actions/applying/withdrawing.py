"""Withdrawing: the applicant takes her application back before it is decided; of several any, or all together."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.moving import carry_out, step_of
from tongban.cases.model import POLICY, Case, Joint, Move, MovedOn, NoSuchCase, State
from tongban.kit.db import Database
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.policy import Actor, Relation, must_cover


async def withdraw(
    db: Database, actor: Actor, *, case_id: UUID, key: str | None = None, now: datetime
) -> dict[str, Any]:
    """Withdraw 撤回 one's own case before the decision; gives ``{case, state}``. A second time changes nothing.

    What was applied for together any of them may withdraw where nothing can be granted against the will of one
    (民法典 art. 1046, 1049: marriage). Where the law asks all of them (不动产登记暂行条例实施细则 art. 13), each says
    so, the case goes on, and the last one's word ends it. Raises NoSuchCase, and NotPossibleNow for a draft or after
    the decision. The same ``key`` again gives the same answer.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        return await _withdraw(db, actor, case_id, remembering, now=now)

    return await answer_once(
        db, act, bucket=actor.bucket, caller=actor.caller, key=key, body={"withdraw": str(case_id)}, now=now
    )


async def _withdraw(
    db: Database, actor: Actor, case_id: UUID, remembering: Remembering, *, now: datetime
) -> dict[str, Any]:
    case = await _applied_for(db, actor, case_id)
    POLICY.require(actor, "cases.withdraw", Relation.OWN)
    must_cover(actor, case.item)
    answer = {"case": str(case_id), "state": str(State.WITHDRAWN)}
    if case.state is State.WITHDRAWN:
        return answer
    step, seat = (
        await step_of(db, case, Move.WITHDRAW, actor),
        case.joint.seat_of(actor.id) if case.joint else None,
    )
    detail = None if seat is None else {"seat": seat}
    if case.joint is not None and await _all_must(db, case):
        leaving = _leaving(case.joint, seat, now=now)
        if not leaving.all_leave:
            return await _ask(db, actor, case, leaving, remembering, detail, now=now)
        detail = {**(detail or {}), "all": True}
    guard = store.moving(case, step, now=now)
    try:
        await carry_out(
            db, actor, case, step, guard, *remembering(answer), now=now, detail=detail, closes=True
        )
    except MovedOn:
        again = await _applied_for(db, actor, case_id)
        if again.state is not State.WITHDRAWN:
            raise
    return answer


async def _ask(
    db: Database,
    actor: Actor,
    case: Case,
    leaving: Joint,
    remembering: Remembering,
    detail: dict[str, Any] | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Her word alone: the case goes on, the others are told."""
    answer = {"case": str(case.id), "state": str(case.state)}
    if leaving != case.joint:
        step = await step_of(db, case, Move.ASK_WITHDRAWAL, actor)
        guard = store.keeping_word(case, step, leaving)
        await carry_out(db, actor, case, step, guard, *remembering(answer), now=now, detail=detail)
    return answer


async def _applied_for(db: Database, actor: Actor, case_id: UUID) -> Case:
    """The case that the resident has applied for, alone or with others; raises NoSuchCase."""
    assert actor.id is not None
    case = await store.case_of(db, case_id=case_id, applicant=actor.id)
    if case is None:
        invited = await store.invitation(db, case_id=case_id, person=actor.id)
        case = await store.case_laid_before(db, invited) if invited else None
        if case is None or case.joint is None or case.joint.seat_of(actor.id) is None:
            raise NoSuchCase
    return case


async def _all_must(db: Database, case: Case) -> bool:
    asks = (await catalogue.version(db, case.item, case.item_version)).joint_applicants
    return asks is not None and asks.withdraw == "all"


def _leaving(joint: Joint, seat: int | None, *, now: datetime) -> Joint:
    """The round with one more who wants to take it back; said before, it stays as it was."""
    if seat is None:
        return msgspec.structs.replace(joint, leaves_at=joint.leaves_at or now)
    signer = joint.signers[seat]
    return joint.at(seat, msgspec.structs.replace(signer, leaves_at=signer.leaves_at or now))
