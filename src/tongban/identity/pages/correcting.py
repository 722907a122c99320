"""The window's form for a corrected name or number: /staff/correction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import correcting
from tongban.identity.model import POLICY
from tongban.identity.pages.enrolling import paper_choices
from tongban.identity.pages.onward import refused_page
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import form_of

AT = "/staff/correction"


def _form(typed: Mapping[str, str], refused: Refused | None = None, *, done: str = "") -> Response[Any]:
    return refused_page(
        "identity/correction.html",
        refused,
        typed=typed,
        **paper_choices(),
        done=done,
    )


@get(AT, who="identity.correct_person")
async def show(actor: Actor) -> Response[Any]:
    """The empty form, for who has the duty."""
    POLICY.require(actor, "identity.correct_person", Relation.ANY)
    return _form({})


@post(AT, who="identity.correct_person", status_code=200)
async def correct(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Ask the register and correct; what was typed stays when it says no or nothing."""
    form = await form_of(request)
    typed = correcting.Correction(
        form.get("before_kind", papers.CITIZEN),
        form.get("before", ""),
        form.get("paper_kind", papers.CITIZEN),
        form.get("number", ""),
        form.get("name", ""),
        form.get("country", ""),
        form.get("genuine") == "yes",
    )
    try:
        done = await correcting.correct_person(db, actor, typed=typed, now=now)
    except Refused as refused:
        return _form(form, refused)
    return _form({}, done=done)


routes: list[Any] = [show, correct]
