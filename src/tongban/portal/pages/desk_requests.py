"""/desk/requests: requests about data that wait for my department, looked at under their purpose and answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.web import file_response, form_of, page, redirect
from tongban.portal.actions import answering, placing
from tongban.portal.model import LOOKING, RequestInvalid
from tongban.portal.pages.requests import proof_rows

PAGE = 50
_DONE: dict[str, Message] = {"answered": N_("已答复，本人收到了通知。")}


def _after(typed: str) -> tuple[datetime, UUID] | None:
    """The place behind which the list goes on; None for the first page, and for what is no place."""
    due, _, request = typed.partition("~")
    at, found = clock.instant_told(due), id_told(request)
    return None if at is None or found is None else (at, found)


@get("/desk/requests", who="portal.desk_requests")
async def queue(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime, after: str = ""
) -> Response[str]:
    """What waits for my department, the most urgent first."""
    found = await answering.queue(db, actor, after=_after(after), limit=PAGE + 1, now=now)
    last = found[PAGE - 1].request if len(found) > PAGE else None
    behind = last and f"{last.due.isoformat().replace('+00:00', 'Z')}~{last.id}"
    return page(
        "portal/desk_requests.html",
        rows=found[:PAGE],
        department=await answering.department_name(db, actor),
        next_href=f"/desk/requests?after={behind}" if behind else None,
        first_href="/desk/requests" if after else None,
        done=_DONE.get(request.query_params.get("done", "")),
    )


async def _page(
    db: Database,
    actor: Actor,
    now: datetime,
    subject: UUID,
    request_id: UUID,
    *,
    why: str | None = None,
    refused: Refused | None = None,
    typed: dict[str, str] | None = None,
) -> Response[Any]:
    seen = await answering.look(db, actor, subject=subject, request=request_id, why=why, now=now)
    at = f"/desk/requests/{subject}/{request_id}"
    return page(
        "portal/desk_request.html",
        status=refused.status if refused else 200,
        seen=seen,
        one=seen.request,
        place=await placing.as_kept(db, seen.said.place),
        at=at,
        late=seen.request.due < now,
        proof=proof_rows(seen.proof, at),
        looking=list(LOOKING.items()),
        typed=typed or {},
        errors=[*refused.fields.items()] or [(None, refused.message)] if refused else [],
        fields=refused.fields if refused else {},
    )


@get("/desk/requests/{subject:uuid}/{request_id:uuid}", who="portal.desk_requests")
async def look(db: Database, actor: Actor, now: datetime, subject: UUID, request_id: UUID) -> Response[Any]:
    """One request, masked; the ledger has the look."""
    return await _page(db, actor, now, subject, request_id)


@post("/desk/requests/{subject:uuid}/{request_id:uuid}/show", who="portal.desk_requests", status_code=200)
async def show(
    request: Request[Any, Any, Any],
    db: Database,
    actor: Actor,
    now: datetime,
    subject: UUID,
    request_id: UUID,
) -> Response[Any]:
    """The same in full, for a reason that the ledger keeps; an answer half typed stays. It writes nothing else and
    needs no key."""
    form = await form_of(request)
    try:
        return await _page(db, actor, now, subject, request_id, why=form.get("why", ""), typed=form)
    except RequestInvalid as refused:
        return await _page(db, actor, now, subject, request_id, refused=refused, typed=form)


@post("/desk/requests/{subject:uuid}/{request_id:uuid}", who="portal.desk_requests")
async def answer(
    request: Request[Any, Any, Any],
    db: Database,
    actor: Actor,
    now: datetime,
    subject: UUID,
    request_id: UUID,
) -> Response[Any]:
    """Answer it; what was typed stays when something is missing."""
    form = await form_of(request)
    try:
        await answering.answer(
            db,
            actor,
            subject=subject,
            request=request_id,
            outcome=form.get("outcome", ""),
            words=form.get("answer", "").strip(),
            now=now,
        )
    except RequestInvalid as refused:
        return await _page(db, actor, now, subject, request_id, refused=refused, typed=form)
    return redirect("/desk/requests?done=answered")


@get("/desk/requests/{subject:uuid}/{request_id:uuid}/files/{file_id:uuid}", who="portal.desk_requests")
async def proof(
    db: Database, actor: Actor, now: datetime, subject: UUID, request_id: UUID, file_id: UUID
) -> Response[Any]:
    """A file that came with it; the ledger has the look."""
    return await file_response(
        await answering.proof(db, actor, subject=subject, request=request_id, file_id=file_id, now=now)
    )


routes: list[Any] = [queue, look, show, answer, proof]
