"""The page of supervision 电子监察: what a department accounts for, what has come up to the supervising office."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import regions
from tongban.cases import actions
from tongban.cases.model import LAMP_WORDS, NoSuchRecord
from tongban.cases.model.supervision import OWNER_WORDS, RULES, Record, RuleName
from tongban.cases.pages.queue import colour_of, cursor_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.ids import bucket_of, id_told
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect

PAGE = 25


@get("/desk/supervision", who="cases.supervision")
async def supervision(
    db: Database, actor: Actor, before: str | None = None, answered: int = 0, did: int = 0
) -> Response[str]:
    """Records that wait for an answer, or those that have one, latest first; keyset, one statement."""
    return await _page(db, actor, before=before, answered=bool(answered), did=bool(did))


async def _page(
    db: Database,
    actor: Actor,
    *,
    before: str | None = None,
    answered: bool = False,
    did: bool = False,
    refused: Refused | None = None,
    typed: dict[str, str] | None = None,
) -> Response[str]:
    found = await actions.supervision_records(
        db, actor, answered=answered, before=cursor_of(before), limit=PAGE + 1
    )
    more = found[PAGE - 1] if len(found) > PAGE else None
    return page(
        "cases/supervision.html",
        status=refused.status if refused else 200,
        rows=[await _line(db, one) for one in found[:PAGE]],
        answered=answered,
        did=did,
        refused=refused,
        typed=typed or {},
        department=(await regions.department(db, actor.department)).name if actor.department else "",
        over_all=actions.supervises(actor),
        next_href=f"/desk/supervision?answered={int(answered)}&before={more.at:%Y-%m-%dT%H:%M:%S.%fZ}~{more.case_id}"
        if more
        else None,
    )


async def _line(db: Database, one: Record) -> dict[str, Any]:
    name, _ = await actions.item_words(db, one.item)
    return {
        "key": f"{one.case_id}~{one.rule}~{one.occasion}",
        "number": one.number,
        "item": name,
        "href": f"/desk?q={one.short_code}",
        "code": one.short_code,
        "words": RULES[one.rule].words,
        "rule": RULES[one.rule].number,
        "colour": colour_of(one.lamp),
        "lamp": LAMP_WORDS[one.lamp],
        "department": (await regions.department(db, one.department)).name,
        "at": one.at,
        "due": clock.city_day(one.due) if one.due else None,
        "owner": OWNER_WORDS[one.owner],
        "answer": one.answer,
        "answered_by": one.answered_by,
        "answered_at": one.answered_at,
    }


@post("/desk/supervision", who="cases.supervision")
async def answer(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]
) -> Response[Any] | Redirect:
    """Account for one record; what was typed stays in the page when it is refused."""
    posted = await form_of(request)
    try:
        record = _record_of(posted.get("record", ""))
        await actions.answer_supervision(db, actor, record=record, words=posted.get("words", ""), now=now)
    except Refused as refused:
        return await _page(db, actor, refused=refused, typed=posted)
    return redirect("/desk/supervision?did=1")


def _record_of(key: str) -> tuple[int, UUID, RuleName, str]:
    try:
        case_id, rule, occasion = key.split("~")
        found, name = id_told(case_id), RuleName(rule)
    except ValueError as wrong:
        raise NoSuchRecord from wrong
    if found is None:
        raise NoSuchRecord
    return bucket_of(found), found, name, occasion


routes = [supervision, answer]
