"""Builders of held licences: an item granted and issued, and what is asked for its licence afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tests import filling, make
from tests.cast import Resident
from tongban import cases, catalogue, licences
from tongban.cases import jobs
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Actor, Duty
from tongban.licences import jobs as licences_jobs
from tongban.licences import store
from tongban.licences.model import Licence

#: Its form is short and one officer decides; its licence is electronic and holds 60 months.
ITEM = "drainage_permit"


async def filed(
    db: Database, who: Resident, item: str, *, now: datetime, about: UUID | None = None, **typed: Any
) -> UUID:
    """A submitted case, what is not ``typed`` answered with something right."""
    case_id = await cases.start(db, who.actor, item=item, about=about, now=now)
    sheet = await cases.sheet(db, who.actor, case_id=case_id)
    answers = filling.filled(sheet.form, {**sheet.answers, **typed}, today=clock.city_day(now))
    await make.answered(db, case_id, sheet.form, answers)
    await cases.submit(db, who.actor, case_id=case_id, key=None, now=now)
    return case_id


async def desk(db: Database, case_id: UUID) -> Actor:
    """An officer of the department that has the case."""
    return make.officer_with((await make.row(db, case_id))["department"], Duty.EXAMINE)


async def approved(db: Database, case_id: UUID, *, now: datetime) -> None:
    """Accept and approve, up the chain where there is one."""
    row = await make.row(db, case_id)
    officer = await desk(db, case_id)
    if row["state"] == "submitted":
        await cases.accept(db, officer, case_id=case_id, now=now)
    version = await catalogue.version(db, row["item"], row["item_version"])
    approver = await make.up_the_chain(db, case_id, version, row["department"])
    await make.approve(db, approver, case_id, note="已逐项核对，符合规定的条件。", now=now)


async def issued(db: Database, who: Resident, case_id: UUID, *, now: datetime) -> Licence:
    """What the worker does after an approval: the licence is made valid, the case closed."""
    assert who.actor.id is not None
    row = await licence_of(db, who, case_id)
    news = make.event(
        "licences.making", subject=who.actor.id, reference=case_id, licence=str(row.id), purpose=None
    )
    await licences_jobs.order_card(db, news, now=now)
    await jobs.complete(
        db,
        make.event("licences.issued", subject=who.actor.id, reference=case_id, licence=str(row.id)),
        now=now,
    )
    return await licence_of(db, who, case_id)


async def granted(
    db: Database, who: Resident, item: str = ITEM, *, now: datetime, about: UUID | None = None, **typed: Any
) -> UUID:
    """A case from the draft to the licence; gives the case."""
    case_id = await filed(db, who, item, now=now, about=about, **typed)
    await approved(db, case_id, now=now)
    await issued(db, who, case_id, now=now)
    return case_id


async def licence_of(db: Database, who: Resident, case_id: UUID) -> Licence:
    """The licence that a case founded."""
    assert who.actor.id is not None
    row = await store.licence_for(db, holder=who.actor.id, reference=case_id)
    assert row is not None
    return row


async def ends(db: Database, licence: Licence, until: Any) -> None:
    """Let a licence have another last day, signed as the house signs."""
    import msgspec

    from tongban.kit import keys
    from tongban.licences import model

    moved = model.signed(msgspec.structs.replace(licence, valid_until=until), keys.current())
    await db.sibling().run(
        "UPDATE licences.licence SET valid_until = $3, signature = $4 WHERE bucket = $1 AND id = $2",
        *(bucket_of(licence.holder), licence.id, until, moved.signature),
    )


async def verdict(db: Database, licence: Licence, *, now: datetime) -> licences.Finding:
    """What a stranger is told who verifies it by its identifier."""
    from tongban.kit.policy import VISITOR

    return await licences.verify(db, VISITOR, asked=str(licence.identifier), now=now)
