"""/account/merge: a second account of one's own is merged, opened, left; /staff/merges: a merge is undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import codes, merging
from tongban.identity.actions.steps import step_of
from tongban.identity.model import POLICY
from tongban.identity.model.merging import MergeUnknown
from tongban.identity.model.refusals import StepGone
from tongban.identity.model.said import said_in
from tongban.identity.pages.enrolling import paper_choices
from tongban.identity.pages.onward import Onward, in_place, next_step, refused_page, same_step, welcome
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import form_of, redirect, visit

HERE = merging.PAGE
UNDO = "/staff/merges"
_ONWARD = Onward(HERE)


async def _form(
    db: Database,
    actor: Actor,
    *,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    done: bool = False,
) -> Response[Any]:
    merges = await merging.merges(db, actor)
    return refused_page("identity/merge.html", refused, typed=typed or {}, merges=merges, done=done)


def _code(*, step: str, now: datetime, refused: Refused | None = None, sent: bool = False) -> Response[Any]:
    phone = step_of(step, "merge", now=now).phone
    return refused_page("identity/merge_code.html", refused, step=step, phone=phone, sent=sent)


@get(HERE, who="identity.merge")
async def show(request: Request[Any, Any, Any], db: Database, actor: Actor) -> Response[Any]:
    """The accounts merged so far, and the form for another."""
    return await _form(db, actor, done="done" in request.query_params)


@post(HERE, who="identity.merge")
async def prove(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The other account's number and password; a code goes to its phone."""
    form = await form_of(request)
    try:
        step = await merging.prove_other(
            db,
            actor,
            account=form.get("account", ""),
            password=form.get("password", ""),
            address=visit().address,
            now=now,
        )
    except Refused as refused:
        if refused.status in (401, 403):  # a fresh proof is asked for on a page of its own, which leads back
            raise
        return await _form(db, actor, typed=form, refused=refused)
    return redirect(next_step(f"{HERE}/code", step, _ONWARD))


@get(f"{HERE}/code", who="identity.merge")
async def show_code(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Asks for the code, and says what merging does; where another window has merged them, says that."""
    POLICY.require(actor, "identity.merge", Relation.OWN)
    step = request.query_params.get("step", "")
    try:
        if await merging.is_done(db, actor, step=step, now=now):
            return redirect(f"{HERE}?done=1")
        refused = said_in(request.query_params.get("said", ""), now=now)
        return _code(step=step, now=now, refused=refused, sent="sent" in request.query_params)
    except StepGone as gone:
        return await _form(db, actor, refused=gone)


@post(f"{HERE}/code", who="identity.merge")
async def merge(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The code: both are one."""
    form = await form_of(request)
    step = form.get("step", "")
    try:
        await merging.merge(db, actor, step=step, code=form.get("code", ""), now=now)
    except Refused as refused:
        if refused.status in (401, 403):
            raise
        if isinstance(refused, StepGone) or "code" not in refused.fields:
            return await _form(db, actor, refused=refused)
        return _code(step=step, now=now, refused=refused)
    # Her next page shows what is both's: this process asks for her session anew.
    request.app.state.sessions.forget(visit().session_cookie)
    return redirect(f"{HERE}?done=1")


@post(f"{HERE}/resend", who="identity.merge")
async def resend(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Another code to the other account's phone."""
    POLICY.require(actor, "identity.merge", Relation.OWN)
    form = await form_of(request)
    step = form.get("step", "")
    try:
        if await merging.is_done(db, actor, step=step, now=now):
            return redirect(f"{HERE}?done=1")
        await codes.resend(db, step, stages=("merge",), now=now)
    except StepGone as gone:
        return await _form(db, actor, refused=gone)
    except Refused as refused:
        if in_place(_ONWARD, refused):
            return _code(step=step, now=now, refused=refused)
        return same_step(f"{HERE}/code", step, _ONWARD, refused, now=now)
    return redirect(next_step(f"{HERE}/code", step, _ONWARD, sent="1"))


@post(f"{HERE}/open", who="identity.open_merged")
async def open_merged(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Into a merged account, to its cases."""
    form = await form_of(request)
    account = id_told(form.get("account"))
    if account is None:
        return redirect(HERE)
    return welcome(await merging.open_merged(db, actor, account=account, now=now), Onward("/my"))


@post(f"{HERE}/leave", who="identity.open_merged")
async def leave_merged(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Back to the lasting account; who is there already stays."""
    try:
        opened = await merging.leave_merged(db, actor, now=now)
    except MergeUnknown:
        return redirect(HERE)
    return welcome(opened, Onward(HERE))


def _undo(typed: Mapping[str, str], refused: Refused | None = None, *, done: str = "") -> Response[Any]:
    return refused_page(
        "identity/unmerge.html",
        refused,
        typed=typed,
        **paper_choices(),
        done=done,
    )


@get(UNDO, who="identity.unmerge")
async def show_undo(actor: Actor) -> Response[Any]:
    """The empty form, for who may."""
    POLICY.require(actor, "identity.unmerge", Relation.ANY)
    return _undo({})


@post(UNDO, who="identity.unmerge", status_code=200)
async def undo(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Undo the merge of the account that this paper was of; what was typed stays where it is refused."""
    form = await form_of(request)
    typed = merging.Undoing(
        form.get("paper_kind", papers.CITIZEN),
        form.get("number", ""),
        form.get("country", ""),
        form.get("reason", ""),
        form.get("seen") == "yes",
    )
    try:
        done = await merging.unmerge(db, actor, typed=typed, now=now)
    except Refused as refused:
        return _undo(form, refused)
    return _undo({}, done=done)


routes: list[Any] = [show, prove, show_code, merge, resend, open_merged, leave_merged, show_undo, undo]
