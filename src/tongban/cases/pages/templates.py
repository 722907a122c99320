"""Templates of reasons on the desk: chosen where a reason is written, and a page for the department's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban import catalogue, regions
from tongban.cases import actions
from tongban.cases.model import Move
from tongban.cases.model.desk_refusals import TemplateMoved, TemplateUnfit
from tongban.cases.model.reason_templates import OF_MOVE, USES, OwnTemplate
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import Language
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, idempotency_key, page, redirect

#: The button that picks a template, posted with all that was typed.
PICK = "pick"


async def picking(
    db: Database,
    actor: Actor,
    *,
    moves: Collection[Move],
    item: catalogue.ItemVersion,
    template: str | None,
    language: Language | None = None,
) -> dict[str, Any]:
    """What a page needs to offer templates for the first of these moves that has any, and the text of the chosen one.

    ``offered``, ``chosen`` and ``picked``. One statement, none where no reason is written.
    """
    use = next((use for move, use in OF_MOVE.items() if move in moves), None)
    found = await actions.templates_for(db, actor, use=use, item=item, language=language) if use else []
    return {
        "offered": found,
        "chosen": template,
        "picked": next((one.text for one in found if one.key == template), ""),
    }


@get("/desk/templates", who="cases.templates")
async def mine(db: Database, actor: Actor, edit: UUID | None = None, did: str | None = None) -> Response[str]:
    """The department's own templates and the city's; ``edit`` is the one that the form holds."""
    own = await actions.own_templates(db, actor)
    one = next((one for one in own if one.id == edit), None)
    typed = {} if one is None else _typed(one)
    return await _mine(db, actor, own, typed=typed, did=did)


def _typed(one: OwnTemplate) -> dict[str, str]:
    """A template as its form holds it."""
    return {
        "id": str(one.id),
        "seen": one.changed_at.isoformat(),
        "use": one.move,
        "item": one.item or "",
        "title": one.title,
        "words": one.words,
        "basis": one.basis,
    }


async def _mine(
    db: Database,
    actor: Actor,
    own: list[OwnTemplate],
    *,
    typed: Mapping[str, str],
    refused: Refused | None = None,
    did: str | None = None,
) -> Response[str]:
    items = await actions.department_items(db, actor)
    return page(
        "cases/templates.html",
        status=refused.status if refused else 200,
        department=(await regions.department(db, actor.department)).name if actor.department else "",
        own=own,
        city_templates=actions.city_reasons().templates,
        uses=USES,
        items=items,
        item_names=dict(items),
        typed=typed,
        refused=refused,
        errors=refused.fields if refused else {},
        did=did,
    )


@post("/desk/templates", who="cases.templates")
async def keep(db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]) -> Response[Any]:
    """Add a template, or change the one that the form names; what was typed stays when it is refused."""
    posted = await form_of(request)
    try:
        await actions.keep_template(
            db,
            actor,
            posted=posted,
            template_id=id_told(posted.get("id")),
            seen=clock.instant_told(posted.get("seen", "")),
            items=frozenset(code for code, _ in await actions.department_items(db, actor)),
            key=await idempotency_key(request),
            now=now,
        )
    except (TemplateUnfit, TemplateMoved) as refused:
        own = await actions.own_templates(db, actor)
        return await _mine(db, actor, own, typed=posted, refused=refused)
    return redirect("/desk/templates?did=kept")


@post("/desk/templates/remove", who="cases.templates")
async def remove(db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]) -> Response[Any]:
    """Offer a template no more; one that is gone already is gone."""
    template_id = id_told((await form_of(request)).get("id"))
    if template_id is not None:
        await actions.remove_template(db, actor, template_id=template_id, now=now)
    return redirect("/desk/templates?did=removed")


routes = [mine, keep, remove]
