"""Which department is competent for a district."""

from __future__ import annotations

import pytest

from tests.conftest import CITY
from tongban import regions
from tongban.kit.db import Database


@pytest.fixture
async def city(db: Database) -> Database:
    await regions.load(db, CITY)
    return db


async def test_the_branch_of_the_district(city: Database) -> None:
    assert (await regions.department_for(city, kind="police", district="310115")).code == "police-310115"


async def test_a_city_wide_department_serves_every_district(city: Database) -> None:
    bureau = await regions.department_for(city, kind="public_security", district="310115")
    assert bureau.name.zh == "示范市公安局"


@pytest.mark.parametrize(("kind", "district"), [("police", "999999"), ("fishery", "310115")])
async def test_nobody_is_competent(city: Database, kind: str, district: str) -> None:
    with pytest.raises(regions.DepartmentUnknown):
        await regions.department_for(city, kind=kind, district=district)


async def test_asked_again_it_comes_from_memory(city: Database) -> None:
    await regions.warm(city)
    before = city.count
    await regions.department(city, "police-310101")
    await regions.districts(city)
    assert city.count == before


@pytest.mark.parametrize(
    ("department", "zh", "en", "office"),
    [
        ("police-310115", "示范市浦东新区人民政府", "Pudong New Area, Shifan City", "浦东新区司法局"),
        ("water-310000", "示范市人民政府", "People's Government of Shifan City", "示范市司法局"),
        ("taxation-310000", "国家税务总局", "State Taxation Administration", None),
    ],
)
async def test_who_reconsiders_what_a_department_decides(
    city: Database, department: str, zh: str, en: str, office: str | None
) -> None:
    """行政复议法 art. 24: the government of its own level; art. 27: the organ above one that is led from there."""
    organ = await regions.reconsideration_organ(city, department)
    assert organ.name.zh == zh and en in organ.name.en
    if office:  # it has a seal of its own
        own = await regions.department(city, organ.department)
        assert (own.name, own.kind, own.district or "310000") == (organ.name, regions.GOVERNMENT, organ.area)
    assert (organ.office.zh if organ.office else None) == office
    assert ("第二十四条" if office else "第二十七条") in str(organ.basis)
