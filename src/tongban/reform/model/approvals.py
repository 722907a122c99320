"""Approvals that are cancelled or adjusted 取消和调整审批, with their effect."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from tongban.kit.i18n import Text

Act = Literal["cancel", "adjust"]


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An approval, a row of ``approvals.csv``: from which day it is cancelled or adjusted, on what ``basis``, what
    comes in its place, and what becomes of the cases that are open on that day: ``open_then`` says whether they
    ``go_on`` to their end under the version of their filing or ``end`` without fault, ``open_cases`` says it in words.

    ``item`` is its code in the catalogue, empty where the catalogue has never had it; ``replacement`` the code of the
    item that comes in its place, empty where none does. ``change`` is by what of the item one sees that it is adjusted,
    ``days`` the longest promise where it becomes shorter (``catalogue.Adjustment``); a cancelled one has none."""

    code: str
    name: Text
    department_kind: str
    act: Act
    on: date
    basis: Text
    instead: Text
    open_then: Literal["go_on", "end"]
    open_cases: Text
    item: str
    replacement: str
    change: Literal["", "commitment", "filing", "shorter", "districts"] = ""
    days: int = 0
    mark: Literal["real", "realistic", "synthetic"]

    def in_force(self, today: date) -> bool:
        """Whether its day has come."""
        return self.on <= today

    def fault(self) -> str | None:
        """What is wrong of it, in words for who keeps the city's file."""
        if (self.act == "adjust") != bool(self.change):
            return f"{self.code}: change says what is adjusted, and nothing of what is cancelled"
        return None


def cancelled_items(approvals: Iterable[Approval], on: date) -> frozenset[str]:
    """The codes of the items that are off offer on this day."""
    return frozenset(one.item for one in approvals if one.item and one.act == "cancel" and one.in_force(on))


def counted(approvals: Iterable[Approval], on: date) -> dict[str, int]:
    """How many are cancelled and adjusted by this day, and how many are to be."""
    found = list(approvals)
    return {
        f"reform.items_{word}": sum(one.act == act and one.in_force(on) is now for one in found)
        for word, act, now in (
            ("cancelled", "cancel", True),
            ("adjusted", "adjust", True),
            ("to_cancel", "cancel", False),
            ("to_adjust", "adjust", False),
        )
    }
