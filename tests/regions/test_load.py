"""The city's folder goes into the database whole, and a wrong file is refused with a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import CITY
from tongban import regions
from tongban.kit import papers
from tongban.kit.db import Database


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("city.yaml", "districts.csv", "departments.yaml"):
        shutil.copy(CITY / name, tmp_path / name)
    return tmp_path


async def test_loading_twice_changes_nothing(db: Database) -> None:
    await regions.load(db, CITY)
    first = (await regions.districts(db), await regions.departments(db))
    await regions.load(db, CITY)
    assert (await regions.districts(db), await regions.departments(db)) == first
    assert len(first[0]) == 16
    assert {district.code for district in first[0]} == {
        branch.district for branch in await regions.departments(db, kind="police")
    }


async def test_every_uscc_holds_and_every_row_is_marked(db: Database) -> None:
    await regions.load(db, CITY)
    for department in await regions.departments(db):
        assert papers.uscc_holds(department.uscc), department.code
        assert department.mark == "synthetic"


async def test_a_correction_replaces_the_row(db: Database, copied: Path) -> None:
    await regions.load(db, copied)
    file = copied / "departments.yaml"
    file.write_text(file.read_text().replace("zh: 示范市公安局黄浦分局", "zh: 示范市公安局外滩分局"))
    await regions.load(db, copied)
    assert (await regions.department(db, "police-310101")).name.zh == "示范市公安局外滩分局"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("11310000002000995C", "11310000002000995A", "police-310000 has a USCC"),
        ('district: "310101"', 'district: "310102"', "310102, which is no district"),
        ("code: police-310104", "code: police-310101", "police-310101 stands there twice"),
        ("mark: synthetic", "mark: invented", "the mark 'invented'"),
        ("kind: public_security", "sort: public_security", "kind"),
    ],
)
async def test_a_wrong_row_is_named(db: Database, copied: Path, before: str, after: str, words: str) -> None:
    file = copied / "departments.yaml"
    file.write_text(file.read_text().replace(before, after, 1))
    with pytest.raises(regions.CityDataWrong, match=words):
        await regions.load(db, copied)
    assert await db.value("SELECT count(*) FROM regions.department") == 0


def test_the_city_has_a_mark_a_name_and_a_hotline() -> None:
    city = regions.city_of(CITY)
    assert (city.mark, city.name.zh, city.hotline) == ("通办", "示范市", "12345")
