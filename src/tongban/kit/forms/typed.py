"""What was typed, as values, field by field, and back: the names and texts that a page posts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from tongban.kit.forms import numbers
from tongban.kit.forms.field import PAPER_FORMATS, Field
from tongban.kit.forms.pressed import Pressed

#: Full-width digits, letters and blanks of Chinese input methods, where a code or number is meant.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
#: Full-width digits only: in a name or an address the punctuation stays as typed.
_HALF_WIDTH_DIGITS = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
#: What no hand types and no column takes: control characters (PostgreSQL refuses NUL), lone surrogates, and
#: the invisible marks that come along when a number is copied from a page or a chat.
_UNSEEN = dict.fromkeys(
    (
        *(
            code
            for code in range(0xA0)
            if unicodedata.category(chr(code)) == "Cc" and chr(code) not in "\t\n\r"
        ),
        *(0xAD, 0x061C, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)),
        *range(0xD800, 0xE000),
    )
)
_CODE_FORMATS = frozenset(
    ("cn-id", "cn-phone", "uscc", "date", "email", "cn-plate", "cn-postcode", "year-month", "hour-minute")
).union(PAPER_FORMATS)
_UPPER_FORMATS = frozenset({"cn-id", "uscc", "cn-plate", *PAPER_FORMATS})
#: What in a pattern may stand for a blank; a Chinese character says that it is about words.
_TAKES_BLANKS = re.compile(r"[ .\u3400-\u9fff]|\[\^|\\[^d.-]")
#: The dot that is painted on a plate and belongs to no number: 沪A·12345.
_PLATE_DOTS = dict.fromkeys(map(ord, "·•・.-"))


def typed(field: Field, name: str, posted: Mapping[str, str], press: Pressed | None) -> Any:
    """One field's value from what was posted under ``name``; None when nothing was answered.

    What does not become its type stays as it was typed. ``press`` is the button among the questions that was
    pressed: it may add or take a row.
    """
    if field.kind == "boolean":
        ticked = name in posted and posted[name] not in ("", "false", "no", "0")
        # A promise that nobody must give is no answer where it is not ticked: it can only be true.
        return ticked or (None if "const" in field.rule and not field.required else False)
    if field.kind == "array":
        return _several(field, name, posted, press)
    if field.ui.widget in ("date", "month"):
        return _date(field, name, posted)
    return value_of(field, posted.get(name, ""))


def value_of(field: Field, text: str) -> Any:
    """A text as the field's value: tidied, numbers and amounts read; None when it is blank."""
    text = tidied(field, text)
    if not text:
        return None
    if field.ui.widget == "money":
        fen = numbers.read_fen(text)
        return text if fen is None else fen
    if field.kind == "string":
        return text
    value = numbers.read(_without_unit(field, text))
    return text if value is None or (field.kind == "integer" and not isinstance(value, int)) else value


def tidied(field: Field, text: str) -> str:
    """A text without what nobody sees or means: marks, doubled blanks, full-width digits where a code is meant."""
    name = field.rule.get("format")
    if field.kind != "string" or name in _CODE_FORMATS or _blankless(field.rule.get("pattern")):
        code = _code(text)
        if name == "cn-plate":
            code = code.translate(_PLATE_DOTS)
        if name == "hour-minute" and len(code) == 4 and code[1:2] == ":":
            code = "0" + code
        return code.upper() if name in _UPPER_FORMATS else code
    text = unicodedata.normalize("NFC", text.translate(_UNSEEN)).translate(_HALF_WIDTH_DIGITS)
    if field.ui.widget == "textarea":
        return text.replace("\r\n", "\n").strip()
    return " ".join(text.split())


def posted_of(field: Field, name: str, value: Any) -> dict[str, str]:
    """What the page posts under ``name`` when its input holds ``value``: :func:`typed` reads it back."""
    if field.kind == "boolean":
        return {name: "yes"} if value is True else {}
    if field.ui.widget == "files":
        return {}
    if field.kind == "array":
        return {name: ""} | _several_posted(field, name, value)
    if field.ui.widget in ("date", "month"):
        return {f"{name}-{part}": text for part, text in field.date_parts(value).items()}
    return {name: field.typed(value)}


def _blankless(pattern: str | None) -> bool:
    """Whether a pattern plainly takes no blanks: a card's number is typed as it is printed, ``6222 0212 …``."""
    return pattern is not None and pattern.startswith("^") and _TAKES_BLANKS.search(pattern) is None


def _code(text: str) -> str:
    return "".join(text.translate(_UNSEEN).translate(_HALF_WIDTH).split())


def _without_unit(field: Field, text: str) -> str:
    """``80.5平方米`` means what ``80.5`` means; the unit is compared as a code, as the text is."""
    unit = field.ui.unit
    if unit is None:
        return text
    for words in (unit.zh, unit.en):
        if words and len(text) > len(words):
            text = text.removesuffix(_code(words))
    return text


def _date(field: Field, name: str, posted: Mapping[str, str]) -> str | None:
    """A date from its inputs or from one ISO text; incomplete parts stay in their places."""
    names = ("year", "month") if field.ui.widget == "month" else ("year", "month", "day")
    parts = [_code(posted.get(f"{name}-{part}", "")) for part in names]
    if not any(part.strip("-") for part in parts[1:]):
        # Nothing but a year, or no parts at all: it may be the whole as one text.
        parts = (parts[0] or _code(posted.get(name, ""))).split("-", len(names) - 1)
    parts = [part.replace("-", "") for part in parts] + [""] * (len(names) - len(parts))
    if not any(parts[1:]):
        return parts[0] or None
    return "-".join((parts[0], *(part.zfill(2) if part.isdigit() else part for part in parts[1:])))


def _several(field: Field, name: str, posted: Mapping[str, str], press: Pressed | None) -> list[Any] | None:
    if field.ui.widget == "choices":
        return [
            choice.value
            for number, choice in enumerate(field.ui.options, 1)
            if posted.get(f"{name}-{number}") == str(choice.value)
        ] or None
    return _rows(field, name, posted, press) if field.ui.widget == "table" else None


def _rows(field: Field, name: str, posted: Mapping[str, str], press: Pressed | None) -> list[Any] | None:
    """A table's rows in the order of their numbers; gaps that a script left close.

    Of more rows than the form takes one is kept, so that the check says it; a hand-made thousand is not read.
    """
    own = press if press is not None and press.field is field else None
    rows = []
    for number in _numbers(name, posted)[: field.most + 1]:
        if own is not None and own.act == "remove" and own.at == str(number):
            continue
        rows.append(_row(field, f"{name}.{number}.", posted))
    if own is not None and own.act == "add" and len(rows) < field.most:
        rows.append({})
    return rows or None


def _numbers(name: str, posted: Mapping[str, str]) -> list[int]:
    start = name + "."
    found = {key[len(start) :].partition(".")[0] for key in posted if key.startswith(start)}
    return sorted(
        {int(number) for number in found if number.isdecimal() and number.isascii() and len(number) < 6}
    )


def _row(field: Field, start: str, posted: Mapping[str, str]) -> dict[str, Any]:
    row = {}
    for column in field.columns:
        value = typed(column, start + column.name, posted, None)
        if value is not None:
            row[column.name] = value
    asked = {column.name for column in field.asked_columns(row)}
    row = {name: value for name, value in row.items() if name in asked}
    # A row in which nothing stands is empty: that a box was not ticked says nothing.
    return row if any(value is not False for value in row.values()) else {}


def _several_posted(field: Field, name: str, value: Any) -> dict[str, str]:
    if field.ui.widget == "choices":
        chosen = field.chosen(value)
        return {
            f"{name}-{number}": str(choice.value)
            for number, choice in enumerate(field.ui.options, 1)
            if str(choice.value) in chosen
        }
    shown: dict[str, str] = {}
    for number, row in enumerate(field.rows(value)):
        shown[f"{name}.{number}"] = ""
        for column in field.asked_columns(row):
            shown |= posted_of(column, f"{name}.{number}.{column.name}", row.get(column.name))
    return shown
