"""The registers that the city connects later: degrees, qualifications, marriages, vehicles and tax payments.

They serve from the first day, so that a city may put them up whenever it likes; each knows the people of the demo
log-ins, from a table of its own in `data/later`. A world that was made before they were there gets them too.
"""

import csv
import json
import sqlite3
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .files import LATER

_TABLES = Path(__file__).parent / "data" / "later"
_TRUTH = {"vehicle_tax_paid"}  # columns that say yes or no


@cache
def _table(register: str) -> tuple[dict[str, str], ...]:
    with (_TABLES / f"{register}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def fields(register: str) -> tuple[str, ...]:
    """What a register offers: the columns of its table, and the mark of what is made up."""
    return (*(name for name in _table(register)[0] if name != "person"), "synthetic")


def fill(dbs: Mapping[str, sqlite3.Connection]) -> None:
    """Write the demo people's records into the registers; done again at each start, it changes nothing.

    `dbs`: the files of all services by name; cast and population say who the demo people are.
    """
    numbers = {row["key"]: row["id_number"] for row in dbs["cast"].execute("SELECT key, id_number FROM demo")}
    for register in LATER:
        for row in _table(register):
            number = numbers[row["person"]]
            (name,) = (
                dbs["population"].execute("SELECT name FROM person WHERE id_number = ?", (number,)).fetchone()
            )
            told = {column: _value(column, text) for column, text in row.items() if column != "person"}
            dbs[register].execute(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?)",
                (number, name, json.dumps(told, ensure_ascii=False)),
            )


def _value(column: str, text: str) -> Any:
    return text == "1" if column in _TRUTH else text or None


def known_later(db: sqlite3.Connection, number: str) -> tuple[str, dict[str, Any]] | None:
    """Name and record of a person; None when the register has none."""
    row = db.execute("SELECT name, told FROM record WHERE id_number = ?", (number,)).fetchone()
    return (row["name"], json.loads(row["told"])) if row else None
