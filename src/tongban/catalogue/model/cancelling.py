"""An item that is cancelled 取消: from which day, by which decision, and what comes in its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_, Message, Text


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """The decision to cancel an item: nobody can apply for it from the day ``on`` (计划取消日期).

    ``basis`` is the decision, ``instead`` what comes in its place in words, ``replacement`` the code of the item
    that does, empty where none does. ``by`` is who says so: the city's own decision, or rows of the national exchange.
    """

    code: str
    on: date
    basis: Text
    instead: Text
    replacement: str = ""
    by: Literal["city", "exchange"] = "city"

    def in_force(self, today: date) -> bool:
        """Whether its day has come."""
        return self.on <= today

    def chip(self, today: date) -> tuple[Message, str]:
        """What a list says of the item, with the chip's tone."""
        if self.in_force(today):
            return N_("已取消"), "muted"
        return N_("{day} 起取消", day=str(self.on)), "warn"


def cancelled_by(found: Mapping[str, Cancellation], today: date) -> frozenset[str]:
    """The codes of the items that are cancelled on this day."""
    return frozenset(code for code, one in found.items() if one.in_force(today))


class ItemCancelled(Conflict):
    """The item is cancelled: why, by which decision and what comes in its place."""

    title = N_("这个事项已经取消")

    def __init__(self, decided: Cancellation) -> None:
        super().__init__(
            "item-cancelled",
            N_(
                "这个事项自 {day} 起取消，不再受理新的申请（依据：{basis}）。现在的办法：{instead}。",
                day=str(decided.on),
                basis=decided.basis,
                instead=decided.instead,
            ),
        )
