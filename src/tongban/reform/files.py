"""The city's data of the reform, ``city/reform/``: read once in a process; what cannot be used is named by its line."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from tongban.reform.model import (
    Approval,
    Baseline,
    Indicators,
    IndicatorStep,
    Process,
    ReformDataWrong,
    Targets,
    Weights,
)
from tongban.settings import settings

T = TypeVar("T")
#: Columns of two languages, in the files with _zh and _en.
_TEXTS = ("name", "authority", "basis", "instead", "open_cases")


#: Ships with the house, beside what is told of it.
_SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "recompute.py"


class CityReform(msgspec.Struct, frozen=True):
    """All that the city says of its reform."""

    targets: Targets
    weights: Weights
    baselines: dict[str, Baseline]
    processes: tuple[Process, ...]
    approvals: tuple[Approval, ...]
    indicators: Indicators
    steps: tuple[IndicatorStep, ...]


@cache
def recompute_script() -> bytes:
    """The script with which anybody recomputes the figures."""
    return _SCRIPT.read_bytes()


def city_reform(city_dir: Path | None = None) -> CityReform:
    """The files of the installing city; raises ReformDataWrong. A city without such files has nothing in any list."""
    return _read((city_dir or settings().city_dir) / "reform")


@cache
def _read(folder: Path) -> CityReform:
    whole = _yaml(folder / "targets.yaml", dict[str, Any])
    try:
        targets = msgspec.convert(whole["targets"], Targets)
        weights = msgspec.convert(whole["weights"], Weights)
    except (KeyError, msgspec.ValidationError) as odd:
        raise ReformDataWrong(f"targets.yaml: {odd}") from odd
    processes = _rows(folder / "processes.csv", Process)
    if faults := [fault for one in processes for fault in one.faults()]:
        raise ReformDataWrong(f"processes.csv: {faults[0]}")
    approvals = _rows(folder / "approvals.csv", Approval)
    if wrong := next(filter(None, (one.fault() for one in approvals)), None):
        raise ReformDataWrong(f"approvals.csv: {wrong}")
    baselines = {one.item: one for one in _rows(folder / "baseline.csv", Baseline)}
    return CityReform(
        targets=targets,
        weights=weights,
        baselines=baselines,
        processes=processes,
        approvals=approvals,
        indicators=_yaml(folder / "indicators.yaml", Indicators),
        steps=_rows(folder / "indicator_steps.csv", IndicatorStep),
    )


def _yaml(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), kind)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as odd:
        raise ReformDataWrong(f"{path.name}: {odd}") from odd


def _rows(path: Path, kind: type[T]) -> tuple[T, ...]:
    """The rows of a table; an empty cell of a date is none."""
    found = []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                try:
                    found.append(msgspec.convert(_shaped(row, kind), kind, strict=False))
                except (msgspec.ValidationError, AttributeError) as odd:
                    raise ReformDataWrong(f"{path.name}:{line}: {odd}") from odd
    except OSError as missing:
        raise ReformDataWrong(f"{path.name}: {missing.strerror}") from missing
    return tuple(found)


def _shaped(row: dict[str, str], kind: Any) -> dict[str, Any]:
    asked = {field.name for field in msgspec.structs.fields(kind)}
    shaped: dict[str, Any] = {
        name: None if name.endswith("_on") and not value else value for name, value in row.items()
    }
    for name in asked.intersection(_TEXTS):
        shaped[name] = {"zh": shaped.pop(f"{name}_zh", ""), "en": shaped.pop(f"{name}_en", "")}
    return shaped
