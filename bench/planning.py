"""``python -m bench.planning``: the plan of a bundle 一件事 of twelve items and its one form, on one core.

Pure Python over the city's own items: each waits for two before it. The form is joined anew each time for one line, as
the first who begins such a bundle has it, and remembered for the other, as everybody after her.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from bench.rows import Row, join, middle, table
from tongban.bundles import Bundle, plan
from tongban.bundles.model import joined, one_form
from tongban.catalogue import ItemVersion
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of

CITY = Path(__file__).resolve().parents[1] / "city"
TODAY = date(2026, 11, 28)
RUNS, ROUNDS, ITEMS = 5, 40, 12
FIRST = "bundles: the plan of twelve items and their one form, nothing remembered"
NEXT = "bundles: the plan of twelve items, their one form remembered"
_WORDS = {"zh": "示例", "en": "Sample"}


def twelve() -> tuple[Bundle, dict[str, ItemVersion]]:
    """A bundle of the first twelve items of the city that can be applied for by themselves."""
    files, found = CityFiles(CITY), dict[str, ItemVersion]()
    for path in sorted((CITY / "items").glob("*.yaml")):
        draft = draft_of(path, files)
        if draft.is_online and not draft.about:
            found[draft.code] = draft
        if len(found) == ITEMS:
            break
    codes = list(found)
    rows: list[dict[str, Any]] = [
        {"item": code, "why": _WORDS, "mark": "synthetic", "after": codes[max(0, place - 2) : place]}
        for place, code in enumerate(codes)
    ]
    body = {"code": "twelve", "name": _WORDS, "summary": _WORDS, "audience": "person", "lead": "health"}
    return msgspec.convert({**body, "mark": "synthetic", "rows": rows}, Bundle), found


def milliseconds(reckon: Callable[[], object]) -> float:
    """What it costs of the processor, the median of the runs."""
    costs: list[float | None] = []
    for _ in range(RUNS):
        begun = time.process_time()
        for _ in range(ROUNDS):
            reckon()
        costs.append(1000 * (time.process_time() - begun) / ROUNDS)
    return round(middle(costs) or 0.0, 3)


def rows() -> list[Row]:
    """The lines of this bench."""
    bundle, versions = twelve()

    def first() -> None:
        found = plan(bundle, {}, versions, today=TODAY)
        joined({code: version.form for code, version in found.versions.items()}, {})

    def later() -> None:
        one_form(bundle, plan(bundle, {}, versions, today=TODAY).versions)

    return [
        Row(name=FIRST, value=milliseconds(first), unit="ms CPU", target=20),
        Row(name=NEXT, value=milliseconds(later), unit="ms CPU", target=20),
    ]


def main() -> None:
    """The command line."""
    argparse.ArgumentParser(prog="python -m bench.planning", description=__doc__).parse_args()
    found = rows()
    join(found)
    print(table(found))


if __name__ == "__main__":
    main()
