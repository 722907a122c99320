"""Reading the case that a reconsideration or a complaint is about 被申请复议的原办件, by who decides on that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tongban import audit
from tongban.cases import store
from tongban.cases.actions.reading.cases import Opened, laid_open
from tongban.cases.model import ENDED, POLICY, UNDER_PURPOSE, Case, CaseEvent, NoSuchCase
from tongban.kit.db import Database, write
from tongban.kit.policy import Actor, Relation


async def open_contested(
    db: Database, actor: Actor, *, case_id: UUID, subject: UUID, now: datetime
) -> Opened | None:
    """The case that a case of the officer's department is about: two statements, its ledger row in the second.

    行政复议法 art. 48: the organ that decided hands in what its decision rests on; here the office reads it there,
    while the reconsideration runs and under its purpose. None where the case is about none. Raises NoSuchCase where it
    is not her department's, or has ended.
    """
    POLICY.require(actor, "cases.read", Relation.DEPARTMENT)
    own = await store.contested_by(
        db, by=case_id, applicant=subject, department=actor.department or "", states=UNDER_PURPOSE
    )
    if own is None:
        raise NoSuchCase
    if own["about"] is None:
        return None
    found = await contested_case(
        db, actor, by=case_id, about=own["about"], applicant=subject, purpose=case_id, now=now
    )
    if found is None:
        raise NoSuchCase
    return await laid_open(db, *found, purpose=case_id)


async def contested_case(
    db: Database,
    actor: Actor,
    *,
    by: UUID,
    about: UUID,
    applicant: UUID,
    purpose: UUID | None,
    fields: Sequence[str] = (),
    now: datetime,
) -> tuple[Case, list[CaseEvent]] | None:
    """The case that the department's own case ``by`` is about, with its steps: one statement with one ledger row, the
    only place where the first case is read for who decides on it.

    ``purpose`` is what ``by`` is read under: another than itself where it has ended and is read again for a ground.
    ``fields`` is what of it is shown, where that is not the whole. None where ``by`` is not hers, stands otherwise, or
    the first case is gone.
    """
    row = await write(
        db,
        store.reading_contested(
            by=by,
            case_id=about,
            applicant=applicant,
            department=actor.department or "",
            states=UNDER_PURPOSE if purpose == by else ENDED,
        ),
        audit.record(
            *(actor, "cases.read"),
            subject=applicant,
            reference=about,
            purpose=purpose,
            kind="read",
            detail={"fields": list(fields)} if fields else None,
            now=now,
        ),
    )
    return store.as_read(row) if row is not None else None
