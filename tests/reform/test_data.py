"""The city's data of the reform: each item has its baseline, stages keep their order, a wrong row is named."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import CITY
from tongban.reform import ReformDataWrong, check_city
from tongban.reform.files import city_reform
from tongban.reform.model import in_working_days, measured, percent


def test_each_item_of_the_city_has_a_baseline_and_no_other() -> None:
    """How it can fail (tried): take a row out of baseline.csv; ``python -m scripts.baseline`` puts it back."""
    with (CITY / "catalogue" / "items.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["code"] for row in csv.DictReader(file)}
    assert set(city_reform(CITY).baselines) == listed | {
        path.stem for path in (CITY / "items").glob("*.yaml")
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("processes.csv", "2019-02-26,2019-05-01,,", "2019-02-26,,2019-05-01,", "P001: ready on 2019-05-01"),
        ("approvals.csv", ",cancel,2019-07-01,", ",abolish,2019-07-01,", "approvals.csv:2:"),
        ("baseline.csv", "synthetic", "made up", "baseline.csv:2:"),
        ("targets.yaml", "time_cut: 50", "time_cut: half", "targets.yaml:"),
    ],
)
def test_what_cannot_be_used_is_named_by_its_line(
    tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    """How it can fail (tried): do not ask for the faults of a process; begin to count lines at the first row."""
    shutil.copytree(CITY / "reform", tmp_path / "reform")
    check_city(tmp_path)
    shutil.copytree(CITY / "reform", tmp_path / "other" / "reform")
    file = tmp_path / "other" / "reform" / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ReformDataWrong, match=said):
        check_city(tmp_path / "other")


def test_days_are_counted_as_the_rules_say() -> None:
    """How it can fail (tried): let a simultaneous step add its day, or round a limit in calendar days down."""
    assert [in_working_days(days, "calendar") for days in (7, 8, 20)] == [5, 6, 15]
    assert (in_working_days(3, "months"), in_working_days(20, "working")) == (63, 20)
    assert [str(percent(part, 1000)) for part in (505, 5, 4)] == ["50.5", "0.5", "0.4"]
    assert (str(percent(1, 8)), str(percent(1, 2000)), percent(1, 0)) == ("12.5", "0.1", None)
    city = city_reform(CITY)
    start = next(one for one in city.indicators.indicators if one.code == "start")
    assert [(one.on, one.procedures, str(one.time)) for one in measured(start, "", city.steps)] == [
        (date(2017, 5, 1), 7, "22"),
        (date(2018, 5, 1), 4, "9"),
        (date(2019, 5, 1), 4, "9"),
    ]
