"""Submitting: the moment from which the city is bound by the clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tongban import audit, catalogue, identity
from tongban.cases import store
from tongban.cases.actions.clocks import acceptance_due, received_at, warned_from
from tongban.cases.actions.competence import competent_department, district_of
from tongban.cases.actions.registers import find
from tongban.cases.model import (
    POLICY,
    AnswersInvalid,
    Case,
    Move,
    MovedOn,
    NoSuchCase,
    case_number,
    edge,
    holder_proof,
    short_code,
)
from tongban.cases.model.answers import ID_NUMBER, by_element
from tongban.cases.model.facts import heard, outcomes, unheard
from tongban.cases.model.papers import Standing
from tongban.cases.model.papers.standing import got
from tongban.kit import clock, forms, keys, outbox, serials, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.forms import Form
from tongban.kit.i18n import language
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.policy import Actor, relation_to
from tongban.kit.rules import Outcome

#: The purpose of a case outlives its longest clock; it is closed with the case.
CASE_LIFETIME = timedelta(days=365)
#: How soon the worker asks a register again that was down at submission.
RECHECK_AFTER = timedelta(seconds=30)


async def submit(
    db: Database, actor: Actor, *, case_id: UUID, key: str | None, now: datetime
) -> dict[str, Any]:
    """Submit 提交 the resident's draft; gives ``{case, code}``.

    Two round trips: the draft as it stands, then one write of state, step, numbers, ledger row, news,
    purposes, the acceptance timer (行政许可法 art. 32: five working days) and the answer to ``key``.
    Raises AnswersInvalid with a sentence per field. The same key again gives the same answer.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        assert actor.id is not None
        found = await store.to_submit(db, case_id=case_id, applicant=actor.id)
        if found is None:
            raise NoSuchCase
        return await _submit(db, actor, *found, remembering, now=now)

    return await answer_once(
        db, act, bucket=actor.bucket, caller=actor.caller, key=key, body={"submit": str(case_id)}, now=now
    )


async def _submit(
    db: Database,
    actor: Actor,
    case: Case,
    found_by: store.FoundBy,
    remembering: Remembering,
    *,
    now: datetime,
) -> dict[str, Any]:
    POLICY.require(actor, "cases.submit", relation_to(actor, owner=case.applicant))
    step = edge(Move.SUBMIT, case.state, actor.role)
    version = await catalogue.version(db, case.item, case.item_version)
    form = forms.compile_form(version.form)
    answers = forms.open_answers(form, case.answers, keys.current(), case.id.bytes)
    day = clock.city_day(now)
    faults = forms.check(form, answers, today=day)
    if faults:
        raise AnswersInvalid(faults)
    district = district_of(version, answers)
    department = await competent_department(db, version, answers)
    number = case_number(version.task_code, day, await serials.take(db, f"number:{version.task_code}:{day}"))
    code = short_code(district, day, await serials.take(db, f"code:{district}:{day}"))
    # The case's purpose carries the case's own id, so that whoever reads the case names it without asking.
    purpose = case.id
    due = await acceptance_due(db, version, submitted_at=now)
    then = Standing(department.name, await received_at(db, submitted_at=now), due, got(case.facts))
    answer = {"case": str(case.id), "code": code}
    moved = await write(
        db,
        store.submitting(
            case,
            department=department.code,
            district=district,
            number=number,
            code=code,
            purpose=purpose,
            finding=_finding(case, version, form, found_by, now=now),
            accept_due=due,
            warn_at=await warned_from(db, due=due, days=version.clock.accept_days),
            language=language(),
            now=now,
        ),
        store.noting(case, step, actor, now=now, detail={"code": code} | then.stored()),
        store.numbering(
            code=code,
            number=number,
            applicant=case.applicant,
            case_id=case.id,
            proof=holder_proof(keys.current(), code, await _id_number(db, case, form, answers)),
        ),
        audit.record(
            actor, "cases.submit", subject=case.applicant, reference=case.id, purpose=purpose, now=now
        ),
        audit.closing_purpose(subject=case.applicant, reference=str(case.id), now=now),
        _opening(case, version, purpose, now=now),
        outbox.announcing(str(step.event), subject=case.applicant, reference=case.id, now=now),
        timers.setting("cases.acceptance", subject=case.applicant, reference=case.id, due=due),
        *later_check(case, version, now=now),
        *remembering(answer),
    )
    if moved is None:
        raise MovedOn
    return answer


async def _id_number(db: Database, case: Case, form: Form, answers: Mapping[str, Any]) -> str:
    """The applicant's ID number: what the form took from her account, else the account's own."""
    return by_element(form, answers, ID_NUMBER) or (await identity.person(db, case.applicant)).id_number


def _finding(
    case: Case, version: catalogue.ItemVersion, form: Form, found_by: store.FoundBy, *, now: datetime
) -> Outcome | None:
    """The rule as of today: a draft may have become six months old since it was typed. None: what stands there.

    Facts and finding are saved by one statement, and the rule says the same of the same facts on the same day: what
    was found today by this very rule would be found, and written, once more.
    """
    if found_by == (version.rules.hash, clock.city_day(now)):
        return None
    return find(version, heard(case.facts, form, keys.current(), case.id.bytes), now=now)


def _opening(case: Case, version: catalogue.ItemVersion, purpose: UUID, *, now: datetime) -> Part:
    return audit.opening_purpose(
        id=purpose,
        kind="case",
        subject=case.applicant,
        reference=str(case.id),
        item=case.item,
        fields=version.purpose_field_names,
        basis=version.purpose_law,
        until=now + CASE_LIFETIME,
        now=now,
    )


def later_check(case: Case, version: catalogue.ItemVersion, *, now: datetime) -> tuple[Part, ...]:
    """A register that was down is asked again after submission; the applicant is not made to wait for it."""
    if not unheard(version.purpose_fields, outcomes(case.facts)):
        return ()
    return (
        timers.setting(
            "cases.recheck",
            subject=case.applicant,
            reference=case.id,
            due=now + RECHECK_AFTER,
            outward=True,
        ),
    )
