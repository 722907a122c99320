"""Promises 告知承诺 that the department checks: the list of what is due, and a word on each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban.cases.actions.afterwards.committing import promises, record_check
from tongban.cases.model.commitments import Promise, Turn
from tongban.cases.pages.queue import PAGE, item_name
from tongban.cases.pages.refusing import form_page, refusal_of_form
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, redirect

_TURN_WORDS: dict[Turn, Message] = {
    Turn.HOLD: N_("核查通过"),
    Turn.FAIL: N_("与承诺不符，限期整改"),
    Turn.CURE: N_("已整改到位"),
    Turn.RESTORE: N_("信用修复，移出记录"),
}


@get("/desk/commitments", who="cases.promises")
async def listed(
    db: Database, actor: Actor, now: datetime, after: UUID | None = None, did: str | None = None
) -> Response[str]:
    """What my department has to check, to see put right, or to revoke."""
    return await _listed(db, actor, now=now, after=after, did=did)


async def _listed(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    after: UUID | None = None,
    did: str | None = None,
    of: UUID | None = None,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    found = await promises(db, actor, after=after, limit=PAGE + 1, now=now)
    shown = found[:PAGE]
    return form_page(
        "cases/commitments.html",
        typed=typed,
        refused=refused,
        of=of,
        did=did,
        rows=[
            {
                "one": one,
                "name": await item_name(db, one.item),
                "late": one.due < now,
                "entered": one.state is Promise.REVOKED,
                "broken": one.state is Promise.BROKEN,
                "turns": [(str(turn), _TURN_WORDS[turn]) for turn in one.turns()],
            }
            for one in shown
        ],
        next_href=f"/desk/commitments?after={shown[-1].case_id}" if len(found) > PAGE else None,
        first_href="/desk/commitments" if after else None,
    )


@post("/desk/commitments/{case_id:uuid}", who="cases.promises")
async def record(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Response[Any] | Redirect:
    """A word on one promise; a refusal shows the list as it is now, with what was typed."""
    posted = await form_of(request)
    about = {"case_id": case_id, "turn": posted.get("turn", ""), "found": posted.get("found", ""), "now": now}
    if refused := await refusal_of_form(record_check, db, actor, **about):
        return await _listed(db, actor, now=now, of=case_id, typed=posted, refused=refused)
    return redirect("/desk/commitments?did=recorded")


routes = [listed, record]
