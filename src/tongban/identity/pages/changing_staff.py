"""What administrators and heads do to accounts of staff: each button of the pages in ``staff.py``, and the joiner's."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import deciding_staff, ending_staff, joining, staffing
from tongban.identity.pages.onward import refused_page
from tongban.identity.pages.staff import duty_choices, names_of, officer_page, staff_page
from tongban.kit.db import Database
from tongban.kit.errors import Conflict, Invalid, Refused, TooMany
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, idempotency_key, page, redirect

#: Refusals that are told on the page where the button stands, with what was typed.
_TOLD = (Invalid, Conflict, TooMany)


def _back(officer: UUID, done: str) -> Response[Any]:
    return redirect(f"/desk/staff/{officer}?done={done}")


async def _form(db: Database, actor: Actor, typed: dict[str, str], refused: Refused | None) -> Response[Any]:
    return staff_page(
        "staff_new",
        actor,
        refused=refused,
        typed=typed,
        ticked=[value for name, value in typed.items() if name.startswith("duties-")],
        choices=duty_choices(actor),
        **await names_of(db),
    )


@get("/desk/staff/new", who="identity.staff_open")
async def show_new(db: Database, actor: Actor) -> Response[Any]:
    """The form for who joins."""
    staffing.require(actor, "identity.staff_open")
    return await _form(db, actor, {}, None)


@post("/desk/staff/new", who="identity.staff_open")
async def new(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Open an account and ask for its powers, once for the form's key."""
    posted = await form_of(request)
    try:
        officer = await joining.propose(db, actor, posted=posted, key=await idempotency_key(request), now=now)
    except _TOLD as refused:
        return await _form(db, actor, posted, refused)
    return _back(officer, "proposed")


@post("/desk/staff/{officer:uuid}/changes", who="identity.staff_ask")
async def ask(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime, officer: UUID
) -> Response[Any]:
    """Ask for other powers of somebody."""
    posted = await form_of(request)
    try:
        await deciding_staff.ask(db, actor, officer=officer, posted=posted, now=now)
    except _TOLD as refused:
        return await officer_page(db, actor, officer, now=now, refused=refused, typed=posted)
    return _back(officer, "asked")


@post("/desk/staff/{officer:uuid}/changes/{change:uuid}", who="identity.staff_grant")
async def decide(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime, officer: UUID, change: UUID
) -> Response[Any]:
    """Grant what was asked, or refuse it with a word."""
    posted = await form_of(request)
    grant = posted.get("do") == "grant"
    try:
        await deciding_staff.decide(
            db,
            actor,
            officer=officer,
            change=change,
            grant=grant,
            answer=posted.get("answer", ""),
            now=now,
        )
    except _TOLD as refused:
        return await officer_page(db, actor, officer, now=now, refused=refused, typed=posted)
    return _back(officer, "granted" if grant else "refused")


@post("/desk/staff/{officer:uuid}/leave", who="identity.staff_open")
async def leave(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime, officer: UUID
) -> Response[Any]:
    """End an account for good."""
    posted = await form_of(request)
    try:
        await ending_staff.leave(db, actor, officer=officer, posted=_named(posted, "leaving"), now=now)
    except _TOLD as refused:
        renamed = _renamed(refused, "leaving")
        return await officer_page(db, actor, officer, now=now, refused=renamed, typed=posted)
    return _back(officer, "left")


@post("/desk/staff/{officer:uuid}/lock", who="identity.staff_grant")
async def lock(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime, officer: UUID
) -> Response[Any]:
    """Lock an account, or open it again."""
    posted = await form_of(request)
    locked = posted.get("do") != "unlock"
    try:
        await ending_staff.lock(
            db, actor, officer=officer, locked=locked, posted=_named(posted, "locking"), now=now
        )
    except _TOLD as refused:
        renamed = _renamed(refused, "locking")
        return await officer_page(db, actor, officer, now=now, refused=renamed, typed=posted)
    return _back(officer, "locked" if locked else "unlocked")


def _named(posted: dict[str, str], field: str) -> dict[str, str]:
    """The reason of one of several forms of the page, each of which has a field of its own for it."""
    return {"reason": posted.get(field, "")}


def _renamed(refused: Refused, field: str) -> Refused:
    if "reason" in refused.fields:
        refused.fields = {field: refused.fields["reason"]}
    return refused


@post("/desk/staff/{officer:uuid}/confirm", who="identity.staff_grant")
async def confirm(db: Database, actor: Actor, now: datetime, officer: UUID) -> Response[Any]:
    """Confirm powers for another year."""
    await ending_staff.confirm(db, actor, officer=officer, now=now)
    return _back(officer, "confirmed")


@post("/desk/staff/{officer:uuid}/factor", who="identity.staff_open")
async def reset_factor(db: Database, actor: Actor, now: datetime, officer: UUID) -> Response[Any]:
    """Take a lost authenticator out of use."""
    done = await ending_staff.reset_factor(db, actor, officer=officer, now=now)
    return _back(officer, "reset" if done else "nothing")


@post("/desk/staff/{officer:uuid}/invitation", who="identity.staff_open")
async def invite(db: Database, actor: Actor, now: datetime, officer: UUID) -> Response[Any]:
    """Send another one-time code."""
    try:
        await joining.invite_again(db, actor, officer=officer, now=now)
    except _TOLD as refused:
        return await officer_page(db, actor, officer, now=now, refused=refused)
    return _back(officer, "invited")


@get("/staff/join", who="identity.staff_take_up")
async def show_take_up(request: Request[Any, Any, Any]) -> Response[Any]:
    """The form with which who joined sets her own password."""
    if request.query_params.get("done") == "up":
        return page("identity/taken_up.html")
    return refused_page("identity/take_up.html", None, typed={})


@post("/staff/join", who="identity.staff_take_up")
async def take_up(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The one-time code and a password of her own."""
    posted = await form_of(request)
    try:
        await joining.take_up(
            db,
            username=posted.get("account", ""),
            code=posted.get("code", ""),
            new=posted.get("new", ""),
            now=now,
        )
    except Invalid as refused:
        return refused_page("identity/take_up.html", refused, typed=posted)
    return redirect("/staff/join?done=up")


routes: list[Any] = [
    *(show_new, new, ask, decide, leave, lock, confirm, reset_factor, invite, show_take_up, take_up),
]
