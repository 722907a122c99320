"""/account/level/face: a face check begun on the house's page, carried out on the provider's, finished here."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import segno
from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import faces
from tongban.identity.model.consent import FACE
from tongban.identity.model.faces import FaceAfterRecovery, FaceCheck, FaceUnknown
from tongban.identity.pages.levels import AT, risen
from tongban.identity.pages.onward import refused_page
from tongban.kit.db import Database, DatabaseAway, DatabaseBusy
from tongban.kit.errors import Refused
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, idempotency_key, redirect

HERE = faces.PAGE
GO = f"{HERE}/go"


async def _form(
    db: Database, actor: Actor, refused: Refused | None = None, *, now: datetime
) -> Response[Any]:
    return refused_page(
        "identity/face.html",
        refused,
        first=FaceAfterRecovery().message if await faces.rests_on_phone(db, actor, now=now) else None,
        consented=await faces.consented(db, actor),
        words=FACE.words[FACE.version],
    )


def _drawing(address: str) -> str:
    """The provider's address as a QR that the page carries itself, for the phone that has the camera."""
    drawn = segno.make(address, error="m", micro=False)
    return str(drawn.svg_data_uri(scale=4, border=2, dark="#0b1a33", light="#fff"))


def _go(check: FaceCheck, refused: Refused | None = None) -> Response[Any]:
    drawing = _drawing(check.address) if check.state == "open" and check.address else None
    return refused_page("identity/face_go.html", refused, check=check, drawing=drawing)


@get(HERE, who="identity.face")
async def show(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """What is compared with what, by whom and what is kept; the separate consent; the other ways."""
    return await _form(db, actor, now=now)


@post(HERE, who="identity.face")
async def begin(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """A session at the provider; on to the page that leads there."""
    form = await form_of(request)
    key = await idempotency_key(request) or str(uuid4())
    try:
        check = await faces.begin_face(db, actor, agreed=form.get("agree") == "yes", key=key, now=now)
    except Refused as refused:
        if refused.status in (401, 403) or isinstance(refused, DatabaseAway | DatabaseBusy):
            raise
        return await _form(db, actor, refused, now=now)
    return redirect(f"{GO}?check={check.id}")


@get(GO, who="identity.face")
async def show_going(request: Request[Any, Any, Any], db: Database, actor: Actor) -> Response[Any]:
    """The way to the provider's page, by link or QR, and back; what came of it."""
    check = id_told(request.query_params.get("check", ""))
    return redirect(HERE) if check is None else _go(await faces.face_check(db, actor, check=check))


@post(GO, who="identity.face")
async def finish(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Ask the provider for the result: it raises the level, or says what to do."""
    check = id_told((await form_of(request)).get("check", ""))
    if check is None:
        return redirect(HERE)
    try:
        raised = await faces.finish_face(db, actor, check=check, now=now)
    except Refused as refused:
        if isinstance(refused, FaceUnknown | DatabaseAway | DatabaseBusy):
            raise
        return _go(await faces.face_check(db, actor, check=check), refused)
    risen(request, raised.cookie)
    return redirect(f"{AT}?done=raised")


@post(faces.NOTICE, who="identity.face_notice", by_credentials=True, status_code=200)
async def notice(request: Request[Any, Any, Any], db: Database, now: datetime) -> dict[str, str]:
    """The provider's own call, known by its signature: it has a result."""
    await faces.note_notice(db, request.headers, await request.body(), now=now)
    return {"code": "SUCCESS"}


routes: list[Any] = [show, begin, show_going, finish, notice]
