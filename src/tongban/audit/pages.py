"""/my/readings: who read my data 谁用了我的数据 (PIPL art. 44, 48)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get
from litestar.response import Response

from tongban.audit.actions.readings import readings_of
from tongban.audit.model import POLICY, Reading
from tongban.audit.model.naming import name_of
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor, Relation, Role
from tongban.kit.web import page
from tongban.kit.web.pages import shown_moment

#: Readings on one page.
PAGE_ROWS = 30

PURPOSES: dict[str, Message] = {
    "draft": N_("为您填写申请"),
    "case": N_("办理您的办件"),
    "own_act": N_("您本人的操作"),
    "proactive": N_("主动服务"),
    "supervision": N_("监督检查"),
}


@get("/my/readings", who="audit.readings")
async def my_readings(db: Database, actor: Actor, now: datetime, before: UUID | None = None) -> Response[str]:
    """Who read the resident's data, newest first, by pages."""
    del now
    POLICY.require(actor, "audit.readings", Relation.OWN)
    assert actor.id is not None
    found = await readings_of(db, subject=actor.id, limit=PAGE_ROWS + 1, before=before)
    shown = found[:PAGE_ROWS]
    return page(
        "audit/readings.html",
        rows=[await _row(db, actor, reading) for reading in shown],
        next_href=f"/my/readings?before={shown[-1].id}" if len(found) > PAGE_ROWS else None,
        first_href="/my/readings" if before else None,
    )


async def _row(db: Database, actor: Actor, reading: Reading) -> dict[str, Any]:
    own = reading.actor == actor.id
    return {
        "who": await _who(db, reading, own=own),
        "what": await _what(db, reading),
        "purpose": await _purpose(db, reading),
        "when": shown_moment(reading.at),
        "icon": "person" if own else "building" if reading.actor_role == Role.OFFICER else "database",
    }


async def _who(db: Database, reading: Reading, *, own: bool) -> Message | Text | str:
    if own:
        return N_("您本人")
    if reading.department:
        department = await name_of(db, kind="department", code=reading.department)
        return N_("{department} {name}", department=department, name=reading.actor_name)
    return N_("系统") if reading.actor_role == Role.SYSTEM else N_("持码核验人")


async def _what(db: Database, reading: Reading) -> Message | Text | str:
    resource = (reading.detail or {}).get("resource")
    if resource is None:
        return await name_of(db, kind="action", code=reading.action)
    return await name_of(db, kind="resource", code=str(resource))


async def _purpose(db: Database, reading: Reading) -> Message | None:
    if reading.purpose_kind is None:
        return None
    words = PURPOSES[reading.purpose_kind]
    if not reading.item:
        return words
    return N_("{purpose}：{item}", purpose=words, item=await name_of(db, kind="item", code=reading.item))


routes = [my_readings]
