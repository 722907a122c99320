"""The city's folder: ``city.yaml``, ``districts.csv``, ``departments.yaml``, ``halls.yaml``, read and checked."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from tongban.kit import papers
from tongban.kit.i18n import Text
from tongban.regions.model import City, CityDataWrong, Department, District, Hall

T = TypeVar("T")

MARKS = frozenset({"real", "realistic", "synthetic"})


class _Departments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    departments: list[Department]
    kinds: dict[str, Text] = {}


class _Halls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    halls: list[Hall]


@cache
def city_of(city_dir: Path) -> City:
    """The installing city from ``city.yaml``, read once a process; raises CityDataWrong."""
    return _decoded(city_dir / "city.yaml", City)


def districts_of(city_dir: Path) -> list[District]:
    """The rows of ``districts.csv`` (code, name_zh, name_en, mark; other columns are for other readers)."""
    path = city_dir / "districts.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            found = [
                District(row["code"], Text(row["name_zh"], row["name_en"]), row["mark"])
                for row in csv.DictReader(file)
            ]
    except (OSError, KeyError) as wrong:
        raise CityDataWrong(f"{path.name}: {wrong}") from wrong
    _check(path.name, [(row.code, row.mark) for row in found])
    return found


def departments_of(city_dir: Path, districts: Iterable[District]) -> list[Department]:
    """The rows of ``departments.yaml``; each USCC's check characters and each district are checked."""
    path = city_dir / "departments.yaml"
    found = _decoded(path, _Departments).departments
    _check(path.name, [(row.code, row.mark) for row in found])
    known = {district.code for district in districts}
    for row in found:
        if not papers.uscc_holds(row.uscc):
            raise CityDataWrong(f"{path.name}: {row.code} has a USCC whose check character is wrong")
        if row.district is not None and row.district not in known:
            raise CityDataWrong(f"{path.name}: {row.code} lies in {row.district}, which is no district")
    return found


@cache
def kinds_of(city_dir: Path) -> dict[str, Text]:
    """The names under which ``departments.yaml`` puts all offices of a kind together, by kind; read once a process."""
    return _decoded(city_dir / "departments.yaml", _Departments).kinds


def halls_of(city_dir: Path, districts: Iterable[District]) -> list[Hall]:
    """The rows of ``halls.yaml``; none where the city has no such file. Each district is checked."""
    path = city_dir / "halls.yaml"
    if not path.exists():
        return []
    found = _decoded(path, _Halls).halls
    _check(path.name, [(row.code, row.mark) for row in found])
    known = {district.code for district in districts}
    for row in found:
        if row.district is not None and row.district not in known:
            raise CityDataWrong(f"{path.name}: {row.code} lies in {row.district}, which is no district")
    return found


def _decoded(path: Path, type_: type[T]) -> T:
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=type_)
    except (OSError, msgspec.MsgspecError) as wrong:
        raise CityDataWrong(f"{path.name}: {wrong}") from wrong


def _check(name: str, rows: list[tuple[str, str]]) -> None:
    codes = [code for code, _ in rows]
    twice = {code for code in codes if codes.count(code) > 1}
    if twice:
        raise CityDataWrong(f"{name}: {', '.join(sorted(twice))} stands there twice")
    for code, mark in rows:
        if mark not in MARKS:
            raise CityDataWrong(
                f"{name}: {code} has the mark {mark!r}, not one of {', '.join(sorted(MARKS))}"
            )
