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
    comes in its place, and what becomes of the cases that are open on that day. ``item`` is its code in the
    catalogue, empty where the catalogue has never had it."""

    code: str
    name: Text
    department_kind: str
    act: Act
    on: date
    basis: Text
    instead: Text
    open_cases: Text
    item: str
    mark: Literal["real", "realistic", "synthetic"]

    def in_force(self, today: date) -> bool:
        """Whether its day has come."""
        return self.on <= today


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
