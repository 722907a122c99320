"""A reading in words, for every page that tells a person who read her data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from tongban.audit.model import Reading
from tongban.audit.model.naming import name_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor, Role

#: By the kind of purpose; ``request``: her own act as the officer reads it who answers.
PURPOSES: dict[str, Message] = {
    "draft": N_("为您填写申请"),
    "case": N_("办理您的办件"),
    "own_act": N_("您本人的操作"),
    "proactive": N_("主动服务"),
    "supervision": N_("监督检查"),
    "request": N_("您提出的请求"),
}
#: The same to who acts for the person.
_PURPOSES_OF_HERS: dict[str, Message] = PURPOSES | {
    "draft": N_("为被代办人填写申请"),
    "case": N_("办理被代办人的办件"),
    "own_act": N_("以被代办人名义的操作"),
    "request": N_("被代办人提出的请求"),
}


#: What an officer reads because the person asked her office for something.
_ASKED_OF_OFFICERS = frozenset({"portal.read_request", "portal.reveal_request"})
#: The names of a person's agents by their powers' ids.
Agents = Callable[[Database, UUID], Awaitable[Mapping[str, str]]]
_plugged: list[Agents] = []
#: A second look at what has ended, with its ground.
AGAIN = N_("办结后再次查看")
#: What the house asks by itself under a person's own act, told by its own name alone.
_BY_THE_HOUSE = frozenset({"identity.recheck_firm"})
#: What anybody does to whom she shows her licence or paper, logged in or not; never an act of hers.
_OF_WHAT_WAS_SHOWN = frozenset({"licences.verify", "cases.check"})
#: What was shown by its holder, a licence or a paper, and verified by somebody.
SHOWN = N_("您出示的证照或者文书")
#: What an agent looked at; which one, the record of acts names.
BY_POWER = N_("按您的授权代办，详见“代办与授权”")


async def shown_readings(db: Database, actor: Actor, readings: Iterable[Reading]) -> list[dict[str, Any]]:
    """Rows of the ``who_read`` component: who, what, purpose, when, icon, count. No statement of its own, but one
    for the agents' names where there are any.

    What one officer did several times within one minute is one row with its count: a page with five pictures is no
    crowd of five readers. The registers that one's own form was filled from are one row, which names them all: it is
    the others whom one looks for. Visitors are not told apart, so each of their looks stays a row of its own.
    """
    rows: list[dict[str, Any]] = []
    alike: dict[tuple[str, ...], dict[str, Any]] = {}
    readings = list(readings)
    agents = await agents_of(db, actor, readings)
    for reading in readings:
        row = await _row(db, actor, reading, agents)
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


async def _row(db: Database, actor: Actor, reading: Reading, agents: Mapping[str, str]) -> dict[str, Any]:
    own = actor.is_she(reading.actor)
    return {
        "who": await _who(db, actor, reading, agents, own=own),
        "what": await _what(db, reading),
        "purpose": await _purpose(db, reading, own=own, acted=actor.acting is not None),
        "when": f"{clock.city_time(reading.at):%Y-%m-%d %H:%M}",
        "count": 1,
        "icon": "person" if own else "building" if reading.actor_role == Role.OFFICER else "database",
    }


def plug_agents(agents: Agents) -> None:
    """Tell this room who gives the names of a person's agents; the house does it once per process."""
    _plugged[:] = [agents]


async def agents_of(db: Database, actor: Actor, readings: Iterable[Reading]) -> Mapping[str, str]:
    """The names of those who act for the actor, by their powers' ids; one statement, and none where nobody did.

    They are hers to know; who acts for her is not told who else does.
    """
    if actor.id is None or actor.acting is not None or not _plugged or not any(map(_by_agent, readings)):
        return {}
    return await _plugged[0](db, actor.id)


def herself(actor: Actor, reading: Reading, agents: Mapping[str, str]) -> Message:
    """Who read a person's data in her own name, she or an agent of hers: as told to her, or to who acts for her.

    ``agents`` are the names of :func:`agents_of`.
    """
    detail = reading.detail or {}
    acting = actor.acting
    if acting is None:
        if not _by_agent(reading):
            return N_("您本人")
        name = agents.get(str(detail["power"]))
        return N_("为您代办的{name}", name=name) if name else N_("为您代办的人")
    if "agent" in detail and detail["agent"] == str(acting.agent):
        return N_("您，代{name}", name=actor.name)
    if _by_agent(reading):
        return N_("{name}的另一位代办人", name=actor.name)
    return N_("{name}本人", name=actor.name)


def _by_agent(reading: Reading) -> bool:
    """Whether it was by a power: the row is in the principal's name."""
    return "power" in (reading.detail or {})


async def _who(
    db: Database, actor: Actor, reading: Reading, agents: Mapping[str, str], *, own: bool
) -> Message | Text | str:
    if own:
        return herself(actor, reading, agents)
    if "order" in (reading.detail or {}):
        return N_("系统，按您一次提交的申请")
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


async def _purpose(db: Database, reading: Reading, *, own: bool, acted: bool) -> Message | Text | str | None:
    if reading.purpose_kind is None:
        return BY_POWER if _by_agent(reading) else None
    kind: str = reading.purpose_kind
    if kind == "own_act" and not own and reading.action in _ASKED_OF_OFFICERS:
        kind = "request"
    shown = kind == "own_act" and not own and reading.action in _OF_WHAT_WAS_SHOWN
    words = SHOWN if shown else (_PURPOSES_OF_HERS if acted else PURPOSES)[kind]
    ground = (reading.detail or {}).get("ground")
    if ground is not None:
        why = await name_of(db, kind="ground", code=str(ground))
        return N_("{purpose}：{item}", purpose=AGAIN, item=why)
    if not reading.item or kind == "request":
        return words
    item = await name_of(db, kind="item", code=reading.item)
    return item if reading.item in _BY_THE_HOUSE else N_("{purpose}：{item}", purpose=words, item=item)
