"""The papers of a case for its package: the one place that knows where they come from."""

from __future__ import annotations

from collections.abc import AsyncIterator

from tongban.cases import store
from tongban.cases.actions.papers.illustrating import illustrated
from tongban.cases.actions.papers.printing import drawn
from tongban.cases.actions.reading.cases import Opened
from tongban.cases.model import CaseEvent
from tongban.cases.model.papers import PaperKind, kinds_of
from tongban.kit import files
from tongban.kit.db import Database
from tongban.kit.pdf import press


async def papers(db: Database, opened: Opened) -> AsyncIterator[tuple[str, bytes]]:
    """Every paper that the case has given, by its name in the package, as PDF; in the order of the steps.

    With the organ's seal where it has one by now; one that waits for it is drawn anew, and when it is sealed the
    package is made once more.
    """
    for event in opened.events:
        for kind in kinds_of(event):
            yield f"papers/{event.version:02d}-{kind}.pdf", await _content(db, opened, event, kind)


async def _content(db: Database, opened: Opened, event: CaseEvent, kind: PaperKind) -> bytes:
    case = opened.case
    kept = await store.sealed_paper(
        db, case_id=case.id, applicant=case.applicant, step=event.version, kind=kind
    )
    if kept is not None:
        return b"".join([chunk async for chunk in await files.content(kept)])
    paper = await drawn(db, opened, event, kind)
    paper = await illustrated(db, paper, case_id=case.id, applicant=case.applicant)
    return (await press.printed(paper)).content
