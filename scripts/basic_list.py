"""The legal list 基本目录 of the demo city: ``city/catalogue/basic_list.csv``, made from its items and ``matters.csv``.

    python -m scripts.basic_list           write it
    python -m scripts.basic_list --check   exit 1 when it is not what they make

A line is a 基本编码: those of the items that have files of their own, and one for each matter and act of
``matters.csv``, also where the city has no item for it. What stands in no law (answers to questions, guidance) is
listed where the city offers it and is no gap where it does not. The lines of matters are synthetic.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable
from typing import Any

from scripts.catalogue import CITY, Row, rows_of
from scripts.made import put
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import described_drafts
from tongban.catalogue.model import ItemVersion

FILE = CITY / "catalogue" / "basic_list.csv"
_COLUMNS = ("catalog_code", "kind", "department", "name_zh", "name_en", "mark")
_IN_NO_LAW = ("enquiry", "guidance")
#: More rows than all matters of the city and its districts make.
_ALL = 1_000_000


def made(items: Iterable[ItemVersion]) -> str:
    """The list as it should stand; ``items`` are those that have files of their own, others beside them do no harm."""
    city = CityFiles(CITY)
    archetypes: dict[str, dict[str, Any]] = city.yaml("archetypes.yaml")["archetypes"]
    with (CITY / "catalogue" / "matters.csv").open(encoding="utf-8", newline="") as file:
        matters = list(csv.DictReader(file))
    with (CITY / "catalogue" / "items.csv").open(encoding="utf-8", newline="") as file:
        offered = {row["code"] for row in csv.DictReader(file)}
    by_number = {one["number"]: kind for kind, one in city.departments.items() if "number" in one}
    lines: dict[str, Row] = {}
    for item in items:
        if item.after is None and item.code not in offered:
            code, name = item.catalog_code, item.name
            lines[code] = _line(code, by_number[code[4:6]], name.zh, name.en, "realistic")
    for row in rows_of(matters, city, archetypes, _ALL):
        if row["code"] in offered or row["archetype"] not in _IN_NO_LAW:
            number, kind = city.departments[row["department"]]["number"], archetypes[row["archetype"]]["kind"]
            code = f"00{kind}{number}{int(row['serial']):03d}000"
            zh, en = row["name_zh"], row["name_en"]
            if row[
                "district"
            ]:  # one line for all districts: what stands in brackets behind the name is the district
                zh, en = zh.rpartition("（")[0], en.rpartition(" (")[0]
            lines.setdefault(code, _line(code, row["department"], zh, en, "synthetic"))
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines[code] for code in sorted(lines, key=lambda code: (code[4:6], code)))
    return out.getvalue()


def _line(code: str, department: str, name_zh: str, name_en: str, mark: str) -> Row:
    return dict(zip(_COLUMNS, (code, code[2:4], department, name_zh, name_en, mark), strict=True))


def main() -> int:
    """The command."""
    return put(FILE, made(described_drafts(CITY)), of="items and matters make", script="basic_list")


if __name__ == "__main__":
    sys.exit(main())
