"""The page of the desk's forms: one for every row of ``desk_forms.FORMS``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import catalogue, regions
from tongban.cases import actions
from tongban.cases.model import POLICY, DeskRow, NoSuchCase, NoSuchMove, NotPossibleNow, possible
from tongban.cases.model.assignment import NotInHand
from tongban.cases.model.rights import is_colleagues
from tongban.cases.pages.desk_forms import FORMS, Asking, DeskForm
from tongban.cases.pages.duties import must_be_hers, with_heads
from tongban.cases.pages.queue import Place
from tongban.cases.pages.refusing import refusal_of_form
from tongban.cases.pages.templates import PICK, picking
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Role
from tongban.kit.web import form_of, idempotency_key, page, redirect


@get("/desk/{applicant:uuid}/{case_id:uuid}/forms/{form:str}", who="cases.desk")
async def ask(
    db: Database,
    actor: Actor,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    form: str,
    after: str | None = None,
    show: str | None = None,
    template: str | None = None,
) -> Response[str]:
    """The form; nothing of the case is read but its line in the list, and what the form itself suggests."""
    row, asked, asking = await _found(db, actor, applicant, case_id, form, now=now)
    await _must_be_hers(asking, row, asked)
    if asked.move not in possible(row.state, Role.OFFICER):
        raise NotPossibleNow(row.state)
    suggested = await asked.suggests(asking) if asked.suggests else ""
    typed = {"reason": suggested} if suggested else None
    return await _page(asking, row, form, asked, place=Place.of(show, after), typed=typed, template=template)


async def _found(
    db: Database, actor: Actor, applicant: UUID, case_id: UUID, name: str, *, now: datetime
) -> tuple[DeskRow, DeskForm, Asking]:
    form = FORMS.get(name)
    if form is None:
        raise NoSuchMove
    row = await actions.desk_row(db, actor, case_id=case_id)
    if row is None or row.applicant != applicant:
        raise NoSuchCase
    version = await catalogue.version(db, row.item, row.item_version)
    return row, form, Asking(db, actor, case_id, version, row.assignee, now)


async def _must_be_hers(asking: Asking, row: DeskRow, form: DeskForm) -> None:
    """Raises NotInHand of a colleague's case; NotAllowed for what is the head's, and DutyMissing, which name the
    department's heads, whom she can ask.
    """
    db, actor = asking.db, asking.actor
    relation = await actions.relation_at_desk(db, actor, row.assignee, now=asking.now)
    if (reserved := POLICY.reserved(actor, form.action, relation)) is not None:
        raise NotAllowed(await with_heads(db, actor, reserved))
    if is_colleagues(actor, form.action, relation):
        raise NotInHand(row.assignee_name or "")
    POLICY.require(actor, form.action, relation)
    await must_be_hers(db, actor, asking.version, form.move)


async def _page(
    asking: Asking,
    row: DeskRow,
    name: str,
    form: DeskForm,
    *,
    place: Place,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    template: str | None = None,
) -> Response[str]:
    db, actor, version = asking.db, asking.actor, asking.version
    department = (await regions.department(db, actor.department)).name if actor.department else ""
    picked = await picking(db, actor, moves={form.move}, item=version, template=template)
    asks, filled = await form.asks(asking), _with_words(typed or {}, picked["picked"])
    return page(
        "cases/desk_form.html",
        status=refused.status if refused else 200,
        at=f"/desk/{row.applicant}/{row.id}",
        place=place.query(),
        department=department,
        case=row,
        item=version,
        name=name,
        form=form,
        asked=asks,
        unasked="" if any(one.name == "reason" for one in asks) else filled["reason"],
        **picked,
        typed=filled,
        refused=refused,
        errors=refused.fields if refused and refused.fields else {},
    )


def _with_words(typed: Mapping[str, str], picked: str) -> dict[str, str]:
    """What was typed, the words of a template below its reason."""
    words = "\n".join(part for part in (typed.get("reason", "").rstrip(), picked) if part)
    return {**typed, "reason": words}


@post("/desk/{applicant:uuid}/{case_id:uuid}/forms/{form:str}", who="cases.move")
async def make(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    applicant: UUID,
    case_id: UUID,
    form: str,
    after: str | None = None,
    show: str | None = None,
) -> Response[Any] | Redirect:
    """Make the move; a refusal shows the form again with what was typed, and so does a template that was picked."""
    posted, place = await form_of(request), Place.of(show, after)
    row, asked, asking = await _found(db, actor, applicant, case_id, form, now=now)
    if posted.get("_go") == PICK:
        return await _page(
            asking, row, form, asked, place=place, typed=posted, template=posted.get("template")
        )
    about = {"applicant": applicant, "posted": posted, "key": await idempotency_key(request)}
    refused = await refusal_of_form(_must_be_hers, asking, row, asked)
    if refused := refused or await refusal_of_form(asked.carry_out, asking, **about):
        return await _page(asking, row, form, asked, place=place, typed=posted, refused=refused)
    if asked.leaves:
        return redirect(f"/desk{place.query(did=str(asked.move), of=str(case_id))}")
    return redirect(f"/desk/{applicant}/{case_id}{place.query(did=str(asked.move))}")


routes = [ask, make]
