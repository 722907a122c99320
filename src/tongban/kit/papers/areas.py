"""Areas of ID numbers (GB/T 2260): which province a number began in, and which county codes ever were.

A number keeps the code that was in force when it was given: at the registration of the birth, or from 1984 on, when
the numbers began, for those born before. Codes change: districts merge, Hainan left Guangdong in 1988, Chongqing left
Sichuan in 1997. So only a province that never was is a fault. A county code that is not in the list, had ended before
its owner was born, or began long after, is a doubt: worth a second look at the paper where the register does not know
the number either, never a reason to turn somebody away. Who was registered late, came back from abroad, was
naturalised or had a number corrected has the code of that day, and what the register knows holds.

The list tells the codes of each 31 December from 1981 to 2024, each with the last name that it had.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tongban.kit.i18n import Text

_DATA = Path(__file__).with_name("data")
#: Numbers were given from then on; whoever is older has the code of then.
_BEGAN = 1984
#: By then who had been born before had her first card, as a rule, and with it the number.
_GIVEN_BY = 1990
#: A code is in use for some months after the list has it ended, and a child is registered within that time.
_GRACE = 1


class AreaDoubt(StrEnum):
    """Why the first six digits of a number make one look at the paper again: no code that ever was, one that had
    ended before the birth, one that began after the number should have been given."""

    UNKNOWN = "unknown"
    ENDED = "ended"
    LATER = "later"


class AreaYears(NamedTuple):
    """The first and the last year in which a county code was in force; None: before the list begins, and still."""

    since: int | None
    until: int | None


class Area(NamedTuple):
    """A county, or a city without counties, where somebody may be registered: its code, its name with the province's
    and the city's before it, and the last year in which the code was in force, None for today."""

    code: str
    name: Text
    until: int | None


@cache
def _provinces() -> dict[str, Text]:
    with (_DATA / "provinces.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: Text(row["zh"], row["en"]) for row in csv.DictReader(lines)}


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with (_DATA / "areas.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def _years() -> dict[str, AreaYears]:
    return {
        row["code"]: AreaYears(*(int(row[end]) if row[end] else None for end in ("since", "until")))
        for row in _rows()
    }


@cache
def areas() -> tuple[Area, ...]:
    """All areas where somebody may be or have been registered, those in force first, each part by code.

    A city stands there only where no county of it does; what is only a heading of the list (市辖区) does not.
    """
    standing = {
        row["code"][:4] for row in _rows() if not row["until"] and row["code"][4:] != "00" and row["zh"]
    }
    found = [
        Area(row["code"], _named(row), int(row["until"]) if row["until"] else None)
        for row in _rows()
        if row["zh"] and (row["code"][4:] != "00" or row["code"][:4] not in standing)
    ]
    return tuple(sorted(found, key=lambda one: (one.until is not None, one.code)))


def _named(row: dict[str, str]) -> Text:
    province = province_of(row["code"])
    return Text(row["zh"], f"{row['zh']}, {province.en}" if province else row["zh"])


def areas_like(typed: str, among: Iterable[Area]) -> list[Area]:
    """The areas that somebody may mean: by the first digits of the code, by a part of the name, or, where no name has
    what was typed as it stands, by its characters in their order (安徽怀远 for 安徽省蚌埠市怀远县)."""
    plain = "".join(unicodedata.normalize("NFKC", typed).split())
    if not plain:
        return []
    if plain.isdecimal():
        return [one for one in among if len(plain) > 1 and one.code.startswith(plain)]
    known = [(one, one.name.zh) for one in among]
    return (
        [one for one, name in known if name == plain]
        or [one for one, name in known if plain in name]
        or [one for one, name in known if _in_order(plain, name)]
    )


def _in_order(few: str, many: str) -> bool:
    rest = iter(many)
    return all(sign in rest for sign in few)


def province_known(number: str) -> bool:
    """Whether the first two digits are those of a province, past or present."""
    return number[:2] in _provinces()


def province_of(number: str) -> Text | None:
    """Where a number began, in words: the province, and where it has changed since, that too."""
    provinces = _provinces()
    return provinces.get(number[:4]) or provinces.get(number[:2])


def area_years(code: str) -> AreaYears | None:
    """When a county code was in force; None for one that never was."""
    return _years().get(code)


def area_doubt(number: str, *, born: date) -> AreaDoubt | None:
    """Why the six digits of an ID number can hardly have been in force when it was given; None for no doubt.

    Hong Kong, Macao and Taiwan have one code each, which is in no doubt.
    """
    if number[0] == "8":
        return None if number[2:6] == "0000" else AreaDoubt.UNKNOWN
    years = area_years(number[:6])
    if years is None:
        return AreaDoubt.UNKNOWN
    if years.until is not None and years.until + _GRACE < max(born.year, _BEGAN):
        return AreaDoubt.ENDED
    if years.since is not None and years.since > max(born.year + _GRACE, _GIVEN_BY):
        return AreaDoubt.LATER
    return None
