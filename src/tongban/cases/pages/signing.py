"""The commitment 告知承诺书 of an application: its notice is read, and it is signed, on a page of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban.cases import actions
from tongban.cases.actions.afterwards.trusting import answer_notice, notice_of
from tongban.cases.model import MovedOn, NotPossibleNow
from tongban.cases.model.commitments import CreditSilent, NoPromiseTaken
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.forms import Form
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect


def without_signature(sheet: actions.Sheet) -> Form:
    """The form as its page shows it: a commitment is not ticked there, it is signed when its notice was read."""
    asks, form = sheet.version.commitment, sheet.form
    if asks is None:
        return form
    return msgspec.structs.replace(form, fields=tuple(one for one in form.fields if one.name != asks.tick))


@get("/apply/{code:str}/{case_id:uuid}/commitment", who="cases.draft")
async def notice(db: Database, actor: Actor, now: datetime, code: str, case_id: UUID) -> Response[Any]:
    """What the organ tells before a commitment is given, and the button by which it is signed."""
    return await commitment_page(db, actor, case_id=case_id, now=now)


async def commitment_page(
    db: Database, actor: Actor, *, case_id: UUID, now: datetime, refused: Refused | None = None
) -> Response[Any]:
    """The page of the notice, with why it is not taken where it was ``refused``."""
    try:
        sheet = await actions.sheet(db, actor, case_id=case_id)
    except NotPossibleNow:
        return redirect(f"/my/cases/{case_id}")
    home = f"/apply/{sheet.case.item}/{case_id}"
    if sheet.faults(now=now):
        return redirect(home)
    if (notice := await notice_of(db, actor, sheet)) is None:
        return redirect(f"{home}/check")
    return page(
        "cases/commitment.html",
        status=refused.status if refused else 200,
        notice=notice,
        refused=refused,
        barred=isinstance(refused, NoPromiseTaken),
        of=(f"/items/{sheet.case.item}", sheet.version.name),
        steps=(N_("核对信息"), N_("确认提交"), N_("跟踪进度")),
        sign_href=f"{home}/commitment",
        form_href=home,
        check_href=f"{home}/check",
    )


@post("/apply/{code:str}/{case_id:uuid}/commitment", who="cases.draft")
async def sign(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], code: str, case_id: UUID
) -> Response[Any] | Redirect:
    """Sign it and go on to the check; or go on in the ordinary way, with the form that asks for the materials."""
    home = f"/apply/{code}/{case_id}"
    try:
        signed = await answer_notice(db, actor, await form_of(request), case_id=case_id, now=now)
    except NotPossibleNow:
        return redirect(f"/my/cases/{case_id}")
    except (NoPromiseTaken, CreditSilent, MovedOn) as refused:
        return await commitment_page(db, actor, case_id=case_id, now=now, refused=refused)
    return redirect(f"{home}/check" if signed else home)


routes = [notice, sign]
