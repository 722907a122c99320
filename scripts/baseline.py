"""The baseline of the double halving, ``city/reform/baseline.csv``: a row for each item that has none yet.

    python -m scripts.baseline            add the missing rows and drop those of items that are gone; the others stay
    python -m scripts.baseline --check    exit 1 when an item of the city has no row

The rows are synthetic: nobody has published what each item asked on 1 January 2019. Every paper that is exempt today is
taken to have been asked then, and so many more over the approvals that their cut comes to what the city's release says.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from pathlib import Path

from tongban.catalogue import ItemVersion
from tongban.catalogue.actions.loading import drafts_of
from tongban.reform.files import city_reform

HOME = Path(__file__).resolve().parents[1]
CITY = HOME / "city"
FILE = CITY / "reform" / "baseline.csv"
COLUMNS = ("item", "on", "materials", "promise_days", "steps", "visits", "windows", "mark")
DAY = "2019-01-01"


def _number(item: str, what: str) -> int:
    """The same number for the same item at any time and anywhere."""
    return int.from_bytes(hashlib.sha256(f"{what} {item}".encode()).digest()[:4], "big")


def _asked(item: ItemVersion) -> int:
    return sum(one.required and not one.exempt for one in item.materials)


def missing(items: list[ItemVersion], known: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """The rows of the items that have none; the papers of approvals add up to the declared cut as far as they can."""
    targets = city_reform(CITY).targets
    declared = targets.told("reform.materials_cut")
    wanted = float(declared.value) / 100 if declared else 0.5
    approvals = [one for one in items if one.kind in targets.approval_kinds]
    left = round(sum(map(_asked, approvals)) / (1 - wanted))
    left -= sum(int(known[one.code]["materials"]) for one in approvals if one.code in known)
    new = [one for one in items if one.code not in known]
    then = {one.code: max(1, sum(material.required for material in one.materials)) for one in new}
    fresh = sorted((one.code for one in new if one in approvals), key=lambda code: _number(code, "more"))
    left -= sum(then[code] for code in fresh)
    least = {one.code: max(1, _asked(one)) for one in new}
    while left and (open_ := [code for code in fresh if left > 0 or then[code] > least[code]]):
        for code in open_[: abs(left)]:
            then[code] += 1 if left > 0 else -1
            left -= 1 if left > 0 else -1
    return [
        {
            "item": one.code,
            "on": DAY,
            "materials": str(then[one.code]),
            "promise_days": str(one.clock.promise_days + 2 + _number(one.code, "days") % 15),
            "steps": str(len(one.steps) + 1 + _number(one.code, "steps") % 4),
            "visits": str(one.visits + 1 + _number(one.code, "visits") % 2),
            "windows": str(1 + len(one.joint) + _number(one.code, "windows") % 2),
            "mark": "synthetic",
        }
        for one in new
    ]


def main() -> int:
    """Add what is missing, or say that something is."""
    known = {}
    if FILE.exists():
        with FILE.open(encoding="utf-8", newline="") as file:
            known = {row["item"]: row for row in csv.DictReader(file)}
    items = [one for one in drafts_of(CITY, listed=True) if one.after is None]
    known = {one.code: known[one.code] for one in items if one.code in known}
    described = [one for one in items if (CITY / "items" / f"{one.code}.yaml").exists()]
    # First the items with files of their own, which a city without the list has alone; then all of them.
    added = missing(described, known)
    added += missing(items, known | {row["item"]: row for row in added})
    if "--check" in sys.argv:
        print(
            "".join(
                f"{FILE.name} has no row of {row['item']}: run python -m scripts.baseline\n"
                for row in added[:1]
            ),
            end="",
        )
        return 1 if added else 0
    with FILE.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(sorted([*known.values(), *added], key=lambda row: row["item"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
