"""A neighbour's rows of the national exchange tables as an item: told only, since no form and no rules come with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

import msgspec

from tongban.catalogue.model.cancelling import Cancellation
from tongban.catalogue.model.codes import ELSEWHERE
from tongban.catalogue.model.guide import (
    Basis,
    Condition,
    Contact,
    Faq,
    Fee,
    Mark,
    Material,
    Place,
    Result,
    Step,
)
from tongban.catalogue.model.item import ItemVersion
from tongban.catalogue.model.limits import Clock
from tongban.catalogue.model.national import (
    AREAS,
    BASIC,
    EXTEND,
    FEE,
    MATERIAL,
    QUESTIONS,
    RESULT_KINDS,
    SEVERAL,
    UNITS,
    Line,
    Row,
)
from tongban.kit.i18n import Text

#: How an item says in its marks that it has no English: its Chinese words stand there until somebody translates it.
ENGLISH_MISSING = "english_missing"
_NOT_TOLD = "国家交换库未载明"
_MARK: Mark = "realistic"
_STAGES: tuple[tuple[str, str], ...] = (
    ("申请", "apply"),
    ("收件", "apply"),
    ("受理", "accept"),
    ("审查", "examine"),
    ("审核", "examine"),
    ("决定", "decide"),
    ("办结", "decide"),
    ("制证", "make"),
    ("送达", "deliver"),
)
_AMOUNT = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)
#: In which table and column the field of an item stands, for findings about it.
_COLUMNS = {
    "catalog_code": "catalog_code",
    "task_code": "task_code",
    "handle_code": "task_handle_item",
    "case_kind": "project_type",
    "clock": "promise_day",
    "ways": "handle_type",
    "steps": "handle_flow",
    "places": "transact_addr",
    "contact": "supervise_way",
    "name": "task_name",
}
_EXTENDED = {
    "visits_reason": "limit_scene_explain",
    "topics": "user_topic_type",
    "pay_online": "is_pay_online",
    "results": "result_name",
    "depth": "online_handle_depth",
}
_LISTS = {"materials": MATERIAL, "fees": FEE, "faq": QUESTIONS}
_CELLS = {MATERIAL: "by_law", FEE: "fee_stand", QUESTIONS: "question"}

Of = dict[str, list[Line]]


def code_of(handle_code: str) -> str:
    """The code of an item that came with the exchange."""
    return f"n-{handle_code.lower()}"


def imported(of: Of, *, topics: frozenset[str]) -> ItemVersion:
    """The told-only item of these rows by table, whose cells have been looked at; ``topics`` are the city's themes."""
    basic = of[BASIC][0].cells
    extend = of[EXTEND][0].cells if of.get(EXTEND) else {}
    targets = _several(basic["server_type"])
    name = _words(basic["task_name"])
    return ItemVersion(
        code=code_of(basic["task_handle_item"]),
        name=name,
        summary=_words(f"{basic['task_name']}，由{basic['dept_name']}办理。"),
        catalog_code=basic["catalog_code"],
        task_code=basic["task_code"],
        handle_code=basic["task_handle_item"],
        kind=basic["task_type"],
        level=basic["use_level"],
        department_kind=ELSEWHERE,
        department_name=_words(basic["dept_name"]),
        targets=targets,
        topics=_topics(targets, extend, topics),
        ways=_several(basic["handle_type"]),
        case_kind=_case_kind(basic["project_type"]),
        online="guide",
        scope=_scope(extend),
        visits=int(basic["limit_scene_num"]),
        visits_reason=_maybe(extend.get("limit_scene_explain", "")),
        clock=_clock(basic),
        conditions=tuple(
            Condition(text=_words(one), mark=_MARK) for one in _lines(basic["accept_condition"])
        ),
        materials=tuple(_material(line.cells, n) for n, line in enumerate(of.get(MATERIAL, []))),
        steps=tuple(_step(one) for one in _lines(basic["handle_flow"])),
        basis=tuple(
            Basis(law=_words(one), number=_words("—"), article=_words("—"), gist=_words(one), mark=_MARK)
            for one in _lines(basic["by_law"])
        ),
        fees=tuple(_fee(line.cells) for line in of.get(FEE, [])),
        fee_note=_words(basic["fee_basis"] or ("收费" if basic["is_fee"] == "1" else "不收费")),
        pay_online=extend.get("is_pay_online") == "1",
        results=_results(extend),
        faq=tuple(
            Faq(question=_words(one.cells["question"]), answer=_words(one.cells["answer"]), mark=_MARK)
            for one in of.get(QUESTIONS, [])
        ),
        places=_places(basic),
        contact=Contact(consult=basic["link_way"], supervise=basic["supervise_way"], mark=_MARK),
        remedies=(),
        nature=basic["dept_type"] or "1",
        power=basic["power_source"] or "1",
        depth=max(_several(extend.get("online_handle_depth", "")) or ("1",)),
        quantity_limit=_maybe(extend.get("limit_explain", "")),
        intermediary=_maybe(extend.get("service_type", "")),
        joint=tuple(_words(one) for one in _lines(extend.get("other_dept", ""))),
        appointment=extend.get("is_schedule") == "1",
        express=extend.get("is_express") == "1",
        effective_on=_day(basic["plan_effective_date"]),
        marks={"*": _MARK, ENGLISH_MISSING: "synthetic"},
    )


def ends(of: Of, code: str) -> Cancellation | None:
    """The day from which the item of these rows is cancelled (计划取消日期), where they name one."""
    day = _day(of[BASIC][0].cells["plan_cancel_date"])
    if day is None:
        return None
    return Cancellation(
        code=code,
        on=day,
        basis=Text("国家交换库载明的计划取消日期", "The day of cancelling in the national exchange"),
        instead=Text("请看主管部门公布的办法", "See what the organ in charge announces"),
        by="exchange",
    )


def place_of(field: str, of: Of) -> tuple[Line, str]:
    """The row and column in which the field of an item stands, as near as the tables have it."""
    name, _, rest = field.partition(".")
    table = _LISTS.get(name)
    if table is not None:
        lines, place = of.get(table, []), rest.partition(".")[0]
        if place.isdigit() and int(place) < len(lines):
            return lines[int(place)], _CELLS[table]
    if name in _EXTENDED and of.get(EXTEND):
        return of[EXTEND][0], _EXTENDED[name]
    return of[BASIC][0], _COLUMNS.get(name, "task_handle_item")


def amount_of(words: str) -> int | None:
    """The fen of an amount in yuan; None where it says none."""
    found = _AMOUNT.search(words)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


def _words(said: str) -> Text:
    return Text(said, said)


def _maybe(said: str) -> Text | None:
    return _words(said) if said.strip() else None


def _lines(said: str) -> list[str]:
    return [line.strip() for line in said.splitlines() if line.strip()]


def _several(said: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in SEVERAL.split(said) if one.strip()))


def _day(said: str) -> date | None:
    return date.fromisoformat(said[:10]) if said else None


def _case_kind(code: str) -> Literal["1", "2", "9"]:
    kind: Literal["1", "2", "9"] = msgspec.convert(code, Literal["1", "2", "9"])
    return kind


def _scope(extend: Row) -> Any:
    return next((scope for scope, code in AREAS.items() if code == extend.get("handle_area")), "place")


def _topics(targets: Iterable[str], extend: Row, known: frozenset[str]) -> tuple[str, ...]:
    """The city's themes that are meant; a group whose themes it does not know stands under the first of them."""
    found: list[str] = []
    for group, column in (("personal", "user_topic_type"), ("legal", "corp_topic_type")):
        if group not in {"personal" if target == "1" else "legal" for target in targets}:
            continue
        named = [f"{group}.{one}" for one in _several(extend.get(column, ""))]
        ours = sorted(one for one in known if one.startswith(f"{group}."))
        found += [one for one in named if one in known] or ours[:1]
    return tuple(found)


def _promised(days: int, unit: str) -> int:
    """A promise in working days: of calendar days and months so many as are in them at least."""
    if unit == UNITS["months"]:
        return days * 20
    return max(min(days, 1), days * 5 // 7) if unit == UNITS["calendar"] else days


def _clock(basic: Row) -> Clock:
    promised = _promised(int(basic["promise_day"]), basic["promise_type"])
    unit = next((name for name, code in UNITS.items() if code == basic["anticipate_type"]), "working")
    return Clock(
        accept_days=min(5, promised),
        promise_days=promised,
        statutory_days=int(basic["anticipate_day"]) if basic["anticipate_day"] else None,
        statutory_unit=msgspec.convert(unit, Literal["working", "calendar", "months"]),
    )


def _material(row: Row, place: int) -> Material:
    return Material(
        code=f"m{place + 1}",
        name=_words(row["material_name"]),
        detail=_words(row["fill_explain"] or row["material_name"]),
        required=row["is_need"] == "1",
        why=_words(row["source_explain"] or _NOT_TOLD),
        basis=_maybe(row["by_law"]),
        original=row["material_type"] or "1",
        medium=row["material_format"] or "1",
        copies=int(row["page_num"] or "1"),
        origin=row["source_type"] or "10",
        standard=_maybe(row["accept_stand"]),
        mark=_MARK,
    )


def _step(line: str) -> Step:
    title, _, detail = line.partition("：")
    stage: Any = next((stage for word, stage in _STAGES if word in title), "examine")
    return Step(stage=stage, title=_words(title), detail=_words(detail or title), mark=_MARK)


def _fee(row: Row) -> Fee:
    return Fee(
        name=_words(row["fee_name"]),
        fen=amount_of(row["fee_stand"]) or 0,
        basis=_words(row["by_law"]),
        mark=_MARK,
    )


def _results(extend: Row) -> tuple[Result, ...]:
    kinds = {code: kind for kind, code in RESULT_KINDS.items()}
    told = [one.strip() for one in SEVERAL.split(extend.get("result_type", "")) if one.strip()]
    names = _lines(extend.get("result_name", "")) or ["办理结果"]
    return tuple(
        Result(
            name=_words(name),
            kind=msgspec.convert(
                kinds.get(told[n] if n < len(told) else "", "other"), Literal["licence", "approval", "other"]
            ),
            delivery=_words(_NOT_TOLD),
            mark=_MARK,
        )
        for n, name in enumerate(names)
    )


def _places(basic: Row) -> tuple[Place, ...]:
    hours = basic["transact_time"].replace("\n", "；") or _NOT_TOLD
    return tuple(
        Place(name=_words(basic["dept_name"]), address=_words(one), hours=_words(hours), mark=_MARK)
        for one in _lines(basic["transact_addr"])
    )
