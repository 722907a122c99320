"""Checking again: the registers are asked once more, the rule is run over what they say now."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.actions.registers import ask, find
from tongban.cases.model import Move, possible
from tongban.cases.model.facts import heard, outcomes, stored, unheard
from tongban.kit import forms, keys, outbox, timers
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor, Role

AGAIN_AFTER = timedelta(minutes=5)


async def recheck(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    now: datetime,
    event: Event | None = None,
    applicant: UUID | None = None,
) -> bool:
    """Ask the registers again for a case at work; True when all have answered.

    An officer asks all of them; the timer (``event``) asks those that were down, and sets itself anew
    while one still is.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.recheck", applicant=applicant)
    if event is not None and Move.RECHECK not in possible(case.state, Role.SYSTEM):
        return True
    step = step_of(case, Move.RECHECK, actor)
    version = await catalogue.version(db, case.item, case.item_version)
    form, ring = forms.compile_form(version.form), keys.current()
    known = heard(case.facts, form, ring, case.id.bytes)
    resources = (
        unheard(version.purpose_fields, outcomes(case.facts))
        if actor is SYSTEM
        else list(version.purpose_fields)
    )
    facts = {**known, **await ask(db, actor, case, version, resources=resources, now=now)}
    kept = stored(facts, form, ring, case.id.bytes)
    missing = unheard(version.purpose_fields, outcomes(kept))
    again = timers.setting("cases.recheck", subject=case.applicant, reference=case.id, due=now + AGAIN_AFTER)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.noting_facts(case, facts=kept, finding=find(version, facts, now=now)),
        *((again,) if missing else ()),
        *((outbox.handling(event, "cases.jobs.recheck", now=now),) if event is not None else ()),
        now=now,
        detail={"down": missing},
    )
    return not missing
