"""The department's archive: what is kept, what is due for appraisal, decisions on one file, the destruction list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban import regions
from tongban.cases import actions
from tongban.cases.actions import archiving
from tongban.cases.model.archive import (
    DECISION_WORDS,
    STANDING_TONES,
    STANDING_WORDS,
    AppraisalIncomplete,
    Archived,
    Decision,
    NotToDecide,
)
from tongban.cases.pages.queue import cursor_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.forms.attached import size_in_words
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect

PAGE = 25
#: What the page says after a decision.
_DONE: dict[str, Message] = {
    Decision.KEEP: N_("已转为永久保管。"),
    Decision.EXTEND: N_("已延长保管期限。"),
    Decision.PROPOSE: N_("已提出销毁，须由另一位工作人员同意。"),
    Decision.DESTROY: N_("已销毁，销毁清册中留有摘要。"),
    Decision.SPARE: N_("未同意销毁，继续保管。"),
}


@get("/desk/archive", who="cases.archive")
async def archives(
    db: Database, actor: Actor, now: datetime, show: str | None = None, place: str | None = None
) -> Response[str]:
    """The department's packages, latest sealed first; ``show=due``: those due for appraisal, longest due first."""
    due = show == "due"
    if due:
        found = await archiving.due_archives(db, actor, after=_day_of(place), limit=PAGE + 1, now=now)
    else:
        found = await archiving.archives(db, actor, before=cursor_of(place), limit=PAGE + 1)
    more = found[PAGE - 1] if len(found) > PAGE else None
    behind = more and (
        f"{more.dispose_on}~{more.id}" if due else f"{more.sealed_at:%Y-%m-%dT%H:%M:%S.%fZ}~{more.id}"
    )
    asked = {"show": "due"} if due else {}
    return page(
        "cases/archives.html",
        due=due,
        rows=[await _line(db, row, now=now) for row in found[:PAGE]],
        department=await _department(db, actor),
        next_href=f"/desk/archive?{urlencode({**asked, 'place': behind})}" if behind else None,
        first_href=f"/desk/archive?{urlencode(asked)}" if place else None,
    )


async def _line(db: Database, row: Archived, *, now: datetime) -> dict[str, Any]:
    name, _ = await actions.item_words(db, row.item)
    return {
        "href": f"/desk/archive/{row.id}",
        "number": row.number,
        "item": name,
        "ended_at": row.ended_at,
        "retention": archiving.retention_class(row.retention).name,
        "dispose_on": row.dispose_on,
        "due": row.state != "destroyed"
        and row.dispose_on is not None
        and row.dispose_on <= clock.city_day(now),
        "words": STANDING_WORDS[row.state],
        "tone": STANDING_TONES[row.state],
    }


def _day_of(place: str | None) -> tuple[date, UUID] | None:
    day, _, identifier = (place or "").partition("~")
    found = id_told(identifier)
    try:
        return None if found is None else (date.fromisoformat(day), found)
    except ValueError:
        return None


async def _department(db: Database, actor: Actor) -> Text | str:
    return (await regions.department(db, actor.department)).name if actor.department else ""


@get("/desk/archive/destroyed", who="cases.archive")
async def destroyed(db: Database, actor: Actor, before: str | None = None) -> Response[str]:
    """The department's destruction list, latest first."""
    found = await archiving.destroyed(db, actor, before=cursor_of(before), limit=PAGE + 1)
    more = found[PAGE - 1] if len(found) > PAGE else None
    behind = more and f"{more.at:%Y-%m-%dT%H:%M:%S.%fZ}~{more.id}"
    return page(
        "cases/destroyed.html",
        rows=found[:PAGE],
        names={row.item: (await actions.item_words(db, row.item))[0] for row in found},
        classes={row.retention: archiving.retention_class(row.retention).name for row in found},
        department=await _department(db, actor),
        next_href=f"/desk/archive/destroyed?{urlencode({'before': behind})}" if behind else None,
        first_href="/desk/archive/destroyed" if before else None,
    )


@get("/desk/archive/{archived:uuid}", who="cases.archive")
async def one(
    db: Database, actor: Actor, now: datetime, archived: UUID, did: str | None = None
) -> Response[str]:
    """One package: its hashes, how long it is kept, the decisions on it, and what may be decided now."""
    return await _one(db, actor, archived, now=now, did=did)


async def _one(
    db: Database,
    actor: Actor,
    archived: UUID,
    *,
    now: datetime,
    did: str | None = None,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    row, appraisals = await archiving.archived_case(db, actor, id=archived)
    possible = row.decisions(officer=actor.id, today=clock.city_day(now))
    return page(
        "cases/archived.html",
        status=refused.status if refused else 200,
        row=row,
        line=await _line(db, row, now=now),
        appraisals=[(DECISION_WORDS[one.decision], one) for one in appraisals],
        options=[(str(one), DECISION_WORDS[one]) for one in possible],
        own_proposal=row.state == "proposed" and row.proposed_by == actor.id,
        department=await _department(db, actor),
        size=size_in_words(row.size),
        # An address that names another decision than the last says nothing.
        message=_DONE.get(did or "") if appraisals and appraisals[-1].decision == did else None,
        typed=typed or {},
        refused=refused if refused and not refused.fields else None,
        errors=refused.fields if refused else {},
    )


@post("/desk/archive/{archived:uuid}", who="cases.appraise")
async def decide(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], archived: UUID
) -> Response[Any]:
    """Decide on a package; the page then says what came of it."""
    posted = await form_of(request)
    try:
        decision = await archiving.appraise(
            db,
            actor,
            id=archived,
            decision=posted.get("decision", ""),
            reason=posted.get("reason", ""),
            version=posted.get("version", ""),
            now=now,
        )
    except (AppraisalIncomplete, NotToDecide) as refused:
        return await _one(db, actor, archived, now=now, typed=posted, refused=refused)
    return redirect(f"/desk/archive/{archived}?did={decision}")


routes = [archives, destroyed, one, decide]
