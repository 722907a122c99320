"""Cases of a grown demo city: what the people of a day filed, and how far their departments have come with it.

Each is a whole one: answers sealed for it, its numbers leased, its steps along the life cycle, purposes, ledger rows,
notices, the timer of who still waits, the licence of who was approved. Only the registers were not asked for it: what
they said of the case that it is made like is taken over.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tongban import catalogue, regions
from tongban.cases import store
from tongban.cases.actions.growing_rows import Filed, Step, rows_of
from tongban.cases.actions.limits.clocks import acceptance_due, decision_dues, warned_from
from tongban.cases.model import Case, Move, NoSuchCase, State, case_number, edge, short_code
from tongban.cases.model.answers import DISTRICT, ID_NUMBER, NAME, PHONE
from tongban.cases.model.facts import Heard, heard, stored
from tongban.kit import clock, forms, keys, papers, serials
from tongban.kit.db import Bulk, Database
from tongban.kit.forms import Form
from tongban.kit.growth import Lot, Newcomer
from tongban.kit.ids import bucket_of, id_at
from tongban.kit.policy import SYSTEM, Actor, Role

#: How cases end, of a hundred: our assumption, near what departments report.
_ENDINGS = (
    *(((Move.SUBMIT, Move.ACCEPT, Move.APPROVE, Move.COMPLETE),) * 84),
    *(((Move.SUBMIT, Move.ACCEPT, Move.REFUSE),) * 6),
    *(((Move.SUBMIT, Move.DECLINE),) * 4),
    *(((Move.SUBMIT, Move.WITHDRAW),) * 6),
)
_REASON = "经核对，申请内容与登记信息不符，暂不符合办理条件。"
_BY = {Move.SUBMIT: Role.RESIDENT, Move.WITHDRAW: Role.RESIDENT, Move.COMPLETE: Role.SYSTEM}
_FIRST_VERSION = 3  # opened, filled from the registers, saved


class _Like(NamedTuple):
    """The case that others are made like, opened."""

    case: Case
    version: catalogue.ItemVersion
    form: Form
    answers: dict[str, Any]
    facts: dict[str, Heard]
    finding: Any


class _Day(NamedTuple):
    """What all that was filed on one day has in common."""

    begins: datetime
    accepted: datetime
    decisions: tuple[datetime, ...]
    accept_due: datetime
    promise_due: datetime
    statutory_due: datetime | None
    warned: dict[State, datetime]


async def grown(db: Database, lot: Lot) -> list[Bulk]:
    """The rows of a lot's cases, and those that other rooms keep of them."""
    like = await _like(db, lot.like)
    day = await _day(db, like.version, lot)
    filed: list[Filed] = []
    homes = sorted(lot.officers)
    end = await serials.lease(db, name=f"number:{like.version.task_code}:{lot.day}", block=len(lot.people))
    placed = sorted(enumerate(lot.people), key=lambda one: homes[one[0] % len(homes)])
    for home, group in groupby(placed, key=lambda one: homes[one[0] % len(homes)]):
        people = list(group)
        department = await regions.department(db, home)
        district = department.district or ""
        code = await serials.lease(db, name=f"code:{district}:{lot.day}", block=len(people))
        for place, (at, who) in enumerate(people):
            numbers = (
                case_number(like.version.task_code, lot.day, end - len(lot.people) + at),
                short_code(district, lot.day, code - len(people) + place),
            )
            steps = _steps(lot, day, at, lot.officers[home], who)
            filed.append(_filed(like, day, who, steps, department, numbers))
    return await rows_of(db, filed, like.version, like.form)


async def _like(db: Database, case_id: UUID) -> _Like:
    case = await store.case_for_work(db, case_id=case_id)
    if case is None:
        raise NoSuchCase
    version = await catalogue.version(db, case.item, case.item_version)
    form, ring = forms.compile_form(version.form), keys.current()
    return _Like(
        *(case, version, form, forms.open_answers(form, case.answers, ring, case.id.bytes)),
        *(heard(case.facts, form, ring, case.id.bytes), msgspec.Raw(msgspec.json.encode(case.finding))),
    )


async def _day(db: Database, version: catalogue.ItemVersion, lot: Lot) -> _Day:
    calendar = await clock.current_calendar(db)
    begins = clock.instant_of(lot.day, clock.OFFICE_OPEN)
    next_day = calendar.add_working_days(lot.day, 1)
    accepted = clock.instant_of(next_day, time(9, 30))
    due = await acceptance_due(db, version, submitted_at=begins)
    promise, statutory, near = await decision_dues(db, version, {}, accepted_at=accepted, received=lot.day)
    decided = [calendar.add_working_days(next_day, days) for days in range(1, version.clock.promise_days + 1)]
    return _Day(
        begins,
        accepted,
        tuple(clock.instant_of(one, time(13, 30)) for one in decided),
        due,
        promise,
        statutory,
        {
            State.SUBMITTED: await warned_from(db, due=due, days=version.clock.accept_days),
            State.ACCEPTED: near,
        },
    )


def _steps(lot: Lot, day: _Day, at: int, officer: Actor, who: Newcomer) -> tuple[Step, ...]:
    """What has happened by now, along the life cycle."""
    minutes = timedelta(minutes=at * 180 / max(len(lot.people), 1))
    state, steps = State.DRAFT, []
    for move in _ENDINGS[(lot.number * 37 + at * 61) % len(_ENDINGS)]:
        role = _BY.get(move, Role.OFFICER)
        by = {Role.OFFICER: officer, Role.SYSTEM: SYSTEM}.get(role) or Actor(Role.RESIDENT, who.id)
        moment = {
            Move.SUBMIT: day.begins + 2 * minutes,
            Move.WITHDRAW: day.begins + 2 * minutes + timedelta(hours=2),
            Move.APPROVE: day.decisions[at % len(day.decisions)] + minutes,
            Move.REFUSE: day.decisions[at % len(day.decisions)] + minutes,
            Move.COMPLETE: day.decisions[at % len(day.decisions)] + minutes + timedelta(minutes=5),
        }.get(move, day.accepted + minutes)
        step = Step(edge(move, state, role), moment, by)
        # What is approved is made by the worker: a case whose licence would come only after now waits undecided.
        last = moment + timedelta(minutes=5) if move is Move.APPROVE else moment
        if last > lot.now:
            break
        steps.append(step)
        state = step.edge.target
    return tuple(steps)


def _filed(
    like: _Like,
    day: _Day,
    who: Newcomer,
    steps: tuple[Step, ...],
    department: regions.Department,
    numbers: tuple[str, str],
) -> Filed:
    at = {step.edge.move: step.at for step in steps}
    submitted = at.get(Move.SUBMIT)
    ring, bucket = keys.current(), bucket_of(who.id)
    case_id, draft = id_at(bucket, who.came_at), id_at(bucket, who.came_at)
    own = {NAME: who.name, ID_NUMBER: who.id_number, PHONE: who.phone, DISTRICT: department.district}
    answers = like.answers | {
        field.name: own[field.ui.element]
        for field in like.form.fields
        if field.ui.element in own and field.name in like.answers
    }
    state = steps[-1].edge.target if steps else State.DRAFT
    accepted = at.get(Move.ACCEPT)
    hand = next((step.by for step in steps if step.edge.move is Move.ACCEPT), None)
    case = msgspec.structs.replace(
        like.case,
        bucket=bucket,
        id=case_id,
        applicant=who.id,
        state=state,
        version=_FIRST_VERSION + len(steps),
        department=department.code if submitted else None,
        district=department.district if submitted else None,
        applicant_masked=papers.mask_name(who.name),
        number=numbers[0] if submitted else None,
        short_code=numbers[1] if submitted else None,
        answers=forms.seal_answers(like.form, answers, ring, case_id.bytes),
        facts=stored(_facts(like.facts, who), like.form, ring, case_id.bytes),
        finding=like.finding,
        purpose=case_id if submitted else draft,
        opened_at=who.came_at,
        submitted_at=submitted,
        accepted_at=accepted,
        assignee=hand.id if hand else None,
        assignee_name=hand.name if hand else None,
        decided_at=at.get(Move.APPROVE) or at.get(Move.REFUSE) or at.get(Move.DECLINE),
        closed_at=steps[-1].at if steps and state not in day.warned else None,
        accept_due=day.accept_due if submitted else None,
        promise_due=day.promise_due if accepted else None,
        statutory_due=day.statutory_due if accepted else None,
        reason=_REASON if state in (State.REFUSED, State.NOT_ACCEPTED) else None,
        correction=None,
        follow_up=None,
        ruling=None,
        warn_at=day.warned[State.ACCEPTED if accepted else State.SUBMITTED] if submitted else None,
    )
    return Filed(case, who, steps, answers, draft)


def _facts(facts: dict[str, Heard], who: Newcomer) -> dict[str, Heard]:
    """What the registers said, with this person's name in it."""
    population = facts.get("population")
    if population is None or "name" not in population.data:
        return facts
    named = msgspec.structs.replace(population, data={**population.data, "name": who.name})
    return {**facts, "population": named}
