"""One rule for two questions that are the same: whatever keeps to it keeps to both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from tongban.kit.forms.days import DayLimit
from tongban.kit.forms.days import Keyword as DayKeyword

#: The limits of a question that are days.
DAYS: tuple[DayKeyword, ...] = ("not_before", "not_after")

_DAY = date(2026, 2, 28)
_GREATER: tuple[str, ...] = ("minimum", "minLength", "minItems", "exclusiveMinimum")
_SMALLER: tuple[str, ...] = ("maximum", "maxLength", "maxItems", "exclusiveMaximum")
#: What must be alike, or the two are two questions.
_ALIKE = ("type", "format", "pattern", "const", "items", "uniqueItems")
_ALIKE_UI = ("widget", "statement", "columns", "unit", "working", "of_child")


def stricter(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any] | None:
    """One rule that whatever keeps to it keeps to both; None where the two are not of one kind."""
    ui, ui2 = one["x-ui"], other["x-ui"]
    if any(one.get(name) != other.get(name) for name in _ALIKE):
        return None
    if len({each["multipleOf"] for each in (one, other) if "multipleOf" in each}) > 1:
        return None
    if any(ui.get(name) != ui2.get(name) for name in _ALIKE_UI) or not _limits_agree(ui, ui2):
        return None
    rule = {**other, **one}
    for names, pick in ((_GREATER, max), (_SMALLER, min)):
        for name in names:
            values = [each[name] for each in (one, other) if name in each]
            if values:
                rule[name] = pick(values)
    if "enum" in one or "enum" in other:
        shared = _shared(one.get("enum"), other.get("enum"))
        if not shared:
            return None
        rule["enum"] = shared
    screen = _screen(ui, ui2, rule.get("enum"))
    return None if screen is None else {**rule, "x-ui": screen}


def _shared(one: list[Any] | None, other: list[Any] | None) -> list[Any]:
    if one is None or other is None:
        return list(one or other or ())
    return [value for value in one if value in other]


def _limits_agree(ui: Mapping[str, Any], ui2: Mapping[str, Any]) -> bool:
    """Days that hang on another answer must be the same; days from today are compared."""
    for name in DAYS:
        written = [each[name] for each in (ui, ui2) if name in each]
        if len(set(written)) > 1 and any(DayLimit(name, text).field is not None for text in written):
            return False
    return True


def _screen(ui: Mapping[str, Any], ui2: Mapping[str, Any], enum: list[Any] | None) -> dict[str, Any] | None:
    screen: dict[str, Any] = {**ui2, **ui}
    later: dict[DayKeyword, Callable[[Iterable[str]], str]] = {"not_before": max, "not_after": min}
    for day, pick in later.items():
        bounds = {
            DayLimit(day, each[day]).bound({}, _DAY) or "": each[day] for each in (ui, ui2) if day in each
        }
        if bounds:
            screen[day] = bounds[pick(bounds)]
    if ui.get("sensitive") or ui2.get("sensitive"):
        screen["sensitive"] = True
    if ui.get("editable", True) != ui2.get("editable", True):
        screen["editable"] = False
    if "options" in screen and enum is not None:
        screen["options"] = [one for one in screen["options"] if one["value"] in enum]
    if "accept" in ui and "accept" in ui2:
        screen["accept"] = [one for one in ui["accept"] if one in ui2["accept"]]
        if not screen["accept"]:
            return None
    return screen | _limits(ui, ui2)


def _limits(ui: Mapping[str, Any], ui2: Mapping[str, Any]) -> dict[str, Any]:
    """The limits of both: by other answers, each by one of its own item, all of them; of sizes and months the less."""
    found: dict[str, Any] = {}
    for name in ("at_least", "at_most"):
        if others := dict.fromkeys((*ui.get(name, ()), *ui2.get(name, ()))):
            found[name] = list(others)
    for name in ("max_size", "valid_months"):
        values = [each[name] for each in (ui, ui2) if each.get(name) is not None]
        if values:
            found[name] = min(values)
    return found
