"""The city's standard materials 标准材料 and data elements 数据元, read once in a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.model.standards import Standards
from tongban.kit.i18n import Text


@cache
def standards(city_dir: Path) -> Standards:
    """The city's standard materials and data elements, each in the order of its file; raises CityFileWrong."""
    city = CityFiles(city_dir)
    names = {code: Text(**row["name"]) for code, row in city.materials.items()}
    return Standards(
        tuple((code, names[code], tuple(row.get("elements", ()))) for code, row in city.materials.items()),
        tuple((one.code, Text(**one.ui["label"])) for one in city.elements.elements),
        {
            called: (code, names[code])
            for code, row in city.materials.items()
            if "also_called" in row
            for called in (names[code].zh, *row["also_called"])
        },
    )


def standard_elements(city_dir: Path) -> dict[str, tuple[str, ...]]:
    """What each standard material of the city proves: data elements by its code."""
    return {code: proves for code, _, proves in standards(city_dir).materials}
