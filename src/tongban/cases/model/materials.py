"""My materials 我的材料库: what a person has handed in before, and whether it may be handed in again."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit.errors import Words
from tongban.kit.forms import Form
from tongban.kit.i18n import N_, Text


class MyMaterial(msgspec.Struct, frozen=True, kw_only=True):
    """One file: the question that it answered (``field``, ``label``), in which case, and until when it is good.

    ``until`` is the last day on which it may be handed in again; None where the item wants a fresh one each time.
    """

    file: UUID
    case_id: UUID
    case_code: str | None
    item: str
    item_name: Text
    field: str
    label: Text
    name: str
    media_type: str
    size: int
    since: date
    until: date | None

    def good(self, today: date) -> bool:
        """Whether it may be handed in again on this day."""
        return self.until is not None and today <= self.until

    def answers(self, field: str, rule: Mapping[str, Any]) -> bool:
        """Whether this question asks for the same material: the same name, and the same words."""
        return field == self.field and label_of(rule) == self.label


def outdated(
    form: Form, answers: Mapping[str, Any], *, today: date, filed: Collection[str] = ()
) -> dict[str, Words]:
    """The questions with a file that she used once more and that is too old by now, each with its sentence.

    When it was picked it was good; a draft may lie after that. What was ``filed`` (by its id) on a good day stays good.
    """
    found: dict[str, Words] = {}
    for field in form.asked(answers):
        for one in field.attached(answers.get(field.name)) if field.ui.widget == "files" else ():
            if one.until is not None and one.until < today and one.file not in filed:
                found[field.name] = N_(
                    "{label}中的“{name}”是以前交过的，最晚可用到 {day}，现在已经过了。请移除，上传新的。",
                    label=field.label,
                    name=one.name,
                    day=f"{one.until:%Y-%m-%d}",
                )
    return found


def label_of(rule: Mapping[str, Any]) -> Text:
    """How a question is called."""
    return msgspec.convert(rule["x-ui"]["label"], Text)


def last_day(since: date, months: int | None) -> date | None:
    """So many months later, at most the last day of that month; None without months."""
    if months is None:
        return None
    years, month = divmod(since.month - 1 + months, 12)
    year = since.year + years
    return date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))
