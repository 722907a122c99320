"""Answers from a program: a JSON body becomes what the page's post becomes, by the same rules of tidying.

Texts are tidied as typed ones are. Numbers, ticks and lists must be what JSON calls them; money is integer fen.
What a rule of the form forbids is for :func:`tongban.kit.forms.check`: here is only what cannot be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.kit.errors import Invalid, Words
from tongban.kit.forms import numbers
from tongban.kit.forms.field import Field
from tongban.kit.forms.model import Form
from tongban.kit.forms.typed import typed
from tongban.kit.i18n import N_, Message

_NOTHING: Mapping[str, Any] = {}
_KINDS: dict[str, Message] = {
    "string": N_("文本"),
    "integer": N_("整数"),
    "number": N_("数字"),
    "boolean": N_("true 或 false"),
    "array": N_("数组"),
}
_FEN = N_("以分为单位的整数")
_ROW = N_("对象")


class AnswersMalformed(Invalid):
    """A program's answers cannot be read: names that the form does not know, values of another type; by path."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__(
            "answers-malformed", N_("有内容不符合表单的结构，请对照表单的 JSON Schema 修改。"), fields=fields
        )


def take(form: Form, body: Mapping[str, Any], *, kept: Mapping[str, Any] = _NOTHING) -> dict[str, Any]:
    """The answers of a JSON body, all of them: a name that is missing or null is not answered.

    Of files the body may name those of the draft's ``kept`` list by their id, as ``{"file": id}``, and so take
    others off; without the name all stay. Questions that these answers hide are dropped. Raises AnswersMalformed
    with a sentence per path (``costs.2.amount``).
    """
    faults: dict[str, Words] = {
        str(name): N_("这份表单没有“{name}”这一项。", name=name) for name in body if name not in form.by_name
    }
    answers: dict[str, Any] = {}
    for name, field in form.by_name.items():
        if field.ui.widget == "files":
            value = _files(field, body.get(name), kept.get(name) or [], faults)
        else:
            value = _value(field, name, field.label, body.get(name), faults)
        if value not in (None, []):
            answers[name] = value
    if faults:
        raise AnswersMalformed(faults)
    gone = form.hidden(answers)
    return {name: value for name, value in answers.items() if name not in gone}


def _value(field: Field, path: str, label: Words, given: Any, faults: dict[str, Words]) -> Any:
    if given is None:
        return None
    if field.kind == "array":
        if not isinstance(given, list):
            faults[path] = _should_be(label, _KINDS["array"])
            return None
        return _rows(field, given, faults) if field.columns else _chosen(field, path, given, faults)
    if field.kind == "string" and isinstance(given, str):
        return typed(field, path, {path: given}, None)
    if field.kind == "boolean" and isinstance(given, bool):
        return given
    number = _number(field, given)
    if number is None:
        kind = _FEN if field.ui.widget == "money" else _KINDS[field.kind]
        faults[path] = _should_be(label, kind)
    return number


def _number(field: Field, given: Any) -> int | float | None:
    """A number that fits the kind and that every reader of JSON reads alike; 3.0 is an integer there."""
    if (
        field.kind not in ("integer", "number")
        or isinstance(given, bool)
        or not isinstance(given, int | float)
    ):
        return None
    if abs(given) >= numbers.GREATEST:
        return None
    if field.kind == "integer" and given != int(given):
        return None
    return int(given) if field.kind == "integer" else given


def _chosen(field: Field, path: str, given: list[Any], faults: dict[str, Words]) -> list[Any]:
    values = {str(choice.value): choice.value for choice in field.ui.options}
    if any(type(one) not in (str, int) for one in given):
        faults[path] = N_("请从列出的选项中选择{label}。", label=field.label)
    # One more than there are options is enough for the check to say that there are too many.
    return [values.get(str(one), one) for one in given[: len(values) + 1]]


def _rows(field: Field, given: list[Any], faults: dict[str, Words]) -> list[dict[str, Any]]:
    """The rows in which something stands; of more than may be one is read, so that the check says it."""
    rows = []
    for number, one in enumerate(given[: field.most + 1]):
        path = f"{field.name}.{number}"
        if isinstance(one, dict):
            rows.append(_row(field, path, number, one, faults))
        else:
            faults[path] = _should_be(N_("{table}第 {row} 行", table=field.label, row=number + 1), _ROW)
    return [row for row in rows if row]


def _row(
    field: Field, path: str, number: int, given: dict[str, Any], faults: dict[str, Words]
) -> dict[str, Any]:
    known = {column.name: column for column in field.columns}
    for name in given.keys() - known.keys():
        faults[f"{path}.{name}"] = N_("这份表单没有“{name}”这一项。", name=f"{path}.{name}")
    row = {}
    for name, column in known.items():
        label = N_("{table}第 {row} 行的{label}", table=field.label, row=number + 1, label=column.label)
        value = _value(column, f"{path}.{name}", label, given.get(name), faults)
        if value not in (None, []):
            row[name] = value
    return {column.name: row[column.name] for column in field.asked_columns(row) if column.name in row}


def _files(
    field: Field, given: Any, kept: list[dict[str, Any]], faults: dict[str, Words]
) -> list[dict[str, Any]]:
    if given is None:
        return kept
    attached = {file["file"]: file for file in kept}
    if not isinstance(given, list):
        faults[field.name] = _should_be(field.label, _KINDS["array"])
        return []
    named: dict[str, dict[str, Any]] = {}
    for number, one in enumerate(given):
        file = one.get("file") if isinstance(one, dict) else None
        if isinstance(file, str) and file in attached:
            named[file] = attached[file]
        else:
            faults[f"{field.name}.{number}"] = N_("{label}中没有这个文件，请先上传。", label=field.label)
    return list(named.values())


def _should_be(label: Words, kind: Message) -> Message:
    return N_("{label}应为{kind}。", label=label, kind=kind)
