"""A person's inbox as JSON."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get, put
from litestar.response import Response

from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web.paging import USUAL, After, Limit, cursor, listed, place, shown
from tongban.notices import actions
from tongban.notices.model import Notice, reach_of


class NoticePage(msgspec.Struct, frozen=True):
    """Notices, newest first."""

    notices: list[Notice]
    next: str | None


@get("/api/v1/notices", who="notices.inbox", include_in_schema=True)
async def notices(
    db: Database, actor: Actor, after: After = None, limit: Limit = USUAL
) -> Response[NoticePage]:
    """What the house told me, newest first."""
    assert actor.id is not None
    before = place(after, "notices", UUID)
    found, last = shown(
        await actions.inbox(
            db, actor.id, also=actor.also, before=before, limit=limit + 1, reach=reach_of(actor)
        ),
        limit,
    )
    next_page = cursor("notices", last.id) if last else None
    return listed(NoticePage(found, next_page), next_page)


@put(
    "/api/v1/notices/{notice:uuid}/reading",
    who="notices.read_notice",
    include_in_schema=True,
    status_code=204,
)
async def read(db: Database, actor: Actor, now: datetime, notice: UUID) -> None:
    """Mark a notice as read; read again it keeps its first time."""
    await actions.read_notice(db, actor, notice=notice, now=now)


routes = [notices, read]
