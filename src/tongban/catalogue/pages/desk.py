"""The desk of the catalogue: an organ's items and tasks, and the register of sources."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.response import Response

from tongban import regions
from tongban.catalogue.actions import checking, drafting, reading
from tongban.catalogue.model import EXEMPTION_NAMES, SourceKind, SourceState, Task
from tongban.catalogue.model.refusals import SourceUnknown
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor, Duty
from tongban.kit.web import form_of, page, redirect

_ITEMS = "/desk/catalogue"
STATES: dict[SourceState, tuple[Message, str]] = {
    "up": (N_("可用"), "ok"),
    "down": (N_("停用"), "bad"),
    "planned": (N_("待接入"), "muted"),
}
KINDS: dict[SourceKind, Message] = {
    "resource": N_("数据资源"),
    "licence_type": N_("电子证照"),
    "commitment": N_("告知承诺"),
}


@get(_ITEMS, who="catalogue.tasks")
async def items(db: Database, actor: Actor, now: datetime, q: str = "", after: str = "") -> Response[str]:
    """The tasks of the officer's organ, then its items a page at a time, those with the words ``q`` in name or code;
    what the whole city still asks for."""
    typed = q.strip()
    found = await drafting.maintained(db, actor, words=typed, after=after)
    shown, more = found[: drafting.PAGE], len(found) > drafting.PAGE
    asked = {"q": typed} if typed else {}
    own = await regions.department(db, actor.department or "")
    names = {organ.uscc: organ.name for organ in await regions.departments(db)}
    standing = await checking.standing(db, actor)
    listing = await reading.listing(db)
    return page(
        "catalogue/desk.html",
        organ=own.name,
        items=[one | {"name": Text(**one["name"])} for one in shown],
        typed=typed,
        next_href=f"{_ITEMS}?{urlencode(asked | {'after': shown[-1]['code']})}#items" if more else None,
        first_href=f"{_ITEMS}?{urlencode(asked)}#items" if after else None,
        tasks=[_told(one, standing) for one in standing.tasks if one.organ == own.uscc],
        elsewhere=_by_organ([one for one in standing.tasks if one.organ != own.uscc], names),
        item_names={code: line.card.name for code, line in listing.lines.items()},
        counts=standing.counts[::-1],
        today=clock.city_day(now),
        writes=Duty.CATALOGUE in actor.duties,
    )


def _told(task: Task, standing: checking.Standing) -> dict[str, Any]:
    """A task in words: its class and its source, or how the approval is adjusted and by which decision."""
    source = standing.sources.get((task.source_kind, task.source))
    adjusted = standing.adjusted.get(task.item) if task.change else None
    return {
        "item": task.item,
        "material": task.material,
        "adjusted": adjusted,
        "number": task.number,
        "due": task.due_on,
        "exemption": EXEMPTION_NAMES[task.exemption] if task.exemption else N_("审批调整"),
        "source": source.name if source else None,
        "fields": task.fields,
    }


def _by_organ(tasks: list[Task], names: dict[str, Text]) -> list[tuple[Text, int]]:
    """How many tasks other organs have, the most first."""
    counted: dict[str, int] = {}
    for task in tasks:
        counted[task.organ] = counted.get(task.organ, 0) + 1
    rows = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return [(names.get(organ, Text(organ, organ)), count) for organ, count in rows]


@get("/desk/sources", who="catalogue.sources")
async def sources(db: Database, actor: Actor, did: str | None = None) -> Response[str]:
    """The register of sources: what each gives, in which state it is and since when."""
    found, since = await checking.register(db, actor)
    return page(
        "catalogue/sources.html",
        kinds=[(kind, words, [one for one in found if one.kind == kind]) for kind, words in KINDS.items()],
        since=since,
        states=STATES,
        state_options=[(state, words) for state, (words, _) in STATES.items()],
        writes=Duty.SOURCES in actor.duties,
        did=did,
    )


@post("/desk/sources", who="catalogue.put_source")
async def put(db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]) -> Response[Any]:
    """Put a source into another state; the catalogue is checked again by the worker."""
    posted = await form_of(request)
    kind, _, code = posted.get("source", "").partition("/")
    state = posted.get("state", "")
    if kind not in get_args(SourceKind) or state not in get_args(SourceState):
        raise SourceUnknown
    await checking.put_source(db, actor, kind=kind, code=code, state=state, now=now)  # type: ignore[arg-type]
    return redirect("/desk/sources?did=put")


routes = [items, sources, put]
