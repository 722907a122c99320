"""Papers as files: the applicant's own, and the department's under the purpose that the case was opened for."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from litestar import get
from litestar.response import Response
from msgspec.structs import replace

from tongban.cases import actions
from tongban.cases.model.papers import NoSuchPaper, step_of
from tongban.kit import files
from tongban.kit.db import Database
from tongban.kit.i18n import N_, use_language
from tongban.kit.ids import bucket_of
from tongban.kit.pdf import press
from tongban.kit.pdf.model import Paper
from tongban.kit.policy import Actor

_SUFFIX = ".pdf"


@get("/my/cases/{case_id:uuid}/papers/{name:str}", who="cases.mine")
async def mine(
    db: Database,
    actor: Actor,
    now: datetime,
    case_id: UUID,
    name: str,
    step: int | None = None,
    translated: bool = False,
) -> Response[bytes]:
    """A paper of my own case, sealed; until it is, a print without seal that says so.

    ``step`` is the step that gave it, without it the last of its kind. Who applied together with another prints it
    without what she does not read of the other: no seal stands on that, nor on one that is ``translated``.
    """
    paper = await actions.my_paper(
        db, actor, case_id=case_id, kind=_kind(name), step=step, translated=translated, now=now
    )
    own = bucket_of(case_id) == actor.bucket and not translated  # a case lies in its first applicant's bucket
    return await _file(db, paper, _kind(name), case_id=case_id, applicant=actor.id if own else None, now=now)


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
    return await _file(db, paper, _kind(name), case_id=case_id, applicant=applicant, now=now)


def _kind(name: str) -> str:
    if not name.endswith(_SUFFIX):
        raise NoSuchPaper
    return name.removesuffix(_SUFFIX)


async def _file(
    db: Database, paper: Paper, kind: str, *, case_id: UUID, applicant: UUID | None, now: datetime
) -> Response[bytes]:
    """The sealed file of a paper that was read just now, or its print while the seal is on its way.

    Without an applicant it is a print for another reader, which is not sealed.
    """
    step = step_of(paper.reference)
    kept = (
        await actions.kept_paper(db, case_id=case_id, applicant=applicant, step=step, kind=kind, now=now)
        if applicant
        else None
    )
    if kept is not None:
        content = b"".join([chunk async for chunk in await files.content(kept)])
    else:
        plain = await actions.illustrated(db, paper, case_id=case_id, applicant=applicant)
        pending = replace(plain, pending=_pending(paper)) if applicant else plain
        content = (await press.printed(pending)).content
    name = f"{paper.title}-{paper.reference}{_SUFFIX}"
    return Response(
        content,
        media_type="application/pdf",
        headers={
            "content-disposition": f"inline; filename=\"{paper.reference}{_SUFFIX}\"; filename*=UTF-8''{quote(name)}",
            "cache-control": "private, no-store",
        },
    )


def _pending(paper: Paper) -> str:
    with use_language(paper.language):
        return str(N_("电子印章正在加盖，请稍后重新下载。"))


routes = [mine, at_desk]
