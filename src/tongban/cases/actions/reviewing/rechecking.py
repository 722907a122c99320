"""Checking again: the registers are asked once more, the rule is run over what they say now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tongban import catalogue, regions
from tongban.cases import store
from tongban.cases.actions.applying.competence import competent_department
from tongban.cases.actions.applying.registers import ask, find
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.model import Case, Move, possible
from tongban.cases.model.facts import Heard, heard, outcomes, settled, stored, unheard, updated
from tongban.kit import forms, keys, outbox, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.forms import Form
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor, Role

AGAIN_AFTER = timedelta(minutes=5)


class Rechecked(msgspec.Struct, frozen=True):
    """What came of asking again: whether every register has spoken by now, and to whom the case was passed on."""

    complete: bool
    passed_to: regions.Department | None = None


async def recheck(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    now: datetime,
    event: Event | None = None,
    applicant: UUID | None = None,
) -> Rechecked:
    """Ask the registers again 重新核对 for a case at work.

    An officer asks all of them; the timer (``event``) asks those that have not spoken yet, and sets itself
    anew while one is silent: that is no step in the case's life until one speaks. What a register said before
    stands until it says something else. When it turns out that another district is competent, the case is
    passed on 移送 in the same write: departments pass the papers, not the applicant.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.recheck", applicant=applicant)
    if event is not None and Move.RECHECK not in possible(case.state, Role.SYSTEM):
        return Rechecked(True)
    await step_of(db, case, Move.RECHECK, actor)  # before anything is read about the applicant
    version = await catalogue.version(db, case.item, case.item_version)
    form, ring = forms.compile_form(version.form), keys.current()
    known = heard(case.facts, form, ring, case.id.bytes)
    waiting = unheard(version.purpose_fields, outcomes(case.facts))
    resources = waiting if actor is SYSTEM else list(version.purpose_fields)
    said = await ask(db, actor, case, version, resources=resources, now=now)
    silent = [name for name, answer in said.items() if answer.outcome == "down"]
    if event is not None and len(silent) == len(said):
        await write(db, store.standing(case), *_again(case, waiting, now=now), _mark(event, now=now))
        return Rechecked(not waiting)
    facts = updated(known, said)
    kept = stored(facts, form, ring, case.id.bytes)
    missing = unheard(version.purpose_fields, outcomes(kept))
    competent = await _competent(db, case, version, form, facts)
    passed_to = competent if competent.code != case.department else None
    step = await step_of(db, case, Move.TRANSFER if passed_to else Move.RECHECK, actor)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.noting_facts(
            case,
            step,
            facts=kept,
            finding=find(version, facts, now=now),
            department=competent.code,
            district=competent.district or case.district,
        ),
        *_again(case, missing, now=now),
        *((_mark(event, now=now),) if event is not None else ()),
        now=now,
        detail={"down": silent} | ({"to": competent.name} if passed_to else {}),
    )
    return Rechecked(not missing, passed_to)


def _again(case: Case, missing: list[str], *, now: datetime) -> tuple[Part, ...]:
    if not missing:
        return ()
    due = now + AGAIN_AFTER
    return (
        timers.setting("cases.recheck", subject=case.applicant, reference=case.id, due=due, outward=True),
    )


def _mark(event: Event, *, now: datetime) -> Part:
    return outbox.handling(event, "cases.jobs.recheck", now=now)


async def _competent(
    db: Database, case: Case, version: catalogue.ItemVersion, form: Form, facts: Mapping[str, Heard]
) -> regions.Department:
    """The department for the district that the registers name; while they name none, and where the case was reported
    to the organ that decides, the one that has it."""
    if case.course.reported is not None:
        assert case.department is not None
        return await regions.department(db, case.department)
    answers = settled(form, forms.open_answers(form, case.answers, keys.current(), case.id.bytes), facts)
    try:
        return await competent_department(db, version, answers)
    except regions.DepartmentUnknown:
        assert case.department is not None
        return await regions.department(db, case.department)
