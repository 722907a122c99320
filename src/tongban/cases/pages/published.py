"""The public list of decisions that grant a licence."""

from __future__ import annotations

from urllib.parse import urlencode

from litestar import get
from litestar.response import Response

from tongban import catalogue, regions
from tongban.cases import actions
from tongban.cases.pages.queue import cursor_of
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor
from tongban.kit.web import page

PAGE = 20


@get("/published", who="cases.published")
async def published(
    db: Database,
    actor: Actor,
    item: str | None = None,
    department: str | None = None,
    before: str | None = None,
) -> Response[str]:
    """Decisions that grant a licence, latest first; of one item or one department. One statement."""
    item_name, organ = await _item(db, item), await _organ(db, department)
    asked = {
        name: value
        for name, value in (
            ("item", item if item_name else None),
            ("department", department if organ else None),
        )
        if value
    }
    found = await actions.published(
        db,
        actor,
        item=asked.get("item"),
        department=asked.get("department"),
        before=cursor_of(before),
        limit=PAGE + 1,
    )
    more = found[PAGE - 1].row if len(found) > PAGE else None
    behind = more and f"{more.decided_at:%Y-%m-%dT%H:%M:%S.%fZ}~{more.id}"
    return page(
        "cases/published.html",
        rows=found[:PAGE],
        chosen=[name for name in (item_name, organ) if name],
        of_item={one.row.item: _address({**asked, "item": one.row.item}) for one in found},
        of_organ={one.row.department: _address({**asked, "department": one.row.department}) for one in found},
        next_href=_address({**asked, "before": behind}) if behind else None,
        first_href=_address(asked) if before else None,
    )


def _address(asked: dict[str, str]) -> str:
    return f"/published?{urlencode(asked)}" if asked else "/published"


async def _item(db: Database, code: str | None) -> Text | None:
    """The item's name; None for a code that names none, which filters nothing."""
    try:
        return (await catalogue.current(db, code)).name if code else None
    except catalogue.NoSuchItem:
        return None


async def _organ(db: Database, code: str | None) -> Text | None:
    try:
        return (await regions.department(db, code)).name if code else None
    except regions.DepartmentUnknown:
        return None


routes = [published]
