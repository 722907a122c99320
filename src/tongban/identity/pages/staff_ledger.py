"""The ledger of administrators and staff as the audit administrator reads it: filtered, a page at a time, as a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get
from litestar.response import Response

from tongban.identity.actions import staff_ledger as actions
from tongban.identity.model.staff import PAGE
from tongban.identity.model.staff_acts import ACTS
from tongban.identity.pages.staff import staff_page
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web.paging import cursor, place

_HERE = "/desk/staff/ledger"
_NAMES = (
    *("action", "who", "account"),
    *(f"{which}-{part}" for which in ("since", "until") for part in ("year", "month", "day")),
)


def _typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    return {name: value for name in _NAMES if (value := request.query_params.get(name, ""))}


@get(_HERE, who="identity.staff_ledger")
async def ledger(
    request: Request[Any, Any, Any], db: Database, actor: Actor, after: str = ""
) -> Response[Any]:
    """What administrators did, and what was done to accounts of staff; nothing can be changed here."""
    typed = _typed(request)
    asked, faults = await actions.asked_for(db, typed)
    before = place(after or None, "staff-ledger", UUID)
    acts = await actions.ledger(db, actor, before=before, asked=asked)
    shown = [] if faults else acts[:PAGE]
    more = len(acts) > PAGE and not faults
    following = urlencode(typed | {"after": cursor("staff-ledger", shown[-1].id)}) if more else ""
    return staff_page(
        "staff_ledger",
        actor,
        acts=shown,
        named=ACTS,
        typed=typed,
        faults={name: faults[name] for name in ("account", "since", "until") if name in faults},
        file_href=f"{_HERE}.csv?{urlencode(typed)}" if shown else None,
        next_href=f"{_HERE}?{following}" if more else None,
        first_href=f"{_HERE}?{urlencode(typed)}" if after else None,
    )


@get(f"{_HERE}.csv", who="identity.staff_ledger")
async def file(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[bytes]:
    """The same as a file; that it was taken away stands in the ledger."""
    asked, _ = await actions.asked_for(db, _typed(request))
    made = await actions.exported(db, actor, asked=asked, words=_in_words, now=now)
    name = f"staff-ledger-{clock.city_day(now).isoformat()}.csv"
    return Response(
        made,
        media_type="text/csv",
        headers={
            "content-disposition": files.disposition(name, inline=False),
            "cache-control": "private, no-store",
        },
    )


def _in_words(action: str) -> str:
    return str(ACTS[action]) if action in ACTS else action


routes: list[Any] = [ledger, file]
