"""Recording that the applicant came in person: no change of the case, but a step of it that is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.model import Move
from tongban.cases.model.visits import visit_typed
from tongban.kit.db import Database
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import bucket_of
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
    """Record a visit in person 到现场; gives ``{case, step}``.

    ``posted`` is the form: ``why`` a code of VISIT_REASONS, ``place`` one of the item's places, ``note``. Two round
    trips. Raises VisitIncomplete, NotPossibleNow, NoSuchCase. The same key again records nothing more.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        case = await case_at_work(db, actor, case_id=case_id, action="cases.visit", applicant=applicant)
        step = await step_of(db, case, Move.VISIT, actor)
        version = await catalogue.version(db, case.item, case.item_version)
        visit = visit_typed(posted, [place.name for place in version.places])
        answer = {"case": str(case.id), "step": case.version + 1}
        await carry_out(
            db,
            actor,
            case,
            step,
            store.moving(case, step, now=now),
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
