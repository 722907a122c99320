"""Log-in by QR: /login/scan on the screen that asks, /my/scan on the phone that answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import segno
from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import scanning
from tongban.identity.model.merging import InMergedAccount
from tongban.identity.model.scanning import LIFETIME, ScanEmpty, ScanGone, ScanningTooFast, ScanRefused
from tongban.identity.pages.onward import Onward, refused_page, welcome
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message
from tongban.kit.pace import Pace
from tongban.kit.policy import Actor, Role
from tongban.kit.web import form_of, redirect, visit
from tongban.kit.web.devices import device_words
from tongban.kit.web.places import place_of, place_words
from tongban.settings import settings

HERE = "/login/scan"
PHONE = "/my/scan"
COOKIE = "tongban_scan"
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
#: Codes that one address may have shown within ten minutes: a hall's counters share one.
_shown_pace = Pace(questions=60, window=600)
#: Codes that one account may try within ten minutes: who mistypes, not who guesses.
_typed_pace = Pace(questions=20, window=600)

_DONE: dict[str, Message] = {
    "confirmed": N_("已确认，电脑上马上登录。"),
    "refused": N_("已拒绝，对方没有登录。如果不是您扫的码，请修改密码。"),
}


def _drawing(code: str) -> str:
    """The QR as an address that the page carries itself: it opens the phone's page with the code in it."""
    address = f"{settings().public_url}{PHONE}?{urlencode({'code': code})}"
    drawn = segno.make(address, error="m", micro=False)
    return str(drawn.svg_data_uri(scale=4, border=2, dark="#0b1a33", light="#fff"))


def _shown(request: Request[Any, Any, Any]) -> scanning.Shown | None:
    return scanning.shown_in(request.cookies.get(COOKIE, ""))


async def _screen(
    request: Request[Any, Any, Any],
    db: Database,
    onward: Onward,
    now: datetime,
    refused: Refused | None = None,
) -> Response[Any]:
    shown = _shown(request)
    asked = await scanning.asked(db, shown)
    state = "over" if asked is None else asked.state(now=now)
    waiting = state == "waiting" and shown is not None
    return refused_page(
        "identity/scan.html",
        refused,
        onward=onward,
        asked=asked,
        state=state,
        code=shown.code if waiting and shown else "",
        drawing=_drawing(shown.code) if waiting and shown else "",
    )


@get(HERE, who="identity.log_in")
async def screen(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The QR of the request that this browser has asked, or the number once a phone has opened it."""
    onward = Onward.of(request.query_params, home="/")
    if actor.role is Role.RESIDENT:
        return redirect(onward.next)
    return await _screen(request, db, onward, now)


@post(HERE, who="identity.log_in")
async def ask(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Ask for a log-in by phone."""
    form = await form_of(request)
    onward = Onward.of(form, home="/")
    address = visit().address
    seconds = 0 if address in _LOOPBACK else _shown_pace.wait(address, now.timestamp())
    if seconds:
        return await _screen(request, db, onward, now, ScanningTooFast(seconds))
    shown = await scanning.ask_scan(db, now=now)
    visit().set_cookie(COOKIE, shown.cookie, max_age=int(LIFETIME.total_seconds()))
    return redirect(f"{HERE}?{urlencode({'next': onward.next})}")


@get(f"{HERE}/state", who="identity.log_in")
async def state(request: Request[Any, Any, Any], db: Database, now: datetime) -> dict[str, str]:
    """How the request stands, for the page's own script."""
    asked = await scanning.asked(db, _shown(request))
    return {"state": "over" if asked is None else asked.state(now=now)}


@post(f"{HERE}/finish", who="identity.log_in")
async def finish(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The phone has confirmed: logged in. Pressed early, the page stands as it is."""
    form = await form_of(request)
    onward = Onward.of(form, home="/")
    try:
        opened = await scanning.log_in_by_scan(db, _shown(request), now=now)
    except Refused as refused:
        return await _screen(request, db, onward, now, refused)
    visit().set_cookie(COOKIE, "", max_age=0)
    return welcome(opened, onward)


def _typing(refused: Refused | None = None, *, code: str = "", done: str = "") -> Response[Any]:
    return refused_page("identity/scan_code.html", refused, code=code, done=_DONE.get(done), kind=done)


async def _question(
    db: Database, actor: Actor, code: str, now: datetime, refused: Refused | None = None
) -> Response[Any]:
    assert actor.id is not None
    try:
        asked = await scanning.open_scan(db, actor, code=code, now=now)
    except (ScanGone, InMergedAccount) as refused_here:
        return _typing(refused_here, code=code)
    same = bool(asked.place) and asked.place == place_of(visit().address)
    return refused_page(
        "identity/scan_confirm.html",
        refused,
        asked=asked,
        code=code,
        same=same,
        device=device_words(asked.agent),
        where=place_words(asked.place),
    )


@get(PHONE, who="identity.scan")
async def opened_on_phone(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Which browser asks, from where and since when; without a code, the field for it."""
    code = request.query_params.get("code", "").strip()
    if not code:
        empty = ScanEmpty() if "code" in request.query_params else None
        return _typing(empty, done=request.query_params.get("done", ""))
    if seconds := _typed_pace.wait(str(actor.id), now.timestamp()):
        return _typing(ScanningTooFast(seconds), code=code)
    return await _question(db, actor, code, now)


@post(f"{PHONE}/confirm", who="identity.scan")
async def confirm(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """It is she: the number that the screen shows."""
    form = await form_of(request)
    code = form.get("code", "")
    try:
        await scanning.confirm_scan(db, actor, code=code, number=form.get("number", ""), now=now)
    except (ScanGone, ScanRefused, InMergedAccount) as over:
        return _typing(over)
    except Refused as refused:
        return await _question(db, actor, code, now, refused)
    return redirect(f"{PHONE}?done=confirmed")


@post(f"{PHONE}/refuse", who="identity.scan")
async def refuse(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """It is not she."""
    form = await form_of(request)
    try:
        await scanning.refuse_scan(db, actor, code=form.get("code", ""), now=now)
    except ScanGone as gone:
        return _typing(gone)
    return redirect(f"{PHONE}?done=refused")


routes: list[Any] = [screen, ask, state, finish, opened_on_phone, confirm, refuse]
