"""The desk's page for a visit in person: why, where, and a word about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.cases import actions
from tongban.cases.model import Move, VisitIncomplete
from tongban.cases.model.visits import LONGEST_NOTE, VISIT_REASONS, visits
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, idempotency_key, page, redirect


@get("/desk/{applicant:uuid}/{case_id:uuid}/visit", who="cases.read")
async def ask(db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID) -> Response[str]:
    """The form."""
    return await _ask(db, actor, now=now, applicant=applicant, case_id=case_id)


async def _ask(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, now=now)
    return page(
        "cases/visit.html",
        status=refused.status if refused else 200,
        at=f"/desk/{applicant}/{case_id}",
        case=opened.case,
        item=opened.version,
        reasons=list(VISIT_REASONS.items()),
        places=[(str(number), place.name) for number, place in enumerate(opened.version.places)],
        before=visits(opened.events),
        longest=LONGEST_NOTE,
        typed=typed or {},
        refused=refused,
        errors=refused.fields if refused else {},
    )


@post("/desk/{applicant:uuid}/{case_id:uuid}/visit", who="cases.visit")
async def record(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    applicant: UUID,
    case_id: UUID,
) -> Response[Any]:
    """Record the visit, once for the form's key; back to the case, which says so."""
    posted = await form_of(request)
    try:
        await actions.record_visit(
            db,
            actor,
            case_id=case_id,
            applicant=applicant,
            posted=posted,
            key=await idempotency_key(request),
            now=now,
        )
    except VisitIncomplete as refused:
        return await _ask(
            db, actor, now=now, applicant=applicant, case_id=case_id, typed=posted, refused=refused
        )
    return redirect(f"/desk/{applicant}/{case_id}?did={Move.VISIT}")


routes = [ask, record]
