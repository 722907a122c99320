"""Drafts: opened with what the registers know, saved as typed, discarded."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tongban import audit, catalogue, identity
from tongban.cases import store
from tongban.cases.actions.registers import find, read_registers
from tongban.cases.model import Case, Move, MovedOn, NoSuchCase, State, edge
from tongban.cases.model.answers import Sheet, combined, typed_answers
from tongban.kit import keys
from tongban.kit.db import Database, write
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Relation, relation_to
from tongban.cases.model.life import POLICY

#: A draft that nobody touches keeps its purpose, and with it the right to read, no longer than this.
DRAFT_LIFETIME = timedelta(days=30)


async def start(db: Database, actor: Actor, *, item: str, now: datetime) -> UUID:
    """Open a draft 草稿 of ``item`` for the resident, or give the living case she has of it already.

    The draft, its purpose (why registers may be read for it) and the ledger row are one write; then the
    registers that the item's form names are read under that purpose, one ledger row each. Idempotent by
    the index on living cases: two tabs get one draft.
    """
    POLICY.require(actor, "cases.start", Relation.ANY)
    assert actor.id is not None
    living = await store.living_case(db, applicant=actor.id, item=item)
    if living is not None:
        return living[0]
    version = await catalogue.current(db, item)
    catalogue.must_be_online(version)
    person = await identity.person(db, actor.id)
    case = Case.draft(
        id=new_id(actor.bucket),
        applicant=actor.id,
        item=item,
        item_version=version.number,
        applicant_masked=person.name_masked,
        purpose=new_id(actor.bucket),
        now=now,
    )
    opened = await write(
        db,
        store.adding_draft(case),
        audit.opening_purpose(
            id=case.purpose,
            kind="draft",
            subject=actor.id,
            reference=str(case.id),
            item=item,
            fields=version.purpose_fields,
            basis=version.purpose_basis,
            until=now + DRAFT_LIFETIME,
            now=now,
        ),
        audit.record(actor, "cases.start", subject=actor.id, reference=case.id, purpose=case.purpose, now=now),
    )
    if opened is None:
        living = await store.living_case(db, applicant=actor.id, item=item)
        if living is None:
            raise MovedOn
        return living[0]
    await refresh(db, actor, case_id=case.id, now=now)
    return case.id


async def refresh(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> Sheet:
    """Fill a draft from the registers that it has not heard yet, or that were down; gives the sheet.

    Reads nothing when every register has answered; a register that is down stays a stated ask.
    """
    case = await own_draft(db, actor, case_id=case_id)
    version = await catalogue.version(db, case.item, case.item_version)
    if not version.form_plan.unheard(case.facts):
        return await sheet_of(db, case)
    facts = await read_registers(db, actor, case, version, only=version.form_plan.unheard(case.facts), now=now)
    merged = {**case.facts, **facts}
    saved = await write(
        db,
        store.saving_draft(case, answers=case.answers, facts=merged, finding=find(version, merged, now=now)),
        audit.record(actor, "cases.prefill", subject=case.applicant, reference=case.id, purpose=case.purpose, now=now),
    )
    if saved is None:
        raise MovedOn
    return await sheet_of(db, await own_draft(db, actor, case_id=case_id))
