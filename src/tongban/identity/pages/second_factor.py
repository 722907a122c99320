"""The officer's second factor: /staff/account/totp, with its QR code, its recovery codes, and its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from litestar import Request, get, post
from litestar.response import Response

from tongban.identity import actions
from tongban.identity.actions.second_factor import sms_is_too_little
from tongban.identity.model.refusals import StepGone, TotpOff, TotpOn
from tongban.identity.pages.onward import go_on_with, refused_page
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect, visit

AT = "/staff/account/totp"


def _drawing(offer: actions.Offer) -> str:
    """The QR code as an address that the page carries itself: the secret is in no URL and in no log."""
    code = segno.make(offer.address, error="m", micro=False)
    return str(code.svg_data_uri(scale=4, border=2, dark="#0b1a33", light="#fff"))


async def _offer(
    db: Database, actor: Actor, now: datetime, *, token: str = "", refused: Refused | None = None
) -> Response[Any]:
    """The form with a secret: for the first authenticator, or for another in place of the present one."""
    factor = await actions.second_factor(db, actor)
    try:
        offer = actions.offer(actor, username=factor.username, now=now, token=token)
    except StepGone as gone:
        offer, refused = actions.offer(actor, username=factor.username, now=now), gone
    return refused_page(
        "identity/totp_offer.html",
        refused,
        factor=factor,
        offer=offer,
        drawing=_drawing(offer),
        at=f"{AT}/replace" if factor.since else AT,
        needed=sms_is_too_little(actor),
    )


async def _in_use(db: Database, actor: Actor, refused: Refused | None = None) -> Response[Any]:
    return refused_page(
        "identity/totp.html",
        refused,
        factor=await actions.second_factor(db, actor),
        needed=sms_is_too_little(actor),
    )


def _codes(codes: list[str]) -> Response[Any]:
    return page("identity/recovery_codes.html", codes=codes)


@get(AT, who="identity.totp")
async def show(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The second factor as it is: an offer while it is the SMS, else what can be done with the authenticator."""
    factor = await actions.second_factor(db, actor)
    return await _offer(db, actor, now) if factor.since is None else await _in_use(db, actor)


@post(AT, who="identity.totp")
async def enable(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The first code of the authenticator and the password: from now on it is the second factor."""
    form = await form_of(request)
    token = form.get("offer", "")
    try:
        codes, cookie = await actions.enable_totp(
            db,
            actor,
            token=token,
            password=form.get("present", ""),
            code=form.get("code", ""),
            address=visit().address,
            now=now,
        )
    except TotpOn as on:
        return await _in_use(db, actor, on)
    except Refused as refused:
        return await _offer(db, actor, now, token=token, refused=refused)
    go_on_with(cookie)
    return _codes(codes)


@get(f"{AT}/replace", who="identity.totp")
async def show_replacing(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The offer of another authenticator."""
    return await _offer(db, actor, now)


@post(f"{AT}/replace", who="identity.totp")
async def replace(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """The present second factor and the new authenticator's first code."""
    form = await form_of(request)
    token = form.get("offer", "")
    try:
        await actions.replace_totp(
            db, actor, token=token, present=form.get("present", ""), code=form.get("code", ""), now=now
        )
    except Refused as refused:
        return await _offer(db, actor, now, token=token, refused=refused)
    return redirect("/staff/account?done=replaced")


@post(f"{AT}/recovery", who="identity.totp")
async def renew_codes(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """A fresh set of recovery codes."""
    form = await form_of(request)
    try:
        codes = await actions.renew_recovery_codes(db, actor, code=form.get("code", ""), now=now)
    except TotpOff:
        return redirect(AT)
    except Refused as refused:
        return await _in_use(db, actor, refused)
    return _codes(codes)


@post(f"{AT}/remove", who="identity.totp")
async def remove(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Back to the SMS."""
    form = await form_of(request)
    try:
        await actions.remove_totp(db, actor, code=form.get("code", ""), now=now)
    except TotpOff:
        return redirect(AT)
    except Refused as refused:
        return await _in_use(db, actor, refused)
    return redirect("/staff/account?done=sms")


routes: list[Any] = [show, enable, show_replacing, replace, renew_codes, remove]
