"""The desk's page for a visit in person: why, where, and a word about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.cases import actions
from tongban.cases.model import GroundMissing, Move, MovedOn, NotPossibleNow, VisitIncomplete
from tongban.cases.model.chain import DutyMissing
from tongban.cases.model.visits import VISIT_REASONS, visits
from tongban.cases.pages.duties import must_ask
from tongban.cases.pages.queue import Place
from tongban.cases.pages.refusing import ended_page
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, idempotency_key, page, redirect


@get("/desk/{applicant:uuid}/{case_id:uuid}/visit", who="cases.read")
async def ask(
    db: Database,
    actor: Actor,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    after: str | None = None,
    show: str | None = None,
) -> Response[str]:
    """The form, for who may record one; ``show`` and ``after`` are the officer's place in her list."""
    await must_ask(db, actor, applicant=applicant, case_id=case_id, move=Move.VISIT)
    return await _ask(db, actor, now=now, applicant=applicant, case_id=case_id, place=Place.of(show, after))


async def _ask(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    place: Place,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, now=now)
    return page(
        "cases/visit.html",
        status=refused.status if refused else 200,
        at=f"/desk/{applicant}/{case_id}",
        place=place.query(),
        case=opened.case,
        item=opened.version,
        reasons=list(VISIT_REASONS.items()),
        places=[(str(number), place.name) for number, place in enumerate(opened.version.places)],
        before=visits(opened.events),
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
    after: str | None = None,
    show: str | None = None,
) -> Response[Any]:
    """Record the visit, once for the form's key; back to the case, which says so."""
    posted, place = await form_of(request), Place.of(show, after)
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
    except (VisitIncomplete, DutyMissing, MovedOn, NotPossibleNow) as refused:
        return await _again(
            db,
            actor,
            now=now,
            applicant=applicant,
            case_id=case_id,
            place=place,
            typed=posted,
            refused=refused,
        )
    return redirect(f"/desk/{applicant}/{case_id}{place.query(did=str(Move.VISIT))}")


async def _again(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    place: Place,
    typed: Mapping[str, str],
    refused: Refused,
) -> Response[str]:
    """The form with what was typed; of a case that has ended meanwhile, which opens no form, those answers alone."""
    try:
        return await _ask(
            *(db, actor),
            now=now,
            applicant=applicant,
            case_id=case_id,
            place=place,
            typed=typed,
            refused=refused,
        )
    except GroundMissing as missing:
        why = VISIT_REASONS.get(typed.get("why", ""), "")
        kept = [(N_("为什么到现场"), why), (N_("情况说明"), typed.get("note", ""))]
        at = f"/desk/{applicant}/{case_id}"
        return await ended_page(db, actor, missing, at=at, refused=refused, kept=kept)


routes = [ask, record]
