"""The commitment 告知承诺书 of a part: the organ's notice is read, and it is signed, before the whole is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import cases
from tongban.bundles.actions import filling
from tongban.bundles.actions.filling import JoinedSheet
from tongban.bundles.model import NoSuchBundle, NotInThisState
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect


@get("/my/bundles/{run_id:uuid}/commitment/{item:str}", who="bundles.fill")
async def notice(db: Database, actor: Actor, now: datetime, run_id: UUID, item: str) -> Response[Any]:
    """What the organ tells before it takes a commitment for this part, and the button by which it is signed."""
    try:
        joined = await filling.sheet(db, actor, run_id=run_id)
    except NotInThisState:
        return redirect(f"/my/bundles/{run_id}")
    return await _page(db, actor, joined, item, now=now)


async def _page(
    db: Database,
    actor: Actor,
    joined: JoinedSheet,
    item: str,
    *,
    now: datetime,
    refused: Refused | None = None,
) -> Response[Any]:
    home = f"/my/bundles/{joined.run.id}"
    if item not in joined.sheets:
        raise NoSuchBundle
    if joined.faults(now=now):
        return redirect(f"{home}/form")
    if (notice := await cases.notice_of(db, actor, joined.sheets[item])) is None:
        return redirect(f"{home}/check")
    return page(
        "cases/commitment.html",
        status=refused.status if refused else 200,
        notice=notice,
        refused=refused,
        barred=isinstance(refused, cases.NoPromiseTaken),
        of=(f"/bundles/{joined.bundle.code}", joined.bundle.name),
        steps=(N_("填写一张表"), N_("确认提交"), N_("跟踪进度")),
        sign_href=f"{home}/commitment/{item}",
        form_href=f"{home}/form",
        check_href=f"{home}/check",
    )


@post("/my/bundles/{run_id:uuid}/commitment/{item:str}", who="bundles.fill")
async def sign(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], run_id: UUID, item: str
) -> Response[Any] | Redirect:
    """Sign it and go on to the check, which asks for the next one; or go on in the ordinary way, with a form that asks
    for the materials."""
    home = f"/my/bundles/{run_id}"
    try:
        joined = await filling.sheet(db, actor, run_id=run_id)
        if item not in joined.sheets:
            raise NoSuchBundle
        case_id = joined.sheets[item].case.id
        signed = await cases.answer_notice(db, actor, await form_of(request), case_id=case_id, now=now)
    except (NotInThisState, cases.NotPossibleNow):
        return redirect(home)
    except (cases.NoPromiseTaken, cases.CreditSilent, cases.MovedOn) as refused:
        joined = await filling.sheet(db, actor, run_id=run_id)
        return await _page(db, actor, joined, item, now=now, refused=refused)
    return redirect(f"{home}/check" if signed else f"{home}/form")


routes = [notice, sign]
