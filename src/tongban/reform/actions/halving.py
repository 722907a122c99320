"""The ledger on a day: each item's line, the sums over approvals, and the same by department."""

from __future__ import annotations

from datetime import date

import msgspec

from tongban.kit.db import Database
from tongban.reform.files import CityReform, city_reform
from tongban.reform.model import Halving, Line, Pace, halving
from tongban.reform.model.approvals import cancelled_items
from tongban.reform.store import measures
from tongban.reform.store import paces as paces_store


class Overview(msgspec.Struct, frozen=True):
    """The sums on a day: of all approvals, of each department's (by its kind), and the lines that make them."""

    on: date
    whole: Halving
    by_department: dict[str, Halving]
    lines: tuple[Line, ...]
    paces: tuple[Pace, ...]
    city: CityReform


async def ledger(db: Database, *, on: date) -> list[Line]:
    """Each item in force on the day beside its baseline, by code: the city's row, else its first version. What is
    cancelled by that day asks nothing any more and is not there. One statement."""
    city = city_reform()
    cancelled = cancelled_items(city.approvals, on)
    return [
        Line(now, city.baselines.get(now.item, first))
        for now, first in await measures.measures(db, on=on)
        if now.item not in cancelled
    ]


async def overview(db: Database, *, on: date) -> Overview:
    """The sums on the day. Two statements, whatever the number of items."""
    city = city_reform()
    lines = await ledger(db, on=on)
    paces = await paces_store.paces(db, on=on)
    kinds = city.targets.approval_kinds
    whole = halving(lines, paces, kinds)
    parts = {
        kind: halving([one for one in lines if one.now.department_kind == kind], paces, kinds)
        for kind in sorted({one.now.department_kind for one in lines if one.now.kind in kinds})
    }
    return Overview(on, whole, parts, tuple(lines), tuple(paces), city)
