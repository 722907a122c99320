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
