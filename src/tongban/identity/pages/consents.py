"""/account/consents: what I agreed to 我的同意, and withdrawing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import consenting, guarding
from tongban.identity.model.consent import PURPOSES, NoSuchPurpose
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect

_DONE: dict[str, Message] = {
    "withdrawn": N_("已撤回。撤回前依据同意所做的处理仍然有效。"),
    "unguarded": N_("已撤回。您为孩子的代办已经结束，草稿仍是孩子的，已经提交的继续办理。"),
    "given": N_("已记下您的同意，可以随时撤回。"),
}


@get("/account/consents", who="identity.consents")
async def show(request: Request[Any, Any, Any], db: Database, actor: Actor) -> Response[str]:
    """Each consent with its words, when and how it was given, and what its withdrawal ends; those not given too."""
    consents = await consenting.my_consents(db, actor)
    standing = {one.purpose for one in consents if one.withdrawn_at is None}
    return page(
        "identity/consents.html",
        consents=consents,
        others=[one for code, one in PURPOSES.items() if code not in standing and not one.asked_on],
        done=_DONE.get(request.query_params.get("done", "")),
    )


@post("/account/consents/withdraw", who="identity.withdraw_consent")
async def withdraw(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Withdraw one; twice changes nothing. Raises NoSuchPurpose, and a form that names none leads back."""
    form = await form_of(request)
    purpose, item = form.get("purpose", ""), form.get("item", "")
    if not purpose:
        return redirect("/account/consents")
    if form.get("child"):
        child, power = id_told(form["child"]), id_told(item)
        if child is None or power is None:
            raise NoSuchPurpose
        await guarding.withdraw_for_child(db, actor, child=child, power=power, now=now)
        return redirect("/account/consents?done=unguarded")
    await consenting.withdraw_consent(db, actor, purpose=purpose, item=item, now=now)
    return redirect("/account/consents?done=withdrawn")


@post("/account/consents/give", who="identity.give_consent")
async def give(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Agree (again); twice changes nothing. Raises NoSuchPurpose, and a form that names none leads back."""
    purpose = (await form_of(request)).get("purpose", "")
    if not purpose:
        return redirect("/account/consents")
    await consenting.give_consent(db, actor, purpose=purpose, now=now)
    return redirect("/account/consents?done=given")


routes: list[Any] = [show, withdraw, give]
