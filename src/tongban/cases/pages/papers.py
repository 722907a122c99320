"""Papers as files: the applicant's own, and the department's under the purpose that the case was opened for."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from litestar import get
from litestar.response import Response

from tongban.cases import actions
from tongban.cases.model.papers import NoSuchPaper
from tongban.kit.db import Database
from tongban.kit.pdf import press
from tongban.kit.pdf.model import Paper
from tongban.kit.policy import Actor

_SUFFIX = ".pdf"


@get("/my/cases/{case_id:uuid}/papers/{name:str}", who="cases.mine")
async def mine(
    db: Database, actor: Actor, now: datetime, case_id: UUID, name: str, step: int | None = None
) -> Response[bytes]:
    """A paper of my own case, made on demand; ``step`` is the step that gave it, without it the last of its kind."""
    paper = await actions.my_paper(db, actor, case_id=case_id, kind=_kind(name), step=step, now=now)
    return await _file(paper)


@get("/desk/{applicant:uuid}/{case_id:uuid}/papers/{name:str}", who="cases.print")
async def at_desk(
    db: Database,
    actor: Actor,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    name: str,
    under: UUID | None = None,
    step: int | None = None,
) -> Response[bytes]:
    """A paper for the department that has the case; the reading is in the ledger, the applicant sees it.

    ``under`` is the purpose that the case's page was opened for, the case's own unless said.
    """
    paper = await actions.paper_at_desk(
        db,
        actor,
        case_id=case_id,
        subject=applicant,
        kind=_kind(name),
        step=step,
        under=under or case_id,
        now=now,
    )
    return await _file(paper)


def _kind(name: str) -> str:
    if not name.endswith(_SUFFIX):
        raise NoSuchPaper
    return name.removesuffix(_SUFFIX)


async def _file(paper: Paper) -> Response[bytes]:
    made = await press.printed(paper)
    name = f"{paper.title}-{paper.reference}{_SUFFIX}"
    return Response(
        made.content,
        media_type="application/pdf",
        headers={
            "content-disposition": f"inline; filename=\"{paper.reference}{_SUFFIX}\"; filename*=UTF-8''{quote(name)}",
            "cache-control": "private, no-store",
        },
    )


routes = [mine, at_desk]
