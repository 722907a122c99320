"""Answers in words: for "check your answers", the receipt and the officer's desk alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tongban.kit.acting import Eyes
from tongban.kit.forms.attached import Attachment
from tongban.kit.forms.field import Field, Table
from tongban.kit.forms.model import Form
from tongban.kit.forms.sealing import mask
from tongban.kit.forms.x_ui import Section
from tongban.kit.i18n import Language, Text, language, use_language


class SummaryLine(msgspec.Struct, frozen=True):
    """One answered question; ``name`` leads back to its field.

    ``value`` says it in one line; a table's rows, the attached files and the words that were agreed to stand
    beside it.
    """

    name: str
    label: str
    value: str
    table: Table | None = None
    files: tuple[Attachment, ...] = ()
    statement: str = ""


class SummarySection(msgspec.Struct, frozen=True):
    """A heading and its lines; sections without an answer are left out."""

    key: str
    title: str
    lines: tuple[SummaryLine, ...]


def summary(
    form: Form,
    answers: Mapping[str, Any],
    wanted: Language | None = None,
    *,
    masked: bool = False,
    eyes: Eyes = Eyes.OTHERS,
) -> list[SummarySection]:
    """The answers by section in the wanted language (default: the page's).

    ``masked`` hides sensitive ones; before the ``eyes`` of their owner it leaves what she must check.
    """
    asked = form.asked(answers)
    visible = mask(form, answers, eyes=eyes) if masked else answers
    sections = form.sections or (Section("", Text("", "")),)
    with use_language(wanted or language()):
        made = [
            SummarySection(
                section.key,
                str(section.title),
                tuple(
                    _line(field, visible[field.name])
                    for field in asked
                    if field.ui.section == section.key and visible.get(field.name) not in (None, "", [])
                ),
            )
            for section in sections
        ]
    return [section for section in made if section.lines]


def _line(field: Field, value: Any) -> SummaryLine:
    words, label = field.in_words(value), str(field.label)
    if field.columns:
        return SummaryLine(field.name, label, words, table=field.table(value))
    if field.ui.widget == "files":
        return SummaryLine(field.name, label, words, files=tuple(field.attached(value)))
    return SummaryLine(field.name, label, words, statement=str(field.ui.statement or ""))
