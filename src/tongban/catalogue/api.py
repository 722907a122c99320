"""The catalogue as JSON: search, the list with its filters, a guide, and the form of an item."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec
from litestar import get
from litestar.response import Response

from tongban.catalogue.actions import guiding, reading
from tongban.catalogue.model import (
    Basis,
    Card,
    Clock,
    Condition,
    Contact,
    Faq,
    Fee,
    Filters,
    Guidance,
    Hit,
    InspectionPoint,
    Material,
    Place,
    Questionnaire,
    Result,
    Situation,
    SpecialProcedure,
    Step,
    Together,
    next_question,
    result,
    with_answers,
)
from tongban.catalogue.model.listing import Audience, Mode
from tongban.catalogue.model.refusals import GuidedAnswerUnknown
from tongban.kit import clock, forms
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


class GuidedOption(msgspec.Struct, frozen=True):
    """One of the answers to a question."""

    value: str
    text: Text
    hint: Text | None


class GuidedQuestion(msgspec.Struct, frozen=True):
    """The question that comes next, and what hangs on it."""

    key: str
    text: Text
    why: Text
    options: list[GuidedOption]


class GuidedItem(msgspec.Struct, frozen=True):
    """An item to be done, in its situation; ``bring`` names the materials that nobody can get for the applicant."""

    code: str
    name: Text
    situation: dict[str, str]
    why: list[Text]
    bring: list[Text]
    days: int
    visits: int
    fen: int


class GuidedResult(msgspec.Struct, frozen=True):
    """What the answers lead to: items and what they take together; ``nothing`` says why there is nothing to do."""

    items: list[GuidedItem]
    nothing: list[Text]
    perhaps: list[Text]
    days: int
    visits: int
    fen: int
    fees_settled: bool
    trace: list[dict[str, Any]]


class Guided(msgspec.Struct, frozen=True):
    """Where these answers stand in a questionnaire: its next question, or what they lead to."""

    key: str
    number: int
    title: Text
    table: str
    answers: dict[str, str]
    next: GuidedQuestion | None
    result: GuidedResult | None


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
    now: datetime,
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
    """Items that are offered today, by pinyin."""
    filters = Filters(
        audience=audience, theme=theme, department=department, mode=mode, district=district, kind=kind
    )
    behind = place(after, "items", tuple[str, str]) or ("", "")
    every = [
        line
        for line in await reading.offered(db, today=clock.city_day(now))
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


@get("/api/v1/guided/{key:str}", who="catalogue.guide", include_in_schema=True)
async def guided(db: Database, now: datetime, key: str, answers: str = "") -> Guided:
    """The question that comes next after these answers, or what they lead to; nothing of anybody is read or kept."""
    found = await guiding.questionnaire_named(db, key)
    given = _given(found, answers)
    facts, today = with_answers(found, given, {}), clock.city_day(now)
    question = next_question(found, facts, today=today)
    asked = None
    if question is not None:
        options = [GuidedOption(one.value, one.text, one.hint) for one in question.options]
        asked = GuidedQuestion(question.key, question.text, question.why, options)
    told = None if question else result(found, facts, today=today)
    return Guided(
        key=found.key,
        number=found.number,
        title=found.title,
        table=found.table.hash,
        answers=given,
        next=asked,
        result=_led_to(told, await guiding.needs_of(db, told)) if told else None,
    )


def _given(found: Questionnaire, answers: str) -> dict[str, str]:
    """The answers as they are written, ``question:option`` with commas between them; raises GuidedAnswerUnknown."""
    given: dict[str, str] = {}
    for said in filter(None, answers.split(",")):
        name, _, value = said.strip().partition(":")
        question = found.question(name)
        if question is None or question.option(value) is None:
            raise GuidedAnswerUnknown(said)
        given[name] = value
    return given


def _led_to(told: Guidance, needs: Together) -> GuidedResult:
    items = [
        GuidedItem(
            code=one.item.code,
            name=one.item.name,
            situation=one.offered.situation,
            why=[row.text for row in one.offered.rules],
            bring=[material.name for material in one.bring],
            days=one.item.clock.promise_days,
            visits=one.item.visits,
            fen=one.due.total,
        )
        for one in needs.needs
    ]
    return GuidedResult(
        items=items,
        nothing=[row.text for row in told.nothing],
        perhaps=[row.text for row in told.perhaps],
        days=needs.days,
        visits=needs.visits,
        fen=needs.fen,
        fees_settled=needs.fees_settled,
        trace=msgspec.to_builtins(told.outcome.rows, builtin_types=()),
    )


routes = [search, items, item, form, guided]
