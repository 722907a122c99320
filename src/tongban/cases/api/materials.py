"""My materials 我的材料 as JSON: what I have filed before, and until when it may be used again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
from litestar import get
from litestar.response import Response

from tongban.cases import actions
from tongban.cases.model.materials import MyMaterial
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor
from tongban.kit.web.paging import USUAL, After, Limit, cursor, listed, place, shown


class FiledMaterial(msgspec.Struct, frozen=True, kw_only=True):
    """A file that I have filed with a case; ``until`` is null where the item wants a fresh one each time."""

    file: UUID
    case: UUID
    item: str
    item_name: Text
    field: str
    field_name: Text
    name: str
    type: str
    size: int
    since: date
    until: date | None


class MaterialPage(msgspec.Struct, frozen=True):
    """My materials, the latest first; ``next`` is the cursor of the following page or null."""

    materials: list[FiledMaterial]
    next: str | None


@get("/api/v1/materials", who="cases.materials", include_in_schema=True)
async def materials(
    db: Database, actor: Actor, after: After = None, limit: Limit = USUAL
) -> Response[MaterialPage]:
    """What I have filed, each content once for a question."""
    every = await actions.my_materials(db, actor)
    before = place(after, "materials", UUID)
    ids = [one.file for one in every]
    start = ids.index(before) + 1 if before in ids else 0
    found, last = shown(every[start : start + limit + 1], limit)
    next_page = cursor("materials", last.file) if last else None
    return listed(MaterialPage([_material(one) for one in found], next_page), next_page)


def _material(one: MyMaterial) -> FiledMaterial:
    return FiledMaterial(
        file=one.file,
        case=one.case_id,
        item=one.item,
        item_name=one.item_name,
        field=one.field,
        field_name=one.label,
        name=one.name,
        type=one.media_type,
        size=one.size,
        since=one.since,
        until=one.until,
    )


routes = [materials]
