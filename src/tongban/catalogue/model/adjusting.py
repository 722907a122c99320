"""An item whose approval is adjusted 调整: from which day, by which decision, and what in a version shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from tongban.catalogue.model.item import ItemVersion
from tongban.kit.i18n import Text

#: What an adjustment makes of an approval: granted on commitment, a filing 备案, decided sooner, left to the districts.
Change = Literal["commitment", "filing", "shorter", "districts"]

#: 行政许可, by GB/T 39046-2020 A.1.
_APPROVAL = "01"
#: 行使层级 A.2 below the city: district, subdistrict, neighbourhood.
_BELOW_THE_CITY = ("4", "5", "6")


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """The decision to adjust how an item is handled from the day ``on``.

    ``basis`` is the decision, ``instead`` how it is handled from then on, in words; ``change`` is what is looked for in
    a version, ``days`` the longest promise in working days where the change is that it becomes shorter.
    """

    code: str
    on: date
    basis: Text
    instead: Text
    change: Change
    days: int = 0

    def in_force(self, today: date) -> bool:
        """Whether its day has come."""
        return self.on <= today

    def carried(self, item: ItemVersion) -> bool:
        """Whether this version of the item is adjusted as decided."""
        match self.change:
            case "commitment":
                return item.commitment is not None
            case "filing":
                return item.kind != _APPROVAL
            case "shorter":
                return item.clock.promise_days <= self.days
            case "districts":
                return item.level in _BELOW_THE_CITY


def in_force_on(decided: Mapping[str, Adjustment], today: date) -> dict[str, Adjustment]:
    """The decisions whose day has come, by their items."""
    return {code: one for code, one in decided.items() if one.in_force(today)}
