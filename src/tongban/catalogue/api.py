"""The catalogue as JSON: search, the list with its filters, a guide, and the form of an item."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec
from litestar import get
from litestar.response import Response

from tongban.catalogue.actions import reading
from tongban.catalogue.model import (
    Basis,
    Card,
    Clock,
    Condition,
    Contact,
    Faq,
    Fee,
    Filters,
    Hit,
    InspectionPoint,
    Material,
    Place,
    Result,
    Situation,
    SpecialProcedure,
    Step,
)
from tongban.catalogue.model.listing import Audience, Mode
from tongban.kit import forms
from tongban.kit.db import Database
from tongban.kit.i18n import Text, language
from tongban.kit.web.paging import USUAL, After, CursorMalformed, Limit, cursor, listed, place, shown


class HitPage(msgspec.Struct, frozen=True):
    """What a search found, best first."""

    hits: list[Hit]
    next: str | None


class ItemLine(msgspec.Struct, frozen=True):
    """An item in force, as a list shows it."""

    code: str
    card: Card
    online: bool


class ItemPage(msgspec.Struct, frozen=True):
    """Items in force by their name."""

    items: list[ItemLine]
    next: str | None


class Reading(msgspec.Struct, frozen=True):
    """What an application reads of one source, and what for (PIPL art. 17)."""

    source: Text
    read: Text
    purpose: Text


class ItemGuide(msgspec.Struct, frozen=True, kw_only=True):
    """The guide of an item in force: codes of GB/T 39046 and GB/T 39554.1, each with its words."""

    code: str
    number: int
    published_on: date | None
    effective_on: date | None
    name: Text
    summary: Text
    also_called: tuple[str, ...]
    catalog_code: str
    task_code: str
    handle_code: str
    kind: str
    kind_name: Text
    level: str
    level_name: Text
    power: str
    power_name: Text
    nature: str
    nature_name: Text
    depth: str
    depth_name: Text
    targets: tuple[str, ...]
    target_names: list[Text]
    topics: tuple[str, ...]
    ways: tuple[str, ...]
    way_names: list[Text]
    case_kind: Literal["1", "2", "9"]
    case_kind_name: Text
    scope: Literal["nation", "provinces", "city", "place"]
    scope_name: Text
    online: Literal["full", "part", "guide"]
    min_level: int
    department_kind: str
    department_name: Text
    clock: Clock
    visits: int
    visits_reason: Text | None
    appointment: bool
    express: bool
    zero_material: bool
    conditions: tuple[Condition, ...]
    situations: tuple[Situation, ...]
    materials: tuple[Material, ...]
    steps: tuple[Step, ...]
    special_procedures: tuple[SpecialProcedure, ...]
    inspection: tuple[InspectionPoint, ...]
    basis: tuple[Basis, ...]
    is_free: bool
    fees: tuple[Fee, ...]
    fee_note: Text
    pay_online: bool
    results: tuple[Result, ...]
    faq: tuple[Faq, ...]
    places: tuple[Place, ...]
    contact: Contact
    rights: tuple[Text, ...]
    remedies: tuple[Condition, ...]
    quantity_limit: Text | None
    intermediary: Text | None
    joint: tuple[Text, ...]
    reads: list[Reading]


@get("/api/v1/search", who="catalogue.search", include_in_schema=True)
async def search(
    db: Database,
    q: str = "",
    audience: Audience | None = None,
    theme: str | None = None,
    department: str | None = None,
    mode: Mode | None = None,
    district: str | None = None,
    kind: str | None = None,
    after: After = None,
    limit: Limit = USUAL,
) -> Response[HitPage]:
    """Items that people mean by ``q``, best first; a cursor of an item that is found no more is none."""
    filters = Filters(
        audience=audience, theme=theme, department=department, mode=mode, district=district, kind=kind
    )
    hits = await reading.search(db, q, language(), filters)
    behind = place(after, "search", str)
    if behind is not None:
        codes = [hit.code for hit in hits]
        if behind not in codes:
            raise CursorMalformed
        hits = hits[codes.index(behind) + 1 :]
    found, last = shown(hits[: limit + 1], limit)
    next_page = cursor("search", last.code) if last else None
    return listed(HitPage(found, next_page), next_page)


@get("/api/v1/items", who="catalogue.search", include_in_schema=True)
async def items(
    db: Database,
    online: bool | None = None,
    audience: Audience | None = None,
    theme: str | None = None,
    department: str | None = None,
    mode: Mode | None = None,
    district: str | None = None,
    kind: str | None = None,
    after: After = None,
    limit: Limit = USUAL,
) -> Response[ItemPage]:
    """Items in force, by pinyin."""
    filters = Filters(
        audience=audience, theme=theme, department=department, mode=mode, district=district, kind=kind
    )
    behind = place(after, "items", tuple[str, str]) or ("", "")
    every = [
        line
        for line in (await reading.listing(db)).lines.values()
        if (line.pinyin, line.code) > behind and online in (None, line.online) and filters.lets(line)
    ]
    found, last = shown(every[: limit + 1], limit)
    next_page = cursor("items", (last.pinyin, last.code)) if last else None
    lines = [ItemLine(line.code, line.card, line.online) for line in found]
    return listed(ItemPage(lines, next_page), next_page)


@get("/api/v1/items/{code:str}", who="catalogue.guide", include_in_schema=True)
async def item(db: Database, code: str) -> ItemGuide:
    """The guide of an item in force."""
    version = await reading.current(db, code)
    reads = [Reading(*use) for use in await reading.sources_of(db, version)]
    told = {name: getattr(version, name) for name in ItemGuide.__struct_fields__ if name != "reads"}
    return ItemGuide(**told, reads=reads)


@get(
    "/api/v1/items/{code:str}/form",
    who="catalogue.guide",
    include_in_schema=True,
    media_type="application/schema+json",
)
async def form(db: Database, code: str) -> dict[str, Any]:
    """The form of an item that can be applied for here, as JSON Schema 2020-12."""
    version = await reading.current(db, code)
    reading.must_be_online(version)
    return forms.json_schema(forms.compile_form(version.form))


routes = [search, items, item, form]
