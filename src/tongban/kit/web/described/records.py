"""Types as JSON Schema 2020-12, with the words of their members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tongban.kit.i18n import Text

Schema = dict[str, Any]
_PREFIX = "#/components/schemas/"


def schemas_of(
    types: Iterable[Any], words: Mapping[str, Mapping[str, Text]]
) -> tuple[list[Schema], dict[str, Schema]]:
    """Each type's schema, in order, and the records that they refer to, by name.

    An enumeration stands where it is used. All members of a record that the house answers with are always there.
    """
    schemas, components = msgspec.json.schema_components(types, ref_template=_PREFIX + "{name}")
    plain = {name: one for name, one in components.items() if "enum" in one}
    records = {
        name: _told(_inlined(one, plain), words.get(name, {}))
        for name, one in sorted(components.items())
        if name not in plain
    }
    return [_inlined(one, plain) for one in schemas], records


def _told(schema: Schema, words: Mapping[str, Text]) -> Schema:
    """A record with its words instead of the docstring. Its members are required, but for those that may be left unset:
    what has a default is always told by the house."""
    told = {word: value for word, value in schema.items() if word not in ("title", "description")}
    if "." in words:
        told["description"] = str(words["."])
    if "properties" in schema:
        needed = schema.get("required", ())
        told["required"] = [
            name for name, one in schema["properties"].items() if name in needed or "default" in one
        ]
        told["properties"] = {
            name: {**_bare(one), "description": str(words[name])} if name in words else _bare(one)
            for name, one in schema["properties"].items()
        }
    return told


def _bare(schema: Schema) -> Schema:
    return {word: value for word, value in schema.items() if word != "default"}


def _inlined(value: Any, plain: Mapping[str, Schema]) -> Any:
    """The same with enumerations in the place of references to them."""
    if isinstance(value, list):
        return [_inlined(one, plain) for one in value]
    if not isinstance(value, dict):
        return value
    name = str(value.get("$ref", "")).removeprefix(_PREFIX)
    if name in plain:
        others = {word: one for word, one in value.items() if word != "$ref"}
        return {"type": "string", "enum": plain[name]["enum"], **others}
    return {word: _inlined(one, plain) for word, one in value.items()}
