"""What the house holds about me: /my/account."""

from __future__ import annotations

from typing import Any

from litestar import get
from litestar.response import Response

from tongban.identity import actions
from tongban.identity.model import POLICY
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import page


@get("/my/account", who="identity.account")
async def account(db: Database, actor: Actor) -> Response[str]:
    """Name, number, phone (masked), real-name level, and when the register confirmed them."""
    POLICY.require(actor, "identity.account", Relation.OWN)
    assert actor.id is not None
    return page("identity/account.html", person=await actions.person(db, actor.id))


routes: list[Any] = [account]
