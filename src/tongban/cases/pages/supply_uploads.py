"""Files of materials that follow, come piece by piece: as :mod:`tongban.cases.pages.uploading`, for what is due now."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, delete, get, patch, post
from litestar.response import Response

from tongban.cases import actions
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import MAX_UPLOAD_BYTES, resumable

_HOME = "/my/cases/{case_id:uuid}/uploads"
_ONE = _HOME + "/{upload_id:uuid}"


@post(_HOME, who="cases.supply")
async def begin(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Response[Any]:
    """Begin an upload for a material that is due: its limits are asked before the first byte."""

    async def answer() -> Response[None]:
        wanted = await actions.supply_wanted(db, actor, case_id=case_id, now=now)
        home = f"/my/cases/{case_id}/uploads"
        return await resumable.begin(request, db, actor, reference=case_id, wanted=wanted, home=home, now=now)

    return await resumable.spoken(answer())


@get(_ONE, who="cases.supply")
async def state(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID, upload_id: UUID
) -> Response[Any]:
    """How much of it is there; the floor answers HEAD, which tus asks by, with what GET would."""
    return await resumable.spoken(
        resumable.state(request, db, actor, reference=case_id, upload_id=upload_id, now=now),
    )


@patch(_ONE, who="cases.supply", status_code=200, request_max_body_size=MAX_UPLOAD_BYTES)
async def go_on(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID, upload_id: UUID
) -> Response[Any]:
    """More of it."""

    async def answer() -> Response[None]:
        wanted = await actions.supply_wanted(db, actor, case_id=case_id, now=now)
        return await resumable.go_on(
            request, db, actor, reference=case_id, upload_id=upload_id, wanted=wanted, now=now
        )

    return await resumable.spoken(answer())


@delete(_ONE, who="cases.supply", status_code=200)
async def end(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID, upload_id: UUID
) -> Response[Any]:
    """Give it up."""
    return await resumable.spoken(
        resumable.end(request, db, actor, reference=case_id, upload_id=upload_id, now=now)
    )


routes = [begin, state, go_on, end]
