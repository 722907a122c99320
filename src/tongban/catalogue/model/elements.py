"""Data elements 数据元, and the form that is made from those which an item asks for.

A city describes each element once (what it is called, how it is checked, which register tells it); an item then
names the elements that it asks. So the same question has the same words, rule and source in every form
(一数一源), and an item needs no form of its own unless its matter asks for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec

from tongban.catalogue.model.guide import Material, Situation
from tongban.kit.i18n import Text

_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
#: Of one material: how many files, how large each (bytes), and in which formats; photographs and scans fit in.
MOST_FILES = 5
LARGEST_FILE = 10 * 1024 * 1024
ACCEPTED = ("application/pdf", "image/jpeg", "image/png")
#: What an item may say of an element that it asks: where it must be asked, under what words.
_OF_THE_SCREEN = (
    *("label", "hint", "when", "editable", "section", "errors", "prefill"),
    *("not_before", "not_after", "working", "at_least", "at_most", "statement"),
)


class DataElement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One data element 数据元: its ``code``, the name of its field in forms, its rule and its ``x-ui``.

    ``group`` is the section in which a form made from elements shows it.
    """

    code: str
    field: str
    group: str
    rule: dict[str, Any]
    ui: dict[str, Any]


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A section of a form made from elements; they stand in the city's order."""

    key: str
    title: Text
    hint: Text | None = None


class ElementUnknown(ValueError):  # noqa: N818 - named for what it is
    """An item asks for a data element that the city does not describe."""


class MaterialUnknown(ValueError):  # noqa: N818 - named for what it is
    """A form made by hand has a place for a material that the item does not ask to be brought or promised."""


class Elements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The city's data elements with their groups, as ``elements.yaml`` has them."""

    groups: tuple[Group, ...]
    elements: tuple[DataElement, ...]

    def by_field(self) -> dict[str, DataElement]:
        """The elements by the names of their fields."""
        return {element.field: element for element in self.elements}


def property_of(element: DataElement, asked: Mapping[str, Any]) -> dict[str, Any]:
    """One property of a JSON Schema: the element as the city describes it, with what the item says of it.

    ``only`` leaves some of the element's options: a birth certificate is issued or replaced, but never renewed.
    """
    rule = {**element.rule, **asked.get("rule", {})}
    ui = {**element.ui, **{name: asked[name] for name in _OF_THE_SCREEN if name in asked}}
    if ui.get("prefill", ui) is None:  # no register tells it in this matter: the name of a firm that is to be
        del ui["prefill"]
    if "only" in asked:
        rule["enum"] = [value for value in rule["enum"] if value in asked["only"]]
        ui["options"] = [option for option in ui["options"] if option["value"] in asked["only"]]
    return {**rule, "x-ui": {"section": element.group, **ui, "element": element.code}}


def expanded(
    properties: Mapping[str, Any], elements: Elements, materials: Sequence[Material] = ()
) -> dict[str, Any]:
    """The properties of a form made by hand, written out.

    There ``{element: name}`` stands for the city's element of that name, ``{material: code}`` for the place of that
    material: its files or its tick, in the situations in which it is needed. Both may say more of the screen.
    Raises ElementUnknown, MaterialUnknown.
    """
    known = elements.by_field()
    by_code = {material.code: material for material in materials}
    written: dict[str, Any] = {}
    for name, rule in properties.items():
        if "element" in rule:
            written[name] = property_of(_known(known, rule["element"]), rule)
        elif "material" in rule:
            written |= _place_of(by_code, name, rule, properties)
        else:
            written[name] = rule
    return written


def _place_of(
    by_code: Mapping[str, Material], name: str, asked: Mapping[str, Any], properties: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The place of a material under ``name``, and behind it the tick by which it may follow, where it may."""
    material = by_code.get(asked["material"])
    if material is None:
        raise MaterialUnknown(f"no material is called {asked['material']!r}")
    names = {key: key if key in properties else f"situation_{key}" for key in material.only_if}
    places = of_material(material, names)
    if not places:
        raise MaterialUnknown(f"the material {material.code!r} comes by itself and has no place in a form")
    (_, rule), *promise = places
    said = {one: asked[one] for one in _OF_THE_SCREEN if one in asked}
    written = {name: {**rule, **asked.get("rule", {}), "x-ui": {**rule["x-ui"], **said}}}
    beside = {one: said[one] for one in ("section", "when") if one in said}
    return written | {tick: {**own, "x-ui": {**own["x-ui"], **beside}} for tick, own in promise}


def form_of(
    asks: Iterable[str | Mapping[str, Any]],
    situations: Sequence[Situation],
    materials: Sequence[Material],
    elements: Elements,
    *,
    declaration: Text,
) -> dict[str, Any]:
    """The form of an item as JSON Schema 2020-12: situations, elements by group, files to hand in, commitments.

    ``asks`` are names of fields, or ``{field, required?, when?, label?, hint?, only?, rule?}``. Each material that
    must be brought is a place for files, each by commitment a statement to be ticked; those of certain situations
    only are asked in these. A situation is a question of its own unless an element of its name is asked. Raises
    ElementUnknown.
    """
    known = elements.by_field()
    questions: list[Mapping[str, Any]] = [{"field": ask} if isinstance(ask, str) else ask for ask in asks]
    by_element = {asked["field"] for asked in questions}
    # A situation that an element asks about already is not asked twice.
    names = {one.key: one.key if one.key in by_element else f"situation_{one.key}" for one in situations}
    properties: dict[str, Any] = {
        names[one.key]: _chosen(one) for one in situations if one.key not in by_element
    }
    required = list(properties)
    for asked in questions:
        name = asked["field"]
        properties[name] = property_of(_known(known, name), asked)
        if asked.get("required", True):
            required.append(name)
    for material in materials:
        for name, rule in of_material(material, names):
            properties[name] = rule
            if material.required and name != material.promise:
                required.append(name)
    properties["declaration"] = _ticked("DE-DECLARATION", declaration)
    required.append("declaration")
    return _schema(properties, required, elements.groups)


def _schema(
    properties: Mapping[str, Any], required: Sequence[str], groups: Sequence[Group]
) -> dict[str, Any]:
    used = [group for group in groups if any(_section(rule) == group.key for rule in properties.values())]
    order = [name for group in used for name, rule in properties.items() if _section(rule) == group.key]
    return {
        "$schema": _SCHEMA,
        "type": "object",
        "required": [name for name in order if name in required],
        "properties": properties,
        "x-ui": {
            "order": order,
            "sections": [
                {"key": group.key, "title": _words(group.title)}
                | ({"hint": _words(group.hint)} if group.hint else {})
                for group in used
            ],
        },
    }


def _known(known: Mapping[str, DataElement], name: str) -> DataElement:
    if name not in known:
        close = get_close_matches(name, known, 1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise ElementUnknown(f"no data element is called {name!r}{meant}")
    return known[name]


def _section(rule: Mapping[str, Any]) -> str:
    return str(rule["x-ui"]["section"])


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def of_material(material: Material, situations: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """What a form asks for a material: files, a tick for a commitment, nothing for what comes by itself.

    Behind files that may follow after acceptance stands the tick that promises them.
    """
    if material.route == "none":
        asked = [(material.place, _files(material))]
        if material.later and material.later_days:
            asked.append((material.promise, _promised(material)))
    elif material.route == "commitment":
        words = Text(f"我承诺：{material.name.zh}", f"I commit myself: {material.name.en}")
        asked = [(material.commitment, _ticked("DE-COMMITMENT", words, material.detail))]
    else:
        return []
    hangs = [{"field": situations[key], "is": list(values)} for key, values in material.only_if.items()]
    if hangs:
        for _, rule in asked:
            rule["x-ui"]["when"] = hangs[0] if len(hangs) == 1 else {"all": hangs}
    return asked


def _promised(material: Material) -> dict[str, Any]:
    """The tick that promises a secondary material within its days 容缺受理; nobody must set it."""
    days, name = material.later_days, material.name
    rule = _ticked(
        "DE-FOLLOW-UP",
        Text(
            f"容缺受理：“{name.zh}”暂时没有，我承诺受理后 {days} 个工作日内补交",
            f"It will follow: I do not have “{name.en}” yet and promise it within {days} working days of acceptance",
        ),
        Text(
            f"受理次日起 {days} 个工作日内补交；到期没有补交的，终止办理。"
            "补交之前不作出准予的决定，承诺办结的时限照常计算。",
            f"It is due within {days} working days, counted from the day after acceptance; if it does not come, the "
            "application is ended. Nothing is granted before it has come, while the promised limit runs on.",
        ),
    )
    rule["x-ui"]["section"] = "papers"
    return rule


def _chosen(situation: Situation) -> dict[str, Any]:
    """The question of a situation, since it decides what must be handed in."""
    return {
        "type": "string",
        "enum": [value for value, _ in situation.options],
        "x-ui": {
            "label": _words(situation.question),
            "element": "DE-SITUATION",
            "widget": "radios",
            "section": "matter",
            "options": [{"value": value, "label": _words(words)} for value, words in situation.options],
        },
    }


def _sentence(words: Text) -> Text:
    """Ended by a full stop: what files may be attached is said behind it."""
    return Text(
        words.zh if words.zh.endswith("。") else f"{words.zh}。",
        words.en if words.en.endswith(".") else f"{words.en}.",
    )


def _files(material: Material) -> dict[str, Any]:
    hint = _sentence(material.standard or material.detail)
    later = Text(
        "暂时没有的，可以勾选下面的容缺受理承诺。", "If you do not have it yet, tick the promise below."
    )
    follows = material.later and material.later_days > 0
    words = Text(f"{hint.zh}{later.zh}", f"{hint.en} {later.en}") if follows else hint
    missing = _missing(material.name) if follows else {}
    return {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_FILES,
        "x-ui": {
            "label": _words(material.name),
            "hint": _words(words),
            "element": "DE-MATERIAL",
            "widget": "files",
            "section": "papers",
            "accept": list(ACCEPTED),
            "max_size": LARGEST_FILE,
        }
        | ({"valid_months": material.valid_months} if material.valid_months else {})
        | ({"errors": missing} if missing else {}),
    }


def _missing(name: Text) -> dict[str, dict[str, str]]:
    """What is said where a material is missing that may follow."""
    words = Text(
        f"请上传“{name.zh}”；暂时没有的，请勾选下面的容缺受理承诺。",
        f"Upload “{name.en}”; if you do not have it yet, tick the promise below it.",
    )
    return {"required": _words(words), "minItems": _words(words)}


def _ticked(element: str, words: Text, statement: Text | None = None) -> dict[str, Any]:
    unread = {"zh": "请阅读并勾选承诺。", "en": "Please read the statement and tick it."}
    return {
        "type": "boolean",
        "const": True,
        "x-ui": {
            "label": _words(words),
            "element": element,
            "widget": "checkbox",
            "section": "declare",
            "errors": {"const": unread, "required": unread},
        }
        | ({"statement": _words(statement)} if statement else {}),
    }
