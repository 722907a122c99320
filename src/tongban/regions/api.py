"""The city's departments as JSON."""

from __future__ import annotations

import msgspec
from litestar import get
from litestar.response import Response

from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.web.paging import USUAL, After, Limit, cursor, listed, place, shown
from tongban.regions import actions
from tongban.regions.model import Department


class DistrictName(msgspec.Struct, frozen=True):
    """A district by its GB/T 2260 code."""

    code: str
    name: Text


class DepartmentAnswer(msgspec.Struct, frozen=True):
    """A department; ``district`` is null for one that is competent for the whole city."""

    code: str
    uscc: str
    name: Text
    kind: str
    district: DistrictName | None


class DepartmentPage(msgspec.Struct, frozen=True):
    """Departments by their code."""

    departments: list[DepartmentAnswer]
    next: str | None


@get("/api/v1/departments", who="regions.departments", include_in_schema=True)
async def departments(
    db: Database,
    kind: str | None = None,
    district: str | None = None,
    after: After = None,
    limit: Limit = USUAL,
) -> Response[DepartmentPage]:
    """Departments, of one kind or for one district if asked, by their code."""
    behind = place(after, "departments", str) or ""
    every = [
        row
        for row in await actions.departments(db, kind=kind)
        if row.code > behind and district in (None, row.district)
    ]
    found, last = shown(every[: limit + 1], limit)
    next_page = cursor("departments", last.code) if last else None
    names = {one.code: DistrictName(one.code, one.name) for one in await actions.districts(db)}
    return listed(DepartmentPage([_told(row, names) for row in found], next_page), next_page)


def _told(row: Department, names: dict[str, DistrictName]) -> DepartmentAnswer:
    district = names[row.district] if row.district else None
    return DepartmentAnswer(row.code, row.uscc, row.name, row.kind, district)


routes = [departments]
