"""What an officer's lists show: the cases of her department, narrowed, counted, found by their code."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tongban.cases import store
from tongban.cases.model import POLICY, DeskRow, NoSuchCase, State
from tongban.cases.model.assignment import EVERYTHING, Filter
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Relation

#: What a desk can show alone.
DeskList = Literal["red", "amber", "green", "correcting", "suspended"]


async def desk(
    db: Database,
    actor: Actor,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
    show: DeskList | None = None,
    narrow: Filter = EVERYTHING,
    now: datetime,
) -> list[DeskRow]:
    """Open cases of the officer's department, soonest date first: one statement, keyset.

    ``show`` narrows it to those past their date, near it or in time, or to those that wait for a correction or
    for the end of a special procedure; ``narrow`` to an item, a district, a state, an assignee, all at once.
    """
    POLICY.require(actor, "cases.desk", Relation.DEPARTMENT)
    assert actor.id is not None
    asked: dict[str, Any] = {
        "department": actor.department or "",
        "officer": actor.id,
        "after": after,
        "limit": limit,
        "narrow": narrow,
        "now": now,
    }
    match show:
        case "correcting" | "suspended":
            return await store.waiting_cases(db, state=State(show), **asked)
        case "red":
            return await store.desk(db, **asked, due_before=now)
        case "amber" | "green":
            return await store.desk(db, **asked, due_from=now, near=show == "amber")
    return await store.desk(db, **asked)


async def lamp_counts(
    db: Database, actor: Actor, *, narrow: Filter = EVERYTHING, now: datetime
) -> dict[str, int]:
    """How many cases of the officer's department stand under each lamp, up to a hundred each: one statement."""
    POLICY.require(actor, "cases.desk", Relation.DEPARTMENT)
    assert actor.id is not None
    return await store.lamp_counts(
        db, department=actor.department or "", officer=actor.id, narrow=narrow, now=now
    )


async def done(
    db: Database, actor: Actor, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[DeskRow]:
    """Decided cases of the officer's department, latest first: one statement, keyset."""
    POLICY.require(actor, "cases.desk", Relation.DEPARTMENT)
    return await store.done(db, department=actor.department or "", before=before, limit=limit)


async def desk_row(db: Database, actor: Actor, *, case_id: UUID) -> DeskRow | None:
    """One case as a line of the officer's lists, open or decided; None when it is not her department's."""
    POLICY.require(actor, "cases.desk", Relation.DEPARTMENT)
    return await store.desk_row(db, case_id=case_id, department=actor.department or "")


async def find_by_code(db: Database, actor: Actor, *, code: str) -> tuple[UUID, UUID]:
    """(applicant, case) of a 19-digit code within the officer's department; raises NoSuchCase."""
    POLICY.require(actor, "cases.desk", Relation.DEPARTMENT)
    found = await store.by_short_code(db, code=code)
    applicant = found and await store.applicant_at(db, case_id=found, department=actor.department or "")
    if found is None or applicant is None:
        raise NoSuchCase
    return applicant, found
