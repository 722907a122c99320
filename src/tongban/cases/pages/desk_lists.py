"""The desk's lists: what waits for the department, soonest date first, and what it has decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get
from litestar.response import Response

from tongban import catalogue, licences, regions
from tongban.cases import actions
from tongban.cases.model import GROUNDS, TONES, DeskRow, is_short_code, typed_code
from tongban.cases.model.linked import state_words
from tongban.cases.pages.after_move import ENDS, LICENCE_DONE, ended_words
from tongban.cases.pages.queue import PAGE, Place, cursor_of, queue_of
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor
from tongban.kit.web import page, redirect

#: The ground on which a case is looked at again for its licence.
_TO_CHANGE = "licence"


async def department_of(db: Database, actor: Actor) -> Text | str:
    """The officer's department by name, for the head of her pages."""
    return (await regions.department(db, actor.department)).name if actor.department else ""


@get("/desk", who="cases.desk")
async def todo(
    db: Database,
    actor: Actor,
    now: datetime,
    after: str | None = None,
    show: str | None = None,
    q: str | None = None,
    passed: str | None = None,
    reported: str | None = None,
    did: str | None = None,
    of: UUID | None = None,
) -> Response[Any]:
    """Open cases of my department, soonest date first. ``q`` finds one by its 19-digit code.

    ``passed`` is the department to which a recheck has just passed a case on, ``reported`` the organ that decides one
    that was just reported, ``did`` the decision just made and
    ``of`` its case: a second statement looks whether that is so.
    """
    message, tone = await _ended(db, actor, did=did, case_id=of), "ok"
    if passed:
        message = N_(
            "登记显示该办件由{department}办理，已转交，申请人也已收到通知。",
            department=(await regions.department(db, passed)).name,
        )
    if reported:
        message = N_(
            "已报送{department}，由它作出决定，申请人也已收到通知。",
            department=(await regions.department(db, reported)).name,
        )
    onward = message is not None
    if q:
        found = await _found(db, actor, typed_code(q))
        if isinstance(found, str):
            return redirect(found)
        message, tone = found, "warn"
    return page(
        "cases/desk.html",
        **await queue_of(db, actor, place=Place.of(show, after), now=now, current=None),
        department=await department_of(db, actor),
        opened=None,
        search_value=q or "",
        message=message,
        tone=tone,
        onward=onward,
    )


async def _ended(db: Database, actor: Actor, *, did: str | None, case_id: UUID | None) -> Message | None:
    """The words on the case that a decision has just ended, None where the address tells no such thing."""
    if did not in ENDS or case_id is None:
        return None
    row = await actions.desk_row(db, actor, case_id=case_id)
    return ended_words(row, did, await catalogue.current(db, row.item) if row else None)


async def _found(db: Database, actor: Actor, code: str) -> str | Message:
    if not is_short_code(code):
        return N_("请输入 19 位受理编码；末位是校验位，输错一位即可发现。")
    try:
        applicant, case_id = await actions.find_by_code(db, actor, code=code)
    except Refused as refused:
        return refused.message if isinstance(refused.message, Message) else N_("没有找到这个办件。")
    return f"/desk/{applicant}/{case_id}"


@get("/desk/done", who="cases.desk")
async def done(
    db: Database,
    actor: Actor,
    now: datetime,
    before: str | None = None,
    did: str | None = None,
    of: UUID | None = None,
) -> Response[str]:
    """Cases that my department has decided, latest first; ``did`` is what was just done to the licence ``of``."""
    rows = await actions.done(db, actor, before=cursor_of(before), limit=PAGE + 1)
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    return page(
        "cases/done.html",
        **await _licence_done(db, actor, did=did, licence=of, now=now),
        rows=rows[:PAGE],
        department=await department_of(db, actor),
        words={row.id: await _words_of(db, row) for row in rows[:PAGE]},
        tones=TONES,
        names={row.item: (await actions.item_words(db, row.item))[0] for row in rows},
        next_href=f"/desk/done?before={more.decided_at:%Y-%m-%dT%H:%M:%S.%fZ}~{more.id}" if more else None,
    )


async def _licence_done(
    db: Database, actor: Actor, *, did: str | None, licence: UUID | None, now: datetime
) -> dict[str, Any]:
    """What was done to a licence, how it stands, and its case where that lies here: the ways on from the list.

    An address that names no move, or one that did not bring the licence where it stands, tells nothing.
    """
    changed, case = None, None
    if did in LICENCE_DONE and licence is not None:
        changed = await licences.changed_now(db, actor, licence=licence, move=did, now=now)
    if changed is not None:
        case = await actions.desk_row(db, actor, case_id=changed.reference)
    return {
        "message": LICENCE_DONE[did] if did and changed else None,
        "changed": changed,
        "its_case": case,
        "ground": (_TO_CHANGE, GROUNDS[_TO_CHANGE]),
    }


async def _words_of(db: Database, row: DeskRow) -> Message:
    return state_words(await catalogue.version(db, row.item, row.item_version), row.state, row.ruling)


routes = [todo, done]
