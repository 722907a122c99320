"""Checking the city's files, and measuring what the catalogue has published since the last time."""

from __future__ import annotations

from pathlib import Path

from tongban.kit.db import Database
from tongban.reform.files import city_reform
from tongban.reform.store import measures


def check_city(city_dir: Path) -> None:
    """Read the city's files of the reform; raises ReformDataWrong with the line that cannot be used."""
    city_reform(city_dir)


async def measure_new(db: Database) -> int:
    """Measure each version that has none yet, and say how many; one statement, and again it changes nothing."""
    return await measures.measure_new(db)
