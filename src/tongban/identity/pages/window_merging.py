"""Merging at a window: /desk/identity/merge, both papers, both sides masked, the officer's word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import window_merging
from tongban.identity.model import POLICY
from tongban.identity.model.seen import Seen
from tongban.identity.model.window_merging import Compared, SidesGone
from tongban.identity.pages.onward import refused_page
from tongban.identity.pages.seeing import seen_again, seen_of
from tongban.identity.pages.window import AT as WINDOW
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.errors import Invalid, Refused, Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import form_of, redirect

AT = f"{WINDOW}/merge"


def _form(typed: Mapping[str, str], refused: Refused | None = None, *, done: bool = False) -> Response[Any]:
    return refused_page("identity/window_merge.html", refused, **seen_again(typed), done=done)


def _sides(sides: Compared, refused: Refused | None = None) -> Response[Any]:
    return refused_page("identity/window_merge_sides.html", refused, sides=sides)


@get(AT, who="identity.merge_at_window")
async def show(request: Request[Any, Any, Any], actor: Actor) -> Response[Any]:
    """The empty form."""
    POLICY.require(actor, "identity.merge_at_window", Relation.ANY)
    return _form({}, done="done" in request.query_params)


def _other(form: Mapping[str, str]) -> papers.Paper:
    return Seen(
        form.get("other_kind", papers.CITIZEN),
        form.get("other_number", ""),
        "",
        None,
        form.get("other_country", ""),
    ).paper


@post(AT, who="identity.merge_at_window", status_code=200)
async def look(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Both papers: the page shows what the house has of each side."""
    form = await form_of(request)
    faults: dict[str, Words] = {}
    if form.get("other_seen") != "yes":
        faults["other_seen"] = N_("另一份证件也要查验原件，与本人一致的再勾选。")
    try:
        found = await window_merging.compare(
            db, actor, seen=seen_of(form), other=_other(form), faults=faults, now=now
        )
    except Refused as refused:
        return _form(form, refused)
    return _sides(found)


@post(f"{AT}/confirm", who="identity.merge_at_window")
async def merge(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The officer's word."""
    form = await form_of(request)
    token = form.get("sides", "")
    try:
        found = await window_merging.compared(db, actor, token=token, now=now)
        if form.get("one_person") != "yes":
            words = N_("请核对两边都是来人的账户，再勾选。")
            return _sides(found, Invalid("window-invalid", words, fields={"one_person": words}))
        await window_merging.merge_at_window(db, actor, token=token, now=now)
    except SidesGone as gone:
        return _form({}, gone)
    except Refused as refused:
        return _form({}, refused)
    return redirect(f"{AT}?done=1")


routes: list[Any] = [show, look, merge]
