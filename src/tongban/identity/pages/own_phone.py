"""/account/phone: another phone number for one's own account, proved at the old one and the new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import own_phone
from tongban.identity.actions.cooling import must_have_cooled
from tongban.identity.actions.lasting import must_be_lasting
from tongban.identity.model.own_phone import change_of
from tongban.identity.model.refusals import StepGone
from tongban.identity.model.said import said_in, said_token
from tongban.identity.pages.onward import go_on_with, refused_page
from tongban.kit import papers
from tongban.kit.db import Database, DatabaseAway, DatabaseBusy
from tongban.kit.errors import Refused
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, redirect

HERE = "/account/phone"
#: A proof is asked for on a page of its own, which leads back; a database that is away has a page for everything.
_ELSEWHERE = (401, 403)


async def _form(
    db: Database, actor: Actor, *, typed: str = "", refused: Refused | None = None
) -> Response[Any]:
    present = await own_phone.present_phone(db, actor)
    return refused_page("identity/own_phone.html", refused, present=present, typed=typed)


async def _code(
    db: Database,
    actor: Actor,
    *,
    step: str,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    sent: bool = False,
    unsent: bool = False,
    now: datetime,
) -> Response[Any]:
    phone = papers.mask_phone(change_of(step, actor.id, now=now).phone)
    return refused_page(
        "identity/own_phone_code.html",
        refused,
        step=step,
        phone=phone,
        present=await own_phone.present_phone(db, actor),
        typed=typed or {},
        sent=sent,
        unsent=unsent,
    )


def _next(step: str, **more: str) -> Response[Any]:
    return redirect(f"{HERE}/code?{urlencode({'step': step, **more})}")


@get(HERE, who="identity.change_phone")
async def show(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The present number, masked, and the form for another."""
    await must_be_lasting(db, actor)
    await must_have_cooled(db, actor, now=now)
    return await _form(db, actor)


@post(HERE, who="identity.change_phone")
async def ask(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The new number: checked with the register, and a code goes to each phone."""
    typed = (await form_of(request)).get("phone", "")
    try:
        asked = await own_phone.ask_change(db, actor, phone=typed, now=now)
    except Refused as refused:
        if refused.status in _ELSEWHERE or isinstance(refused, DatabaseAway | DatabaseBusy):
            raise
        return await _form(db, actor, typed=typed, refused=refused)
    return _next(asked.step, **({} if asked.sent else {"unsent": "1"}))


@get(f"{HERE}/code", who="identity.change_phone")
async def show_code(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Asks for both codes."""
    asked = request.query_params
    try:
        return await _code(
            db,
            actor,
            step=asked.get("step", ""),
            refused=said_in(asked.get("said", ""), now=now),
            sent="sent" in asked,
            unsent="unsent" in asked,
            now=now,
        )
    except StepGone as gone:
        return await _form(db, actor, refused=gone)


@post(f"{HERE}/code", who="identity.change_phone")
async def change(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Both codes: the number is changed; a code that was right stays typed beside one that was wrong."""
    form = await form_of(request)
    step = form.get("step", "")
    try:
        cookie = await own_phone.change_phone(
            db,
            actor,
            step=step,
            old_code=form.get("phone_old", ""),
            new_code=form.get("phone_new", ""),
            now=now,
        )
    except Refused as refused:
        if refused.status in _ELSEWHERE or isinstance(refused, DatabaseAway | DatabaseBusy):
            raise
        if isinstance(refused, StepGone) or not refused.fields:
            return await _form(db, actor, refused=refused)
        return await _code(db, actor, step=step, typed=form, refused=refused, now=now)
    go_on_with(cookie)
    return redirect("/my/account?done=phone")


@post(f"{HERE}/resend", who="identity.change_phone")
async def resend(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Another code to one of the phones; the code of the other one stays typed, and no address carries it."""
    form = await form_of(request)
    step = form.get("step", "")
    which: own_phone.Which = "phone_old" if form.get("which") == "phone_old" else "phone_new"
    other = "phone_new" if which == "phone_old" else "phone_old"
    try:
        await own_phone.send_again(db, actor, step=step, which=which, now=now)
    except StepGone as gone:
        return await _form(db, actor, refused=gone)
    except Refused as refused:
        if isinstance(refused, DatabaseAway | DatabaseBusy):
            raise
        if form.get(which) or form.get(other):  # no new code went out: what is typed may be right
            return await _code(db, actor, step=step, typed=form, refused=refused, now=now)
        return _next(step, said=said_token(refused, now=now))
    if typed := form.get(other):
        return await _code(db, actor, step=step, typed={other: typed}, sent=True, now=now)
    return _next(step, sent="1")


routes: list[Any] = [show, ask, show_code, change, resend]
