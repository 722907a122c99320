"""Pages of who has what in hand: absences with their deputies, the list's filter and its named lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import catalogue, regions
from tongban.cases import actions
from tongban.cases.model import LAMP_WORDS, STATE_WORDS, Lamp
from tongban.cases.model.assignment import AT_WORK, MINE, NOBODYS
from tongban.cases.pages.desk_forms import Options
from tongban.cases.pages.queue import WAITING, Place, item_name
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor, Duty
from tongban.kit.web import form_of, page, redirect


@get("/desk/absence", who="cases.absence")
async def absences(db: Database, actor: Actor, now: datetime, did: str | None = None) -> Response[str]:
    """Who of the department is or will be away, and the form for one's own absence; the head's for a colleague's."""
    return await _absence_page(db, actor, now=now, did=did)


async def _absence_page(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    did: str | None = None,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    people = await actions.colleagues(db, actor)
    head = Duty.HEAD in actor.duties
    return page(
        "cases/absence.html",
        status=refused.status if refused else 200,
        away=await actions.absences(db, actor, now=now),
        people=[(str(who), one.name) for who, one in people.items()],
        # Nobody stands in for herself; the head, who enters a colleague's absence too, may for the colleague.
        deputies=[(str(who), one.name) for who, one in people.items() if head or who != actor.id],
        head=head,
        today=clock.city_day(now),
        typed=typed or {},
        refused=refused,
        errors=refused.fields if refused else {},
        message={"noted": N_("已登记请假。"), "ended": N_("已取消请假。")}.get(did or ""),
    )


@post("/desk/absence", who="cases.absence")
async def be_absent(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]
) -> Response[Any] | Redirect:
    """Note an absence; a refusal shows the form again with what was typed."""
    posted = await form_of(request)
    days = {name: _day(posted, name) for name in ("first", "last")}
    try:
        await actions.be_absent(db, actor, posted={**posted, **days}, now=now)
    except Refused as refused:
        return await _absence_page(db, actor, now=now, typed=posted, refused=refused)
    return redirect("/desk/absence?did=noted")


def _day(posted: Mapping[str, str], name: str) -> str:
    return "-".join(posted.get(f"{name}-{part}", "").strip().zfill(2) for part in ("year", "month", "day"))


@post("/desk/absence/end", who="cases.absence")
async def end_absence(db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]) -> Redirect:
    """Take an absence back, or end it early."""
    absence = (await form_of(request)).get("absence", "")
    await actions.end_absence(db, actor, absence=absence, now=now)
    return redirect("/desk/absence?did=ended")


@get("/desk/filter", who="cases.desk")
async def ask_filter(
    db: Database, actor: Actor, show: str | None = None, did: str | None = None
) -> Response[str]:
    """What the list is narrowed to, all at once, and the lists that one has named."""
    return await _filter_page(db, actor, place=Place.of(show, None), did=did)


async def _filter_page(
    db: Database,
    actor: Actor,
    *,
    place: Place,
    did: str | None = None,
    name: str = "",
    refused: Refused | None = None,
) -> Response[str]:
    narrow = place.narrow
    department = await regions.department(db, actor.department or "")
    listing = (await catalogue.listing(db)).lines
    people = await actions.colleagues(db, actor)
    items: Options = [
        (code, line.card.name)
        for code, line in listing.items()
        if line.card.department_kind == department.kind
    ]
    if narrow.item and narrow.item not in dict(items):
        items.append((narrow.item, await item_name(db, narrow.item)))
    hands: Options = [(MINE, N_("我承办的（含代理）")), (NOBODYS, N_("无人承办"))]
    return page(
        "cases/filter.html",
        status=refused.status if refused else 200,
        place=place,
        asked=msgspec.to_builtins(narrow)
        | ({"state": place.show} if place.show in set(WAITING) else {"show": place.show or ""}),
        lamps=[(str(lamp), LAMP_WORDS[lamp]) for lamp in (Lamp.RED, Lamp.AMBER, Lamp.GREEN)],
        items=sorted(items, key=lambda one: str(one[0])),
        districts=[(one.code, one.name) for one in await regions.districts(db)],
        states=[
            (str(one), words) for one, words in ({at: STATE_WORDS[at] for at in AT_WORK} | WAITING).items()
        ],
        people=hands + [(str(who), one.name) for who, one in people.items() if who != actor.id],
        saved=await actions.saved_filters(db, actor),
        query=place.query(),
        name=name,
        refused=refused,
        errors=refused.fields if refused else {},
        message={"saved": N_("已保存。"), "dropped": N_("已删除。")}.get(did or ""),
    )


@post("/desk/filter", who="cases.desk")
async def save_filter(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]
) -> Response[Any] | Redirect:
    """Name the list that is asked for, or forget a name; only what a list can be narrowed to is kept."""
    posted = await form_of(request)
    if "drop" in posted:
        await actions.drop_filter(db, actor, name=posted["drop"])
        return redirect("/desk/filter?did=dropped")
    asked = dict(parse_qsl(posted.get("query", "").lstrip("?"))) | {
        name: posted[name] for name in ("show", "item", "district", "state", "who") if name in posted
    }
    place = Place.asked_for(asked)
    name = posted.get("name", "")
    try:
        await actions.save_filter(db, actor, name=name, query=place.query(), now=now)
    except Refused as refused:
        return await _filter_page(db, actor, place=place, name=name, refused=refused)
    return redirect(f"/desk/filter{place.query(did='saved')}")


routes = [absences, be_absent, end_absence, ask_filter, save_filter]
