"""A shared resource as it is called, and how the house's fields are mapped from what the wire tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from tongban.kit.i18n import Text


class FieldMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"wire": "from"}):
    """字段映射: how one field comes from the wire, as it is or out of a list.

    ``run``: of a list of months (``2026-10``) how many in a row end with the latest; ``current``: of a list of
    entries with ``since`` and ``until`` the latest that has not ended, of it the first of ``key`` that it has.
    """

    wire: str
    take: Literal["as_is", "run", "current"] = "as_is"
    key: tuple[str, ...] = ()


class Resource(msgspec.Struct, frozen=True):
    """A data resource 数据资源: where it is called, for how long it is waited, which fields it tells.

    ``code`` is the house's name of it, ``wire_code`` that of the sharing catalogue; ``provider`` is who keeps it,
    in words for a page.
    """

    code: str
    register: str
    wire_code: str
    path: str
    timeout_ms: int
    fields: dict[str, FieldMapping]
    state: Literal["up", "down", "planned"]
    provider: Text

    def wire_fields(self, fields: Iterable[str]) -> list[str]:
        """What is asked of the wire for these fields, and no more."""
        return list(dict.fromkeys(self.fields[field].wire for field in fields))


def mapped(
    resource: Resource, fields: Iterable[str], told: Mapping[str, Any], *, today: date
) -> dict[str, Any]:
    """The house's fields out of what the wire told; None for what it does not have.

    Raises ValueError, TypeError, KeyError or AttributeError where the wire tells something of another shape.
    """
    return {field: _value(resource.fields[field], told, today) for field in fields}


def _value(mapping: FieldMapping, told: Mapping[str, Any], today: date) -> Any:
    value = told[mapping.wire]
    if value is None or mapping.take == "as_is":
        return value
    if mapping.take == "run":
        return run_of_months(value)
    return _current(value, mapping.key, today)


def run_of_months(months: Iterable[str]) -> int:
    """How many months in a row end with the latest of ``months`` (``YYYY-MM``)."""
    numbers = sorted({int(month[:4]) * 12 + int(month[5:7]) for month in months}, reverse=True)
    return next((place for place, number in enumerate(numbers) if number != numbers[0] - place), len(numbers))


def _current(entries: Iterable[Mapping[str, Any]], keys: tuple[str, ...], today: date) -> Any:
    standing = [entry for entry in entries if not entry.get("until") or entry["until"] >= today.isoformat()]
    if not standing:
        return None
    latest = max(standing, key=lambda entry: str(entry["since"]))
    return next((latest[key] for key in keys if latest.get(key) is not None), None)
