"""What a paper would say before it is given: the same words in the same order, only her name masked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tongban.cases.actions.owed.correcting import correction_asked
from tongban.cases.actions.papers.printing import foreseen
from tongban.cases.actions.reading.cases import Opened
from tongban.cases.actions.reviewing.silence import must_be_in_time
from tongban.cases.model import CaseEvent, Move, NotPossibleNow
from tongban.kit.db import Database
from tongban.kit.pdf.model import Paper
from tongban.kit.policy import Role


async def preview_correction(
    db: Database, opened: Opened, said: Mapping[str, str], *, now: datetime
) -> Paper:
    """The 补正告知书 that these words would make of an opened case; nothing is written, nobody is told.

    Only her name is masked. Raises as :func:`ask_correction`: what it would refuse is no paper either.
    """
    case = opened.case
    await must_be_in_time(db, case, opened.version, now=now)
    if Move.ASK_CORRECTION not in opened.moves:
        raise NotPossibleNow(case.state)
    correction = await correction_asked(db, case, said, now=now)
    step = CaseEvent(
        version=case.version + 1,
        move=Move.ASK_CORRECTION,
        from_state=str(case.state),
        to_state="correcting",
        actor_role=Role.OFFICER,
        actor_name="",
        at=now,
        detail={"fields": correction.fields, "until": correction.until.isoformat()},
    )
    return await foreseen(db, opened, step)
