"""Internal notes on the desk: one form in the side panel of a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.response import Response

from tongban.cases import actions
from tongban.cases.model.desk_refusals import NoteUnfit
from tongban.cases.pages.queue import Place
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, idempotency_key, page, redirect


@post("/desk/{applicant:uuid}/{case_id:uuid}/notes", who="cases.note")
async def note(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    applicant: UUID,
    case_id: UUID,
    after: str | None = None,
    show: str | None = None,
) -> Response[Any]:
    """Add a note, once for the form's key; back to the case. One that is refused is shown again as typed."""
    words, at = (await form_of(request)).get("note", ""), f"/desk/{applicant}/{case_id}"
    place = Place.of(show, after).query()
    try:
        await actions.add_note(
            db,
            actor,
            case_id=case_id,
            applicant=applicant,
            words=words,
            key=await idempotency_key(request),
            now=now,
        )
    except NoteUnfit as refused:
        return page(
            "cases/note.html",
            status=refused.status,
            at=at,
            place=place,
            typed=words,
            errors=refused.fields,
        )
    return redirect(f"{at}{place}#notes")


routes = [note]
