"""Log-in with a passkey: /login/passkey alone, /staff/login/passkey after the password; challenges for both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import passkey_log_in as actions
from tongban.identity.actions.passkeys import Begun
from tongban.identity.model.refusals import StepGone
from tongban.identity.model.said import said_in
from tongban.identity.pages.logging_in import RESIDENTS, STAFF, log_in_again, passkey_page
from tongban.identity.pages.onward import Onward, in_place, same_step, welcome
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.web import form_of, visit
from tongban.kit.web.keeping import KEPT_BODY_BYTES


def challenge(begun: Begun) -> Response[bytes]:
    """A ceremony for the page's script."""
    return Response(msgspec.json.encode(begun), status_code=200, media_type="application/json")


@post("/login/passkey/options", who="identity.log_in", request_max_body_size=KEPT_BODY_BYTES)
async def begin(now: datetime) -> Response[bytes]:
    """A challenge for whoever comes with a passkey."""
    return challenge(actions.begin_log_in(browser=visit().secret, now=now))


@post("/login/passkey", who="identity.log_in", request_max_body_size=KEPT_BODY_BYTES)
async def log_in(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The passkey's answer: logged in."""
    form = await form_of(request)
    onward = Onward.of(form, home=RESIDENTS.home)
    try:
        opened = await actions.log_in_with_passkey(
            db,
            token=form.get("ceremony", ""),
            credential=form.get("credential", ""),
            browser=visit().secret,
            now=now,
        )
    except Refused as refused:
        return log_in_again(RESIDENTS, onward, refused)
    return welcome(opened, onward)


@get("/staff/login/passkey", who="identity.log_in_staff")
async def show_second(request: Request[Any, Any, Any], now: datetime) -> Response[Any]:
    """Asks the officer for her passkey."""
    onward = Onward.of(request.query_params, home=STAFF.home)
    refused = said_in(request.query_params.get("said", ""), now=now)
    try:
        return passkey_page(onward, step=request.query_params.get("step", ""), now=now, refused=refused)
    except StepGone as gone:
        return log_in_again(STAFF, onward, gone)


@post("/staff/login/passkey/options", who="identity.log_in_staff", request_max_body_size=KEPT_BODY_BYTES)
async def begin_second(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[bytes]:
    """A challenge for the officer's own passkeys."""
    form = await form_of(request)
    begun = await actions.begin_second(db, step=form.get("step", ""), browser=visit().secret, now=now)
    return challenge(begun)


@post("/staff/login/passkey", who="identity.log_in_staff", request_max_body_size=KEPT_BODY_BYTES)
async def log_in_second(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The officer's passkey after her password: logged in."""
    form = await form_of(request)
    onward = Onward.of(form, home=STAFF.home)
    step = form.get("step", "")
    try:
        opened = await actions.log_in_staff_with_passkey(
            db,
            step=step,
            token=form.get("ceremony", ""),
            credential=form.get("credential", ""),
            browser=visit().secret,
            now=now,
        )
    except StepGone as gone:
        return log_in_again(STAFF, onward, gone)
    except Refused as refused:
        if in_place(onward, refused):
            return passkey_page(onward, step=step, now=now, refused=refused)
        return same_step("/staff/login/passkey", step, onward, refused, now=now)
    return welcome(opened, onward)


routes: list[Any] = [begin, log_in, show_second, begin_second, log_in_second]
