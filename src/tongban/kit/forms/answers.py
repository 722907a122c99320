"""Answers on their way: from what was typed to values, from values to storage and back."""

from __future__ import annotations

import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping
from math import isfinite
from typing import Any

from tongban.kit.forms.model import Field, Form, Prefilled
from tongban.kit.keys import Keys

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
_CODE_FORMATS = frozenset({"cn-id", "cn-phone", "uscc", "date", "email"})
_UPPER_FORMATS = frozenset({"cn-id", "uscc"})
_SEALED = "sealed"


def parse(form: Form, posted: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as values: trimmed, full-width digits made half-width, numbers and ticks typed.

    What does not become its type stays as it was typed, so that the page can show it again and
    :func:`check` can say what is wrong. Blank means not answered; names that the form does not know
    are dropped, as are questions that these answers hide.
    """
    answers: dict[str, Any] = {}
    for field in form.fields:
        value = _typed(field, posted)
        if value is not None:
            answers[field.name] = value
    return _asked_only(form, answers)


def starting_answers(form: Form, prefilled: Mapping[str, Prefilled]) -> dict[str, Any]:
    """The answers of a fresh draft: all that the registers know, before the person typed anything."""
    return _asked_only(
        form, {name: known.value for name, known in prefilled.items() if _fills(form, name, known)}
    )


def overlay(form: Form, answers: Mapping[str, Any], prefilled: Mapping[str, Prefilled]) -> dict[str, Any]:
    """What was posted, with the registers' values where the person may not change them.

    A field that is not editable takes the register's value whatever was posted; when its source was
    away (``asked``), what the person stated stays. What was blanked in an editable field stays blank.
    """
    merged = dict(answers)
    for name, known in prefilled.items():
        if _fills(form, name, known) and not form.by_name[name].ui.editable:
            merged[name] = known.value
    return _asked_only(form, merged)


def _fills(form: Form, name: str, known: Prefilled) -> bool:
    return name in form.by_name and known.state == "filled" and known.value is not None


def _asked_only(form: Form, answers: dict[str, Any]) -> dict[str, Any]:
    asked = form.asked(answers)
    if asked is form.fields:
        return answers
    names = {field.name for field in asked}
    return {name: value for name, value in answers.items() if name in names}


def seal_answers(form: Form, answers: Mapping[str, Any], keys: Keys, context: bytes) -> dict[str, Any]:
    """The answers as they are stored: sensitive texts become ``{"sealed": base64}``.

    ``context`` names the owner (the case's id as bytes); the field's name is added, so a sealed value
    opens neither in another case nor in another field.
    """
    stored = dict(answers)
    for field in form.fields:
        value = stored.get(field.name)
        if field.ui.sensitive and isinstance(value, str):
            sealed = keys.seal(value.encode(), _place(context, field))
            stored[field.name] = {_SEALED: b64encode(sealed).decode()}
    return stored


def open_answers(form: Form, stored: Mapping[str, Any], keys: Keys, context: bytes) -> dict[str, Any]:
    """The answers of :func:`seal_answers` in clear; raises SealBroken when a value was altered or moved."""
    answers = dict(stored)
    for field in form.fields:
        value = answers.get(field.name)
        if field.ui.sensitive and isinstance(value, dict):
            answers[field.name] = keys.open(b64decode(value[_SEALED]), _place(context, field)).decode()
    return answers


def mask(form: Form, answers: Mapping[str, Any], *, owner: bool = False) -> dict[str, Any]:
    """The answers with sensitive texts masked; what is still sealed becomes dots without being opened.

    Their ``owner`` sees her own name and phone whole, so that she can check them; an ID number stays masked.
    """
    hidden = dict(answers)
    for field in form.fields:
        if field.ui.sensitive and field.name in hidden and not (owner and field.ui.mask != "id"):
            hidden[field.name] = field.masked(hidden[field.name])
    return hidden


def _place(context: bytes, field: Field) -> bytes:
    return context + b"\x1f" + field.name.encode()


def _typed(field: Field, posted: Mapping[str, str]) -> Any:
    if field.kind == "boolean":
        return field.name in posted and posted[field.name] not in ("", "false", "no", "0")
    if field.ui.widget == "date":
        return _typed_date(field.name, posted)
    text = _tidy(field, posted.get(field.name, ""))
    if not text:
        return None
    if field.kind == "integer" or (field.kind == "number" and "." not in text):
        return _number(text, int)
    if field.kind == "number":
        return _number(text, float)
    return text


def _tidy(field: Field, text: str) -> str:
    name = field.rule.get("format")
    if field.kind != "string" or name in _CODE_FORMATS:
        code = _code(text)
        return code.upper() if name in _UPPER_FORMATS else code
    text = unicodedata.normalize("NFC", text.translate(_UNSEEN)).translate(_HALF_WIDTH_DIGITS)
    if field.ui.widget == "textarea":
        return text.replace("\r\n", "\n").strip()
    return " ".join(text.split())


def _code(text: str) -> str:
    return "".join(text.translate(_UNSEEN).translate(_HALF_WIDTH).split())


def _number(text: str, kind: type[int | float]) -> Any:
    """A number of at most 15 digits; anything else stays as typed (``int`` takes 1_000, we do not)."""
    if len(text) > 16 or "_" in text or not text.isascii():
        return text
    try:
        value = kind(text)
    except ValueError:
        return text
    return value if isfinite(value) else text


def _typed_date(name: str, posted: Mapping[str, str]) -> str | None:
    """A date from its three inputs or from one ISO text; incomplete parts stay in their places."""
    parts = [_code(posted.get(f"{name}-{part}", "")) for part in ("year", "month", "day")]
    if not any(parts):
        return _code(posted.get(name, "")) or None
    return "-".join((parts[0], *(part.zfill(2) if part.isdigit() else part for part in parts[1:])))
