"""/enrol/phone: an account by phone alone 仅手机账户, opened with a code."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import codes
from tongban.identity.actions.phone_only import finish_opening, open_by_phone
from tongban.identity.actions.steps import step_of
from tongban.identity.model.phone_only import PhoneHasAccount
from tongban.identity.model.refusals import StepGone
from tongban.identity.model.said import said_in
from tongban.identity.pages.enrolling import HOME
from tongban.identity.pages.logging_in import log_in_instead
from tongban.identity.pages.onward import Onward, in_place, next_step, refused_page, same_step, welcome
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.policy import Actor, Role
from tongban.kit.web import form_of, redirect
from tongban.kit.web.keeping import KEPT_BODY_BYTES

AT = "/enrol/phone"


def _form(onward: Onward, *, phone: str = "", refused: Refused | None = None) -> Response[Any]:
    return refused_page("identity/enrol_phone.html", refused, onward=onward, phone=phone)


def _code(onward: Onward, *, step: str, now: datetime, **more: Any) -> Response[Any]:
    passed = step_of(step, "phone_only", now=now)
    context = {"refused": None, "wait": 0, "sent": False, **more}
    return refused_page(
        "identity/code.html", door=AT, onward=onward, step=step, phone=passed.phone, **context
    )


def _refuse_code(onward: Onward, *, step: str, now: datetime, refused: Refused) -> Response[Any]:
    if in_place(onward, refused):
        return _code(onward, step=step, now=now, refused=refused)
    return same_step(f"{AT}/code", step, onward, refused, now=now)


@get(AT, who="identity.enrol")
async def enter(request: Request[Any, Any, Any], actor: Actor) -> Response[Any]:
    """The form for phone and password; who is logged in needs it no more."""
    onward = Onward.of(request.query_params, home=HOME)
    if actor.role is Role.RESIDENT:
        return redirect(onward.next)
    return _form(onward)


@post(AT, who="identity.enrol", request_max_body_size=KEPT_BODY_BYTES)
async def ask(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Phone and password: a code goes out, whoever has the phone."""
    form = await form_of(request)
    onward = Onward.of(form, home=HOME)
    phone = form.get("phone", "")
    try:
        step = await open_by_phone(db, phone=phone, password=form.get("password", ""), now=now)
    except Refused as refused:
        return _form(onward, phone=phone, refused=refused)
    if onward.kept:
        return _code(onward, step=step, now=now)
    return redirect(next_step(f"{AT}/code", step, onward))


@get(f"{AT}/code", who="identity.enrol")
async def show_code(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Asks for the SMS code; who went back to it with an account open goes on, not to a form that would end it."""
    onward = Onward.of(request.query_params, home=HOME)
    step = request.query_params.get("step", "")
    try:
        wait = await codes.seconds_left(db, step, stages=("phone_only",), now=now)
    except StepGone as gone:
        if actor.role is Role.RESIDENT:
            return redirect(onward.next)
        return _form(onward, refused=gone)
    refused = said_in(request.query_params.get("said", ""), now=now)
    sent = bool(wait) and "sent" in request.query_params
    return _code(onward, step=step, now=now, wait=wait, refused=refused, sent=sent)


@post(f"{AT}/code", who="identity.enrol", request_max_body_size=KEPT_BODY_BYTES)
async def finish(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The SMS code: the account is there and logged in, or there was one already."""
    form = await form_of(request)
    onward = Onward.of(form, home=HOME)
    step = form.get("step", "")
    try:
        opened = await finish_opening(db, step=step, code=form.get("code", ""), now=now)
    except StepGone as gone:
        return _form(onward, refused=gone)
    except PhoneHasAccount as already:
        return log_in_instead(onward, already)
    except Refused as refused:
        return _refuse_code(onward, step=step, now=now, refused=refused)
    return welcome(opened, onward)


@post(f"{AT}/resend", who="identity.enrol", request_max_body_size=KEPT_BODY_BYTES)
async def resend(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Another SMS code."""
    form = await form_of(request)
    onward = Onward.of(form, home=HOME)
    step = form.get("step", "")
    try:
        await codes.resend(db, step, stages=("phone_only",), now=now)
    except StepGone as gone:
        return _form(onward, refused=gone)
    except Refused as refused:
        return _refuse_code(onward, step=step, now=now, refused=refused)
    if onward.kept:
        return _code(onward, step=step, now=now, sent=True)
    return redirect(next_step(f"{AT}/code", step, onward, sent="1"))


routes: list[Any] = [enter, ask, show_code, finish, resend]
