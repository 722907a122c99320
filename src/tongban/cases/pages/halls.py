"""Pages of a hall's windows 大厅窗口: what came in there, and how one of these cases stands."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.response import Response

from tongban import catalogue, regions
from tongban.cases import actions
from tongban.cases.model import TONES, CaseInBrief, State
from tongban.cases.model.linked import state_words
from tongban.cases.pages.queue import PAGE, cursor_of, item_name
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor
from tongban.kit.web import page

#: What the window tells who asks, by how the case stands.
_TELL: dict[State, Message] = {
    State.CORRECTING: N_("在等申请人补正材料。请本人按收到的补正通知办理，需要时可以在本大厅帮办。"),
    State.SUSPENDED: N_("部门启动了特别程序，办理期限暂停计算，结束后会通知申请人。"),
    State.ISSUING: N_("已经准予，正在制作证照或者送达。"),
}
_WAIT = N_("正在办理，不需要申请人再做什么。有结果时会发短信和站内消息。")


async def _organ(db: Database, case: CaseInBrief) -> Text | str:
    return (await regions.department(db, case.department)).name if case.department else ""


async def _words(db: Database, case: CaseInBrief) -> Message:
    return state_words(await catalogue.version(db, case.item, case.item_version), case.state, case.ruling)


@get("/desk/hall", who="cases.at_hall")
async def hall(db: Database, actor: Actor, before: str | None = None) -> Response[str]:
    """Open cases that were filed at the windows of my hall, of every department, masked."""
    found = await actions.at_hall(db, actor, before=cursor_of(before), limit=PAGE + 1)
    rows = found.cases[:PAGE]
    last = rows[-1] if len(found.cases) > PAGE else None
    behind = (
        last and last.submitted_at and f"{last.submitted_at.isoformat().replace('+00:00', 'Z')}~{last.id}"
    )
    return page(
        "cases/hall.html",
        hall=found.hall,
        rows=rows,
        names={one.item: await item_name(db, one.item) for one in rows},
        organs={one.id: await _organ(db, one) for one in rows},
        words={one.id: await _words(db, one) for one in rows},
        tones=TONES,
        next_href=f"/desk/hall?before={behind}" if behind else None,
        first_href="/desk/hall" if before else None,
    )


@get("/desk/hall/{applicant:uuid}/{case_id:uuid}", who="cases.slip")
async def slip(db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID) -> Response[str]:
    """How a case stands that came in at my hall, for who asks at the window; a reading that the applicant sees."""
    case = await actions.slip(db, actor, case_id=case_id, applicant=applicant, now=now)
    return page(
        "cases/slip.html",
        case=case,
        item=await item_name(db, case.item),
        organ=await _organ(db, case),
        words=await _words(db, case),
        tone=TONES[case.state],
        tell=_TELL.get(case.state, _WAIT),
        whole=f"/desk/{applicant}/{case_id}" if case.department == actor.department else None,
    )


routes = [hall, slip]
