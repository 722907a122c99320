"""Who looked at a licence 核验记录: verifiers, officers, and who acts for its holder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, regions
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor
from tongban.licences.actions.present import SHOWING

#: How many lines of those who looked at a licence are shown, and how many looks they are made of at most.
_LOOKS, _READ = 20, 200


class Look(msgspec.Struct, frozen=True):
    """核验记录: who looked at a licence, how, when, how often.

    How: qr, number; look: the issuer in its register; agent, agent_shown: who acts for its holder.

    Looks of one minute that say the same are one.
    """

    who: Message | Text | str
    how: str
    at: datetime
    count: int = 1

    def is_like(self, other: Look) -> bool:
        """Whether nobody could tell the two apart on a page, which shows minutes."""
        minutes = (self.at.replace(second=0, microsecond=0), other.at.replace(second=0, microsecond=0))
        return (self.who, self.how, minutes[0]) == (other.who, other.how, minutes[1])


async def lookers(db: Database, actor: Actor, *, licence: UUID) -> list[Look]:
    """Who verified this licence, the latest first."""
    if actor.id is None:
        return []
    readings = await audit.readings_of(db, subject=actor.id, limit=_READ, reference=str(licence))
    agents = await audit.agents_of(db, actor, readings)
    looks: list[Look] = []
    for reading in readings:
        if reading.action == SHOWING and "power" not in (reading.detail or {}):
            continue  # what she showed herself she reads among all readings
        by = _how(reading)
        look = Look(await _who(db, actor, reading, agents), by, reading.at)
        if looks and looks[-1].is_like(look):
            looks[-1] = msgspec.structs.replace(looks[-1], count=looks[-1].count + 1)
        else:
            looks.append(look)
    return looks[:_LOOKS]


def _how(reading: audit.Reading) -> str:
    detail = reading.detail or {}
    if "power" in detail and "by" not in detail:
        return "agent_shown" if reading.action == SHOWING else "agent"
    return str(detail.get("by", "look"))


async def _who(
    db: Database, actor: Actor, reading: audit.Reading, agents: Mapping[str, str]
) -> Message | Text | str:
    if actor.is_she(reading.actor):
        return audit.herself(actor, reading, agents)
    if reading.department is not None:
        department = await regions.department(db, reading.department)
        return N_("{department} {name}", department=department.name, name=reading.actor_name)
    return N_("未登录的核验人") if reading.actor is None else N_("已登录的居民")
