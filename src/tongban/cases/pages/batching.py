"""Bulk actions on the desk: a page of the list to tick, the preview of each case, one confirmation, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, get, post
from litestar.response import Response

from tongban import catalogue, regions
from tongban.cases import actions
from tongban.cases.model import STATE_WORDS
from tongban.cases.model.batch import BULK_OUTCOMES, BULK_WORDS, REASONED, BulkLine, bulk_asked, bulk_move
from tongban.cases.pages.queue import PAGE, Place, cursor_of
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.idempotency import KeyReused
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, idempotency_key, page

#: Each box is posted under a name of its own.
CASE = "case-"


@get("/desk/bulk", who="cases.desk")
async def choose(
    db: Database, actor: Actor, now: datetime, after: str | None = None, show: str | None = None
) -> Response[str]:
    """The page of the list on which the officer stands, to tick cases and say what is to be done."""
    return await _choose(db, actor, now=now, place=Place.of(show, after), typed={})


async def _choose(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    place: Place,
    typed: Mapping[str, str],
    refused: Refused | None = None,
) -> Response[str]:
    rows = await actions.desk(db, actor, after=cursor_of(place.after), limit=PAGE, show=place.show, now=now)
    items = [await catalogue.version(db, *one) for one in {(row.item, row.item_version) for row in rows}]
    return page(
        "cases/bulk.html",
        status=refused.status if refused else 200,
        department=(await regions.department(db, actor.department)).name if actor.department else "",
        place=place.query(),
        lines=[
            (
                f"{CASE}{number}",
                row.id,
                (await actions.item_words(db, row.item))[0],
                row,
                STATE_WORDS[row.state],
            )
            for number, row in enumerate(rows, 1)
        ],
        moves=list(BULK_WORDS.items()),
        templates=await actions.bulk_templates(db, actor, items),
        typed=typed,
        ticked={value for name, value in typed.items() if name.startswith(CASE)},
        refused=refused,
        errors=refused.fields if refused else {},
    )


@post("/desk/bulk", who="cases.desk", status_code=200)
async def preview(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    after: str | None = None,
    show: str | None = None,
) -> Response[str]:
    """Each case with what would become of it, or why it cannot; nothing is done yet."""
    posted, place = await form_of(request), Place.of(show, after)
    try:
        move, chosen = bulk_asked(posted.get("move", ""), _chosen(posted, whole=posted.get("_go") == "all"))
        template = posted.get("template", "")
        lines = await actions.bulk_preview(db, actor, chosen=chosen, move=move, template=template)
    except Refused as refused:
        if refused.status != 422:
            raise
        return await _choose(db, actor, now=now, place=place, typed=posted, refused=refused)
    reason = posted.get("reason") or await actions.bulk_words(db, actor, template)
    return await _lines(db, lines, posted, reason=reason, key=str(uuid4()))


async def _lines(
    db: Database,
    lines: list[BulkLine],
    posted: Mapping[str, str],
    *,
    reason: str = "",
    key: str = "",
    refused: Refused | None = None,
    done: bool = False,
) -> Response[str]:
    move = bulk_move(posted.get("move", ""))
    return page(
        "cases/bulk_lines.html",
        status=refused.status if refused else 200,
        move=move,
        move_words=BULK_WORDS[move],
        outcome=BULK_OUTCOMES[move],
        reasoned=move in REASONED,
        lines=[
            (line, (await actions.item_words(db, line.row.item))[0] if line.row else None) for line in lines
        ],
        can=[str(line.case_id) for line in lines if line.row is not None and line.why is None],
        picked=posted.get("template", ""),
        reason=reason,
        key=key,
        refused=refused,
        errors=refused.fields if refused else {},
        done=done,
    )


@post("/desk/bulk/run", who="cases.desk", status_code=200)
async def run(db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]) -> Response[str]:
    """Do what was previewed, each case for itself, and tell what came of each; sent again it does nothing twice."""
    posted = await form_of(request)
    reason, template = posted.get("reason", ""), posted.get("template", "")
    key = await idempotency_key(request) or str(uuid4())
    try:
        move, chosen = bulk_asked(posted.get("move", ""), _chosen(posted, whole=False))
        lines = await actions.bulk_run(
            db, actor, chosen=chosen, move=move, reason=reason, template=template, key=key, now=now
        )
    except Refused as refused:
        if refused.status != 422 or isinstance(refused, KeyReused):
            raise
        if "reason" not in refused.fields:
            return await _choose(db, actor, now=now, place=Place(), typed=posted, refused=refused)
        lines = await actions.bulk_preview(db, actor, chosen=chosen, move=move, template=template)
        return await _lines(db, lines, posted, reason=reason, key=key, refused=refused)
    return await _lines(db, lines, posted, reason=reason, done=True)


def _chosen(posted: Mapping[str, str], *, whole: bool) -> list[UUID]:
    """The cases ticked, or all of the page; what is no id is passed over."""
    prefix = "all-" if whole else CASE
    found = []
    for name, value in posted.items():
        if name.startswith(prefix):
            found.append(id_told(value))
    return [one for one in found if one is not None]


routes = [choose, preview, run]
