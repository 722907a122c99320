"""Where somebody's hukou is and where she lives, as the police tell it with a check: two registers of one house."""

import csv
import re
import sqlite3
from datetime import date
from functools import cache
from typing import Any

from .city import HERE
from .facts import known

#: Of whom the registers know neither hukou nor address: people with papers of other states.
UNSETTLED: dict[str, Any] = {
    "hukou_area": "",
    "hukou_area_name": "",
    "hukou_address": "",
    "residence_area": "",
    "residence_area_name": "",
    "residence_address": "",
    "residence_since": None,
    "residence_permit_state": "none",
}


@cache
def _origins() -> dict[str, str]:
    with (HERE / "data" / "origins.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["name_zh"] for row in csv.DictReader(lines)}


def _area_name(code: str, address: str) -> str:
    """The name of an area of GB/T 2260: of another city by the list, of this one as its addresses begin."""
    begins = re.match(r".+?[区县旗]", address)
    return _origins().get(code) or (begins[0] if begins else "")


def settled(
    population: sqlite3.Connection, residence: sqlite3.Connection, number: str, today: date
) -> dict[str, Any]:
    """Hukou and residence of who has this number, in the words of the wire.

    Residence permits are for people of other cities' hukou: who had another address in this city before took one
    out there, and has it as long as she is registered.
    """
    person, here = (
        known(population, "population", number, today),
        known(residence, "residence", number, today),
    )
    if person is None:
        return UNSETTLED
    told = dict(UNSETTLED)
    code, address = person[1]["hukou_district"], person[1]["hukou_address"]
    told |= {"hukou_area": code, "hukou_area_name": _area_name(code, address), "hukou_address": address}
    if here is None:
        return told
    lives = here[1]
    if lives["earlier_addresses"] and not person[1]["is_local_hukou"]:
        told["residence_permit_state"] = "valid" if lives["registered"] else "ended"
    if not lives["registered"]:
        return told
    return told | {
        "residence_area": lives["district"],
        "residence_area_name": _area_name(lives["district"], lives["residence_address"]),
        "residence_address": lives["residence_address"],
        "residence_since": lives["residence_since"],
    }
