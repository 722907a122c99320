"""The one form opened again where parts ask for a correction 补正: put right once, handed in with each of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban import cases
from tongban.bundles.actions import correcting
from tongban.bundles.actions.correcting import JoinedCorrection
from tongban.bundles.pages.filling import OTHER_TAB, links, seen
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import language
from tongban.kit.policy import Actor
from tongban.kit.web import MAX_UPLOAD_BYTES, form_with_files, is_multipart, page, redirect


@get("/my/bundles/{run_id:uuid}/correct", who="bundles.correct")
async def correct(db: Database, actor: Actor, now: datetime, run_id: UUID) -> Response[Any]:
    """What the parts ask to be put right, in one form; where none asks for anything, the progress."""
    joined = await correcting.correction(db, actor, run_id=run_id)
    return _page(joined, actor, now=now)


def _page(
    joined: JoinedCorrection,
    actor: Actor,
    *,
    now: datetime,
    errors: Mapping[str, Words] | None = None,
    warning: Words | None = None,
    unchanged: bool = False,
    status: int = 200,
) -> Response[Any]:
    if not joined.sheets:
        return redirect(f"/my/bundles/{joined.run.id}")
    told = dict(errors or {})
    return page(
        "bundles/correct.html",
        status=422 if status == 200 and (told or unchanged) else status,
        run=joined.run,
        bundle=joined.bundle,
        form=joined.form,
        **seen(joined, joined.answers, eyes=actor.eyes, wrong=told),
        only=joined.only,
        said=joined.said(language()),
        errors=told,
        warning=warning,
        unchanged=unchanged,
        parts=[
            (sheet.version, clock.city_day(sheet.correction.until), sheet.given_up(now=now))
            for sheet in joined.sheets.values()
        ],
        **links(joined),
    )


@post("/my/bundles/{run_id:uuid}/correct", who="bundles.correct", request_max_body_size=MAX_UPLOAD_BYTES)
async def put_right(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], run_id: UUID
) -> Response[Any]:
    """Keep what was put right, and hand it in unless it is to wait; what does not hold stands with its sentence."""
    known = await correcting.correction(db, actor, run_id=run_id)
    wanted = known.wanted() if is_multipart(request) else {}
    form = await form_with_files(request, actor, wanted=wanted, most=cases.FILES, now=now)
    try:
        joined = await correcting.keep(
            db, actor, run_id=run_id, posted=form.fields, received=form.files, now=now
        )
    except cases.AttachmentsTooMany as many:
        return _page(known, actor, now=now, errors=many.fields, status=many.status)
    except (cases.MovedOn, cases.NotPossibleNow) as moved:
        fresh = await correcting.correction(db, actor, run_id=run_id)
        return _page(fresh, actor, now=now, warning=OTHER_TAB, status=moved.status)
    go = form.fields.get("_go", "send")
    if form.faults or go == "update" or forms.pressed(joined.form, form.fields) is not None:
        return _page(joined, actor, now=now, errors=form.faults)
    if go == "later":
        return redirect(f"/my/bundles/{run_id}")
    if joined.unchanged and go != "anyway" and not joined.faults(now=now):
        return _page(joined, actor, now=now, unchanged=True)
    try:
        await correcting.hand_in(db, actor, run_id=run_id, now=now)
    except cases.AnswersInvalid as invalid:
        fresh = await correcting.correction(db, actor, run_id=run_id)
        return _page(fresh, actor, now=now, errors=invalid.fields, status=invalid.status)
    return redirect(f"/my/bundles/{run_id}?corrected=1")


routes = [correct, put_right]
