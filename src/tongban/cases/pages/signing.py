"""The commitment 告知承诺书 of an application: its notice is read, and it is signed, on a page of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import identity
from tongban.cases import actions
from tongban.cases.actions.afterwards.trusting import apply_ordinarily, sign_commitment
from tongban.cases.model import MovedOn, NotPossibleNow
from tongban.cases.model.commitments import CreditSilent, NoPromiseTaken
from tongban.cases.model.papers.committing import PROMISED, told
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.forms import Form
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
    home, asks = f"/apply/{sheet.case.item}/{case_id}", sheet.version.commitment
    if sheet.faults(now=now):
        return redirect(home)
    if asks is None or not asks.chosen(sheet.version.situation(sheet.answers)):
        return redirect(f"{home}/check")
    assert actor.id is not None
    return page(
        "cases/commitment.html",
        status=refused.status if refused else 200,
        refused=refused,
        barred=isinstance(refused, NoPromiseTaken),
        item=sheet.version,
        case=sheet.case,
        asks=asks,
        told=told(asks),
        promised=PROMISED,
        signed=sheet.unsigned is None,
        who=(await identity.person(db, actor.id)).name,
    )


@post("/apply/{code:str}/{case_id:uuid}/commitment", who="cases.draft")
async def sign(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], code: str, case_id: UUID
) -> Response[Any] | Redirect:
    """Sign it and go on to the check; or go on in the ordinary way, with the form that asks for the materials."""
    posted = await form_of(request)
    home = f"/apply/{code}/{case_id}"
    try:
        if posted.get("_go") == "ordinary":
            await apply_ordinarily(db, actor, case_id=case_id, now=now)
            return redirect(home)
        typed = posted.get("_version", "")
        version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
        await sign_commitment(db, actor, case_id=case_id, version=version, now=now)
    except NotPossibleNow:
        return redirect(f"/my/cases/{case_id}")
    except (NoPromiseTaken, CreditSilent, MovedOn) as refused:
        return await commitment_page(db, actor, case_id=case_id, now=now, refused=refused)
    return redirect(f"{home}/check")


routes = [notice, sign]
