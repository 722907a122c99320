"""What the city's folder says of its catalogue as a whole, ``catalogue/``: read once in a process.

``basic_list.csv`` is the legal list 基本目录, ``figures.yaml`` the figures that the city declares. A city without them
has an empty list and declares nothing.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import msgspec

from tongban.catalogue.model.codes import catalog_code_holds
from tongban.catalogue.model.coverage import ListLine
from tongban.kit.i18n import Text
from tongban.settings import settings


class CityListWrong(ValueError):  # noqa: N818 - named for what it is
    """A file of ``catalogue/`` cannot be used; the message names it and the line."""


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the city declares of its catalogue, by the keys of the counting rules, and where; what it wants to reach.

    ``year`` is the one whose new items are counted.
    """

    year: int
    source: Text
    declared: dict[str, int]
    targets: dict[str, int]


def basic_list(city_dir: Path | None = None) -> tuple[ListLine, ...]:
    """The legal list, in the order of its file; raises CityListWrong."""
    return _list((city_dir or settings().city_dir) / "catalogue" / "basic_list.csv")


def figures(city_dir: Path | None = None) -> Figures | None:
    """The declared figures; None where the city declares none. Raises CityListWrong."""
    return _figures((city_dir or settings().city_dir) / "catalogue" / "figures.yaml")


@cache
def _list(path: Path) -> tuple[ListLine, ...]:
    if not path.exists():
        return ()
    found: dict[str, ListLine] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                line = ListLine(
                    catalog_code=row["catalog_code"],
                    kind=row["kind"],
                    department=row["department"],
                    name=Text(row["name_zh"], row["name_en"]),
                    mark=row["mark"],
                )
            except KeyError as missing:
                raise CityListWrong(f"{path.name}:{number}: there is no column {missing}") from missing
            if not catalog_code_holds(line.catalog_code) or line.catalog_code[2:4] != line.kind:
                raise CityListWrong(
                    f"{path.name}:{number}: {line.catalog_code!r} is no code of a line of kind {line.kind!r}"
                )
            if line.catalog_code in found:
                raise CityListWrong(f"{path.name}:{number}: {line.catalog_code} stands there twice")
            found[line.catalog_code] = line
    return tuple(found.values())


@cache
def _figures(path: Path) -> Figures | None:
    if not path.exists():
        return None
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Figures)
    except msgspec.MsgspecError as wrong:
        raise CityListWrong(f"{path.name}: {wrong}") from wrong
