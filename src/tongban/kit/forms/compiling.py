"""From a schema as data to a compiled form, once per content."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from typing import Any, get_args

import jsonschema_rs
import msgspec

from tongban.kit import papers
from tongban.kit.forms.model import Field, FieldUi, Form, FormUi, Kind, Validator

#: Formats of our own beside those of JSON Schema (brief: GB 11643-1999, GB 32100-2015).
FORMATS = {
    "cn-id": papers.id_number_holds,
    "cn-phone": papers.phone_holds,
    "uscc": papers.uscc_holds,
}
_KEPT = 256
_compiled: OrderedDict[str, Form] = OrderedDict()
#: By the object itself, which is held so that its id stays its own.
_recent: OrderedDict[int, tuple[Mapping[str, Any], Form]] = OrderedDict()
_encoder = msgspec.json.Encoder(order="deterministic")


class BadForm(ValueError):  # noqa: N818 - named for what it is
    """The schema is not a form of this house; the message says where. Met on publishing, not on filing."""


def compile_form(schema: Mapping[str, Any]) -> Form:
    """The form of a schema, kept by the hash of its content; raises BadForm.

    A form is flat: an object of named questions. What a household repeats will come as arrays when an
    item needs them. A published version's schema never changes, so the same object needs no second hash.
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
    if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        raise BadForm("a form is an object with properties")
    root = _decoded(schema.get("x-ui", {}), FormUi, "x-ui")
    properties: dict[str, Any] = schema["properties"]
    order = root.order or tuple(properties)
    if sorted(order) != sorted(properties):
        raise BadForm(f"x-ui.order and properties differ: {sorted(set(order) ^ set(properties))}")
    required = set(schema.get("required", ()))
    if not required <= set(properties):
        raise BadForm(f"required names no question: {sorted(required - set(properties))}")
    fields = tuple(_field(name, properties[name], name in required) for name in order)
    sections = {section.key for section in root.sections}
    for field in fields:
        _check_places(field, properties, sections, order)
    return Form(
        hash=key,
        schema=schema,
        fields=fields,
        sections=root.sections,
        by_name={field.name: field for field in fields},
        build=partial(_validator, schema, properties),
        validators={frozenset(): _validator(schema, properties, frozenset())},  # a bad schema is met here
    )


def _field(name: str, rule: Any, required: bool) -> Field:
    if not isinstance(rule, dict) or rule.get("type") not in get_args(Kind):
        raise BadForm(f"{name}: type must be one of {', '.join(get_args(Kind))}")
    ui = _decoded(rule.get("x-ui", {}), FieldUi, f"{name}.x-ui")
    if (ui.widget == "checkbox") != (rule["type"] == "boolean"):
        raise BadForm(f"{name}: a checkbox is a boolean and a boolean a checkbox")
    if (ui.widget == "date") != (rule.get("format") == "date"):
        raise BadForm(f"{name}: widget date and format date go together")
    if "enum" in rule and [choice.value for choice in ui.options] != rule["enum"]:
        raise BadForm(f"{name}: x-ui.options must name the values of enum in their order")
    if ui.widget in ("radios", "select") and not ui.options:
        raise BadForm(f"{name}: {ui.widget} need options")
    if ui.sensitive and rule["type"] != "string":
        raise BadForm(f"{name}: only a text can be sensitive")
    return Field(name, rule["type"], ui, required, rule)


def _check_places(
    field: Field, properties: Mapping[str, Any], sections: set[str], order: tuple[str, ...]
) -> None:
    if sections and field.ui.section not in sections:
        raise BadForm(f"{field.name}: no section {field.ui.section!r}")
    when = field.ui.when
    if when is not None and when.field not in properties:
        raise BadForm(f"{field.name}: when names no question {when.field!r}")
    # A condition looks back: so hiding can be settled in one pass and no two questions hide each other.
    if when is not None and order.index(when.field) >= order.index(field.name):
        raise BadForm(f"{field.name}: when must name an earlier question")


def _validator(schema: Mapping[str, Any], properties: Mapping[str, Any], hidden: frozenset[str]) -> Validator:
    """The schema without ``x-ui``, requiring no hidden question; unknown names are refused unless it says otherwise."""
    bare = {
        name: {word: value for word, value in rule.items() if word != "x-ui"}
        for name, rule in properties.items()
    }
    stripped = {word: value for word, value in schema.items() if word != "x-ui"}
    required = [name for name in schema.get("required", ()) if name not in hidden]
    try:
        return Validator(
            {"additionalProperties": False, **stripped, "properties": bare, "required": required},
            formats=FORMATS,
            validate_formats=True,
        )
    except (ValueError, jsonschema_rs.ValidationError) as broken:
        raise BadForm(f"not a JSON Schema: {broken}") from broken


def _decoded(value: Any, kind: type[Any], where: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as wrong:
        raise BadForm(f"{where}: {wrong}") from wrong
