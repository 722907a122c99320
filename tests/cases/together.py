"""Builders of what is applied for together: drafts that name others, laid before them, up to a signature."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tests import filling, make
from tests.cast import Resident
from tongban import cases
from tongban.catalogue import ItemVersion
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.worker import drain_once

MARRIAGE, TRANSFER = "marriage", "property_transfer"


async def draft(
    db: Database, who: Resident, answers: dict[str, Any], *, item: str = MARRIAGE, now: datetime | None = None
) -> UUID:
    """A draft that can be submitted, with these answers in it."""
    now = now or clock.now()
    case_id = await cases.start(db, who.actor, item=item, now=now)
    sheet = await cases.sheet(db, who.actor, case_id=case_id)
    filled = filling.filled(sheet.form, {**sheet.answers, **answers}, today=clock.city_day(now))
    await make.answered(db, case_id, sheet.form, filled)
    return case_id


def spouse(name: str, number: str, **more: Any) -> dict[str, Any]:
    """The answers that name the other one of a couple."""
    return {"spouse_name": name, "spouse_id": number, **more}


def sellers(*people: Resident) -> dict[str, Any]:
    """The answers of a sale by these owners, bought by a firm."""
    share = 100 // len(people)
    firm = {
        "party_kind": "firm",
        "party": "示范商贸有限公司",
        "party_code": filling.FORMATS["uscc"],
        "share": 100,
    }
    return {
        "transfer_kind": "sale",
        "applicant_side": "giver",
        "on_behalf": "self",
        "givers": [
            {"party_kind": "person", "party": one.name, "party_id": one.number, "share": share}
            for one in people
        ],
        "ownership": "sole",
        "co_owners": [firm],
    }


def naming(version: ItemVersion, answers: dict[str, Any], other: Resident) -> dict[str, Any]:
    """The answers with this person wherever the item's form names a joint applicant."""
    named = dict(answers)
    for party in version.joint_applicants.parties if version.joint_applicants else ():
        who = {party.name: other.name, party.id_number: other.number}
        named |= {party.table: [{**row, **who} for row in named[party.table]]} if party.table else who
    return named


async def asked(
    db: Database, who: Resident, answers: dict[str, Any], *, item: str = MARRIAGE, now: datetime | None = None
) -> UUID:
    """A draft laid before the others, whom the worker has told."""
    case_id = await draft(db, who, answers, item=item, now=now)
    answer = await cases.submit(db, who.actor, case_id=case_id, key=None, now=now or clock.now())
    assert answer == {"case": str(case_id), "code": None}
    await drain(db)
    return case_id


async def drain(db: Database, *, now: datetime | None = None) -> None:
    """The worker takes all news that there is."""
    while await drain_once(db, now=now):
        pass


async def sign(db: Database, who: Resident, case_id: UUID, *, now: datetime | None = None) -> dict[str, Any]:
    """She agrees and signs."""
    return await cases.sign(db, who.actor, case_id=case_id, agrees=True, now=now or clock.now())


async def inbox(db: Database, who: Resident) -> list[str]:
    """The titles in her inbox, oldest first."""
    rows = await db.sibling().rows(
        "SELECT title_zh FROM notices.inbox WHERE recipient = $1 ORDER BY at, id", who.actor.id
    )
    return [row["title_zh"] for row in rows]


async def invitations(db: Database, case_id: UUID) -> int:
    """How many invitations to it lie in their owners' buckets."""
    return int(await db.sibling().value("SELECT count(*) FROM cases.party WHERE case_id = $1", case_id))
