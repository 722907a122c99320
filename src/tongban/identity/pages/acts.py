"""/my/acting/acts: what was done by powers, for both sides: narrowed, a page at a time, as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get
from litestar.response import Response

from tongban import audit
from tongban.identity import actions
from tongban.identity.actions import acts as acting
from tongban.identity.actions.staff_ledger import typed_day
from tongban.identity.model.acts import PAGE, chosen, days_fault, narrowed
from tongban.identity.model.powers import STEWARDING, PowerUnknown
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.web import page
from tongban.kit.web.paging import cursor, place

_HERE = "/my/acting/acts"
_LIST = "acts-by-power"
_NAMES = (
    *("power", "item", "case", "kind"),
    *(f"{which}-{part}" for which in ("since", "until") for part in ("year", "month", "day")),
)


def _typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    return {name: value for name in _NAMES if (value := request.query_params.get(name, ""))}


def _asked(typed: Mapping[str, str], items: Mapping[str, Any]) -> tuple[audit.DoneAsked, dict[str, Words]]:
    """What the filters ask, and what is wrong with which of them."""
    faults: dict[str, Words] = {}
    since, until = (typed_day(typed, name, faults) for name in ("since", "until"))
    if (wrong := days_fault(since, until)) is not None:
        faults["until"] = wrong
    kinds = acting.act_kinds()
    kind = kinds.get(chosen(typed, "kind", kinds))
    return narrowed(
        kind=kind,
        item=chosen(typed, "item", items),
        case=id_told(typed.get("case", "")),
        since=since,
        until=until,
    ), faults


def _power(typed: Mapping[str, str]) -> UUID | None:
    asked = typed.get("power", "")
    found = id_told(asked)
    if asked and found is None:
        raise PowerUnknown
    return found


@get(_HERE, who="identity.acting")
async def acts(request: Request[Any, Any, Any], db: Database, actor: Actor, after: str = "") -> Response[str]:
    """Every act and reading by powers, newest first."""
    typed = _typed(request)
    items = await actions.item_names(db)
    asked, faults = _asked(typed, items)
    before = place(after or None, _LIST, UUID)
    found = await acting.acts(
        db,
        actor,
        power=_power(typed),
        asked=asked,
        before=before,
        limit=PAGE + 1,
    )
    lines = [] if faults else found.lines[:PAGE]
    more = len(found.lines) > PAGE and not faults
    following = urlencode(typed | {"after": cursor(_LIST, lines[-1].id)}) if more else ""
    query = urlencode(typed)
    return page(
        "identity/acts.html",
        found=found,
        lines=lines,
        whole=actor.acting is None or actor.acting.kind in STEWARDING,
        own=actor.id == found.principal,
        typed=typed,
        faults=faults,
        narrowed=bool(typed.keys() - {"power"}) or bool(faults),
        kinds=[(code, one.words) for code, one in acting.act_kinds().items()],
        items=sorted(items.items(), key=lambda one: str(one[1])),
        here=_HERE,
        about=lambda reference: f"{_HERE}?{urlencode(typed | {'case': reference})}",
        csv_href=f"{_HERE}.csv?{query}" if lines else None,
        json_href=f"{_HERE}.json?{query}" if lines else None,
        next_href=f"{_HERE}?{following}" if more else None,
        first_href=f"{_HERE}?{query}" if after else None,
    )


@get(f"{_HERE}.csv", who="identity.acting")
async def as_csv(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[bytes]:
    """The same as a file for spreadsheets."""
    return await _file(request, db, actor, "csv", now=now)


@get(f"{_HERE}.json", who="identity.acting")
async def as_json(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[bytes]:
    """The same as a file for programs."""
    return await _file(request, db, actor, "json", now=now)


async def _file(
    request: Request[Any, Any, Any], db: Database, actor: Actor, kind: str, *, now: datetime
) -> Response[bytes]:
    typed = _typed(request)
    asked, _ = _asked(typed, await actions.item_names(db))
    lines = await acting.exported(db, actor, power=_power(typed), asked=asked, now=now)
    name = f"acts-{clock.city_day(now).isoformat()}.{kind}"
    return Response(
        acting.as_csv(lines) if kind == "csv" else acting.as_json(lines),
        media_type="text/csv" if kind == "csv" else "application/json",
        headers={
            "content-disposition": files.disposition(name, inline=False),
            "cache-control": "private, no-store",
        },
    )


routes: list[Any] = [acts, as_csv, as_json]
