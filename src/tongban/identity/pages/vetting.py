"""The window's form for L3: /staff/vetting, where an officer enters the paper and the person she saw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import vetting
from tongban.identity.model import POLICY
from tongban.identity.pages.onward import refused_page
from tongban.identity.pages.seeing import seen_again, seen_of
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import form_of, idempotency_key

AT = "/staff/vetting"


def _form(
    typed: Mapping[str, str], refused: Refused | None = None, *, done: vetting.Vetted | None = None
) -> Response[Any]:
    return refused_page(
        "identity/vetting.html",
        refused,
        **seen_again(typed),
        done=done,
    )


@get(AT, who="identity.vet")
async def show(actor: Actor) -> Response[Any]:
    """The empty form, for who has the duty."""
    POLICY.require(actor, "identity.vet", Relation.ANY)
    return _form({})


@post(AT, who="identity.vet", status_code=200)
async def vet(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Enter what was seen; the page says whose level rose, and is ready for the next person."""
    form = await form_of(request)
    key = await idempotency_key(request) or str(uuid4())
    try:
        done = await vetting.vet(db, actor, seen=seen_of(form), key=key, now=now)
    except Refused as refused:
        return _form(form, refused)
    return _form({}, done=done)


routes: list[Any] = [show, vet]
