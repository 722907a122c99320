"""What a paper would say before it is given: the same words, the applicant as the desk shows her."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tongban.cases.actions.correcting import correction_asked
from tongban.cases.actions.moving import organ_of, reconsidered_by
from tongban.cases.actions.reading import Opened
from tongban.cases.model import CaseEvent, Move, NotPossibleNow
from tongban.cases.model.papers import Filed, Standing, paper
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Text
from tongban.kit.pdf.model import Paper
from tongban.kit.policy import Role


async def preview_correction(
    db: Database, opened: Opened, said: Mapping[str, str], *, now: datetime
) -> Paper:
    """The 补正告知书 that these words would make of an opened case; nothing is written, nobody is told.

    Her name and number are masked. Raises as :func:`ask_correction`: what it would refuse is no paper either.
    """
    case = opened.case
    if Move.ASK_CORRECTION not in opened.moves:
        raise NotPossibleNow(case.state)
    correction = await correction_asked(db, case, said, now=now)
    organ = await organ_of(db, case)
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
    return paper(
        Filed(
            case=case,
            step=step,
            standing=Standing(organ),
            version=opened.version,
            form=opened.form,
            answers=opened.stated,
            applicant=case.applicant_masked,
            id_masked="****",
            number_of=N_("证件号码"),
            brand=Text("", ""),
            note=Text("", ""),
            address="",
            reconsidered_by=await reconsidered_by(db, case),
        )
    )
