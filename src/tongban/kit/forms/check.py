"""The check on submit: every wrong field at once, one clear sentence each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from tongban.kit.errors import Words
from tongban.kit.forms.field import Field
from tongban.kit.forms.model import Form, Validator
from tongban.kit.forms.quantities import NumberLimit
from tongban.kit.forms.sentences import Fault, rank, sentence


def check(
    form: Form,
    answers: Mapping[str, Any],
    *,
    today: date,
    later: Collection[str] = (),
    fixed: Collection[str] = (),
) -> dict[str, Words]:
    """What is wrong, by field name or cell (``costs.2.amount``), in the form's order; empty when all holds.

    Questions that are not asked (``when``) are neither required nor looked at; those in ``later`` wait
    for their register and may be missing. ``today`` is what the limits of dates are held against. Of two numbers
    that do not fit both are told, either may be the wrong one; but not those in ``fixed``, which are not open now.
    """
    hidden = form.hidden(answers)
    if hidden:
        answers = {name: value for name, value in answers.items() if name not in hidden}
    if form.by_hand:
        answers = _without_hidden_cells(form, answers)
    faults = dict(_missing(form, answers, hidden)) if form.conditional else {}
    if form.by_hand:
        _note(faults, _by_hand(form, answers, hidden, today, fixed))
    if not form.validator.is_valid(answers):
        _note(faults, _broken_rules(form, form.validator, answers))
    if not faults:
        return {}
    return {
        path: sentence(form, path, faults[path], answers)
        for path in _in_order(form, faults)
        if not (path in later and path not in answers)
    }


def _note(faults: dict[str, Fault], found: Iterator[tuple[str, Fault]]) -> None:
    for path, fault in found:
        if path not in faults or rank(fault) < rank(faults[path]):
            faults[path] = fault


def _broken_rules(
    form: Form, validator: Validator, answers: Mapping[str, Any]
) -> Iterator[tuple[str, Fault]]:
    """The faults that JSON Schema names; the empty path stands for the form as a whole."""
    for error in validator.iter_errors(answers):
        # The stubs know only what all kinds share; each kind carries its own values beside it.
        kind: Any = error.kind
        places = [*map(str, error.instance_path)]
        if kind.name == "additionalProperties":
            paths = [".".join((*places, name)) for name in kind.unexpected]
        else:
            paths = [_place(form, [*places, kind.property] if kind.name == "required" else places)]
        fault = Fault(kind.name, getattr(kind, "value", None), tuple(places))
        for path in paths:
            yield path, fault


def _place(form: Form, places: list[str]) -> str:
    """Where the page shows the fault: a table's at its cell, those of choices and files at the question."""
    field = form.by_name.get(places[0]) if places else None
    return ".".join(places if field is None or field.columns else places[:1])


def _missing(form: Form, answers: Mapping[str, Any], hidden: Collection[str]) -> Iterator[tuple[str, Fault]]:
    for field in form.conditional:
        if field.required and field.name not in answers and field.name not in hidden:
            yield field.name, Fault("required")


def _by_hand(
    form: Form, answers: Mapping[str, Any], hidden: Collection[str], today: date, fixed: Collection[str]
) -> Iterator[tuple[str, Fault]]:
    """What JSON Schema cannot spell: limits that are days or other answers, what a row asks, what stands twice."""
    for field in form.by_hand:
        if field.name in hidden:
            continue
        yield from _beyond(field, "", answers, today, fixed)
        for number, row in _rows(field, answers):
            for column in field.asked_columns(row):
                at = f"{field.name}.{number}."
                if column.required and column.name not in row:
                    yield at + column.name, Fault("required")
                yield from _beyond(column, at, row, today)
        yield from _twice(field, answers)


def _twice(field: Field, answers: Mapping[str, Any]) -> Iterator[tuple[str, Fault]]:
    """The later of two rows that say the same where no two may; the fault's limit is the earlier row's number."""
    for column in field.columns:
        if not column.ui.once:
            continue
        first: dict[Any, int] = {}
        for number, row in _rows(field, answers):
            value = row.get(column.name)
            if not isinstance(value, str | int):
                continue
            earlier = first.setdefault(value, number)
            if earlier != number:
                yield f"{field.name}.{number}.{column.name}", Fault("once", earlier + 1)


def _rows(field: Field, answers: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = answers.get(field.name) if field.columns else None
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield number, row


def _beyond(
    field: Field, at: str, answers: Mapping[str, Any], today: date, fixed: Collection[str] = ()
) -> Iterator[tuple[str, Fault]]:
    """The limits that an answer breaks; ``at`` is the row that it and what limits it stand in. Of two numbers the other
    is told too, seen from its side."""
    for limit in field.limits:
        ours = answers.get(field.name)
        bound = limit.broken_by(ours, answers, today)
        if bound is None:
            continue
        yield at + field.name, Fault(limit.keyword, (limit, bound))
        if isinstance(limit, NumberLimit) and limit.field not in fixed:
            other = limit.of_the_other(field.name)
            yield at + limit.field, Fault(other.keyword, (other, ours))


def _without_hidden_cells(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    shown = dict(answers)
    for field in form.by_hand:
        rows = shown.get(field.name)
        if field.columns and isinstance(rows, list):
            shown[field.name] = [_asked_cells(field, row) for row in rows]
    return shown


def _asked_cells(field: Field, row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    known = {column.name for column in field.columns}
    gone = known - {column.name for column in field.asked_columns(row)}
    return {name: value for name, value in row.items() if name not in gone}


def _in_order(form: Form, paths: Collection[str]) -> list[str]:
    """The order of the page: field, row, column; what the form does not know comes last."""
    places = {name: place for place, name in enumerate(form.by_name)}

    def position(path: str) -> tuple[int, int, int, str]:
        name, _, rest = path.partition(".")
        number, _, column = rest.partition(".")
        columns = [one.name for one in form.by_name[name].columns] if name in places else []
        return (
            places.get(name, len(places)),
            int(number) if number.isdecimal() else -1,
            columns.index(column) if column in columns else len(columns),
            path,
        )

    return sorted(paths, key=position)
