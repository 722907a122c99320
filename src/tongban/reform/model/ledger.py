"""The double-halving ledger 双减半台账: what an item asks now beside what it asked, and the sums over approvals."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from tongban.kit.i18n import Text
from tongban.reform.model.figures import cut, percent, share

Unit = Literal["working", "calendar", "months"]
Mark = Literal["real", "realistic", "synthetic"]
#: Working days in a month, and in seven calendar days: an assumption of ours, so that limits add up in one unit.
MONTH = 21
WEEK = 5


def in_working_days(days: int, unit: Unit) -> int:
    """A limit in working days, rounded up: five of seven calendar days, twenty-one of a month."""
    if unit == "calendar":
        return -(-days * WEEK // 7)
    return days * MONTH if unit == "months" else days


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """What a version of an item asks, from the catalogue: ``promise_days`` in working days, ``statutory_days`` in
    ``statutory_unit`` (None where no law sets a limit), required materials that must be brought, steps, visits,
    windows, questions of the form and how many of them are filled in from what the city knows."""

    item: str
    number: int
    measured_on: date
    kind: str
    department_kind: str
    name: Text
    promise_days: int
    statutory_days: int | None
    statutory_unit: Unit
    materials: int
    steps: int
    visits: int
    windows: int
    questions: int
    prefilled: int

    @property
    def statutory(self) -> int | None:
        """The limit by law in working days."""
        return (
            None if self.statutory_days is None else in_working_days(self.statutory_days, self.statutory_unit)
        )


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an item asked on the day from which the halving counts, a row of ``city/reform/baseline.csv``.

    ``promise_days`` in working days; ``mark`` says how sure the row is."""

    item: str
    on: date
    materials: int
    promise_days: int
    steps: int
    visits: int
    windows: int
    mark: Mark


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast an item's cases were decided in a month: how many, the days promised and those used, in working days."""

    item: str
    month: date
    decided: int
    promised_days: int
    used_days: int


class Line(msgspec.Struct, frozen=True):
    """An item of the ledger: what it asks, and what it asked; without a row of its own its first version is taken."""

    now: Measure
    then: Baseline


class Halving(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over approvals. ``timed`` are those with a limit by law, of which ``promised`` and ``statutory`` are sums
    in working days; the others are sums over all ``items``, ``_then`` of the baseline; from ``decided``
    on over decided cases."""

    items: int
    timed: int
    promised: int
    statutory: int
    materials: int
    materials_then: int
    steps: int
    steps_then: int
    visits: int
    visits_then: int
    windows: int
    windows_then: int
    questions: int
    prefilled: int
    decided: int
    promised_days: int
    used_days: int

    @property
    def time_cut(self) -> Decimal | None:
        """减时限: 1 − Σ promised / Σ statutory."""
        return cut(self.promised, self.statutory)

    @property
    def materials_cut(self) -> Decimal | None:
        """减材料: 1 − Σ now / Σ baseline."""
        return cut(self.materials, self.materials_then)

    @property
    def steps_cut(self) -> Decimal | None:
        """减环节."""
        return cut(self.steps, self.steps_then)

    @property
    def visits_cut(self) -> Decimal | None:
        """减跑动."""
        return cut(self.visits, self.visits_then)

    @property
    def windows_cut(self) -> Decimal | None:
        """减窗口."""
        return cut(self.windows, self.windows_then)

    @property
    def prefilled_share(self) -> Decimal | None:
        """预填率: of the questions of the forms, how many are filled in."""
        return share(self.prefilled, self.questions)

    @property
    def used_share(self) -> Decimal | None:
        """实际用时: days used by decided cases, of the days that they were promised."""
        return percent(self.used_days, self.promised_days)


def halving(lines: Iterable[Line], paces: Iterable[Pace], kinds: Collection[str]) -> Halving:
    """The sums over the approvals among the lines: items of these kinds, and their cases."""
    found = [one for one in lines if one.now.kind in kinds]
    codes = {one.now.item for one in found}
    decided = [one for one in paces if one.item in codes]
    timed = [one.now for one in found if one.now.statutory is not None]
    return Halving(
        items=len(found),
        timed=len(timed),
        promised=sum(one.promise_days for one in timed),
        statutory=sum(one.statutory or 0 for one in timed),
        materials=sum(one.now.materials for one in found),
        materials_then=sum(one.then.materials for one in found),
        steps=sum(one.now.steps for one in found),
        steps_then=sum(one.then.steps for one in found),
        visits=sum(one.now.visits for one in found),
        visits_then=sum(one.then.visits for one in found),
        windows=sum(one.now.windows for one in found),
        windows_then=sum(one.then.windows for one in found),
        questions=sum(one.now.questions for one in found),
        prefilled=sum(one.now.prefilled for one in found),
        decided=sum(one.decided for one in decided),
        promised_days=sum(one.promised_days for one in decided),
        used_days=sum(one.used_days for one in decided),
    )
