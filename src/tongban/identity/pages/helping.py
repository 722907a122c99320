"""Help at the window: /desk/assist, where an officer finds who stands before her, has the consent signed, and acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity import actions
from tongban.identity.model import POLICY
from tongban.identity.model.helping import HelpInvalid, at_the_window, consent_paper
from tongban.identity.model.powers import PowerState
from tongban.identity.model.typed import ENROLLING
from tongban.identity.pages.onward import refused_page
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_
from tongban.kit.pdf import press
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import form_of, redirect, visit
from tongban.kit.web.sessions import set_session_cookie

AT = "/desk/assist"
#: Kinds of paper by whose number somebody is found; a passport's finds nobody without its state.
NAMING = tuple(one for one in ENROLLING if one != papers.PASSPORT)


@get(AT, who="identity.assist")
async def show_assist(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Who is to be helped, and whom she helps today."""
    POLICY.require(actor, "identity.assist", Relation.ANY)
    return await _form(db, actor, {}, now=now)


@post(AT, who="identity.assist")
async def assist(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Begin: the person is found or enrolled; posted twice, the second takes the place of the first."""
    POLICY.require(actor, "identity.assist", Relation.ANY)
    form = await form_of(request)
    try:
        visitor = at_the_window(form, items=await actions.item_names(db), now=now)
        power = await actions.begin_help(db, actor, visitor, now=now)
    except Refused as refused:
        return await _form(db, actor, form, refused, now=now)
    return redirect(f"{AT}/{power}")


async def _form(
    db: Database, actor: Actor, typed: Mapping[str, str], refused: Refused | None = None, *, now: datetime
) -> Response[Any]:
    names = await actions.item_names(db)
    return refused_page(
        "identity/assist.html",
        refused,
        typed=typed,
        papers=[(one, papers.PAPER_KINDS[one].name) for one in NAMING],
        items=sorted(names.items(), key=lambda item: str(item[1])),
        names=names,
        helps=await actions.helps_of(db, actor, now=now),
        standing=PowerState.STANDING,
    )


@get(f"{AT}/{{power_id:uuid}}", who="identity.help")
async def show_consent(db: Database, actor: Actor, power_id: UUID, now: datetime) -> Response[Any]:
    """The consent: to be printed, signed by the person, and kept."""
    return await _consent(db, actor, power_id, None, now=now)


async def _consent(
    db: Database, actor: Actor, power_id: UUID, refused: Refused | None, *, now: datetime
) -> Response[Any]:
    sheet = await actions.consent_of(db, actor, power_id=power_id, now=now)
    found = await actions.help_of(db, actor, power_id=power_id, now=now)
    return refused_page(
        "identity/assist_consent.html", refused, sheet=sheet, signed=found.state is PowerState.STANDING
    )


@get(f"{AT}/{{power_id:uuid}}/consent.pdf", who="identity.help")
async def print_consent(db: Database, actor: Actor, power_id: UUID, now: datetime) -> Response[bytes]:
    """The consent as a sheet to be printed twice; the ledger has each time."""
    sheet = await actions.print_consent(db, actor, power_id=power_id, now=now)
    printed = await press.printed(consent_paper(sheet))
    return Response(
        printed.content,
        media_type="application/pdf",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(sheet.number)}.pdf",
        },
    )


@post(f"{AT}/{{power_id:uuid}}/signed", who="identity.help")
async def sign(
    request: Request[Any, Any, Any], db: Database, actor: Actor, power_id: UUID, now: datetime
) -> Response[Any]:
    """The person has signed: from now on the session acts for her, on the form of the item."""
    form = await form_of(request)
    if form.get("signed") != "yes":
        words = HelpInvalid({"signed": N_("请本人在两份同意书上签名（不会写字的按指印），再勾选。")})
        return await _consent(db, actor, power_id, words, now=now)
    found = await actions.help_of(db, actor, power_id=power_id, now=now)
    opened = await actions.sign_consent(db, actor, power_id=power_id, now=now)
    if opened.cookie:
        set_session_cookie(opened.cookie)
        current = visit()
        current.session_cookie, current.actor = opened.cookie, opened.actor
    return redirect(f"/apply/{next(iter(found.items or ()))}")


routes: list[Any] = [show_assist, assist, show_consent, print_consent, sign]
