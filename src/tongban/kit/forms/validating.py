"""From compiled fields to the JSON Schema that checks their answers, without ``x-ui``.

A question, or a column of a table, that hangs on a condition is required by :mod:`tongban.kit.forms.check`
alone, so one validator serves all that the answers may hide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tongban.kit import papers
from tongban.kit.forms import days
from tongban.kit.forms.field import Field
from tongban.kit.forms.model import Validator

#: Formats of our own beside those of JSON Schema (GB 11643-1999, GB 32100-2015, GA 36-2018, GA/T 2000.156);
#: ``name`` is of a person or a firm, without signs that no register takes.
FORMATS: dict[str, Callable[[str], bool]] = {
    "cn-id": papers.id_number_holds,
    "cn-phone": papers.phone_holds,
    "uscc": papers.uscc_holds,
    "cn-plate": papers.plate_holds,
    "cn-postcode": papers.postcode_holds,
    "cn-passport": papers.cn_passport_holds,
    "passport": papers.passport_holds,
    "hk-macao-permit": papers.hk_macao_permit_holds,
    "taiwan-permit": papers.taiwan_permit_holds,
    "foreign-residence": papers.foreign_residence_holds,
    "identity-paper": papers.identity_paper_holds,
    "year-month": days.year_month_holds,
    "hour-minute": days.hour_minute_holds,
    "name": papers.name_holds,
}
#: What an attached file's name may measure, as file systems have it.
LONGEST_FILE_NAME = 255


def validator(schema: Mapping[str, Any], fields: Iterable[Field]) -> Validator:
    """What checks the answers; unknown names are refused unless the schema says otherwise."""
    stripped = {word: value for word, value in schema.items() if word != "x-ui"}
    return Validator(
        {"additionalProperties": False, **stripped, **_object_of(fields)},
        formats=FORMATS,
        validate_formats=True,
    )


def _object_of(fields: Iterable[Field]) -> dict[str, Any]:
    known = tuple(fields)
    return {
        "properties": {field.name: bare(field) for field in known},
        "required": [field.name for field in known if field.required and field.when is None],
    }


def bare(field: Field) -> dict[str, Any]:
    """One field's rule without ``x-ui``; a table's and a list of files' spelled out."""
    rule = {word: value for word, value in field.rule.items() if word != "x-ui"}
    if field.ui.widget == "table":
        rule["items"] = {"type": "object", "additionalProperties": False, **_object_of(field.columns)}
    if field.ui.widget == "choices":
        rule.setdefault("uniqueItems", True)
    if field.ui.widget == "files":
        rule["items"] = attached(field)
    return rule


def attached(field: Field) -> dict[str, Any]:
    """One attached file as it stands in the answers."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["file", "name", "size", "type"],
        "properties": {
            "file": {"type": "string", "format": "uuid"},
            "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_FILE_NAME},
            "size": {"type": "integer", "minimum": 1, "maximum": field.ui.max_size},
            "type": {"type": "string", "enum": list(field.ui.accept)},
            "pages": {"type": ["integer", "null"], "minimum": 1},
            "doubt": {"type": "string", "enum": ["blurred", "dark"]},
            "until": {"type": "string", "format": "date"},
        },
    }
