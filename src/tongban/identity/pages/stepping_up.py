"""The pages that lead to a higher level or a fresh proof, and back to where somebody was with what she had typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import passkey_proof, stepping_up
from tongban.identity.actions.passkeys import party
from tongban.identity.pages.onward import Onward, go_on_with, posted_again, refused_page
from tongban.identity.pages.passkey_log_in import challenge
from tongban.identity.store.way_back import WayBack
from tongban.kit.db import Database
from tongban.kit.errors import Invalid, Refused
from tongban.kit.not_allowed import FreshProofNeeded, StepUpNeeded
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect, visit
from tongban.kit.web.keeping import KEPT_BODY_BYTES

LEVEL = "/account/level"
PROVE = "/account/prove"
HOME = "/my"


def step_up_page(refused: StepUpNeeded | FreshProofNeeded, next_path: str, kept: str) -> Response[Any]:
    """In place of what was asked: which level it needs, or the password once more; both lead back to ``next_path``."""
    onward = Onward.of({"next": next_path, "kept": kept}, home=HOME)
    if (acting := visit().actor.acting) is not None:
        return _as_herself(refused, agent=acting.agent is not None)
    if isinstance(refused, FreshProofNeeded):
        return _prove(onward, None, passkey=refused.passkey, status=refused.status, told=refused.message)
    return page(
        "identity/step_up.html",
        status=refused.status,
        onward=onward,
        level=refused.level,
        message=refused.message,
    )


def _as_herself(refused: StepUpNeeded | FreshProofNeeded, *, agent: bool) -> Response[Any]:
    """Who acts for another raises her level, or proves that it is she, as herself: one step takes her there. Drafts
    are kept as they are. ``agent``: there is somebody to switch back to, which a firm's certificate has not."""
    up = isinstance(refused, StepUpNeeded)
    return page(
        "identity/step_up_agent.html",
        status=refused.status,
        message=refused.message,
        level=refused.level if isinstance(refused, StepUpNeeded) else None,
        there=(LEVEL if up else PROVE) if agent else None,
    )


def _prove(
    onward: Onward, refused: Refused | None, *, passkey: bool, status: int = 200, told: Any = None
) -> Response[Any]:
    answer = refused_page(
        "identity/prove.html", refused, onward=onward, passkey=passkey, told=told, origin=party().origin
    )
    if refused is None:
        answer.status_code = status
    return answer


def _go_on(onward: Onward, actor: Actor) -> Response[Any]:
    """On to where she was: the form that she had posted is posted again by a button of her own."""
    if not onward.kept:
        return redirect(onward.next)
    return posted_again("identity/go_on.html", onward, actor)


@get(PROVE, who="identity.prove")
async def show_prove(request: Request[Any, Any, Any], db: Database, actor: Actor) -> Response[Any]:
    """The password once more, or her passkey, before something that asks for it."""
    passkey = await stepping_up.has_passkey(db, actor)
    return _prove(Onward.of(request.query_params, home=HOME), None, passkey=passkey)


@post(PROVE, who="identity.prove", request_max_body_size=KEPT_BODY_BYTES)
async def prove(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The password: right, she goes on; wrong, what she had typed elsewhere still travels along."""
    form = await form_of(request)
    onward = Onward.of(form, home=HOME)
    try:
        cookie = await stepping_up.prove(
            db, actor, password=form.get("present", ""), address=visit().address, now=now
        )
    except Refused as refused:
        return _prove(onward, refused, passkey=await stepping_up.has_passkey(db, actor))
    go_on_with(cookie)
    return _go_on(onward, actor)


@post(f"{PROVE}/options", who="identity.prove", request_max_body_size=KEPT_BODY_BYTES)
async def begin_proof(db: Database, actor: Actor, now: datetime) -> Response[bytes]:
    """A challenge for her own passkeys, for the page's script."""
    return challenge(await passkey_proof.begin_proof(db, actor, browser=visit().secret, now=now))


@post(f"{PROVE}/passkey", who="identity.prove", request_max_body_size=KEPT_BODY_BYTES)
async def prove_with_passkey(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Her passkey's answer: she goes on; where it is refused, the password will do, and what she had typed stays."""
    form = await form_of(request)
    onward = Onward.of(form, home=HOME)
    try:
        cookie = await passkey_proof.prove_with_passkey(
            db,
            actor,
            token=form.get("ceremony", ""),
            credential=form.get("credential", ""),
            browser=visit().secret,
            now=now,
        )
    except Refused as refused:
        return _prove(onward, refused, passkey=await stepping_up.has_passkey(db, actor))
    go_on_with(cookie)
    return _go_on(onward, actor)


@post(f"{LEVEL}/keep", who="identity.level", request_max_body_size=KEPT_BODY_BYTES)
async def keep(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Off to raise the level: where she was is remembered, for an hour."""
    form = await form_of(request)
    onward = Onward.of(form, home=HOME)
    await stepping_up.keep_way_back(db, actor, WayBack(onward.next, onward.kept, _level(form)), now=now)
    return redirect(LEVEL)


def _level(form: Mapping[str, str]) -> int:
    asked = form.get("level", "")
    return int(asked) if asked in ("1", "2", "3") else 3


@post(f"{LEVEL}/back", who="identity.level", status_code=200)
async def back(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Back to where she was."""
    way = await stepping_up.kept_way_back(db, actor, now=now)
    if way is None:
        return redirect(HOME)
    try:
        return _go_on(Onward(way.next, way.kept), actor)
    except Invalid:  # sealed under a key that is no more
        return redirect(way.next)


routes: list[Any] = [show_prove, prove, begin_proof, prove_with_passkey, keep, back]
