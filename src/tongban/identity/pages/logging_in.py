"""Log-in and log-out: /login and /staff/login, each in two steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.response import Response

from tongban.identity import actions
from tongban.identity.actions import codes, oidc_clients
from tongban.identity.actions.logging_in import Door
from tongban.identity.actions.passkeys import party
from tongban.identity.actions.steps import step_of
from tongban.identity.model.oidc import Client
from tongban.identity.model.refusals import StepGone, TotpOff
from tongban.identity.model.said import said_in
from tongban.identity.pages.onward import Onward, in_place, next_step, refused_page, same_step, welcome
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_
from tongban.kit.policy import STAFF as STAFF_ROLES
from tongban.kit.policy import Actor, Role
from tongban.kit.web import form_of, redirect, visit
from tongban.kit.web.keeping import KEPT_BODY_BYTES
from tongban.kit.web.sessions import clear_session_cookie


class Way(msgspec.Struct, frozen=True):
    """One of the two doors: its address, where it leads, and whom it is for."""

    door: Door
    path: str
    home: str
    roles: frozenset[Role]


RESIDENTS = Way("log_in", "/login", "/", frozenset({Role.RESIDENT}))
STAFF = Way("staff", "/staff/login", "/desk", STAFF_ROLES)


def log_in_page(next_path: str, *, kept: str, staff: bool) -> Response[Any]:
    """The log-in in place of a page whose session has ended, or that wants one; ``kept`` is the form that was posted to
    it."""
    way = STAFF if staff else RESIDENTS
    onward = Onward.of({"next": next_path, "kept": kept}, home=way.home)
    if not kept:
        words = N_("请先登录，再继续办理。")
    elif visit().session_ended:
        words = N_("登录已超时。您刚才填写的内容已保留，登录后即可继续提交。")
    else:
        words = N_("请先登录。您刚才填写的内容已保留，登录后即可继续提交。")
    return _log_in(way, onward, told=words, status=401)


def log_in_instead(onward: Onward, refused: Refused) -> Response[Any]:
    """The log-in in place of an enrolment that is not needed; what travels with it goes on."""
    return _log_in(RESIDENTS, onward, told=refused.message, status=refused.status)


def log_in_again(way: Way, onward: Onward, refused: Refused) -> Response[Any]:
    """The log-in's first step again, which tells why it did not go on."""
    return _log_in(way, onward, refused=refused)


def _log_in(
    way: Way,
    onward: Onward,
    *,
    account: str = "",
    refused: Refused | None = None,
    told: Words | None = None,
    system: Client | None = None,
    status: int | None = None,
) -> Response[Any]:
    answer = refused_page(
        "identity/log_in.html",
        refused,
        way=way,
        system=system,
        onward=onward,
        account=account,
        told=told,
        origin=party().origin,
    )
    if status is not None:
        answer.status_code = status
    return answer


def _code(way: Way, onward: Onward, *, step: str, now: datetime, **more: Any) -> Response[Any]:
    passed = step_of(step, way.door, now=now)
    context = {"refused": None, "wait": 0, "sent": False, **more}
    return refused_page(
        "identity/code.html", door=way.path, onward=onward, step=step, phone=passed.phone, **context
    )


def _refuse_code(way: Way, onward: Onward, *, step: str, now: datetime, refused: Refused) -> Response[Any]:
    if in_place(onward, refused):
        return _code(way, onward, step=step, now=now, refused=refused)
    return same_step(f"{way.path}/code", step, onward, refused, now=now)


async def _enter(request: Request[Any, Any, Any], way: Way, db: Database, actor: Actor) -> Response[Any]:
    onward = Onward.of(request.query_params, home=way.home)
    # A system may want the log-in anew; then the form is shown to who has a session, too.
    if actor.role in way.roles and "again" not in request.query_params:
        return redirect(onward.of_actor(actor))
    system = await oidc_clients.system_behind(db, onward.next)
    return _log_in(way, onward, account=request.query_params.get("hint", ""), system=system)


async def _password(request: Request[Any, Any, Any], way: Way, db: Database, now: datetime) -> Response[Any]:
    form = await form_of(request)
    onward = Onward.of(form, home=way.home)
    account = form.get("account", "")
    try:
        step = await actions.check_password(
            db,
            way.door,
            account=account,
            password=form.get("password", ""),
            address=visit().address,
            now=now,
        )
    except Refused as refused:
        system = await oidc_clients.system_behind(db, onward.next)
        return _log_in(way, onward, account=account, refused=refused, system=system)
    passed = step_of(step, way.door, "totp", now=now)
    if onward.kept:
        return _second(way, onward, step=step, now=now)
    place = "passkey" if passed.passkey else "totp" if passed.stage == "totp" else "code"
    return redirect(next_step(f"{way.path}/{place}", step, onward))


def _second(way: Way, onward: Onward, *, step: str, now: datetime) -> Response[Any]:
    passed = step_of(step, way.door, "totp", now=now)
    if passed.passkey:
        return passkey_page(onward, step=step, now=now)
    return (
        _totp(onward, step=step, now=now)
        if passed.stage == "totp"
        else _code(way, onward, step=step, now=now)
    )


def passkey_page(
    onward: Onward, *, step: str, now: datetime, refused: Refused | None = None
) -> Response[Any]:
    """Asks the officer for her passkey, and offers the second factor that she has beside it. Raises StepGone."""
    passed = step_of(step, "staff", "totp", now=now)
    return refused_page(
        "identity/passkey_second.html",
        refused,
        onward=onward,
        step=step,
        totp=passed.stage == "totp",
        phone=passed.phone,
        origin=party().origin,
    )


def _totp(onward: Onward, *, step: str, now: datetime, refused: Refused | None = None) -> Response[Any]:
    if step_of(step, "totp", now=now).passkey:
        return passkey_page(onward, step=step, now=now, refused=refused)
    return refused_page("identity/totp_log_in.html", refused, onward=onward, step=step)


async def _show_code(request: Request[Any, Any, Any], way: Way, db: Database, now: datetime) -> Response[Any]:
    onward = Onward.of(request.query_params, home=way.home)
    step = request.query_params.get("step", "")
    try:
        wait = await codes.seconds_left(db, step, stages=(way.door,), now=now)
    except StepGone as gone:
        return _log_in(way, onward, refused=gone)
    refused = said_in(request.query_params.get("said", ""), now=now)
    sent = bool(wait) and "sent" in request.query_params
    return _code(way, onward, step=step, now=now, wait=wait, refused=refused, sent=sent)


async def _typed_code(
    request: Request[Any, Any, Any], way: Way, db: Database, now: datetime
) -> Response[Any]:
    form = await form_of(request)
    onward = Onward.of(form, home=way.home)
    step = form.get("step", "")
    try:
        opened = await actions.log_in(db, way.door, step=step, code=form.get("code", ""), now=now)
    except StepGone as gone:
        return _log_in(way, onward, refused=gone)
    except Refused as refused:
        return _refuse_code(way, onward, step=step, now=now, refused=refused)
    return welcome(opened, onward)


async def _resend(request: Request[Any, Any, Any], way: Way, db: Database, now: datetime) -> Response[Any]:
    form = await form_of(request)
    onward = Onward.of(form, home=way.home)
    step = form.get("step", "")
    try:
        await codes.resend(db, step, stages=(way.door,), now=now)
    except StepGone as gone:
        return _log_in(way, onward, refused=gone)
    except Refused as refused:
        return _refuse_code(way, onward, step=step, now=now, refused=refused)
    if onward.kept:
        return _code(way, onward, step=step, now=now, sent=True)
    return redirect(next_step(f"{way.path}/code", step, onward, sent="1"))


@get("/login", who="identity.log_in")
async def enter(request: Request[Any, Any, Any], db: Database, actor: Actor) -> Response[Any]:
    """The resident's log-in form."""
    return await _enter(request, RESIDENTS, db, actor)


@post("/login", who="identity.log_in", request_max_body_size=KEPT_BODY_BYTES)
async def password(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Phone or ID number, and password."""
    return await _password(request, RESIDENTS, db, now)


@get("/login/code", who="identity.log_in")
async def show_code(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Asks for the SMS code."""
    return await _show_code(request, RESIDENTS, db, now)


@post("/login/code", who="identity.log_in", request_max_body_size=KEPT_BODY_BYTES)
async def typed_code(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The SMS code: logged in."""
    return await _typed_code(request, RESIDENTS, db, now)


@post("/login/resend", who="identity.log_in", request_max_body_size=KEPT_BODY_BYTES)
async def resend(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Another SMS code."""
    return await _resend(request, RESIDENTS, db, now)


@get("/staff/login", who="identity.log_in_staff")
async def enter_staff(request: Request[Any, Any, Any], db: Database, actor: Actor) -> Response[Any]:
    """The officer's log-in form."""
    return await _enter(request, STAFF, db, actor)


@post("/staff/login", who="identity.log_in_staff", request_max_body_size=KEPT_BODY_BYTES)
async def password_staff(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """User name and password."""
    return await _password(request, STAFF, db, now)


@get("/staff/login/code", who="identity.log_in_staff")
async def show_code_staff(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Asks the officer for the SMS code."""
    return await _show_code(request, STAFF, db, now)


@post("/staff/login/code", who="identity.log_in_staff", request_max_body_size=KEPT_BODY_BYTES)
async def typed_code_staff(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The officer's SMS code: logged in."""
    return await _typed_code(request, STAFF, db, now)


@post("/staff/login/resend", who="identity.log_in_staff", request_max_body_size=KEPT_BODY_BYTES)
async def resend_staff(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Another SMS code for the officer."""
    return await _resend(request, STAFF, db, now)


@get("/staff/login/totp", who="identity.log_in_staff")
async def show_totp(request: Request[Any, Any, Any], now: datetime) -> Response[Any]:
    """Asks the officer for the code of her authenticator, or for a recovery code."""
    onward = Onward.of(request.query_params, home=STAFF.home)
    step = request.query_params.get("step", "")
    try:
        return _totp(
            onward, step=step, now=now, refused=said_in(request.query_params.get("said", ""), now=now)
        )
    except StepGone as gone:
        return _log_in(STAFF, onward, refused=gone)


@post("/staff/login/totp", who="identity.log_in_staff", request_max_body_size=KEPT_BODY_BYTES)
async def typed_totp(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The authenticator's code: logged in."""
    form = await form_of(request)
    onward = Onward.of(form, home=STAFF.home)
    step = form.get("step", "")
    try:
        opened = await actions.log_in_with_totp(db, step=step, code=form.get("code", ""), now=now)
    except (StepGone, TotpOff):
        return _log_in(STAFF, onward, refused=StepGone())
    except Refused as refused:
        if in_place(onward, refused):
            return _totp(onward, step=step, now=now, refused=refused)
        return same_step("/staff/login/totp", step, onward, refused, now=now)
    return welcome(opened, onward)


@post("/logout", who="identity.log_out")
async def log_out(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Log out; a session that had ended already is no obstacle."""
    await actions.log_out(db, actor, now=now)
    request.app.state.sessions.forget(visit().session_cookie)
    clear_session_cookie()
    return redirect("/staff/login" if actor.role in STAFF_ROLES else "/")


routes: list[Any] = [
    enter,
    password,
    show_code,
    typed_code,
    resend,
    enter_staff,
    password_staff,
    show_code_staff,
    typed_code_staff,
    resend_staff,
    show_totp,
    typed_totp,
    log_out,
]
