"""Loading the city, and asking for its districts and departments from memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from weakref import WeakKeyDictionary

import msgspec

from tongban.kit.db import Database
from tongban.regions import store
from tongban.regions.actions import files
from tongban.regions.model import Department, DepartmentUnknown, District


class _Known(msgspec.Struct, frozen=True, weakref=True):
    """What this process keeps of one database: read once, new after a load or a restart."""

    districts: list[District]
    departments: Mapping[str, Department]


_known: WeakKeyDictionary[object, _Known] = WeakKeyDictionary()


async def load(db: Database, city_dir: Path) -> None:
    """Put the city's districts and departments into the database; idempotent. Raises CityDataWrong.

    What a file no longer names stays: cases and licences may refer to it.
    """
    districts_ = files.districts_of(city_dir)
    departments_ = files.departments_of(city_dir, districts_)
    await store.put_districts(db, districts_)
    await store.put_departments(db, departments_)
    _known.pop(db.origin, None)


async def warm(db: Database) -> None:
    """Read both tables into this process's memory."""
    _known[db.origin] = _Known(
        await store.districts(db), {row.code: row for row in await store.departments(db)}
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


async def department(db: Database, code: str) -> Department:
    """The department of that code; raises DepartmentUnknown."""
    found = (await _tables(db)).departments.get(code)
    if found is None:
        raise DepartmentUnknown
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
