"""Firms: /my/acting/firm, where a legal representative binds hers, and /my/firm, the firm for which one acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity import actions
from tongban.identity.actions.cooling import must_have_cooled
from tongban.identity.model.powers import STATES, Power, PowerState
from tongban.identity.pages.onward import refused_page
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect

BIND = "/my/acting/firm"


@get(BIND, who="identity.bind_firm")
async def show_bind(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """The form by which a legal representative binds her firm, and what waits for the register."""
    await must_have_cooled(db, actor, now=now)
    return await _form(db, actor, kept="kept" in request.query_params)


@post(BIND, who="identity.bind_firm")
async def bind(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Bind the firm; posted twice, it is bound once. While the register is away the binding is kept."""
    form = await form_of(request)
    code, sure = form.get("code", ""), form.get("sure") == "yes"
    try:
        bound = await actions.bind_firm(db, actor, code=code, sure=sure, now=now)
    except Refused as refused:
        return await _form(db, actor, code=code, sure=sure, refused=refused)
    if bound.power is None:
        return redirect(f"{BIND}?kept=1")
    return redirect(f"/my/acting/{bound.power}?done=bound")


async def _form(
    db: Database,
    actor: Actor,
    *,
    code: str = "",
    sure: bool = False,
    refused: Refused | None = None,
    kept: bool = False,
) -> Response[Any]:
    return refused_page(
        "identity/firm_bind.html",
        refused,
        code=code,
        sure=sure,
        kept=kept,
        waiting=await actions.waiting_firms(db, actor),
    )


@get("/my/firm", who="identity.firm")
async def show_firm(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The firm for which one acts: what the register says of it, and who acts for it."""
    return await _shown(db, actor, now=now)


async def _shown(
    db: Database, actor: Actor, *, now: datetime, code: str = "", refused: Refused | None = None
) -> Response[Any]:
    firm = await actions.firm_of(db, actor)
    if firm is None:
        return page("identity/firm_none.html")
    found = await actions.powers_of(db, actor, now=now)
    return refused_page(
        "identity/firm.html",
        refused,
        firm=firm,
        firm_old=firm.overdue(now),
        code=code,
        people=[(one, one.at(now)) for one in found.given],
        representative=next((one.agent_name for one in found.given if _represents(one, now)), ""),
        states=STATES,
        steward=found.steward,
        names=await actions.item_names(db),
        former=await actions.former_firms(db, actor, now=now),
    )


def _represents(power: Power, now: datetime) -> bool:
    return power.by_register and power.at(now) is PowerState.STANDING


@post("/my/firm/successions", who="identity.take_over")
async def take_over(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """The successor's representative takes the affairs of a firm over that is no more."""
    form = await form_of(request)
    code = form.get("code", "")
    try:
        power = await actions.take_over(db, actor, code=code, now=now)
    except Refused as refused:
        return await _shown(db, actor, now=now, code=code, refused=refused)
    return redirect(f"/my/acting/{power}?done=taken_over")


routes: list[Any] = [show_bind, bind, show_firm, take_over]
