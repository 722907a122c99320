"""An item's next version while it is written 事项修订: what its form posts, and what becomes of the item's own form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec

from tongban.catalogue.model.code_sets import SCOPES
from tongban.catalogue.model.counting import ORGAN
from tongban.catalogue.model.elements import of_material
from tongban.catalogue.model.guide import Material
from tongban.catalogue.model.item import ItemVersion
from tongban.catalogue.model.source import SourceKind
from tongban.catalogue.model.unreadable import misfit, unwritten
from tongban.kit.errors import Words
from tongban.kit.forms import BadForm, compile_form
from tongban.kit.i18n import N_, Message, Text

Raw = dict[str, Any]
#: How a material comes, by the kind of its source.
ROUTE_OF: dict[SourceKind, str] = {
    "resource": "shared",
    "licence_type": "licence",
    "commitment": "commitment",
}
KIND_OF: dict[str, SourceKind] = {route: kind for kind, route in ROUTE_OF.items()}
#: What the form says where a material is brought.
BROUGHT = "none"
_LONGEST = 2000


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """The draft 草稿 of an item's next version: the whole ``body``, begun from version ``base``.

    ``revision`` counts its savings and guards them; 0 has not been saved yet.
    """

    item: str
    base: int
    revision: int
    body: dict[str, Any]
    changed_by: str = ""
    changed_at: datetime | None = None


class Field(NamedTuple):
    """A plain field of an item that its form edits, by its path in the body; ``empty`` where it may be left out."""

    path: str
    label: Message
    kind: Literal["text", "long", "number", "choice", "tick"] = "text"
    empty: bool = False


#: The sections of the form: title, and the fields in it.
FIELDS: tuple[tuple[Message, tuple[Field, ...]], ...] = (
    (
        N_("名称和说明"),
        (
            Field("name.zh", N_("名称（中文）")),
            Field("name.en", N_("名称（英文）")),
            Field("summary.zh", N_("说明（中文）"), "long"),
            Field("summary.en", N_("说明（英文）"), "long"),
        ),
    ),
    (
        N_("时限和到现场"),
        (
            Field("clock.promise_days", N_("承诺办结时限（工作日，即办为 0）"), "number"),
            Field("clock.statutory_days", N_("法定办结时限（法律没有规定的不填）"), "number", empty=True),
            Field("visits", N_("到现场次数"), "number"),
            Field("visits_reason.zh", N_("到现场的原因（中文）"), empty=True),
            Field("visits_reason.en", N_("到现场的原因（英文）"), empty=True),
            Field("scope", N_("通办范围"), "choice"),
            Field("express", N_("提供快递送达"), "tick"),
            Field("appointment", N_("提供预约"), "tick"),
        ),
    ),
)
#: Of a material: its words, each by the path in its row.
_MATERIAL_TEXTS = (
    *("name.zh", "name.en", "detail.zh", "detail.en", "why.zh", "why.en"),
    *("basis.zh", "basis.en", "beyond.zh", "beyond.en"),
)
#: Its words in two languages that it may have none of.
_MATERIAL_MAY_LACK = ("basis", "beyond")
#: How a row says the situations in which it is needed: a box each, posted by number behind the situation's key, and
#: this name by itself, which says that they were shown.
ONLY_IF = "only_if"
_ELEMENT = re.compile(r"DE(-[A-Z0-9]+)+")
_SCOPES = tuple(SCOPES)


def at(body: Mapping[str, Any], path: str) -> Any:
    """What stands at a dotted path; None where nothing does."""
    there: Any = body
    for step in path.split("."):
        there = there.get(step) if isinstance(there, Mapping) else None
    return there


def _put(body: Raw, path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        if not isinstance(body.get(step), dict):
            body[step] = {}
        body = body[step]
    body[last] = value


class Typed(NamedTuple):
    """What a posted form makes of a body, and what in it cannot be one: field and sentence; of a text also how its
    parser says it."""

    body: Raw
    faults: dict[str, Words]
    parser: tuple[str, ...] = ()


def typed(body: Raw, posted: Mapping[str, str]) -> Typed:
    """The body with what was typed in its place; what cannot be read stays out and is told.

    Rows of materials are posted as ``materials.N.…``, the last of them empty for a new one. An empty pair of words is
    no text at all.
    """
    draft: Raw = deepcopy(body)
    faults: dict[str, Words] = {}
    for field in (field for _, fields in FIELDS for field in fields):
        if field.kind == "tick":
            _put(draft, field.path, field.path in posted)
        elif field.path in posted:
            value, fault = _read(field, posted[field.path].strip())
            if fault is not None:
                faults[field.path] = fault
            else:
                _put(draft, field.path, value)
    if not any((draft.get("visits_reason") or {}).values()):
        draft["visits_reason"] = None
    draft["case_kind"] = "1" if at(draft, "clock.promise_days") == 0 else "2"
    _in_person(draft, body)
    draft["materials"] = _materials(draft.get("materials", []), posted, faults)
    return Typed(draft, faults)


def _in_person(draft: Raw, before: Raw) -> None:
    """What goes with the visits of an item that can be applied for here."""
    if draft.get("online") in ("full", "part") and draft.get("visits") != before.get("visits"):
        draft["online"] = "part" if draft["visits"] else "full"


def _read(field: Field, said: str) -> tuple[Any, Message | None]:
    if len(said) > _LONGEST:
        return None, N_("最多 {most} 个字。", most=_LONGEST)
    if not said:
        return (None, None) if field.empty else (None, N_("请填写。"))
    if field.kind == "number":
        whole = said.isascii() and said.isdecimal() and len(said) <= 4
        return (int(said), None) if whole else (None, N_("请填写 0 以上的整数。"))
    if field.kind == "choice" and said not in _SCOPES:
        return None, N_("请从列出的选项中选择。")
    return said, None


def _materials(rows: Sequence[Raw], posted: Mapping[str, str], faults: dict[str, Words]) -> list[Raw]:
    found: list[Raw] = []
    for place in range(len(rows) + 1):
        head = f"materials.{place}."
        said = {
            name.removeprefix(head): value.strip() for name, value in posted.items() if name.startswith(head)
        }
        if not said:
            found += rows[place : place + 1]
        elif "gone" not in said and (place < len(rows) or said.get("code")):
            row = dict(rows[place]) if place < len(rows) else _new(said["code"])
            if place == len(rows) and any(one["code"] == row["code"] for one in rows):
                faults[f"{head}code"] = N_("已有同名的材料，请换一个代码。")
            found.append(_row(row, said, head, faults))
    return found


def with_standards(body: Raw, standard: Mapping[str, Sequence[str]]) -> dict[str, Words]:
    """Write into each material of a draft's body what its standard material proves, where it says nothing itself.

    Gives the faults: standard materials that the city does not have, and papers that people bring of which nothing is
    said that the gate could match.
    """
    faults: dict[str, Words] = {}
    for place, row in enumerate(body.get("materials") or ()):
        code = row.get("material_code") or ""
        if code and code not in standard:
            faults[f"materials.{place}.material_code"] = N_(
                "标准材料库里没有“{code}”：请核对编码，或者留空。", code=code[:40]
            )
        elif code and not row.get("elements"):
            row["elements"] = list(standard[code])
        elif not (code or row.get("elements") or row.get("beyond")) and row.get("route", BROUGHT) == BROUGHT:
            faults[f"materials.{place}.material_code"] = N_(
                "由申请人提交的材料，请写明标准材料编码，或者它证明的数据元：发布时按这些核对来源。"
            )
    return faults


def changed_for_good(body: Mapping[str, Any], standing: Mapping[str, Any]) -> dict[str, Words]:
    """What a draft may not say otherwise than ``standing``: which item it is, whose, and what publishing fills in."""
    faults: dict[str, Words] = {}
    if body["code"] != standing["code"]:
        faults["code"] = N_("事项代码（code）不能修改，应为 {code}。", code=standing["code"])
    for name in ("department_kind", "department_name"):
        if body[name] != standing[name]:
            faults[name] = _not_hers(name, standing[name])
    organ = standing["task_code"][:ORGAN]
    if body["task_code"][:ORGAN] != organ:
        faults["task_code"] = _not_hers("task_code", f"{organ}…")
    for name in ("number", "published_on"):
        if str(body.get(name, standing[name])) != str(standing[name]):
            faults[name] = N_(
                "{field} 在发布时由系统填写，不能修改，应为 {value}。", field=name, value=str(standing[name])
            )
    return faults


def _not_hers(name: str, value: Any) -> Message:
    said = Text(**value) if isinstance(value, Mapping) else value
    return N_("事项归哪个部门不能在这里修改：{field} 应为 {value}。", field=name, value=said)


def _new(code: str) -> Raw:
    return {"code": code, "why": {"zh": "", "en": ""}, "mark": "realistic"}


def _row(row: Raw, said: Mapping[str, str], head: str, faults: dict[str, Words]) -> Raw:
    for path in (path for path in _MATERIAL_TEXTS if path in said):
        _put(row, path, said[path][:_LONGEST])
    for name in _MATERIAL_MAY_LACK:
        if not any((row.get(name) or {}).values()):
            row[name] = None
    if "material_code" in said:
        row["material_code"] = said["material_code"]
    if "elements" in said:
        row["elements"] = list(dict.fromkeys(re.findall(r"[^\s,，、;；]+", said["elements"].upper())))
        if wrong := [one for one in row["elements"] if not _ELEMENT.fullmatch(one)]:
            faults[f"{head}elements"] = N_(
                "“{code}”不是数据元编码：编码如 DE-SEX，用空格隔开。", code=wrong[0][:40]
            )
    if ONLY_IF in said:
        row[ONLY_IF] = situations_in(said)
    row["required"] = "required" in said
    kind, _, source = said.get("from", BROUGHT).partition("/")
    row["route"] = ROUTE_OF.get(kind, BROUGHT) if source else BROUGHT  # type: ignore[call-overload]
    row["source"] = source
    return row


def situations_in(said: Mapping[str, str]) -> dict[str, list[str]]:
    """The situations that a posted row ticks, by key."""
    found: dict[str, list[str]] = {}
    for name, value in said.items():
        if name.startswith(f"{ONLY_IF}."):
            key = name.removeprefix(f"{ONLY_IF}.").rpartition("-")[0]
            found.setdefault(key, []).append(value)
    return found


def comes_from(material: Mapping[str, Any]) -> str:
    """How the form says where a material comes from: ``kind/code`` of its source, or that it is brought."""
    kind = KIND_OF.get(material.get("route", BROUGHT))
    return f"{kind}/{material['source']}" if kind else BROUGHT


def with_materials(form: Mapping[str, Any], base: ItemVersion, materials: Iterable[Material]) -> Raw:
    """The item's form with the places of its materials as they are now: those that come by themselves ask nothing.

    A question whose material is as it was stays as it was written. A new place is the last of its section. What is no
    form yet stays as it was written: publishing says why.
    """
    whole = deepcopy(dict(form))
    try:
        compile_form(whole)
    except BadForm:
        return whole
    before = {one.code: one for one in base.materials}
    whole["x-ui"] = {"order": [], "sections": []} | whole.get("x-ui", {})
    properties, order = whole["properties"], whole["x-ui"]["order"]
    required = whole.setdefault("required", [])
    kept = {one.code for one in materials if before.get(one.code) == one}
    for code in before.keys() - kept:
        for name in (before[code].place, before[code].promise, before[code].commitment):
            properties.pop(name, None)
            for names in (order, required):
                if name in names:
                    names.remove(name)
    situations = {
        one.key: one.key if one.key in properties else f"situation_{one.key}" for one in base.situations
    }
    for material in (one for one in materials if one.code not in kept):
        for name, rule in of_material(material, situations):
            _place(whole, name, rule)
            if material.required and name != material.promise:
                required.append(name)
    whole["x-ui"]["sections"] = [
        one
        for one in whole["x-ui"]["sections"]
        if any(rule["x-ui"].get("section") == one["key"] for rule in properties.values())
    ]
    return whole


_SECTIONS = {
    "papers": {"zh": "材料", "en": "Documents"},
    "declare": {"zh": "承诺", "en": "Commitment"},
}


def _place(whole: Raw, name: str, rule: Raw) -> None:
    """Put a question behind the last of its section; a section that there was not goes to the end."""
    section = rule["x-ui"]["section"]
    properties, order = whole["properties"], whole["x-ui"]["order"]
    places = [place for place, one in enumerate(order) if properties[one]["x-ui"].get("section") == section]
    if not any(one["key"] == section for one in whole["x-ui"]["sections"]):
        whole["x-ui"]["sections"].append({"key": section, "title": _SECTIONS[section]})
    declaration = order.index("declaration") if order and order[-1] == "declaration" else len(order)
    order.insert(places[-1] + 1 if places and section != "declare" else declaration, name)
    properties[name] = rule


def written(text: str) -> Typed:
    """The whole body as somebody wrote it, in YAML."""
    try:
        body = msgspec.yaml.decode(text, type=dict[str, Any])
    except msgspec.ValidationError as wrong:
        fault = misfit(str(wrong), "", 0)
    except msgspec.MsgspecError as wrong:
        fault = unwritten(wrong.__context__)
    else:
        return Typed(body, {})
    return Typed({}, {"text": fault.told}, (fault.parser,))


def text_of(body: Mapping[str, Any]) -> str:
    """The whole body to be edited as text."""
    return msgspec.yaml.encode(body).decode()
