"""Reading the case that a reconsideration or a complaint is about 被申请复议的原办件, by who decides on that."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tongban import audit
from tongban.cases import store
from tongban.cases.actions.reading.cases import Opened, laid_open
from tongban.cases.model import POLICY, UNDER_PURPOSE, NoSuchCase
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
    asked: dict[str, Any] = {
        "by": case_id,
        "applicant": subject,
        "department": actor.department or "",
        "states": UNDER_PURPOSE,
    }
    own = await store.contested_by(db, **asked)
    if own is None:
        raise NoSuchCase
    if own["about"] is None:
        return None
    row = await write(
        db,
        store.reading_contested(**asked, case_id=own["about"]),
        audit.record(
            actor,
            "cases.read",
            subject=subject,
            reference=own["about"],
            purpose=case_id,
            kind="read",
            now=now,
        ),
    )
    if row is None:
        raise NoSuchCase
    return await laid_open(db, *store.as_read(row), purpose=case_id)
