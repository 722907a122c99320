"""One's own passkeys: /account/passkeys for residents and officers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import passkeys as actions
from tongban.identity.model.passkeys import NoSuchPasskey, PasskeyMerged
from tongban.identity.pages.account import home_of
from tongban.identity.pages.onward import refused_page
from tongban.identity.pages.passkey_log_in import challenge
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message
from tongban.kit.ids import id_told
from tongban.kit.policy import STAFF, Actor
from tongban.kit.web import form_of, redirect, visit
from tongban.kit.web.devices import device_of, device_words

AT = "/account/passkeys"
#: What has just been done, told once on the page that one comes back to.
_DONE: dict[str, Message] = {
    "added": N_("通行密钥已添加，下次登录就可以用。"),
    "renamed": N_("名字已改好。"),
    "removed": N_("通行密钥已移除，不能再用它登录。"),
}


async def _list(
    db: Database,
    actor: Actor,
    *,
    refused: Refused | None = None,
    changing: str = "",
    typed: str = "",
    done: Message | None = None,
) -> Response[Any]:
    return refused_page(
        "identity/passkeys.html",
        refused,
        passkeys=await actions.own_passkeys(db, actor),
        staff=actor.role in STAFF,
        home=home_of(actor),
        changing=changing,
        typed=typed,
        done=done,
    )


def _adding(
    actor: Actor,
    *,
    proved: bool,
    proof: str = "",
    name: str | None = None,
    refused: Refused | None = None,
) -> Response[Any]:
    return refused_page(
        "identity/passkey_add.html",
        refused,
        staff=actor.role in STAFF,
        home=home_of(actor),
        proved=proved,
        proof=proof,
        name=str(device_words(device_of(visit().agent))) if name is None else name,
        origin=actions.party().origin,
    )


@get(AT, who="identity.passkeys")
async def show(request: Request[Any, Any, Any], db: Database, actor: Actor) -> Response[Any]:
    """The list: names, when each was added and used last."""
    return await _list(db, actor, done=_DONE.get(request.query_params.get("done", "")))


@get(f"{AT}/add", who="identity.passkeys")
async def show_adding(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """The form for a new passkey; after a log-in that is long ago, first the one for the password."""
    try:
        await actions.must_take_passkeys(db, actor)
    except PasskeyMerged as refused:
        return await _list(db, actor, refused=refused)
    proof = request.query_params.get("proof", "")
    proved = await actions.proved(db, actor, proof=proof, browser=visit().secret, now=now)
    return _adding(actor, proved=proved, proof=proof)


@post(f"{AT}/proof", who="identity.passkeys")
async def prove(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The password once more."""
    form = await form_of(request)
    try:
        proof = await actions.prove_password(
            db,
            actor,
            present=form.get("present", ""),
            browser=visit().secret,
            address=visit().address,
            now=now,
        )
    except Refused as refused:
        return _adding(actor, proved=False, refused=refused)
    return redirect(f"{AT}/add?proof={proof}")


@post(f"{AT}/options", who="identity.passkeys")
async def begin(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[bytes]:
    """A challenge for a new passkey, for the page's script."""
    form = await form_of(request)
    return challenge(
        await actions.begin_adding(
            db,
            actor,
            name=form.get("name", ""),
            proof=form.get("proof", ""),
            browser=visit().secret,
            now=now,
        )
    )


@post(f"{AT}/add", who="identity.passkeys")
async def add(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """What the browser has made: kept."""
    form = await form_of(request)
    try:
        await actions.add_passkey(
            db,
            actor,
            token=form.get("ceremony", ""),
            credential=form.get("credential", ""),
            name=form.get("name", ""),
            browser=visit().secret,
            now=now,
        )
    except Refused as refused:
        proof = form.get("proof", "")
        proved = await actions.proved(db, actor, proof=proof, browser=visit().secret, now=now)
        return _adding(actor, proved=proved, proof=proof, name=form.get("name", ""), refused=refused)
    return redirect(f"{AT}?done=added")


def _told(typed: str) -> UUID:
    """The passkey that a form names; raises NoSuchPasskey for what can be none."""
    if (passkey := id_told(typed)) is None:
        raise NoSuchPasskey
    return passkey


@post(f"{AT}/rename", who="identity.passkeys")
async def rename(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Another name for one of one's own passkeys; raises NoSuchPasskey, and a form that names none leads back."""
    form = await form_of(request)
    typed, name = form.get("passkey", ""), form.get("name", "")
    if not typed:
        return redirect(AT)
    try:
        await actions.rename_passkey(db, actor, passkey=_told(typed), name=name, now=now)
    except NoSuchPasskey:
        raise
    except Refused as refused:
        return await _list(db, actor, refused=refused, changing=typed, typed=name)
    return redirect(f"{AT}?done=renamed")


@post(f"{AT}/remove", who="identity.passkeys")
async def remove(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """End one of one's own passkeys; one that is over already is as good as removed now. Raises NoSuchPasskey, and a
    form that names none leads back."""
    form = await form_of(request)
    typed = form.get("passkey", "")
    if not typed:
        return redirect(AT)
    try:
        await actions.remove_passkey(
            db,
            actor,
            passkey=_told(typed),
            present=form.get("present", ""),
            address=visit().address,
            now=now,
        )
    except NoSuchPasskey:
        raise
    except Refused as refused:
        return await _list(db, actor, refused=refused, changing=typed)
    return redirect(f"{AT}?done=removed")


routes: list[Any] = [show, show_adding, prove, begin, add, rename, remove]
