"""Materials that follow after acceptance 容缺后补, as both sides see them: promised, handed in, taken in, sent back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import catalogue, regions
from tongban.cases import actions
from tongban.cases.model import (
    FILES,
    AttachmentsTooMany,
    Case,
    GroundMissing,
    Move,
    MovedOn,
    NoSuchCase,
    NotPossibleNow,
    State,
)
from tongban.cases.model.follow_up import (
    NothingToSupply,
    SupplyIncomplete,
    day_of,
    may_ask_again,
    names_of,
    state_words,
)
from tongban.cases.pages.attachments import links
from tongban.cases.pages.refusing import refusal_of_form
from tongban.cases.pages.supply_stands import ended, for_applicant, for_officer
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.policy import Actor
from tongban.kit.web import (
    MAX_UPLOAD_BYTES,
    PostedForm,
    form_of,
    form_with_files,
    idempotency_key,
    is_multipart,
    page,
    redirect,
    with_uploaded,
)

_VERSION = re.compile(r"[0-9]{1,9}")


def follow_up_shown(case: Case) -> dict[str, Any] | None:
    """How it stands with the materials of a case, for either side's page; None where nothing was to follow."""
    follow_up = case.follow_up
    if follow_up is None:
        return None
    return {
        "rows": [
            {
                "name": one.name,
                "state": state_words(one),
                "tone": "ok" if one.taken_at else "info" if one.supplied_at else "warn",
                "until": one.until,
                "supplied_at": one.supplied_at,
                "said": one.said,
            }
            for one in follow_up.materials
        ],
        "outstanding": names_of(follow_up.outstanding) if follow_up.outstanding else None,
        "until": follow_up.until,
        "came": len(follow_up.to_look_at),
    }


@post("/apply/{code:str}/{case_id:uuid}/promise", who="cases.draft")
async def promise(db: Database, actor: Actor, now: datetime, code: str, case_id: UUID) -> Redirect:
    """Promise on the check page that what is missing will follow, all in one; twice changes nothing."""
    try:
        await actions.promise(db, actor, case_id=case_id, now=now)
    except NotPossibleNow:
        return redirect(f"/my/cases/{case_id}")
    return redirect(f"/apply/{code}/{case_id}/check")


@get("/my/cases/{case_id:uuid}/supply", who="cases.supply")
async def ask(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Response[Any]:
    """What is still to be handed in and until when, with room for the files."""
    try:
        sheet = await actions.supply_sheet(db, actor, case_id=case_id, now=now)
    except (NotPossibleNow, NothingToSupply):
        return await _nothing(db, actor, case_id=case_id, now=now)
    return _supply(sheet)


async def _nothing(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> Response[Any]:
    """Why nothing is to be handed in; who has not applied yet is led to where she applies."""
    opened = await actions.followed(db, actor, case_id=case_id, now=now)
    home = f"/my/cases/{case_id}"
    if opened.case.state in (State.DRAFT, State.CONFIRMING):
        return redirect(home)
    return page(
        "cases/nothing_to_supply.html",
        case=opened.case,
        item=opened.version,
        stand=for_applicant(opened, now=now),
        follow_up=follow_up_shown(opened.case),
        refused=None,
        at=home,
    )


def _supply(
    sheet: actions.SupplySheet,
    *,
    errors: Mapping[str, Words] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    home = f"/my/cases/{sheet.case.id}"
    return page(
        "cases/supply.html",
        status=refused.status if refused else 422 if errors else 200,
        case=sheet.case,
        item=sheet.version,
        form=sheet.form,
        answers=sheet.answers,
        open=sheet.open,
        said=sheet.said,
        errors=dict(errors or {}),
        warning=refused.message if refused and not errors else None,
        **links(home),
    )


@post("/my/cases/{case_id:uuid}/supply", who="cases.supply", request_max_body_size=MAX_UPLOAD_BYTES)
async def supply(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Response[Any]:
    """Keep what was attached, and hand it in unless it is to wait; what does not hold stands with its sentence."""
    home = f"/my/cases/{case_id}"
    try:
        wanted = (
            await actions.supply_wanted(db, actor, case_id=case_id, now=now) if is_multipart(request) else {}
        )
        form = await form_with_files(request, actor, wanted=wanted, most=FILES, now=now)
        form = await with_uploaded(form, db, actor, reference=case_id, wanted=wanted, most=FILES, now=now)
        sheet = await _keep(db, actor, form, case_id=case_id, now=now)
        if form.faults:
            return _supply(sheet, errors=form.faults)
        if press := forms.pressed(sheet.form, form.fields):
            return redirect(f"{home}/supply#{press.anchor(sheet.answers)}")
        if form.fields.get("_go") == "later":
            return redirect(home)
        await actions.supply(db, actor, case_id=case_id, key=await idempotency_key(request), now=now)
    except (NotPossibleNow, NothingToSupply):
        return redirect(f"{home}/supply")
    except SupplyIncomplete as incomplete:
        return _supply(sheet, errors=incomplete.fields, refused=incomplete)
    except (MovedOn, AttachmentsTooMany) as refused:
        return await _again(db, actor, refused, case_id=case_id, now=now)
    return redirect(f"{home}?new=1")


async def _keep(
    db: Database, actor: Actor, form: PostedForm, *, case_id: UUID, now: datetime
) -> actions.SupplySheet:
    version = form.fields.get("_version", "")
    return await actions.keep_supply(
        db,
        actor,
        case_id=case_id,
        posted=form.fields,
        received=form.files,
        uploads=form.uploads,
        version=int(version) if _VERSION.fullmatch(version) else None,
        now=now,
    )


async def _again(
    db: Database, actor: Actor, refused: Refused, *, case_id: UUID, now: datetime
) -> Response[Any]:
    """The page as things stand now, with why what was posted was not kept, or why nothing waits any more."""
    try:
        sheet = await actions.supply_sheet(db, actor, case_id=case_id, now=now)
    except (NotPossibleNow, NothingToSupply):
        return redirect(f"/my/cases/{case_id}/supply")
    return _supply(sheet, errors=refused.fields, refused=refused)


@get("/desk/{applicant:uuid}/{case_id:uuid}/supply", who="cases.read")
async def look(db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID) -> Response[str]:
    """The officer's page of what came: each material with its files, to be taken in or sent back, or why none is."""
    return await _look(db, actor, now=now, applicant=applicant, case_id=case_id)


async def _look(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    at = f"/desk/{applicant}/{case_id}"
    known: dict[str, Any] = {
        "status": refused.status if refused else 200,
        "department": (await regions.department(db, actor.department)).name if actor.department else "",
        "refused": refused,
        "at": at,
    }
    try:
        opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, now=now)
    except GroundMissing:
        return await _ended(db, actor, case_id=case_id, applicant=applicant, known=known)
    known |= {"case": opened.case, "item": opened.version}
    if Move.TAKE_IN not in opened.moves:
        follow_up = follow_up_shown(opened.case)
        return page("cases/nothing_to_supply.html", **known, stand=for_officer(opened), follow_up=follow_up)
    assert opened.case.follow_up is not None
    calendar, posted = await clock.current_calendar(db), typed or {}
    wrong = (refused.fields or {}) if refused else {}
    return page(
        "cases/supplied.html",
        **known,
        errors=[(f"said-{posted.get('material', '')}", words) for words in wrong.values()],
        came=[
            {
                "field": one.field,
                "name": one.name,
                "supplied_at": one.supplied_at,
                "until": day_of(one.until),
                "may_ask": may_ask_again(one, calendar, now=now),
                "question": opened.form.by_name[one.field],
                "files": opened.answers.get(one.field),
                "typed": posted.get("said", "") if posted.get("material") == one.field else "",
                "error": wrong.get("said") if posted.get("material") == one.field else None,
            }
            for one in opened.case.follow_up.to_look_at
        ],
        **links(at),
    )


async def _ended(
    db: Database, actor: Actor, *, case_id: UUID, applicant: UUID, known: Mapping[str, Any]
) -> Response[str]:
    """A case that has ended is not read for this: its line in the list says how it stands."""
    row = await actions.desk_row(db, actor, case_id=case_id)
    if row is None or row.applicant != applicant:
        raise NoSuchCase
    item = await catalogue.version(db, row.item, row.item_version)
    return page(
        "cases/nothing_to_supply.html", **known, case=row, item=item, stand=ended(row.state), follow_up=None
    )


@post("/desk/{applicant:uuid}/{case_id:uuid}/supply", who="cases.accept")
async def judge(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], applicant: UUID, case_id: UUID
) -> Response[Any]:
    """Take one material in, or send it back with what is wrong with it; what was typed stays when it is refused.

    Who comes too late sees how it stands now.
    """
    posted = await form_of(request)
    about = {"case_id": case_id, "field": posted.get("material", ""), "applicant": applicant, "now": now}
    move = Move.ASK_AGAIN if posted.get("_go") == "ask_again" else Move.TAKE_IN
    if move is Move.ASK_AGAIN:
        said = posted.get("said", "")
        refused = await refusal_of_form(actions.ask_again, db, actor, said=said, **about)
    else:
        refused = await refusal_of_form(actions.take_in, db, actor, **about)
    if refused:
        return await _look(
            db, actor, now=now, applicant=applicant, case_id=case_id, typed=posted, refused=refused
        )
    return redirect(f"/desk/{applicant}/{case_id}?did={move}")


routes = [promise, ask, supply, look, judge]
