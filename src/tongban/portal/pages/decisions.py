"""What the platform decides by itself: the table for everybody, one's own case explained, and asking for a review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect
from tongban.portal import files as tables
from tongban.portal.actions import explaining, requesting
from tongban.portal.model import RequestStands, RequestUnknown
from tongban.portal.pages.requests import draft_of, draft_word


@get("/decisions", who="portal.decisions", sync_to_thread=False)
def decisions() -> Response[str]:
    """The table: rule, facts, law and effect of each kind of decision (PIPL art. 24, 48)."""
    return page("portal/decisions.html", decisions=list(tables.decisions().values()))


@get("/my/data/decisions/{case_id:uuid}", who="portal.decided")
async def decided(db: Database, actor: Actor, case_id: UUID) -> Response[str]:
    """How my case was decided: what the machine did by itself, from which facts, on which law."""
    return page("portal/decided.html", seen=await explaining.explained(db, actor, case_id))


async def _form(
    db: Database,
    actor: Actor,
    code: str,
    about: str,
    draft: UUID,
    typed: Mapping[str, str],
    refused: Refused | None = None,
) -> Response[Any]:
    fields = refused.fields if refused else {}
    errors: list[tuple[str | None, Any]] = [*fields.items()]
    if refused is not None and not errors:
        errors = [(None, refused.message)]
    answer = page(
        "portal/review.html",
        status=refused.status if refused else 200,
        kind=explaining.reviewable(code),
        about=about,
        draft=draft_word(draft, actor),
        typed=typed,
        errors=errors,
        fields=fields,
        stands=refused.request if isinstance(refused, RequestStands) else None,
        table=tables.rights(),
        last=clock.city_day(await requesting.due_of(db, now=clock.now())),
    )
    if refused is not None and refused.retry_after is not None:
        answer.headers["retry-after"] = str(refused.retry_after)
    return answer


@get("/my/data/review", who="portal.ask_review", whose="about")
async def review(db: Database, actor: Actor, of: str = "", about: str = "") -> Response[Any]:
    """The form that asks for a person's look at one kind of decision; without one the table leads there."""
    return await _form(db, actor, of, about, new_id(actor.bucket), {}) if of else redirect("/decisions")


@post("/my/data/review", who="portal.ask_review", whose="about")
async def ask(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Send it; what was typed stays when something is missing."""
    form = await form_of(request)
    code, about = form.get("of", ""), form.get("about", "")
    if code not in tables.decisions():
        return redirect("/decisions")
    draft = draft_of(form.get("draft", ""), actor)
    why = form.get("why", "").strip()
    try:
        asked = await explaining.ask_review(db, actor, draft=draft, code=code, about=about, why=why, now=now)
    except RequestUnknown:
        raise
    except Refused as refused:
        return await _form(db, actor, code, about, draft, form, refused)
    return redirect(f"/my/data/requests/{asked}?done=asked")


routes: list[Any] = [decisions, decided, review, ask]
