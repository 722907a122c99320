"""Answers on their way: from what was posted to values, over what the registers know and what may be changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from tongban.kit.forms.field import Field
from tongban.kit.forms.model import Form, Prefilled
from tongban.kit.forms.paging import posted_names
from tongban.kit.forms.pressed import Pressed, goes_on, pressed
from tongban.kit.forms.typed import posted_of, typed

_NOTHING: Mapping[str, Any] = {}


def parse(
    form: Form,
    posted: Mapping[str, str],
    *,
    kept: Mapping[str, Any] = _NOTHING,
    only: Collection[str] | None = None,
) -> dict[str, Any]:
    """What was typed, as values: trimmed, full-width digits made half-width, numbers and ticks typed.

    What does not become its type stays as it was typed, so that the page can show it again and
    :func:`check` can say what is wrong. Blank means not answered; names that the form does not know
    are dropped, as are questions that these answers hide and, when the person goes on, rows in which nothing
    stands. A button among the questions (:mod:`tongban.kit.forms.pressed`) has done its work in what is given.

    ``kept`` are the answers as stored: attached files are theirs, whatever was posted. With ``only`` nothing
    but these fields may change, see :func:`reopened`; a page of a long form changes its own section alone.
    """
    only = posted_names(form, posted) if only is None else only
    press = pressed(form, posted)
    answers: dict[str, Any] = {}
    for field in form.fields:
        if field.ui.widget == "files":
            value = _attached(kept.get(field.name), press if press and press.field is field else None)
        else:
            value = typed(field, field.name, posted, press)
        if value is not None:
            answers[field.name] = value
    if goes_on(posted):
        _drop_blank_rows(form, answers)
    return _asked_only(form, answers) if only is None else _merged(form, answers, kept, only)


def posted(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """What the page posts when it shows these answers: :func:`parse` gives them back."""
    shown: dict[str, str] = {}
    for field in form.asked(answers):
        shown |= posted_of(field, field.name, answers.get(field.name))
    return shown


def with_known(form: Form, posted: Mapping[str, str], prefilled: Mapping[str, Prefilled]) -> dict[str, str]:
    """What was posted, and for questions that the page did not show yet what is known of them.

    A question that only now is asked (the delivery address, once "by courier" is chosen) comes filled; one
    that was shown and emptied was posted empty, and stays so.
    """
    known: dict[str, str] = {}
    for name, value in prefilled.items():
        if value.state == "filled" and value.value is not None:
            shown = posted_of(form.by_name[name], name, value.value)
            if not shown.keys() & posted.keys():
                known |= shown
    return {**known, **posted}


def starting_answers(form: Form, prefilled: Mapping[str, Prefilled]) -> dict[str, Any]:
    """The answers of a fresh draft: all that the registers know, before the person typed anything."""
    return _asked_only(
        form, {name: known.value for name, known in prefilled.items() if _fills(form, name, known)}
    )


def overlay(
    form: Form,
    answers: Mapping[str, Any],
    prefilled: Mapping[str, Prefilled],
    *,
    kept: Mapping[str, Any] = _NOTHING,
    only: Collection[str] | None = None,
) -> dict[str, Any]:
    """What was posted, with the registers' values where the person may not change them.

    A field that is not editable takes the register's value whatever was posted; when its source was
    away (``asked``), what the person stated stays. What was blanked in an editable field stays blank.
    With ``only``, what is not reopened stays as it is ``kept``, whatever the registers say today.
    """
    merged = dict(answers)
    for name, known in prefilled.items():
        if _fills(form, name, known) and not form.by_name[name].ui.editable:
            merged[name] = known.value
    return _asked_only(form, merged) if only is None else _merged(form, merged, kept, only)


def reopened(
    form: Form, answers: Mapping[str, Any], *, kept: Mapping[str, Any], only: Collection[str]
) -> frozenset[str]:
    """The questions that may be changed while the rest stands: those in ``only``, and what is newly asked.

    A question is newly asked when ``answers`` ask it and the ``kept`` ones did not: it hangs on one that was
    reopened. One that a changed answer leaves beyond its limit (a kitchen greater than its premises) is open too,
    else nobody could put right what the change broke. The page renders these as inputs and the others as text.
    """
    before = {field.name for field in form.asked(kept)}
    merged = _merged(form, answers, kept, only)
    return frozenset(
        field.name
        for field in form.asked(merged)
        if field.name in only or field.name not in before or _no_longer_fits(field, merged, kept)
    )


def _merged(
    form: Form, answers: Mapping[str, Any], kept: Mapping[str, Any], only: Collection[str]
) -> dict[str, Any]:
    """The kept answers with the reopened ones in their places; conditions look back, so one pass settles it."""
    before = {field.name for field in form.asked(kept)}
    merged: dict[str, Any] = {}
    for field in form.fields:
        if field.when is not None and not field.when.holds(merged):
            continue
        if field.name in only or field.name not in before:
            value = answers.get(field.name)
        elif _no_longer_fits(field, merged, kept):
            # Its input may not have been on the page yet: what is not posted is not blanked.
            value = answers.get(field.name, kept.get(field.name))
        else:
            value = kept.get(field.name)
        if value is not None:
            merged[field.name] = value
    return merged


def _no_longer_fits(field: Field, merged: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """Whether the kept answer, the person's own, lies beyond an answer that is another now than it was.

    It is the kept one that is looked at, so the question does not shut again once its new answer fits.
    """
    return field.ui.editable and any(
        limit.field is not None
        and merged.get(limit.field) != kept.get(limit.field)
        and limit.broken_by(kept.get(field.name), merged, date.min)
        is not None  # no clock: it is held to an answer
        for limit in field.limits
    )


def _drop_blank_rows(form: Form, answers: dict[str, Any]) -> None:
    """A row in which nothing stands was opened for nothing; while the person is still at it, it stays."""
    for field in form.tables:
        rows = [row for row in answers.pop(field.name, ()) if row]
        if rows:
            answers[field.name] = rows


def _attached(kept: Any, press: Pressed | None) -> list[Any] | None:
    files = kept if isinstance(kept, list) else []
    if press is not None and press.act == "drop":
        files = [file for file in files if file["file"] != press.at]
    if press and press.act == "use":
        files = [_undoubted(file) if file["file"] == press.at else file for file in files]
    return files or None


def _undoubted(file: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in file.items() if name != "doubt"}


def _fills(form: Form, name: str, known: Prefilled) -> bool:
    return name in form.by_name and known.state == "filled" and known.value is not None


def _asked_only(form: Form, answers: dict[str, Any]) -> dict[str, Any]:
    gone = form.hidden(answers)
    return {name: value for name, value in answers.items() if name not in gone} if gone else answers
