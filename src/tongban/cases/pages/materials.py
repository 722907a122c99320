"""My materials 我的材料库: what I have handed in before, until when it can be used again, and where it was used."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.response import Redirect, Response

from tongban.cases import actions
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import page, redirect


@get("/my/materials", who="cases.materials")
async def mine(db: Database, actor: Actor, now: datetime) -> Response[str]:
    """My files, by material."""
    found = await actions.my_materials(db, actor)
    kinds = {one.label.zh: [other for other in found if other.label == one.label] for one in found}
    return page("cases/materials.html", kinds=list(kinds.values()), today=clock.city_day(now))


@post("/my/materials/{file_id:uuid}/remove", who="cases.forget_material")
async def remove(db: Database, actor: Actor, now: datetime, file_id: UUID) -> Redirect:
    """Take a file off the list; the case keeps it."""
    await actions.forget_material(db, actor, file_id=file_id, now=now)
    return redirect("/my/materials")


routes = [mine, remove]
