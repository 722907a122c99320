"""Corrections as both sides see them: the officer says what is wrong with which answer, which alone is open then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban import regions
from tongban.cases import actions
from tongban.cases.model import (
    FILES,
    AnswersInvalid,
    AttachmentsTooMany,
    MovedOn,
    NothingToCorrect,
    NotPossibleNow,
    ToldOnce,
)
from tongban.cases.pages.attachments import links
from tongban.cases.pages.dates import due_words
from tongban.kit import forms
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.policy import Actor
from tongban.kit.web import (
    MAX_UPLOAD_BYTES,
    form_of,
    form_with_files,
    idempotency_key,
    is_multipart,
    page,
    redirect,
)

#: The officer's words on an answer are posted under the answer's own name behind this.
SAID = "said-"
_VERSION = re.compile(r"[0-9]{1,9}")


@get("/desk/{applicant:uuid}/{case_id:uuid}/correction", who="cases.read")
async def ask(db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID) -> Response[str]:
    """The officer's page: every answer that the applicant can put right, with room to say what is wrong with it."""
    return await _ask(db, actor, now=now, applicant=applicant, case_id=case_id)


async def _ask(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    said: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, now=now)
    form = opened.form
    stated = {
        line.name: line for part in forms.summary(form, opened.answers, masked=True) for line in part.lines
    }
    asked, at = form.asked(opened.answers), f"/desk/{applicant}/{case_id}"
    earlier = opened.case.correction
    return page(
        "cases/ask_correction.html",
        status=refused.status if refused else 200,
        case=opened.case,
        item=opened.version,
        department=(await regions.department(db, actor.department)).name if actor.department else "",
        refused=refused,
        lines=[
            {
                "name": SAID + field.name,
                "label": field.label,
                "stated": stated.get(field.name),
                "said": (said or {}).get(field.name, ""),
                "error": (refused.fields or {}).get(SAID + field.name) if refused else None,
            }
            for field in actions.correctable(form, opened.case)
            if field in asked and (earlier is None or field.name in earlier.fields)
        ],
        again=earlier is not None,
        at=at,
        file_href=links(at)["file_href"],
    )


@post("/desk/{applicant:uuid}/{case_id:uuid}/correction", who="cases.accept")
async def tell(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], applicant: UUID, case_id: UUID
) -> Response[Any]:
    """Tell the applicant all that must be put right, once; what was typed stays when it is refused."""
    posted = await form_of(request)
    said = {
        name.removeprefix(SAID): text
        for name, text in posted.items()
        if name.startswith(SAID) and text.strip()
    }
    try:
        await actions.ask_correction(db, actor, case_id=case_id, said=said, applicant=applicant, now=now)
    except (NothingToCorrect, ToldOnce) as refused:
        return await _ask(
            db, actor, now=now, applicant=applicant, case_id=case_id, said=said, refused=refused
        )
    return redirect(f"/desk/{applicant}/{case_id}?did=ask_correction")


@get("/my/cases/{case_id:uuid}/correct", who="cases.correct")
async def correct(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Response[Any]:
    """The applicant's page: what was said of which answer; only these are open."""
    try:
        sheet = await actions.correction_sheet(db, actor, case_id=case_id)
    except NotPossibleNow:
        return redirect(f"/my/cases/{case_id}")
    return await _correct(db, sheet, now=now)


async def _correct(
    db: Database,
    sheet: actions.CorrectionSheet,
    *,
    now: datetime,
    errors: Mapping[str, Words] | None = None,
    refused: Refused | None = None,
    unchanged: bool = False,
) -> Response[str]:
    return page(
        "cases/correct.html",
        status=refused.status if refused else 422 if errors or unchanged else 200,
        case=sheet.case,
        item=sheet.version,
        form=sheet.form,
        answers=sheet.answers,
        only=sheet.only,
        said=sheet.correction.fields,
        errors=dict(errors or {}),
        warning=refused.message if refused and not errors else None,
        unchanged=unchanged,
        due=await due_words(db, sheet.case, now=now),
        **links(f"/my/cases/{sheet.case.id}"),
    )


@post("/my/cases/{case_id:uuid}/correct", who="cases.correct", request_max_body_size=MAX_UPLOAD_BYTES)
async def put_right(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Response[Any]:
    """Keep what was put right, and hand it in unless it is to wait; what does not hold stands with its sentence."""
    try:
        open_to = await actions.files_open(db, actor, case_id=case_id) if is_multipart(request) else {}
        form = await form_with_files(request, actor, wanted=open_to, most=FILES, now=now)
        posted, version = form.fields, form.fields.get("_version", "")
        sheet = await actions.keep_corrections(
            db,
            actor,
            case_id=case_id,
            posted=posted,
            received=form.files,
            version=int(version) if _VERSION.fullmatch(version) else None,
            now=now,
        )
        if posted.get("_go") == "later" and not form.faults:
            return redirect(f"/my/cases/{case_id}")
        if form.faults or posted.get("_go") == "update" or forms.pressed(sheet.form, posted):
            return await _correct(db, sheet, now=now, errors=form.faults)
        if sheet.unchanged and posted.get("_go") != "anyway" and not sheet.faults(now=now):
            return await _correct(db, sheet, now=now, unchanged=True)
        await actions.correct(db, actor, case_id=case_id, key=await idempotency_key(request), now=now)
    except MovedOn as moved:
        return await _correct(
            db, await actions.correction_sheet(db, actor, case_id=case_id), now=now, refused=moved
        )
    except AnswersInvalid as invalid:
        return await _correct(db, sheet, now=now, errors=invalid.fields, refused=invalid)
    except AttachmentsTooMany as many:
        sheet = await actions.correction_sheet(db, actor, case_id=case_id)
        return await _correct(db, sheet, now=now, errors=many.fields, refused=many)
    except NotPossibleNow:
        return redirect(f"/my/cases/{case_id}")
    return redirect(f"/my/cases/{case_id}?new=1")


routes = [ask, tell, correct, put_right]
