"""Loading the city, and asking for its districts and departments from memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from weakref import WeakKeyDictionary

import msgspec

from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.regions import store
from tongban.regions.actions import files
from tongban.regions.model import (
    GOVERNMENT,
    CityDataWrong,
    Department,
    DepartmentUnknown,
    District,
    Hall,
    HallUnknown,
    ReconsiderationOrgan,
)
from tongban.settings import settings


class _Known(msgspec.Struct, frozen=True, weakref=True):
    """What this process keeps of one database: read once, new after a load or a restart."""

    districts: list[District]
    departments: Mapping[str, Department]
    halls: Mapping[str, Hall]


_known: WeakKeyDictionary[object, _Known] = WeakKeyDictionary()


async def load(db: Database, city_dir: Path) -> None:
    """Put the city's districts, departments and halls into the database; idempotent. Raises CityDataWrong.

    What a file no longer names stays: cases and licences may refer to it.
    """
    districts_ = files.districts_of(city_dir)
    departments_ = files.departments_of(city_dir, districts_)
    for code in {*files.city_of(city_dir).reconsidered_above} - {row.code for row in departments_}:
        raise CityDataWrong(f"city.yaml: {code} of reconsidered_above is no department")
    await store.put_districts(db, districts_)
    await store.put_departments(db, departments_)
    await store.put_halls(db, files.halls_of(city_dir, districts_))
    _known.pop(db.origin, None)


async def warm(db: Database) -> None:
    """Read the tables into this process's memory."""
    _known[db.origin] = _Known(
        await store.districts(db),
        {row.code: row for row in await store.departments(db)},
        {row.code: row for row in await store.halls(db)},
    )


async def _tables(db: Database) -> _Known:
    known = _known.get(db.origin)
    if known is None or not known.departments:
        await warm(db)
        known = _known[db.origin]
    return known


async def districts(db: Database) -> list[District]:
    """All districts in the order of their codes."""
    return (await _tables(db)).districts


async def departments(db: Database, *, kind: str | None = None) -> list[Department]:
    """All departments, or those of one kind, in the order of their codes."""
    known = (await _tables(db)).departments.values()
    return [row for row in known if kind is None or row.kind == kind]


async def kind_names(db: Database) -> dict[str, Text]:
    """What all departments of a kind are called together, by kind: as the city's folder says, else as the only one or
    the one of the whole city is, else after the first of them and how many they are."""
    together: dict[str, list[Department]] = {}
    for row in await departments(db):
        together.setdefault(row.kind, []).append(row)
    named = files.kinds_of(settings().city_dir)
    return {kind: named.get(kind) or _together(rows) for kind, rows in together.items()}


def _together(rows: list[Department]) -> Text:
    wide = next((row.name for row in rows if row.district is None), None)
    first, more = rows[0].name, len(rows) - 1
    if wide or not more:
        return wide or first
    return Text(f"{first.zh}等 {len(rows)} 个部门", f"{first.en} and {more} more")


async def department(db: Database, code: str) -> Department:
    """The department of that code; raises DepartmentUnknown."""
    found = (await _tables(db)).departments.get(code)
    if found is None:
        raise DepartmentUnknown
    return found


async def halls(db: Database) -> list[Hall]:
    """All halls, in the order of their codes."""
    return list((await _tables(db)).halls.values())


async def hall(db: Database, code: str) -> Hall:
    """The hall of that code; raises HallUnknown."""
    found = (await _tables(db)).halls.get(code)
    if found is None:
        raise HallUnknown
    return found


async def department_for(db: Database, *, kind: str, district: str) -> Department:
    """The department of that kind for a district: the district's own, else the city-wide one.

    Raises DepartmentUnknown when there is neither.
    """
    of_kind = await departments(db, kind=kind)
    for wanted in (district, None):
        for row in of_kind:
            if row.district == wanted:
                return row
    raise DepartmentUnknown


#: The kind of department that is its government's office for reconsideration 行政复议机构.
_JUSTICE = "justice"


async def reconsideration_organ(db: Database, code: str) -> ReconsiderationOrgan:
    """Who reconsiders what this department decides: the government of its district, of a city-wide one the city's
    (行政复议法 art. 24), else the organ above that ``city.yaml`` names. From memory; raises DepartmentUnknown.

    A branch of a city's bureau in a district counts as the district's, whose government may take it (art. 24). A city
    whose folder has the governments among its departments calls them as they stand there.
    """
    city, at = files.city_of(settings().city_dir), (await department(db, code)).district
    if (above := city.reconsidered_above.get(code)) is not None:
        return ReconsiderationOrgan(above)
    district = next((one.name for one in await districts(db) if one.code == at), None)
    zh = f"{city.name.zh}{district.zh if district else ''}"
    en = f"{district.en}, {city.name.en}" if district else city.name.en
    office = await _of_area(db, _JUSTICE, at)
    government = await _of_area(db, GOVERNMENT, at)
    return ReconsiderationOrgan(
        government.name if government else Text(f"{zh}人民政府", f"People's Government of {en}"),
        office.name if office else Text(f"{zh}司法局", f"Justice Bureau of {en}"),
        area=at or city.code,
        department=government.code if government else "",
    )


async def _of_area(db: Database, kind: str, district: str | None) -> Department | None:
    """The department of that kind of a district, of the city for None; not the city's in a district's place."""
    return next((one for one in await departments(db, kind=kind) if one.district == district), None)
