"""Filling any form: an answer that holds for each question that is asked, whatever the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tongban.kit import forms
from tongban.kit.clock import Calendar, calendar_file
from tongban.kit.forms import Field, Form

#: Of the demo city. The tests' conftest is not asked for its folder: programs that tests start fill forms as well, and
#: it takes their database from them.
_CALENDAR = Calendar(calendar_file(Path(__file__).parent.parent / "city" / "calendar.csv"))
#: By format, then by pattern: numbers whose check digits hold, all of them made up.
FORMATS = {
    "cn-id": "11010519491231002X",
    "cn-phone": "13800138000",
    "uscc": "91310115MA1K00015K",
    "email": "name@example.com",
    "cn-plate": "沪A12345",
    "cn-postcode": "200000",
    "hour-minute": "09:30",
    "name": "示范名称",
}
FILE = {
    "file": "019a0000-0000-7000-8000-000000000001",
    "name": "材料.pdf",
    "size": 1024,
    "type": "application/pdf",
}


def filled(
    form: Form, answers: Mapping[str, Any], *, today: date, dice: Random | None = None
) -> dict[str, Any]:
    """The answers with something right at each question that is asked and has no answer yet.

    The first option is taken, or what the ``dice`` fall on: so every way through the form can be gone.
    """
    made = dict(answers)
    for field in form.fields:
        if field.name not in made and (field.when is None or field.when.holds(made)):
            made[field.name] = value_of(field, made, today, dice)
    return {field.name: made[field.name] for field in form.asked(made) if field.name in made}


def posted(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """What a browser posts of these answers."""
    return forms.posted(form, answers)


def value_of(field: Field, answers: Mapping[str, Any], today: date, dice: Random | None = None) -> Any:
    """An answer that holds for one question, given the answers before it."""
    widget = field.ui.widget
    if field.ui.options:
        return _chosen(field, dice)
    if widget == "table":
        return [_row(field, today, dice) for _ in range(max(1, field.least))]
    if widget == "files":
        return [{**FILE, "type": field.ui.accept[0]}]
    if field.kind == "boolean":
        return True
    if widget in ("date", "month"):
        return str(_day(field, answers, today))[: 10 if widget == "date" else 7]
    if field.kind in ("integer", "number"):
        return _within_others(field, _number(field, dice), answers, today)
    return _text(field)


def _chosen(field: Field, dice: Random | None) -> Any:
    values = [choice.value for choice in field.ui.options]
    if field.ui.widget != "choices":
        return dice.choice(values) if dice else values[0]
    count = max(1, field.least)
    return (
        sorted(dice.sample(values, dice.randint(count, field.most)), key=values.index)
        if dice
        else values[:count]
    )


def _row(field: Field, today: date, dice: Random | None) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in field.columns:
        if column.when is None or column.when.holds(row):
            row[column.name] = value_of(column, row, today, dice)
    return row


def _day(field: Field, answers: Mapping[str, Any], today: date) -> date:
    """A day within the field's limits: they are tried around today, a week apart."""
    candidates: Iterator[date] = (
        today + timedelta(days=sign * 7 * step + offset)
        for step in range(1500)
        for sign in (-1, 1)
        for offset in (0, 1, 2, 3)
    )
    for day in candidates:
        if field.ui.working and not _CALENDAR.is_working(day):
            continue
        if all(_within(limit, day, answers, today) for limit in field.limits):
            return day
    raise AssertionError(f"no day fits {field.name}")


def _within(limit: Any, day: date, answers: Mapping[str, Any], today: date) -> bool:
    bound = limit.bound(answers, today)
    if bound is None:
        return True
    ours = str(day)[: len(str(bound))]
    return ours >= str(bound) if limit.keyword == "not_before" else ours <= str(bound)


def _number(field: Field, dice: Random | None) -> int | float:
    if dice and dice.random() < 0.3 and "maximum" in field.rule:
        return field.rule["maximum"]
    least = field.rule.get("minimum", field.rule.get("exclusiveMinimum", 0) + 1)
    step = field.rule.get("multipleOf")
    value = max(least, 1) if field.rule.get("maximum", 1) >= 1 else least
    return value if step is None or float(step).is_integer() is False else max(step, value // step * step)


def _within_others(field: Field, value: float, answers: Mapping[str, Any], today: date) -> int | float:
    """The number, or where it lies beyond another answer that answer itself."""
    for limit in field.limits:
        bound = limit.broken_by(value, answers, today)
        value = value if bound is None else float(bound) if field.kind == "number" else int(bound)
    return value


def _text(field: Field) -> str:
    pattern, name = field.rule.get("pattern"), field.rule.get("format")
    if name in FORMATS:
        return FORMATS[name]
    if pattern is not None:
        return _matching(pattern, field.name)
    words = "示范内容" * 40
    return words[: max(field.rule.get("minLength", 2), min(8, field.rule.get("maxLength", 8)))]


#: Something for each pattern of the city's elements, tried in turn.
_SAMPLES = (
    *("示范路1号101室", "U310000001", "LSVAA4182E2123456", "2026-310106-47-01-000123", "6222020200112230000"),
    *("A12345678", "123456", "12345678", "310000123456", "E12345678", "C12345678", "AB123456", "H1234567890"),
    *("12345678901234567890", "03100", "031001900111", "3101234567", "3101000001", "2026", "13800138000"),
    *("A1234567", "1234567890", "JY13101060000001", "GR202631000001", "G11010519491231002X"),
)


def _matching(pattern: str, name: str) -> str:
    import jsonschema_rs

    rule = jsonschema_rs.Draft202012Validator({"type": "string", "pattern": pattern})
    for sample in _SAMPLES:
        if rule.is_valid(sample):
            return sample
    raise AssertionError(f"no sample for {name}: {pattern}")
