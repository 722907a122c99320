"""The reform month by month: the two halvings from version history, pace from decisions, what is asked and to do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec

from tongban import cases, catalogue
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.reform.files import CityReform, city_reform
from tongban.reform.model import Baseline, Line, Measure, Pace, halving
from tongban.reform.model.approvals import cancelled_items
from tongban.reform.store import measures
from tongban.reform.store import paces as paces_store

#: Months that are shown, the running one among them.
MONTHS = 12


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """How the reform stood when a month ended (the running one: today), and what happened in it.

    ``month`` is its first day. The shares as in :class:`Halving`, ``used_share`` of the cases ``decided`` in it.
    ``asked`` is how many materials the catalogue asks for by its last count, ``tasks`` how many of them are to go and
    still there; ``unjustified`` how often people were asked for something that nobody should be. None: nothing was
    counted yet.
    """

    month: date
    time_cut: Decimal | None
    materials_cut: Decimal | None
    decided: int
    used_share: Decimal | None
    asked: int | None
    tasks: int
    unjustified: int


async def course(db: Database, *, now: datetime) -> list[Month]:
    """The last twelve months, the earliest first. Five statements, however many the items."""
    today = clock.city_day(now)
    city = city_reform()
    months = last_months(today)
    ends = [min(one, today) for one in (*(after - timedelta(days=1) for after in months[1:]), today)]
    history = await measures.every_version(db)
    paces = await paces_store.paces(db, on=today)
    asked = await catalogue.asked_by_day(db)
    tasks = await catalogue.open_on(db, ends)
    unjustified = await cases.unjustified_by_month(db, since=months[0])
    found = []
    for month, end in zip(months, ends, strict=True):
        now_at = halving(_lines(history, city, end), _of(paces, month), city.targets.approval_kinds)
        counted = [materials for day, materials in asked if day <= end]
        found.append(
            Month(
                month=month,
                time_cut=now_at.time_cut,
                materials_cut=now_at.materials_cut,
                decided=now_at.decided,
                used_share=now_at.used_share,
                asked=counted[-1] if counted else None,
                tasks=tasks[end],
                unjustified=unjustified.get(month, 0),
            )
        )
    return found


def last_months(today: date) -> list[date]:
    """The first days of the last twelve months, the earliest first."""
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - MONTHS + 1, last + 1)]


def _lines(history: dict[str, list[Measure]], city: CityReform, on: date) -> list[Line]:
    """The ledger as it stood on a day; an item without a baseline of the city's is held against its first version."""
    cancelled = cancelled_items(city.approvals, on)
    found = []
    for item, versions in history.items():
        then = [one for one in versions if one.measured_on <= on]
        if then and item not in cancelled:
            found.append(Line(then[-1], city.baselines.get(item) or _first(versions[0])))
    return found


def _first(one: Measure) -> Baseline:
    names = ("materials", "promise_days", "steps", "visits", "windows")
    return Baseline(
        item=one.item, on=one.measured_on, mark="realistic", **{name: getattr(one, name) for name in names}
    )


def _of(paces: list[Pace], month: date) -> list[Pace]:
    return [one for one in paces if one.month == month]
