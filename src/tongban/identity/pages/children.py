"""Children: /my/acting/child, where a parent names her child, and reads what waits for the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity import actions
from tongban.identity.actions.cooling import must_have_cooled
from tongban.identity.model import POLICY
from tongban.identity.model.children import claimed
from tongban.identity.model.consent import GUARDIANSHIP
from tongban.identity.pages.onward import refused_page
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import form_of, redirect

CHILD = "/my/acting/child"


@get(CHILD, who="identity.guard")
async def show_child(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """The form that names a child, and the children about whom the register has not answered yet."""
    await must_have_cooled(db, actor, now=now)
    return await _form(db, actor, {"waits": request.query_params.get("waits", "")})


@post(CHILD, who="identity.guard")
async def claim_child(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Name a child; posted twice, it is one."""
    form = await form_of(request)
    try:
        power = await actions.claim_child(db, actor, claimed(form, now=now), now=now)
    except Refused as refused:
        return await _form(db, actor, form, refused)
    return redirect(f"{CHILD}?waits=yes" if power is None else f"/my/acting/{power}?done=guarded")


async def _form(
    db: Database, actor: Actor, typed: Mapping[str, str], refused: Refused | None = None
) -> Response[Any]:
    POLICY.require(actor, "identity.guard", Relation.OWN)
    return refused_page(
        "identity/child.html",
        refused,
        typed=typed,
        consent=GUARDIANSHIP.words[GUARDIANSHIP.version],
        waiting=await actions.waiting_children(db, actor),
    )


routes: list[Any] = [show_child, claim_child]
