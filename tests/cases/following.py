"""A case of the food licence whose food safety rules were promised to follow after acceptance."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tests import filling, make
from tests.cases.inspecting import ITEM, officer_at
from tests.cases.papers import paper
from tests.cast import Resident
from tongban import cases
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor

FIELD, PROMISE = "file_rules", "later_rules"


async def draft(db: Database, who: Resident, *, promised: bool, now: datetime) -> UUID:
    """A draft that lacks nothing but the rules."""
    case_id = await cases.start(db, who.actor, item=ITEM, now=now)
    sheet = await cases.sheet(db, who.actor, case_id=case_id)
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(now))
    kept = {name: value for name, value in answers.items() if name not in (FIELD, PROMISE)}
    await make.answered(db, case_id, sheet.form, kept | ({PROMISE: True} if promised else {}))
    return case_id


async def filed(db: Database, who: Resident, *, now: datetime) -> tuple[UUID, Actor]:
    """A submitted case with the promise, and the officer on whose desk it lies."""
    case_id = await draft(db, who, promised=True, now=now)
    await cases.submit(db, who.actor, case_id=case_id, key=None, now=now)
    return case_id, await officer_at(db, (await make.row(db, case_id))["department"])


async def accepted(db: Database, who: Resident, *, now: datetime) -> tuple[UUID, Actor]:
    """The same, accepted: its limit runs."""
    case_id, officer = await filed(db, who, now=now)
    await cases.accept(db, officer, case_id=case_id, now=now)
    return case_id, officer


async def attached(db: Database, who: Resident, case_id: UUID, *, now: datetime, pages: int = 1) -> None:
    """The rules attached, and not handed in yet."""
    await cases.keep_supply(
        db,
        who.actor,
        case_id=case_id,
        posted={},
        received={FIELD: [await paper(pages)]},
        version=None,
        now=now,
    )


async def supplied(db: Database, who: Resident, case_id: UUID, *, now: datetime, pages: int = 1) -> None:
    """The rules attached and handed in."""
    await attached(db, who, case_id, now=now, pages=pages)
    await cases.supply(db, who.actor, case_id=case_id, key=None, now=now)


def timer(case_id: UUID, who: Resident, kind: str = "follow_up") -> Event:
    """The timer of the limit, or of the letter before it, as the worker hands it over."""
    assert who.actor.id is not None
    return make.event(f"timer.cases.{kind}", subject=who.actor.id, reference=case_id)
