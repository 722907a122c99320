"""A reading in words, for every page that tells a person who read her data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tongban.audit.model import Reading
from tongban.audit.model.naming import name_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor, Role

PURPOSES: dict[str, Message] = {
    "draft": N_("为您填写申请"),
    "case": N_("办理您的办件"),
    "own_act": N_("您本人的操作"),
    "proactive": N_("主动服务"),
    "supervision": N_("监督检查"),
}
#: The same to who acts for the person.
_PURPOSES_OF_HERS: dict[str, Message] = PURPOSES | {
    "draft": N_("为被代办人填写申请"),
    "case": N_("办理被代办人的办件"),
    "own_act": N_("以被代办人名义的操作"),
}


#: A second look at what has ended, with its ground.
AGAIN = N_("办结后再次查看")
#: What was shown by its holder, a licence or a paper, and verified by somebody.
SHOWN = N_("您出示的证照或者文书")
#: What an agent looked at; which one, the record of acts names.
BY_POWER = N_("按您的授权代办，详见“代办与授权”")


async def shown_readings(db: Database, actor: Actor, readings: Iterable[Reading]) -> list[dict[str, Any]]:
    """Rows of the ``who_read`` component: who, what, purpose, when, icon, count. No statement of its own.

    What one officer did several times within one minute is one row with its count: a page with five pictures is no
    crowd of five readers. The registers that one's own form was filled from are one row, which names them all: it is
    the others whom one looks for. Visitors are not told apart, so each of their looks stays a row of its own.
    """
    rows: list[dict[str, Any]] = []
    alike: dict[tuple[str, ...], dict[str, Any]] = {}
    for reading in readings:
        row = await _row(db, actor, reading)
        filling = actor.is_she(reading.actor) and "resource" in (reading.detail or {})
        told = ("who", "purpose", "when") if filling else ("who", "what", "purpose", "when")
        key = (str(reading.actor), *(str(row[name]) for name in told))
        if filling and (first := alike.setdefault(key, row)) is not row:
            first["what"] = N_("{some}、{another}", some=first["what"], another=row["what"])
        elif reading.actor_role == Role.OFFICER and (first := alike.setdefault(key, row)) is not row:
            first["count"] += 1
        else:
            rows.append(row)
    return rows


async def _row(db: Database, actor: Actor, reading: Reading) -> dict[str, Any]:
    own = actor.is_she(reading.actor)
    return {
        "who": await _who(db, actor, reading, own=own),
        "what": await _what(db, reading),
        "purpose": await _purpose(db, reading, acted=actor.acting is not None),
        "when": f"{clock.city_time(reading.at):%Y-%m-%d %H:%M}",
        "count": 1,
        "icon": "person" if own else "building" if reading.actor_role == Role.OFFICER else "database",
    }


def herself(actor: Actor, reading: Reading) -> Message:
    """Who read a person's data in her own name, she or an agent of hers: as told to her, or to who acts for her."""
    detail = reading.detail or {}
    acting = actor.acting
    if acting is None:
        return N_("为您代办的人") if _by_agent(reading) else N_("您本人")
    if "agent" in detail and detail["agent"] == str(acting.agent):
        return N_("您，代{name}", name=actor.name)
    if _by_agent(reading):
        return N_("{name}的另一位代办人", name=actor.name)
    return N_("{name}本人", name=actor.name)


def _by_agent(reading: Reading) -> bool:
    """Whether it was by a power: the row is in the principal's name."""
    return "power" in (reading.detail or {})


async def _who(db: Database, actor: Actor, reading: Reading, *, own: bool) -> Message | Text | str:
    if own:
        return herself(actor, reading)
    if reading.department:
        department = await name_of(db, kind="department", code=reading.department)
        return N_("{department} {name}", department=department, name=reading.actor_name)
    # Of residents only who applies together with her reads under her case's purpose.
    if reading.actor_role == Role.RESIDENT and reading.purpose_kind == "case":
        return N_("一位共同申请人")
    # What fills a form is asked for by nobody but its applicant: of a draft of hers that was opened while the two
    # accounts were one, by the other account.
    if reading.actor_role == Role.RESIDENT and reading.purpose_kind == "draft":
        return N_("您的另一个账户（当时已合并）")
    return N_("系统") if reading.actor_role == Role.SYSTEM else N_("持码核验人")


async def _what(db: Database, reading: Reading) -> Message | Text | str:
    detail = reading.detail or {}
    resource = detail.get("resource")
    if resource is None:
        # A small picture on the page is less than the document itself, and is called so.
        small = detail.get("view") == "thumbnail"
        done = await name_of(
            db, kind="action", code=f"{reading.action}.thumbnail" if small else reading.action
        )
        if "why" not in detail:
            return done
        return N_("{what}：{why}", what=done, why=await name_of(db, kind="why", code=str(detail["why"])))
    return await name_of(db, kind="resource", code=str(resource))


async def _purpose(db: Database, reading: Reading, *, acted: bool) -> Message | None:
    if reading.purpose_kind is None:
        return BY_POWER if _by_agent(reading) else None
    # A stranger reads under the holder's own act only when she showed a licence or a paper.
    shown = reading.purpose_kind == "own_act" and reading.actor_role == Role.VISITOR
    words = SHOWN if shown else (_PURPOSES_OF_HERS if acted else PURPOSES)[reading.purpose_kind]
    ground = (reading.detail or {}).get("ground")
    if ground is not None:
        why = await name_of(db, kind="ground", code=str(ground))
        return N_("{purpose}：{item}", purpose=AGAIN, item=why)
    if not reading.item:
        return words
    return N_("{purpose}：{item}", purpose=words, item=await name_of(db, kind="item", code=reading.item))
