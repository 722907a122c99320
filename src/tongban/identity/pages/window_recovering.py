"""Recovery at a window: /desk/identity/recovery, from the paper to the code to the receipt, on one address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import window_recovering as actions
from tongban.identity.model import POLICY
from tongban.identity.model.window_recovering import RecoveryOver
from tongban.identity.pages.onward import refused_page
from tongban.identity.pages.seeing import seen_again, seen_of
from tongban.identity.pages.window import AT as WINDOW
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import form_of, page, redirect

AT = f"{WINDOW}/recovery"


def _form(typed: Mapping[str, str], refused: Refused | None = None) -> Response[Any]:
    return refused_page("identity/window_recovery.html", refused, **seen_again(typed))


def _of(fields: Mapping[str, str]) -> UUID:
    found = id_told(fields.get("of"))
    if found is None:
        raise RecoveryOver
    return found


async def _code(
    db: Database, actor: Actor, recovery: UUID, refused: Refused | None, *, sent: bool = False, now: datetime
) -> Response[Any]:
    found = await actions.recovery_of(db, actor, recovery=recovery, now=now)
    return refused_page("identity/window_recovery_code.html", refused, recovery=found, sent=sent)


@get(AT, who="identity.recover_at_window")
async def show(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The empty form; with ``of`` the recovery that is under way, or the receipt of one that is done."""
    POLICY.require(actor, "identity.recover_at_window", Relation.ANY)
    if "of" not in request.query_params:
        return _form({})
    try:
        recovery = _of(request.query_params)
        found = await actions.recovery_of(db, actor, recovery=recovery, now=now)
    except RecoveryOver as over:
        return _form({}, over)
    if found.done_at is None:
        return await _code(db, actor, recovery, None, sent="sent" in request.query_params, now=now)
    receipt = await actions.receipt_of(db, actor, recovery=recovery, now=now)
    return page("identity/window_recovery_receipt.html", receipt=receipt)


@post(AT, who="identity.recover_at_window")
async def begin(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Who was seen, and her new phone: a code goes to it."""
    form = await form_of(request)
    try:
        recovery = await actions.begin_recovery(
            db, actor, seen=seen_of(form), phone=form.get("phone", ""), now=now
        )
    except Refused as refused:
        return _form(form, refused)
    return redirect(f"{AT}?of={recovery}")


@post(f"{AT}/code", who="identity.recover_at_window")
async def finish(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The code that she typed: the account is hers again, and the receipt is shown."""
    form = await form_of(request)
    try:
        recovery = _of(form)
        await actions.finish_recovery(db, actor, recovery=recovery, code=form.get("code", ""), now=now)
    except RecoveryOver as over:
        return _form({}, over)
    except Refused as refused:
        return await _code(db, actor, recovery, refused, now=now)
    return redirect(f"{AT}?of={recovery}")


@post(f"{AT}/resend", who="identity.recover_at_window")
async def resend(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Another code to the new phone."""
    form = await form_of(request)
    try:
        recovery = _of(form)
        await actions.send_again(db, actor, recovery=recovery, now=now)
    except RecoveryOver as over:
        return _form({}, over)
    except Refused as refused:
        return await _code(db, actor, recovery, refused, now=now)
    return redirect(f"{AT}?of={recovery}&sent=1")


routes: list[Any] = [show, begin, finish, resend]
