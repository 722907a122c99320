"""The catalogue as JSON: search, and an item in force."""

from __future__ import annotations

from datetime import date

import msgspec
from litestar import get

from tongban.catalogue.actions import reading
from tongban.catalogue.model import Clock, Hit
from tongban.kit.db import Database
from tongban.kit.i18n import Text, language


class ItemAnswer(msgspec.Struct, frozen=True):
    """An item in force: codes of GB/T 39554.1, limits in working days, what must be brought."""

    code: str
    number: int
    published_on: date | None
    name: Text
    summary: Text
    catalog_code: str
    task_code: str
    department: Text
    clock: Clock
    visits: int
    online: bool
    zero_material: bool
    materials: int
    materials_exempt: int
    is_free: bool


@get("/api/v1/search", who="catalogue.search", include_in_schema=True)
async def search(db: Database, q: str = "") -> list[Hit]:
    """Items that people mean by ``q``, best first."""
    return await reading.search(db, q, language())


@get("/api/v1/items/{code:str}", who="catalogue.guide", include_in_schema=True)
async def item(db: Database, code: str) -> ItemAnswer:
    """An item in force."""
    found = await reading.current(db, code)
    return ItemAnswer(
        found.code,
        found.number,
        found.published_on,
        found.name,
        found.summary,
        found.catalog_code,
        found.task_code,
        found.department_name,
        found.clock,
        found.visits,
        found.is_online,
        found.zero_material,
        len(found.materials),
        sum(material.exempt for material in found.materials),
        found.is_free,
    )


routes = [search, item]
