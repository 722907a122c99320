"""Areas of ID numbers (GB/T 2260): which province a number began in, and which county codes ever were.

A number keeps the code that was in force when it was given: at the registration of the birth, or from 1984 on, when
the numbers began, for those born before. Codes change: districts merge, Hainan left Guangdong in 1988, Chongqing left
Sichuan in 1997. So only a province that never was is a fault. A county code that is not in the list, or had ended
before its owner was born, is a doubt: worth a second look at the paper where something else is wrong too, never a
reason to turn somebody away. The list ends in 2021.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

from tongban.kit.i18n import Text

_DATA = Path(__file__).with_name("data")
#: Numbers were given from then on; whoever is older has the code of then.
_BEGAN = 1984
#: A code is in use for some months after the list has it ended.
_GRACE = 1


@cache
def _provinces() -> dict[str, Text]:
    with (_DATA / "provinces.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: Text(row["zh"], row["en"]) for row in csv.DictReader(lines)}


@cache
def _last_years() -> dict[str, int | None]:
    """County code → the last year in which it was in force, None for one that is."""
    with (_DATA / "areas.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: int(row["until"]) if row["until"] else None for row in csv.DictReader(lines)}


def province_known(number: str) -> bool:
    """Whether the first two digits are those of a province, past or present."""
    return number[:2] in _provinces()


def province_of(number: str) -> Text | None:
    """Where a number began, in words: the province, and where it has changed since, that too."""
    provinces = _provinces()
    return provinces.get(number[:4]) or provinces.get(number[:2])


def area_doubtful(number: str, *, born: date) -> bool:
    """Whether the six digits of an ID number are no county code that can have been in force when it was given.

    Hong Kong, Macao and Taiwan have one code each, which is in no doubt.
    """
    if number[0] == "8":
        return number[2:6] != "0000"
    code = number[:6]
    if code not in _last_years():
        return True
    last = _last_years()[code]
    return last is not None and last + _GRACE < max(born.year, _BEGAN)
