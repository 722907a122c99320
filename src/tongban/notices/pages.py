"""The inbox: /my/inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.response import Redirect, Response

from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import page, redirect
from tongban.notices import actions
from tongban.notices.model import PAGE, reach_of


@get("/my/inbox", who="notices.inbox")
async def inbox(db: Database, actor: Actor, before: UUID | None = None) -> Response[str]:
    """What the house told me, newest first."""
    assert actor.id is not None
    notices = await actions.inbox(
        db, actor.id, also=actor.also, before=before, limit=PAGE + 1, reach=reach_of(actor)
    )
    more = len(notices) > PAGE
    shown = notices[:PAGE]
    return page(
        "notices/inbox.html", notices=shown, first=before is None, next=shown[-1].id if more else None
    )


@post("/my/inbox/{notice:uuid}", who="notices.read_notice")
async def read_notice(db: Database, actor: Actor, now: datetime, notice: UUID) -> Redirect:
    """Mark a notice as read and go to what it is about."""
    link = await actions.read_notice(db, actor, notice=notice, now=now)
    return redirect(link or "/my/inbox")


routes: list[Any] = [inbox, read_notice]
