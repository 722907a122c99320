"""/my/data: what is held about me 关于我的信息, and my copy of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from litestar import Request, get, post
from litestar.response import Response

from tongban import identity
from tongban.kit import files as documents
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message
from tongban.kit.not_allowed import REAL_NAME
from tongban.kit.policy import Actor
from tongban.kit.web import page, redirect
from tongban.portal import files
from tongban.portal.actions import holding

_DONE: dict[str, Message] = {
    "asked": N_("已收到您的申请。副本做好后，会在消息里告诉您。"),
}
_SAID: dict[str, Message] = {
    "none": N_("没有可以下载的副本：链接 7 天后失效。请重新申请一份。"),
}
_FORMS: dict[str, Literal["json", "pdf"]] = {"copy.json": "json", "copy.pdf": "pdf"}
_MEDIA: dict[str, str] = {"json": "application/json", "pdf": "application/pdf"}


async def _page(
    db: Database,
    actor: Actor,
    now: datetime,
    *,
    done: Message | None = None,
    said: Message | None = None,
    full: identity.Person | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    assert actor.id is not None
    answer = page(
        "portal/data.html",
        status=refused.status if refused else 200,
        person=full or (await identity.person(db, actor.id) if actor.level >= REAL_NAME else None),
        full=full is not None,
        held=await holding.held_about(db, actor),
        rules=files.keeping(),
        copy=await holding.my_copy(db, actor, now=now),
        done=done,
        said=refused.message if refused else said,
    )
    if refused is not None and refused.retry_after is not None:
        answer.headers["retry-after"] = str(refused.retry_after)
    return answer


@get("/my/data", who="portal.my_data")
async def my_data(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[str]:
    """Everything that is held about me by room: source, as of when, why, how long; numbers masked."""
    asked = request.query_params
    return await _page(
        db, actor, now, done=_DONE.get(asked.get("done", "")), said=_SAID.get(asked.get("said", ""))
    )


@post("/my/data/show", who="portal.show_data", status_code=200)
async def show(db: Database, actor: Actor, now: datetime) -> Response[str]:
    """The same page with my numbers in full; the ledger has it. It writes nothing else and needs no key."""
    return await _page(db, actor, now, full=await holding.show_in_full(db, actor, now=now))


@post("/my/data/copy", who="portal.ask_copy")
async def ask_copy(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Ask for a copy; a second click while one is made changes nothing."""
    try:
        await holding.ask_copy(db, actor, now=now)
    except Refused as refused:
        return await _page(db, actor, now, refused=refused)
    return redirect("/my/data?done=asked#copy")


@get("/my/data/files/{name:str}", who="portal.read_copy")
async def read_copy(db: Database, actor: Actor, now: datetime, name: str) -> Response[Any]:
    """My newest copy as ``copy.json`` or ``copy.pdf``; no address of it names a person, and none works for another."""
    form = _FORMS.get(name)
    content = await holding.read_copy(db, actor, form, now=now) if form else None
    if form is None or content is None:
        return redirect("/my/data?said=none#copy")
    return Response(
        content,
        media_type=_MEDIA[form],
        headers={
            "content-disposition": documents.disposition(f"my-information.{form}", inline=False),
            "cache-control": "private, no-store",
        },
    )


routes: list[Any] = [my_data, show, ask_copy, read_copy]
