"""/my/data/erase and /account/close: what goes and what stays is seen before it is confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban import identity
from tongban.kit.db import Database
from tongban.kit.errors import Invalid, Refused
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect, visit
from tongban.portal.actions import erasing

_DONE: dict[str, Message] = {
    "erased": N_("可以删除的都已删除。"),
    "asked": N_("已收到注销申请。15 天内随时可以在这里撤回。"),
    "kept": N_("注销申请已撤回，账户照常使用。"),
}


class Unconfirmed(Invalid):
    """The tick that confirms what cannot be undone is not set."""

    def __init__(self) -> None:
        super().__init__(
            "erasure-unconfirmed",
            N_("请先勾选确认。"),
            fields={"confirm": N_("看过上面两张清单后，请勾选。")},
        )


async def _page(
    db: Database,
    actor: Actor,
    now: datetime,
    *,
    closing: bool,
    done: Message | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    assert actor.id is not None
    errors: list[tuple[str | None, Any]] = []
    if refused is not None:
        errors = [*refused.fields.items()] or [(None, refused.message)]
    answer = page(
        "portal/close_account.html" if closing else "portal/erase.html",
        status=refused.status if refused else 200,
        preview=await erasing.preview(db, actor, closing=closing, now=now),
        closing=await identity.closing_of(db, actor.id),
        done=done,
        errors=errors,
        fields=refused.fields if refused else {},
    )
    if refused is not None and refused.retry_after is not None:
        answer.headers["retry-after"] = str(refused.retry_after)
    return answer


def _done(request: Request[Any, Any, Any]) -> Message | None:
    return _DONE.get(request.query_params.get("done", ""))


@get("/my/data/erase", who="portal.erase")
async def show_erasure(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[str]:
    """What would go and what would stay, with the law."""
    return await _page(db, actor, now, closing=False, done=_done(request))


@post("/my/data/erase", who="portal.erase")
async def erase(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Let go what may go; twice finds nothing more."""
    form = await form_of(request)
    if form.get("confirm") != "yes":
        return await _page(db, actor, now, closing=False, refused=Unconfirmed())
    await erasing.erase(db, actor, now=now)
    return redirect("/my/data/erase?done=erased")


@get("/account/close", who="identity.close_account")
async def show_closing(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[str]:
    """The conditions of closing the account, what goes and stays; or that it waits, and how to take it back."""
    return await _page(db, actor, now, closing=True, done=_done(request))


@post("/account/close", who="identity.close_account")
async def close(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Ask for it, with the password: the waiting time begins."""
    form = await form_of(request)
    try:
        if form.get("confirm") != "yes":
            raise Unconfirmed
        await erasing.ask_closing(
            db, actor, password=form.get("password", ""), address=visit().address, now=now
        )
    except Refused as refused:
        return await _page(db, actor, now, closing=True, refused=refused)
    return redirect("/account/close?done=asked")


@post("/account/keep", who="identity.keep_account")
async def keep(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Take the closing back."""
    try:
        await identity.take_back_closing(db, actor, now=now)
    except Refused as refused:
        return await _page(db, actor, now, closing=True, refused=refused)
    return redirect("/account/close?done=kept")


routes: list[Any] = [show_erasure, erase, show_closing, close, keep]
