"""Business-environment indicators 营商环境指标: a standard case as a row of steps, measured on a date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from tongban.kit.i18n import Text
from tongban.reform.model.figures import cut

_HALF = Decimal("0.5")
Flow = Literal["", "import", "export"]


class Indicator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An indicator: its scenario (what the standard case is taken to be), its unit, what the city wants to reach."""

    code: str
    name: Text
    scenario: Text
    unit: Literal["days", "hours"]
    flows: tuple[Flow, ...] = ("",)
    target: dict[str, str]
    declared: Text


class Indicators(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``indicators.yaml``: the indicators, and on which days they were measured."""

    dates: tuple[date, ...]
    indicators: tuple[Indicator, ...]


class IndicatorStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of a scenario on a measurement date, a row of ``indicator_steps.csv``: who handles it, how long it takes
    in the indicator's unit, what it costs in yuan. ``outside``: it is an interaction with an outside party 手续;
    ``simultaneous``: it runs beside the one before it, begins on a later day and adds none."""

    indicator: str
    flow: Flow
    measured_on: date
    seq: int
    name: Text
    authority: Text
    time: Decimal
    cost: int
    online: bool
    simultaneous: bool
    outside: bool
    mark: Literal["real", "realistic", "synthetic"]

    def counts(self, unit: str) -> Decimal:
        """What it adds: at least a day, half a day where it is done wholly online; hours are added as they are."""
        if self.simultaneous:
            return Decimal(0)
        return max(self.time, _HALF if self.online else Decimal(1)) if unit == "days" else self.time


class Measured(msgspec.Struct, frozen=True):
    """What an indicator came to on a date: interactions with outside parties, time in its unit, cost in yuan."""

    on: date
    procedures: int
    time: Decimal
    cost: int


def measured(indicator: Indicator, flow: Flow, steps: Iterable[IndicatorStep]) -> list[Measured]:
    """An indicator's measurements by date."""
    own = [one for one in steps if (one.indicator, one.flow) == (indicator.code, flow)]
    return [
        Measured(
            on,
            sum(one.outside for one in own if one.measured_on == on),
            sum((one.counts(indicator.unit) for one in own if one.measured_on == on), Decimal(0)),
            sum(one.cost for one in own if one.measured_on == on),
        )
        for on in sorted({one.measured_on for one in own})
    ]


def summed_cuts(series: Sequence[Sequence[Measured]], year: int) -> tuple[Decimal | None, Decimal | None]:
    """Over several indicators in days: by how much time and procedures were cut between the measurement before
    ``year`` (1 is the second one) and that one, in percent."""
    before, after = [one[year - 1] for one in series], [one[year] for one in series]
    return (
        cut(sum((one.time for one in after), Decimal(0)), sum((one.time for one in before), Decimal(0))),
        cut(sum(one.procedures for one in after), sum(one.procedures for one in before)),
    )
