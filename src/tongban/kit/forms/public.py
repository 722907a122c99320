"""A form's JSON Schema for programs: what may be answered and how, in both languages, and nothing of the house's own.

Left out is what serves the house: where a value comes from, what is sealed, how it is masked, its own sentences.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tongban.kit.forms.days import DayLimit
from tongban.kit.forms.field import Field
from tongban.kit.forms.model import Form
from tongban.kit.forms.validating import bare
from tongban.kit.i18n import Text

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(form: Form) -> dict[str, Any]:
    """The schema of a form's answers as :func:`tongban.kit.forms.take` reads them.

    ``title`` and ``description`` are Chinese, ``x-title`` and ``x-description`` have both languages; ``x-order`` is
    the order of the page. A question with ``x-when`` is asked under that condition alone, and then required when
    ``x-required`` says so; ``x-not_before``, ``x-not_after``, ``x-at_least`` and ``x-at_most`` are limits, the last two
    by names of other questions; ``x-working`` is a day on which offices work. Formats of our own are named in
    docs/howto/write-a-form.md.
    """
    return {"$schema": DIALECT, **_object(form.fields)}


def _object(fields: Iterable[Field]) -> dict[str, Any]:
    known = tuple(fields)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _property(field) for field in known},
        "required": [field.name for field in known if field.required and field.when is None],
        "x-order": [field.name for field in known],
    }


def _property(field: Field) -> dict[str, Any]:
    told = bare(field)
    if field.columns:
        told["items"] = _object(field.columns)
    told |= _words("title", field.label)
    if field.ui.hint is not None:
        told |= _words("description", field.ui.hint)
    if field.ui.options:
        told["x-options"] = [{"value": one.value, "title": _both(one.label)} for one in field.ui.options]
    if field.ui.widget == "money":
        told["x-unit"] = {"zh": "分", "en": "fen"}
    elif field.ui.unit is not None:
        told["x-unit"] = _both(field.ui.unit)
    if field.ui.statement is not None:
        told["x-statement"] = _both(field.ui.statement)
    told |= _limits(field)
    if field.when is not None:
        told |= {"x-when": msgspec.to_builtins(field.when), "x-required": field.required}
    return told


def _limits(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {"x-working": True} if field.ui.working else {}
    for limit in field.limits:
        if isinstance(limit, DayLimit):
            told[f"x-{limit.keyword}"] = limit.written
        else:
            told.setdefault(f"x-{limit.keyword}", []).append(limit.field)
    return told


def _words(name: str, words: Text) -> dict[str, Any]:
    return {name: words.zh, f"x-{name}": _both(words)}


def _both(words: Text) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
