"""From a schema as data to a compiled form, once per content."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, get_args

import jsonschema_rs
import msgspec

from tongban.kit.forms.conditions import When, both_hold
from tongban.kit.forms.days import DayLimit
from tongban.kit.forms.days import Keyword as DayKeyword
from tongban.kit.forms.field import Field, Kind
from tongban.kit.forms.model import Form
from tongban.kit.forms.quantities import Keyword as NumberKeyword
from tongban.kit.forms.quantities import NumberLimit
from tongban.kit.forms.validating import validator
from tongban.kit.forms.x_ui import FieldUi, FormUi, Section

_KEPT = 256
_compiled: OrderedDict[str, Form] = OrderedDict()
#: By the object itself, which is held so that its id stays its own.
_recent: OrderedDict[int, tuple[Mapping[str, Any], Form]] = OrderedDict()
_encoder = msgspec.json.Encoder(order="deterministic")

#: A name stands in inputs and paths (``costs.2.amount``, ``since-year``): no dots, dashes or capitals in it.
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
#: More rows than these belong into a file, not into a page.
MOST_ROWS = 200
MOST_FILES = 50
_SEVERAL = ("table", "choices", "files")
_DATES = {"date": "date", "month": "year-month"}
_NUMBERS = ("integer", "number")
_ANY_DAY = date(2026, 2, 28)


class BadForm(ValueError):  # noqa: N818 - named for what it is
    """The schema is not a form of this house; the message says where. Met on publishing, not on filing."""


def compile_form(schema: Mapping[str, Any]) -> Form:
    """The form of a schema, kept by the hash of its content; raises BadForm.

    A form is an object of named questions; what repeats is a table, an array of such objects. A published
    version's schema never changes, so the same object needs no second hash.
    """
    recent = _recent.get(id(schema))
    if recent is not None and recent[0] is schema:
        return recent[1]
    form = _by_content(schema)
    _recent[id(schema)] = (schema, form)
    if len(_recent) > _KEPT:
        _recent.popitem(last=False)
    return form


def _by_content(schema: Mapping[str, Any]) -> Form:
    key = hashlib.sha256(_encoder.encode(schema)).hexdigest()
    form = _compiled.get(key)
    if form is None:
        form = _compiled[key] = _compile(dict(schema), key)
        if len(_compiled) > _KEPT:
            _compiled.popitem(last=False)
    return form


def _compile(schema: dict[str, Any], key: str) -> Form:
    root = _decoded(schema.get("x-ui", {}), FormUi, "x-ui")
    sections = {section.key: section for section in root.sections}
    if root.paged and len(sections) < 2:
        raise BadForm("x-ui.paged: pages are sections, and there are not two of them")
    fields = _fields(schema, root.order, sections, "x-ui.order", "a form")
    try:
        checking = validator(schema, fields)
    except (ValueError, jsonschema_rs.ValidationError) as broken:
        raise BadForm(f"not a JSON Schema: {broken}") from broken
    return Form(
        hash=key,
        schema=schema,
        fields=fields,
        sections=root.sections,
        by_name={field.name: field for field in fields},
        conditional=tuple(field for field in fields if field.when is not None),
        by_hand=tuple(
            field
            for field in fields
            if field.limits or any(one.limits or one.when or one.ui.once for one in field.columns)
        ),
        sensitive=tuple(
            field
            for field in fields
            if field.ui.sensitive or any(column.ui.sensitive for column in field.columns)
        ),
        paged=root.paged,
        tables=tuple(field for field in fields if field.columns),
        filled_from=_by_source(fields),
        validator=checking,
    )


def _by_source(fields: Sequence[Field]) -> dict[str, tuple[Field, ...]]:
    """The prefilled questions by the resource that fills them, in the form's order."""
    found: dict[str, tuple[Field, ...]] = {}
    for field in fields:
        if field.ui.prefill is not None:
            found[field.ui.prefill.resource] = (*found.get(field.ui.prefill.resource, ()), field)
    return found


def _fields(
    schema: Mapping[str, Any],
    written_order: Sequence[str],
    sections: Mapping[str, Section],
    order_place: str,
    what: str,
    place: str = "",
) -> tuple[Field, ...]:
    """The questions of a form, or the columns of a table, in their order."""
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, dict):
        raise BadForm(f"{what} is an object with properties")
    order = tuple(written_order) or tuple(properties)
    if sorted(order) != sorted(properties):
        raise BadForm(f"{order_place} and properties differ: {sorted(set(order) ^ set(properties))}")
    required = set(schema.get("required", ()))
    if not required <= set(properties):
        raise BadForm(f"required names no question: {sorted(required - set(properties))}")
    fields = []
    for position, name in enumerate(order):
        field = _field(name, properties[name], name in required, sections, place)
        _check_looks_back(field, order[:position], properties, place + name)
        fields.append(field)
    return tuple(fields)


def _field(name: str, rule: Any, required: bool, sections: Mapping[str, Section], place: str) -> Field:
    where = place + name
    if not _NAME.fullmatch(name):
        raise BadForm(f"{where}: a name is small letters, digits and underscores")
    if not isinstance(rule, dict) or rule.get("type") not in get_args(Kind):
        raise BadForm(f"{where}: type must be one of {', '.join(get_args(Kind))}")
    ui = _decoded(rule.get("x-ui", {}), FieldUi, f"{where}.x-ui")
    _check_widget(where, rule, ui)
    _check_words(where, rule, ui)
    if ui.once and not place:
        raise BadForm(f"{where}: once is of a column of a table")
    if sections and not place and ui.section not in sections:
        raise BadForm(f"{where}: no section {ui.section!r}")
    section = sections.get(ui.section)
    return Field(
        name=name,
        kind=rule["type"],
        ui=ui,
        required=required,
        rule=rule,
        when=both_hold(section.when if section else None, ui.when),
        columns=_columns(where, rule, ui) if ui.widget == "table" else (),
        limits=(*_day_limits(where, ui), *_number_limits(ui)),
    )


def _columns(where: str, rule: Mapping[str, Any], ui: FieldUi) -> tuple[Field, ...]:
    items = rule.get("items")
    if not isinstance(items, dict):
        raise BadForm(f"{where}: the items of a table are an object with properties")
    columns = _fields(
        items, ui.columns, {}, f"{where}.x-ui.columns", f"{where}: a row of a table", f"{where}."
    )
    for column in columns:
        if column.ui.working:
            raise BadForm(f"{where}.{column.name}: a table has no days that one books")
        if column.ui.widget in ("table", "files") or column.ui.prefill is not None or column.ui.section:
            raise BadForm(
                f"{where}.{column.name}: a column is no table, no files, not prefilled, in no section"
            )
    return columns


def _check_widget(where: str, rule: Mapping[str, Any], ui: FieldUi) -> None:
    """The widget fits what the rule says an answer is."""
    kind, widget = rule["type"], ui.widget
    if (widget == "checkbox") != (kind == "boolean"):
        raise BadForm(f"{where}: a checkbox is a boolean and a boolean a checkbox")
    if (widget in _SEVERAL) != (kind == "array"):
        raise BadForm(f"{where}: an array is shown by one of {', '.join(_SEVERAL)}, and these show an array")
    if _DATES.get(widget) != (rule.get("format") if rule.get("format") in _DATES.values() else None):
        raise BadForm(f"{where}: widget date and format date go together, and so do month and year-month")
    if widget == "money" and kind != "integer":
        raise BadForm(f"{where}: money is an integer, in fen")
    if widget in ("table", "files"):
        _check_several(where, rule, ui)


def _check_several(where: str, rule: Mapping[str, Any], ui: FieldUi) -> None:
    most, ceiling = rule.get("maxItems"), MOST_ROWS if ui.widget == "table" else MOST_FILES
    if not isinstance(most, int) or not 1 <= most <= ceiling:
        raise BadForm(f"{where}: maxItems must say how many at most, up to {ceiling}")
    if ui.widget == "files" and (not ui.accept or not ui.max_size):
        raise BadForm(f"{where}: files need accept and max_size")


def _check_words(where: str, rule: Mapping[str, Any], ui: FieldUi) -> None:
    """What x-ui says belongs to such a field."""
    kind = rule["type"]
    items = rule.get("items") if ui.widget == "choices" else None
    enum = (items if isinstance(items, dict) else rule).get("enum")
    if enum is not None and [choice.value for choice in ui.options] != enum:
        raise BadForm(f"{where}: x-ui.options must name the values of enum in their order")
    if ui.widget in ("radios", "select", "choices") and not (ui.options and enum):
        raise BadForm(f"{where}: {ui.widget} need an enum and its options")
    if ui.sensitive and kind != "string":
        raise BadForm(f"{where}: only a text can be sensitive")
    if (ui.unit or ui.total) and kind not in _NUMBERS:
        raise BadForm(f"{where}: only a number has a unit or a total")
    if ui.statement and ui.widget != "checkbox":
        raise BadForm(f"{where}: a statement stands above a checkbox")
    if (ui.not_before or ui.not_after) and ui.widget not in _DATES:
        raise BadForm(f"{where}: not_before and not_after limit a date")
    if ui.working and ui.widget != "date":
        raise BadForm(f"{where}: only a day is a working day")
    if (ui.at_least or ui.at_most) and kind not in _NUMBERS:
        raise BadForm(f"{where}: at_least and at_most limit a number")


def _day_limits(where: str, ui: FieldUi) -> list[DayLimit]:
    written: list[tuple[DayKeyword, str | None]] = [
        ("not_before", ui.not_before),
        ("not_after", ui.not_after),
    ]
    limits = [DayLimit(keyword, text) for keyword, text in written if text]
    for limit in limits:
        try:
            limit.bound({}, _ANY_DAY)
        except (ValueError, OverflowError) as beyond:
            raise BadForm(f"{where}: {limit.keyword} {limit.written!r} is out of the calendar") from beyond
    return limits


def _number_limits(ui: FieldUi) -> list[NumberLimit]:
    written: list[tuple[NumberKeyword, tuple[str, ...]]] = [
        ("at_least", ui.at_least),
        ("at_most", ui.at_most),
    ]
    return [NumberLimit(keyword, name) for keyword, names in written for name in names]


def _check_looks_back(
    field: Field, earlier: Collection[str], properties: Mapping[str, Any], where: str
) -> None:
    """Conditions and limits name earlier questions: so hiding is settled in one pass and no two hide each other."""
    if field.when is not None and not field.when.is_whole():
        raise BadForm(f"{where}: when tests one field in one way, or joins conditions that do")
    named = [("when", name) for name in _names(field.when)]
    named += [(limit.keyword, limit.field) for limit in field.limits if limit.field is not None]
    for what, name in named:
        if name not in properties:
            raise BadForm(f"{where}: {what} names no question {name!r}")
        if name not in earlier:
            raise BadForm(f"{where}: {what} must name an earlier question")
    for limit in field.limits:
        if limit.field is not None:
            _check_alike(field, limit, properties[limit.field], where)


def _check_alike(field: Field, limit: DayLimit | NumberLimit, other: Mapping[str, Any], where: str) -> None:
    """A date is held against a date, money against money, another number against such a one."""
    widget = other.get("x-ui", {}).get("widget")
    if isinstance(limit, DayLimit):
        if widget not in _DATES:
            raise BadForm(f"{where}: {limit.keyword} must name a date, and {limit.field!r} is none")
    elif other.get("type") not in _NUMBERS:
        raise BadForm(f"{where}: {limit.keyword} must name a number, and {limit.field!r} is none")
    elif (widget == "money") != (field.ui.widget == "money"):
        raise BadForm(
            f"{where}: {limit.keyword} holds money against money, and {limit.field!r} is not of its kind"
        )


def _names(when: When | None) -> list[str]:
    return [] if when is None else list(when.names())


def _decoded(value: Any, kind: type[Any], where: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as wrong:
        raise BadForm(f"{where}: {wrong}") from wrong
