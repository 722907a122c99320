"""Pages on the catalogue as a whole: what the city counts of it, and what of the legal list is connected."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from litestar import get
from litestar.response import Response

from tongban.catalogue import files
from tongban.catalogue.actions import reading
from tongban.catalogue.model.code_sets import KINDS
from tongban.catalogue.model.counting_rules import RULES, Rule
from tongban.catalogue.model.coverage import APPROVAL, Coverage, Covered, KindCovered
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.web import page


@get("/catalogue/figures", who="catalogue.search")
async def figures(db: Database, now: datetime) -> Response[str]:
    """Each count of this day with its formula and the figure that the city declares; the number leads to the items it
    counts. What is cancelled by this day counts no more."""
    today = clock.city_day(now)
    lines = await reading.offered(db, today=today)
    counted = Counter({"items": len(lines)})
    for line in lines:
        counted.update(line.counts)
    declared = files.figures()
    return page(
        "catalogue/figures.html",
        counts=[_count(rule, counted, declared) for rule in RULES],
        declared=declared,
        today=today,
        cover=await reading.covered(db, today=today),
    )


def _count(rule: Rule, counted: Counter[str], declared: files.Figures | None) -> dict[str, Any]:
    """A row: the count, its part of all items in per cent where it is no part of another, and what is declared."""
    number, every = counted[rule.key], counted["items"]
    return {
        "name": rule.name,
        "formula": rule.formula,
        "within": rule.within,
        "number": number,
        "share": f"{100 * number / every:.2f}" if every and not rule.within and rule.key != "items" else "",
        "declared": declared.declared.get(rule.key) if declared else None,
        "target": declared.targets.get(rule.key) if declared else None,
        "href": "/search" if rule.key == "items" else f"/search?mode={rule.key}",
    }


@get("/catalogue/coverage", who="catalogue.search")
async def coverage(db: Database, now: datetime) -> Response[str]:
    """The legal list against what is in force, by kind and by department, each line that is missing by its name."""
    cover = await reading.covered(db, today=clock.city_day(now))
    names = (await reading.listing(db)).organs
    return page(
        "catalogue/coverage.html",
        cover=cover,
        kinds=[(KINDS.get(one.kind, Text(one.kind, one.kind)), one) for one in cover.kinds],
        departments=[_department(one, names) for one in cover.departments],
        kind_names=KINDS,
        share=_share,
        synthetic=any(line.mark == "synthetic" for line in files.basic_list()),
    )


def _share(of: KindCovered | Coverage) -> str:
    """How much is connected, in per cent, rounded down: what has a gap is never 100."""
    return f"{1000 * of.connected // of.lines / 10:.1f}%" if of.lines else "—"


def _department(one: Covered, names: dict[str, Text]) -> dict[str, Any]:
    none = KindCovered(APPROVAL, 0, 0, ())
    return {
        "kind": one.department,
        "name": names.get(one.department, Text(one.department, one.department)),
        "lines": one.lines,
        "connected": one.connected,
        "approvals": next((kind for kind in one.kinds if kind.kind == APPROVAL), none),
        "gaps": one.gaps,
    }


routes = [figures, coverage]
