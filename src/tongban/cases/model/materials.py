"""My materials 我的材料库: what a person has handed in before, and whether it may be handed in again."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit.i18n import Text


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
