"""The installing city's table of retention, read once a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tongban.cases.model.archive import RetentionWrong, Schedule, schedule_of
from tongban.settings import settings

_FILE = "retention.yaml"


@cache
def check_retention(city_dir: Path) -> Schedule:
    """The table of a city's folder, checked; raises RetentionWrong with a sentence."""
    try:
        return schedule_of((city_dir / _FILE).read_bytes())
    except OSError as missing:
        raise RetentionWrong(f"{_FILE}: {missing.strerror}") from missing


def schedule() -> Schedule:
    """The installing city's table."""
    return check_retention(settings().city_dir)
