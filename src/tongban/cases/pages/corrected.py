"""What came back from a correction 补正, as the desk shows it: what was asked, what stood there, what stands there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from tongban.cases.actions import Opened
from tongban.cases.model import CaseEvent, Move, State
from tongban.cases.model.follow_up import listed
from tongban.cases.pages.corrected_rows import row_lines
from tongban.kit import forms, keys
from tongban.kit.errors import Words
from tongban.kit.forms import Field, Form
from tongban.kit.i18n import N_, Message, Text

_NOTHING = N_("（未填）")
_WITHHELD = N_("（填写人的信息，有改动，不显示）")


#: An answer in words; of a table a line for each row.
Said = Words | str | list[Message]


class PutRight(msgspec.Struct, frozen=True):
    """An answer that was put right: what its question is called, what was said before, what is said now; of a table
    each row on a line."""

    label: Text
    was: Said
    to_be: Said


def put_right(opened: Opened) -> dict[str, PutRight]:
    """By field what the last correction was about and what else it changed, in the form's order, sensitive values
    masked; empty where none came back."""
    last = next((one for one in reversed(opened.events) if one.move is Move.CORRECT), None)
    if last is None:
        return {}
    form, kept = opened.form, last.detail.get("was", {})
    was = forms.open_answers(
        form,
        {name: value for name, value in kept.items() if value is not None},
        keys.current(),
        opened.case.id.bytes,
    )
    before, now = forms.mask(form, was), forms.mask(form, opened.stated)

    def of(field: Field) -> PutRight:
        name, said = field.name, opened.stated.get(field.name)
        old = was.get(name) if name in kept else said
        return PutRight(
            field.label,
            _words(field, before.get(name), old, said) if name in kept else N_("没有改动"),
            _words(field, now.get(name), said, old, after=True),
        )

    return {
        field.name: of(field)
        for field in form.fields
        if field.name in kept or field.name in last.detail["fields"]
    }


def to_correct(opened: Opened) -> list[Message]:
    """What the applicant is asked to put right now, each with its question's name, in the form's order as in the
    notice; nothing while no correction runs."""
    if opened.case.state is not State.CORRECTING or opened.case.correction is None:
        return []
    said = opened.case.correction.fields
    return [
        N_("{label}：{value}", label=field.label, value=said[field.name])
        for field in opened.form.fields
        if field.name in said
    ]


def laid_changes(
    form: Form, before: Mapping[str, Any], now: Mapping[str, Any], names: Collection[str]
) -> list[PutRight]:
    """What a correction changes, as a joint applicant may read it: where what differs is masked or withheld from her,
    that it differs."""
    return [
        PutRight(
            field.label,
            _words(field, before.get(field.name), before.get(field.name), now.get(field.name)),
            _altered(field, before, now),
        )
        if field.name in before or field.name in now
        else PutRight(field.label, _WITHHELD, _WITHHELD)
        for field in form.fields
        if field.name in names
    ]


def _altered(field: Field, before: Mapping[str, Any], now: Mapping[str, Any]) -> Said:
    was, is_ = before.get(field.name), now.get(field.name)
    words = _words(field, is_, is_, was, after=True)
    if was != is_:
        return words
    if isinstance(words, list):
        return [*words, N_("有改动，已遮盖")]
    return N_("{words}（有改动，已遮盖）", words=words)


def told_of_correction(event: CaseEvent, form: Form) -> Text | None:
    """Which answers a correction was asked for, or came back with."""
    if event.move not in (Move.ASK_CORRECTION, Move.CORRECT):
        return None
    return _named(event.detail["fields"], form)


def _named(names: Collection[str], form: Form) -> Text:
    return listed(field.label for field in form.fields if field.name in names)


def _words(field: Field, value: Any, said: Any, other: Any, *, after: bool = False) -> Said:
    """An answer in words, ``value`` as it may be read here, ``said`` as it was given; of files each by its name, of a
    table each row, marked where the ``other`` answer has it not, or has another."""
    if value in (None, "", []):
        return _NOTHING
    if field.columns:
        return row_lines(field, value, said, other, after=after)
    mark = N_("新上传") if after else N_("已移除")
    if field.ui.widget != "files" or not isinstance(value, list):
        return field.in_words(value)
    there = {one["file"] for one in other} if isinstance(other, list) else set()
    return str(N_("；")).join(
        one["name"] if one["file"] in there else str(N_("{name}（{mark}）", name=one["name"], mark=mark))
        for one in value
    )
