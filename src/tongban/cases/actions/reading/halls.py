"""What the windows of a hall are told of the cases that came in there 大厅窗口, whichever department has them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, identity, regions
from tongban.cases import store
from tongban.cases.model import POLICY, CaseInBrief, NoSuchCase
from tongban.cases.model.rights import relation_at_hall
from tongban.kit.db import Database, write
from tongban.kit.policy import Actor, Relation, Verdict


class AtHall(msgspec.Struct, frozen=True):
    """The hall in which an officer sits, None where in none, and a page of what came in there."""

    hall: regions.Hall | None
    cases: list[CaseInBrief]


async def _hall(db: Database, actor: Actor) -> regions.Hall | None:
    assert actor.id is not None
    code = await identity.hall_of(db, actor.id)
    return await regions.hall(db, code) if code else None


async def at_hall(
    db: Database, actor: Actor, *, before: tuple[datetime, UUID] | None = None, limit: int
) -> AtHall:
    """Open cases that were filed at the windows of the officer's hall, the newest first, masked: two statements.

    Where she sits is asked as it stands now: who was moved to another hall sees that one's from the next click on.
    """
    POLICY.require(actor, "cases.at_hall", Relation.ANY)
    hall = await _hall(db, actor)
    if hall is None:
        return AtHall(None, [])
    return AtHall(hall, await store.filed_at(db, hall=hall.code, before=before, limit=limit))


async def slip(db: Database, actor: Actor, *, case_id: UUID, applicant: UUID, now: datetime) -> CaseInBrief:
    """How a case stands that was filed at the officer's hall, for who asks at its window; read with its ledger row.

    The policy's row says MASK: name masked, no answer, no file. Raises NoSuchCase, also for a case of another hall or
    applicant, and of one that has ended: then nothing is read, and no row says otherwise.
    """
    hall = await _hall(db, actor)
    if hall is None:
        raise NoSuchCase
    row = await write(
        db,
        store.reading_slip(case_id=case_id, applicant=applicant, hall=hall.code),
        audit.record(
            actor, "cases.slip", subject=applicant, reference=case_id, purpose=case_id, kind="read", now=now
        ),
    )
    if row is None:
        raise NoSuchCase
    case = store.brief_from(row)
    verdict = POLICY.require(actor, "cases.slip", relation_at_hall(actor, case, hall.code))
    assert verdict is Verdict.MASK, "a slip has nothing in clear to show"
    return case
