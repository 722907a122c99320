"""Delivery 送达: how and to whom the result was handed over, noted as a step of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases import store
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.model import Move
from tongban.cases.model.delivery import delivery_typed
from tongban.kit.db import Database
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Actor


async def deliver(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    way: str,
    receiver: str,
    note: str,
    key: str | None,
    applicant: UUID | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Note how the result reached the applicant 送达; gives ``{case, step}``. A 送达回证 is made of it.

    ``way`` is one of DELIVERY_WAYS, ``receiver`` who signed for it, ``note`` what else is to be said, all as typed. Two
    round trips.
    Raises DeliveryIncomplete, NotPossibleNow. The same key again notes nothing more.
    """
    posted = {"way": way, "receiver": receiver, "note": note}

    async def act(remembering: Remembering) -> dict[str, Any]:
        case = await case_at_work(db, actor, case_id=case_id, action="cases.deliver", applicant=applicant)
        step = await step_of(db, case, Move.DELIVER, actor)
        delivery = delivery_typed(posted)
        answer = {"case": str(case.id), "step": case.version + 1}
        await carry_out(
            db,
            actor,
            case,
            step,
            store.noted(case, step),
            *remembering(answer),
            now=now,
            detail=msgspec.to_builtins(delivery),
        )
        return answer

    return await answer_once(
        db,
        act,
        bucket=bucket_of(case_id),
        caller=actor.caller,
        key=key,
        body={"deliver": str(case_id), **posted},
        now=now,
    )
