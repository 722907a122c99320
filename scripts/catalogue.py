"""The listed items of the demo city: ``city/catalogue/items.csv``, made from ``matters.csv`` and the city's figures.

    python -m scripts.catalogue           write it
    python -m scripts.catalogue --check   exit 1 when it is not what they make

A department's matter and an act (licence, filing, registration …) make an item; a matter of the districts makes one in
each district's own list. How many are wholly online, in one visit, by courier … is dealt out in a fixed order until the
catalogue as a whole, hand-described items included, has the figures of the release; what an item then is follows from
its row, and is counted from it by ``catalogue/model/counting.py``. All rows are synthetic.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from scripts.made import put
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import described_drafts
from tongban.catalogue.model.counting import Counts, counted

CITY = Path(__file__).parents[1] / "city"
FILE = CITY / "catalogue" / "items.csv"
#: The counts of the release, for the whole catalogue: items, wholly online, … (figures of 17 October 2019).
FIGURES = Counts(
    items=2035,
    whole_online=1400,
    at_most_one_visit=1839,
    app=637,
    courier=1142,
    fees=47,
    city_wide=364,
    new_city_wide=177,
    new_city_wide_personal=112,
    across_provinces=51,
    zero_material=100,
    police={"all": 43},
)
YEAR = 2019
#: The acts: letter in matters.csv → archetype, and how readily it goes online (the lower, the sooner).
ACTS = {
    "L": ("licence", 8),
    "F": ("filing", 2),
    "R": ("registration", 5),
    "C": ("recognition", 6),
    "S": ("subsidy", 4),
    "P": ("certificate", 1),
    "A": ("award", 4),
    "Q": ("enquiry", 0),
    "Y": ("report", 1),
    "G": ("guidance", 1),
}
#: So many papers make an item one for the desk, not for the phone.
_DESK = 3
_ZERO_ACTS = ("certificate", "enquiry", "registration", "subsidy")
_FEE_ACTS = ("licence", "registration")
_FEES = (1000, 2000, 4000, 5000, 10000, 20000)
_DAYS = {
    "licence": 10,
    "recognition": 10,
    "subsidy": 10,
    "award": 15,
    "registration": 3,
    "guidance": 3,
    "filing": 1,
}
_WIDE_DEPARTMENTS = (
    "human_resources",
    "medical_insurance",
    "taxation",
    "housing_fund",
    "transport",
    "veterans",
)
_COLUMNS = (
    *("code", "name_zh", "name_en", "matter_zh", "matter_en", "department", "district"),
    *("archetype", "serial", "targets", "topics", "promise_days", "statutory_days", "visits"),
    *("online", "papers", "fee_fen", "scope", "express", "effective_on", "mark"),
)
Row = dict[str, str]


def jitter(code: str, of: int) -> int:
    """A number below ``of`` that follows from the code alone."""
    return int.from_bytes(hashlib.sha256(code.encode()).digest()[:4]) % of


def rows_of(
    matters: Iterable[Row], city: CityFiles, archetypes: dict[str, dict[str, Any]], count: int
) -> list[Row]:
    """A row for each matter and act of the city's organs, and one in each district for the districts' own matters."""
    serials: dict[tuple[str, str], int] = {}
    kinds = {name: str(one["kind"]) for name, one in archetypes.items()}
    ranked: list[tuple[int, Row]] = []
    own: list[Row] = []
    for matter in matters:
        for rank, letter in enumerate(matter["acts"]):
            archetype = ACTS[letter][0]
            key = (matter["department"], kinds[archetype])
            serials[key] = serials.get(key, 200) + 1
            row = _row(matter, archetype, serials[key], archetypes[archetype]["name"])
            if not matter["by_district"]:
                ranked.append((rank, row))
            else:
                own += [_in_district(row, district) for district in city.districts]
    ranked.sort(key=lambda one: (one[0], jitter(one[1]["code"], 1 << 30)))
    city_rows = [row for _, row in ranked[: count - len(own)]]
    return sorted([*city_rows, *own], key=lambda row: row["code"])


def _row(matter: Row, archetype: str, serial: int, name: dict[str, str]) -> Row:
    code = f"{matter['department']}_{archetype}_{serial}"
    english = name["en"].format(matter=matter["name_en"])
    days = _DAYS.get(archetype, 0)
    return {
        "code": code,
        "name_zh": name["zh"].format(matter=matter["name_zh"]),
        "name_en": english,
        "matter_zh": matter["name_zh"],
        "matter_en": matter["name_en"],
        "department": matter["department"],
        "district": "",
        "archetype": archetype,
        "serial": str(serial),
        "targets": matter["targets"],
        "topics": matter["topics"],
        "promise_days": str(days - jitter(code + "days", days // 3 + 1) if days else 0),
        "statutory_days": str(days * 2),
        "visits": "0",
        "online": "here",
        "papers": str(_DESK),
        "fee_fen": "0",
        "scope": "place",
        "express": "no",
        "effective_on": f"2018-{1 + jitter(code, 12):02d}-{1 + jitter(code + 'day', 28):02d}",
        "mark": "synthetic",
    }


def _in_district(row: Row, district: dict[str, str]) -> Row:
    return row | {
        "code": f"{row['code']}_{district['code']}",
        "name_zh": f"{row['name_zh']}（{district['name_zh']}）",
        "name_en": f"{row['name_en']} ({district['name_en']})",
        "district": district["code"],
    }


def deal(rows: list[Row], still: Counts) -> None:
    """Deal out to the rows what the figures still lack beside the hand-described items."""
    police = _police(rows, still.police["all"])
    _visits([*police, *_order(row for row in rows if row not in police)], still)
    online = [row for row in rows if row["visits"] == "0"]
    zero = _some(online, still.zero_material, lambda row: row["archetype"] in _ZERO_ACTS)
    for row in zero:
        row["papers"] = "0"
    app = _some(
        online, still.app - len(zero), lambda row: row["papers"] != "0" and "1" in row["targets"], most=True
    )
    for row in app:
        row["papers"] = str(1 + jitter(row["code"] + "papers", 2))
    for row in _some(rows, still.courier, lambda row: row["online"] == "here"):
        row["express"] = "yes"
    for row in _some(rows, still.fees, lambda row: row["online"] == "here" and row["archetype"] in _FEE_ACTS):
        row["fee_fen"] = str(_FEES[jitter(row["code"], len(_FEES))])
    _scopes(rows, police, still)


def _police(rows: list[Row], count: int) -> list[Row]:
    """What the windows of police stations take: all fields in turn, those for persons first."""
    ours = [row for row in rows if row["department"] == "public_security" and not row["district"]]
    ours = [row for row in ours if row["archetype"] not in ("award", "report")]
    return sorted(ours, key=lambda row: ("1" not in row["targets"], jitter(row["code"], 1 << 30)))[:count]


def _order(rows: Iterable[Row]) -> list[Row]:
    """Those that go online most readily first."""
    weight = dict(ACTS.values())
    return sorted(
        rows, key=lambda row: (weight[row["archetype"]] * 10 + jitter(row["code"], 60), row["code"])
    )


def _visits(rows: list[Row], still: Counts) -> None:
    full, once = still.whole_online, still.at_most_one_visit
    for place, row in enumerate(rows):
        row["visits"] = "0" if place < full else "1" if place < once else "2"
        row["online"] = "guide" if place >= once else "here"


def _some(rows: list[Row], count: int, fits: Callable[[Row], bool], *, most: bool = False) -> list[Row]:
    """So many rows that fit, spread by their codes; with ``most`` others too, once those that fit are all taken."""
    order = sorted(rows, key=lambda row: jitter(row["code"] + str(count), 1 << 30))
    found = [row for row in order if fits(row)]
    if most:
        found += [row for row in order if not fits(row) and row["papers"] != "0"]
    return found[:count]


def _scopes(rows: list[Row], police: list[Row], still: Counts) -> None:
    """Which are taken across provinces, and in the whole city; which of these are new in the year."""
    others = [row for row in rows if not row["district"] and row["department"] != "public_security"]
    across = _some(others, still.across_provinces, lambda row: row["department"] in _WIDE_DEPARTMENTS)
    for row in across:
        row["scope"] = "provinces"
    left = [row for row in others if row["scope"] == "place"]
    persons = still.new_city_wide_personal
    wide = _some(left, still.city_wide - len(across) - len(police), lambda row: True)
    for row in (*police, *wide):
        row["scope"] = "city"
    every = sorted((*police, *wide, *across), key=lambda row: jitter(row["code"] + "new", 1 << 30))
    new = [row for row in every if "1" in row["targets"]][:persons]
    new += [row for row in every if "1" not in row["targets"]][: still.new_city_wide - len(new)]
    for row in new:
        row["effective_on"] = f"{YEAR}{row['effective_on'][4:]}"


def still_lacking(have: Counts) -> Counts:
    """What the figures lack beside what is described by hand."""
    lacks = {
        name: getattr(FIGURES, name) - getattr(have, name)
        for name in Counts.__struct_fields__
        if name != "police"
    }
    return Counts(police={"all": FIGURES.police["all"] - sum(have.police.values())}, **lacks)


def made() -> str:
    """The list as it should stand."""
    city = CityFiles(CITY)
    archetypes = city.yaml("archetypes.yaml")["archetypes"]
    with (CITY / "catalogue" / "matters.csv").open(encoding="utf-8", newline="") as lines:
        matters = list(csv.DictReader(lines))
    still = still_lacking(counted(described_drafts(CITY), year=YEAR))
    rows = rows_of(matters, city, archetypes, still.items)
    deal(rows, still)
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def main() -> int:
    """The command."""
    return put(FILE, made(), of="the matters and figures make", script="catalogue")


if __name__ == "__main__":
    sys.exit(main())
