"""/enrol/found: an enrolment found an account of another paper; /account/papers; /staff/papers: what is disputed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import duplicates
from tongban.identity.actions.accounts import person
from tongban.identity.model.duplicates import EnrolledByOtherPaper, FoundAccount
from tongban.identity.model.refusals import StepGone
from tongban.identity.model.window_recovering import OwnMatter
from tongban.identity.pages.onward import Onward, next_step, refused_page
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect

FOUND = "/enrol/found"
PAPERS = duplicates.PAGE
DISPUTES = "/staff/papers"


def found_page(onward: Onward, found: EnrolledByOtherPaper) -> Response[Any]:
    """Leads from the enrolment's last step to the page that says which account there is."""
    return redirect(next_step(FOUND, found.step, Onward(onward.next)))


def _adding(step: str) -> str:
    return f"{PAPERS}?{urlencode({'step': step})}"


@get(FOUND, who="identity.enrol")
async def show_found(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """There is an account of another paper of hers: log in, recover it, or it is not hers."""
    step = request.query_params.get("step", "")
    onward = Onward.of(request.query_params, home="/")
    try:
        found = await duplicates.found_account(db, step, now=now)
    except StepGone as gone:
        return refused_page(
            "identity/found.html", gone, found=None, step="", onward=onward, to="", sent=False
        )
    return refused_page(
        "identity/found.html", None, found=found, step=step, onward=onward, to=_adding(step), sent=False
    )


@post(f"{FOUND}/dispute", who="identity.enrol", status_code=200)
async def dispute(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """The account is not hers: the window looks at it."""
    form = await form_of(request)
    onward = Onward.of(form, home="/")
    try:
        await duplicates.dispute(db, step=form.get("step", ""), now=now)
    except StepGone as gone:
        return refused_page(
            "identity/found.html", gone, found=None, step="", onward=onward, to="", sent=False
        )
    return page("identity/found.html", found=None, step="", onward=onward, to="", sent=True, errors=[])


async def _papers(
    db: Database,
    actor: Actor,
    *,
    step: str = "",
    found: FoundAccount | None = None,
    refused: Refused | None = None,
    done: bool = False,
) -> Response[Any]:
    others = await duplicates.own_papers(db, actor)
    assert actor.id is not None
    return refused_page(
        "identity/papers.html",
        refused,
        person=await person(db, actor.id),
        others=others,
        step=step,
        found=found,
        done=done,
    )


@get(PAPERS, who="identity.add_paper")
async def show_papers(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """The papers that open this account; with a step, the one to be added."""
    step = request.query_params.get("step", "")
    if not step:
        return await _papers(db, actor, done="done" in request.query_params)
    try:
        found = await duplicates.found_account(db, step, now=now)
    except StepGone as gone:
        return await _papers(db, actor, refused=gone)
    return await _papers(db, actor, step=step, found=found)


@post(PAPERS, who="identity.add_paper")
async def add_paper(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """The paper of the enrolment is one more of this account."""
    form = await form_of(request)
    try:
        await duplicates.add_paper(db, actor, step=form.get("step", ""), now=now)
    except Refused as refused:
        if refused.status in (401, 403):
            raise
        return await _papers(db, actor, refused=refused)
    return redirect(f"{PAPERS}?done=1")


async def _disputes(
    db: Database,
    actor: Actor,
    *,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    done: str = "",
) -> Response[Any]:
    return refused_page(
        "identity/disputes.html",
        refused,
        disputes=await duplicates.open_disputes(db, actor),
        typed=typed or {},
        done=done,
    )


@get(DISPUTES, who="identity.decide_paper")
async def show_disputes(request: Request[Any, Any, Any], db: Database, actor: Actor) -> Response[Any]:
    """What waits for an officer's look, both sides masked."""
    return await _disputes(db, actor, done=request.query_params.get("done", ""))


@post(DISPUTES, who="identity.decide_paper")
async def decide(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """One person's, or two people's; what was typed stays where it is refused."""
    form = await form_of(request)
    about = id_told(form.get("dispute"))
    if about is None:
        return redirect(DISPUTES)
    decision = duplicates.Decision(
        about, form.get("finding", ""), form.get("why", ""), form.get("seen") == "yes"
    )
    try:
        finding = await duplicates.decide(db, actor, decision, now=now)
    except Refused as refused:
        if refused.status in (401, 403) and not isinstance(refused, OwnMatter):
            raise
        return await _disputes(db, actor, typed=form, refused=refused)
    return redirect(f"{DISPUTES}?done={finding}")


routes: list[Any] = [show_found, dispute, show_papers, add_paper, show_disputes, decide]
