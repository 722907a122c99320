"""Giving a draft up: asked first."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.response import Redirect, Response

from tongban.cases import actions
from tongban.cases.model import NotPossibleNow
from tongban.kit.db import Database
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor
from tongban.kit.web import page, redirect


@get("/apply/{code:str}/{case_id:uuid}/discard", who="cases.draft")
async def ask_discard(db: Database, actor: Actor, code: str, case_id: UUID) -> Response[Any]:
    """Ask first: what was typed is gone afterwards."""
    try:
        sheet = await actions.sheet(db, actor, case_id=case_id)
    except NotPossibleNow:
        return redirect(f"/my/cases/{case_id}")
    home = f"/apply/{sheet.case.item}/{case_id}"
    return page(
        "cases/ask.html",
        case=sheet.case,
        item=sheet.version,
        title=N_("要放弃这份草稿吗？"),
        words=N_("放弃后，您填写的内容不再保留，也不能恢复；需要时可以重新开始。"),
        act=(f"{home}/discard", N_("确认放弃")),
        keep=(home, N_("不放弃，继续填写")),
    )


@post("/apply/{code:str}/{case_id:uuid}/discard", who="cases.draft")
async def discard(db: Database, actor: Actor, now: datetime, code: str, case_id: UUID) -> Redirect:
    """Give the draft up."""
    await actions.discard(db, actor, case_id=case_id, now=now)
    return redirect("/my/cases")


routes = [ask_discard, discard]
