"""What stands beside a case on the desk: inspection, hearing, what follows or changes, notes, templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tongban.cases import actions
from tongban.cases.model import Move
from tongban.cases.model.held import changed
from tongban.cases.model.life import OF_HEARING
from tongban.cases.pages.findings import asked_anyway
from tongban.cases.pages.hearing_shown import hearing_shown
from tongban.cases.pages.inspecting import last_inspected
from tongban.cases.pages.supplying import follow_up_shown
from tongban.cases.pages.templates import picking
from tongban.kit.db import Database
from tongban.kit.policy import Actor

#: What the panel of a case writes a reason for.
_REASONED = frozenset({Move.DECLINE, Move.REFUSE})


async def side_of(
    db: Database, actor: Actor, opened: actions.Opened, *, template: str | None, now: datetime
) -> dict[str, Any]:
    """For the page of a case: one statement for its notes, one more for templates where a reason may be written, and
    for inspections where the item asks for one and a decision is near, and for the licence that premises have."""
    return {
        "inspected": last_inspected(opened),
        "heard": await hearing_shown(db, opened.case, now=now),
        "hears": bool(opened.moves & OF_HEARING),
        "follow_up": follow_up_shown(opened.case),
        "asked": asked_anyway(opened),
        "changed": changed(opened.form, opened.answers, opened.facts),
        "cautions": await actions.cautions_at_desk(db, actor, opened, now=now),
        "barred": await actions.barred(db, opened, now=now),
        "notes": await actions.notes(db, actor, case_id=opened.case.id),
        **await picking(
            *(db, actor),
            moves=opened.moves_of(actor) & _REASONED,
            item=opened.version,
            template=template,
            language=opened.case.language,
        ),
    }
