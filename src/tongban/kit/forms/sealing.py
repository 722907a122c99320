"""Answers at rest and before other eyes: sensitive texts are sealed when stored, masked when shown."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Mapping
from typing import Any

from tongban.kit.acting import Eyes
from tongban.kit.forms.field import Field
from tongban.kit.forms.model import Form
from tongban.kit.keys import Keys, SealBroken

_SEALED = "sealed"

#: From a field, its path (``payees.2.id_number``) and its value to the value that takes its place.
Change = Callable[[Field, str, Any], Any]


def seal_answers(form: Form, answers: Mapping[str, Any], keys: Keys, context: bytes) -> dict[str, Any]:
    """The answers as they are stored: sensitive texts become ``{"sealed": base64}``.

    ``context`` names the owner (the case's id as bytes); the path is added, so a sealed value opens neither
    in another case nor in another field or row.
    """

    def seal(field: Field, path: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return {_SEALED: b64encode(keys.seal(value.encode(), _place(context, path))).decode()}

    return _sensitive_changed(form, answers, seal)


def open_answers(form: Form, stored: Mapping[str, Any], keys: Keys, context: bytes) -> dict[str, Any]:
    """The answers of :func:`seal_answers` in clear; raises SealBroken when a value was altered or moved."""

    def unseal(field: Field, path: str, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return keys.open(b64decode(value[_SEALED]), _place(context, path)).decode()

    return _sensitive_changed(form, stored, unseal)


def resealed(
    stored: Any, keys: Keys, context: bytes, *, names: Collection[str] = (), path: tuple[str, ...] = ()
) -> Any:
    """Stored JSON with every sealed text under the newest key, wherever in it answers lie; raises SealBroken.

    The place of a text is its path within the answers: the end of its path here, or one of ``names`` where what was
    told lies under a source's own name. A wrong place does not open, so trying them cannot mistake one for another.
    """
    if isinstance(stored, list):
        return [
            resealed(one, keys, context, names=names, path=(*path, str(number)))
            for number, one in enumerate(stored)
        ]
    if not isinstance(stored, dict):
        return stored
    if stored.keys() != {_SEALED} or not isinstance(stored[_SEALED], str):
        return {
            name: resealed(one, keys, context, names=names, path=(*path, name))
            for name, one in stored.items()
        }
    sealed = b64decode(stored[_SEALED])
    for place in (*(".".join(path[start:]) for start in range(len(path))), *names):
        try:
            return {_SEALED: b64encode(keys.resealed(sealed, _place(context, place))).decode()}
        except SealBroken:
            continue
    raise SealBroken


def mask(form: Form, answers: Mapping[str, Any], *, eyes: Eyes = Eyes.OTHERS) -> dict[str, Any]:
    """The answers with sensitive texts masked; what is still sealed becomes dots without being opened.

    Before their owner's ``eyes`` her name and phone stand whole, so that she can check them; an ID number stays masked.
    """

    def masked(field: Field, path: str, value: Any) -> Any:
        return field.masked(value) if field.hidden_from(eyes) else value

    return _sensitive_changed(form, answers, masked)


def unmasked(form: Form, sent: Mapping[str, Any], kept: Mapping[str, Any], *, eyes: Eyes) -> dict[str, Any]:
    """What was sent, with the kept value where one comes back as these eyes were shown it: masked."""
    shown = mask(form, kept, eyes=eyes)
    return {
        name: _as_kept(one, shown[name], kept[name]) if name in shown else one for name, one in sent.items()
    }


def _as_kept(sent: Any, shown: Any, kept: Any) -> Any:
    if sent == shown:
        return kept
    if isinstance(sent, dict) and isinstance(shown, dict):
        return {
            name: _as_kept(one, shown[name], kept[name]) if name in shown else one
            for name, one in sent.items()
        }
    if isinstance(sent, list) and isinstance(shown, list):
        rows = min(len(sent), len(shown))
        return [_as_kept(sent[row], shown[row], kept[row]) for row in range(rows)] + sent[rows:]
    return sent


def _sensitive_changed(form: Form, answers: Mapping[str, Any], change: Change) -> dict[str, Any]:
    changed = dict(answers)
    for field in form.sensitive:
        value = changed.get(field.name)
        if value is None:
            continue
        if field.columns:
            changed[field.name] = _rows_changed(field, value, change)
        else:
            changed[field.name] = change(field, field.name, value)
    return changed


def _rows_changed(field: Field, rows: Any, change: Change) -> Any:
    if not isinstance(rows, list):
        return rows
    columns = [column for column in field.columns if column.ui.sensitive]
    changed = []
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            told = {column.name: column for column in columns if row.get(column.name) is not None}
            row = row | {  # noqa: PLW2901 - the row as it goes on
                name: change(column, f"{field.name}.{number}.{name}", row[name])
                for name, column in told.items()
            }
        changed.append(row)
    return changed


def _place(context: bytes, path: str) -> bytes:
    return context + b"\x1f" + path.encode()
