"""A forgotten password: /recover, its code, and where to go without the phone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import recovering
from tongban.identity.actions.steps import step_of
from tongban.identity.model.recovering import TooManyRecoveries, paper_typed
from tongban.identity.model.refusals import StepGone
from tongban.identity.model.said import said_in
from tongban.identity.pages.enrolling import paper_choices
from tongban.identity.pages.onward import Onward, in_place, next_step, refused_page, same_step
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.pace import Pace
from tongban.kit.web import form_of, page, redirect, visit

HERE = "/recover"
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
#: Recoveries that one address may ask for within a quarter of an hour: a service centre's counter, not a list of names.
_pace = Pace(questions=30, window=900)


def _form(
    onward: Onward, *, typed: Mapping[str, str] | None = None, refused: Refused | None = None
) -> Response[Any]:
    return refused_page(
        "identity/recover.html",
        refused,
        onward=onward,
        typed=typed or {"paper_kind": papers.CITIZEN},
        **paper_choices(),
    )


def _code(onward: Onward, *, step: str, refused: Refused | None = None, sent: bool = False) -> Response[Any]:
    return refused_page("identity/recover_code.html", refused, onward=onward, step=step, sent=sent)


@get(HERE, who="identity.recover")
async def enter(request: Request[Any, Any, Any]) -> Response[Any]:
    """Name and paper of who forgot her password; afterwards, that it is done."""
    onward = Onward.of(request.query_params, home="/")
    if "done" in request.query_params:
        return page("identity/recovered.html", onward=onward)
    return _form(onward)


@post(HERE, who="identity.recover")
async def ask(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """A code goes to the registered phone, if there is one; the answer is the same."""
    form = await form_of(request)
    onward = Onward.of(form, home="/")
    address = visit().address
    try:
        name, paper = paper_typed(
            name=form.get("name", ""),
            kind=form.get("paper_kind", ""),
            number=form.get("id_number", ""),
            country=form.get("country", ""),
        )
        if address not in _LOOPBACK and (seconds := _pace.wait(address, now.timestamp())):
            raise TooManyRecoveries(seconds)
        step = await recovering.ask_recovery(db, name=name, paper=paper, address=address, now=now)
    except Refused as refused:
        return _form(onward, typed=form, refused=refused)
    return redirect(next_step(f"{HERE}/code", step, onward))


@get(f"{HERE}/code", who="identity.recover")
async def show_code(request: Request[Any, Any, Any], now: datetime) -> Response[Any]:
    """Asks for the code and the new password."""
    onward = Onward.of(request.query_params, home="/")
    step = request.query_params.get("step", "")
    try:
        step_of(step, "recover", now=now)
    except StepGone as gone:
        return _form(onward, refused=gone)
    refused = said_in(request.query_params.get("said", ""), now=now)
    return _code(onward, step=step, refused=refused, sent="sent" in request.query_params)


@post(f"{HERE}/code", who="identity.recover")
async def recover(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The code and a new password: set."""
    form = await form_of(request)
    onward = Onward.of(form, home="/")
    step = form.get("step", "")
    try:
        await recovering.recover(
            db, step=step, code=form.get("code", ""), new=form.get("password", ""), now=now
        )
    except StepGone as gone:
        return _form(onward, refused=gone)
    except Refused as refused:
        return _code(onward, step=step, refused=refused)
    return redirect(next_step(HERE, "", onward, done="1"))


@post(f"{HERE}/resend", who="identity.recover")
async def resend(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Another code."""
    form = await form_of(request)
    onward = Onward.of(form, home="/")
    step = form.get("step", "")
    try:
        await recovering.send_again(db, step, now=now)
    except StepGone as gone:
        return _form(onward, refused=gone)
    except Refused as refused:
        if in_place(onward, refused):
            return _code(onward, step=step, refused=refused)
        return same_step(f"{HERE}/code", step, onward, refused, now=now)
    return redirect(next_step(f"{HERE}/code", step, onward, sent="1"))


@get(f"{HERE}/window", who="identity.recover")
async def window() -> Response[Any]:
    """Phone and password both gone: where to go, and with what."""
    return page("identity/recover_window.html")


routes: list[Any] = [enter, ask, show_code, recover, resend, window]
