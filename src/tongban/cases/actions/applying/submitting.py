"""Submitting: the moment from which the city is bound by the clock, or the others are asked for their word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from tongban import catalogue, identity, licences
from tongban.cases import store
from tongban.cases.actions.afterwards.holding import filing_parts
from tongban.cases.actions.afterwards.linking import must_be_reconsiderable
from tongban.cases.actions.afterwards.trusting import must_be_trusted
from tongban.cases.actions.applying.booking import on_days_off
from tongban.cases.actions.applying.certified import of_another_child
from tongban.cases.actions.applying.filing import file_case, must_afford, new_code, own_number, ready
from tongban.cases.actions.joint.confirming import lay_before
from tongban.cases.model import (
    POLICY,
    AnswersInvalid,
    Case,
    NoSuchCase,
    NotPossibleNow,
    State,
    named,
)
from tongban.cases.model.asked import withdrawn
from tongban.cases.model.facts import heard, told
from tongban.cases.model.follow_up import faults_of
from tongban.cases.model.held import change_faults
from tongban.cases.model.rights import relation_to_case
from tongban.kit import clock, keys
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import language
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.policy import Actor


async def submit(
    db: Database, actor: Actor, *, case_id: UUID, key: str | None, now: datetime
) -> dict[str, Any]:
    """Submit 提交 the resident's draft; gives ``{case, code}``.

    Two round trips: the draft as it stands, then one write of state, step, numbers, ledger row, news,
    purposes, the acceptance timer (行政许可法 art. 32: five working days) and the answer to ``key``.
    Where others must confirm, the draft is laid before them instead: ``code`` is None, no clock runs and no number is
    given before the last of them has signed. Raises BeyondPower where the fee is more than an agent may pay;
    ItemCancelled where the item was since; StepUpNeeded below the item's real-name level; AnswersInvalid with a
    sentence per field, also while the same firm or premises have it under way; of a reconsideration, of which there
    may be none now, as
    :func:`must_be_reconsiderable`. The same key again gives the same answer.
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


async def submit_each(
    db: Database, actor: Actor, *, case_ids: Sequence[UUID], now: datetime
) -> dict[UUID, Refused | None]:
    """Submit several drafts of the resident's, each as :func:`submit`; gives why one is not, None of what is.

    One statement reads all of them, and each is a write of its own, on purpose: one that is refused, by its rules or
    in the very write by what is under way of the same matter, takes no other with it; and who was killed in the middle
    has filed what she has filed, each under its own number, and goes on with the rest.
    """
    assert actor.id is not None
    found = await store.all_to_submit(db, ids=case_ids, applicant=actor.id)
    refused: dict[UUID, Refused | None] = {}
    for case_id in case_ids:
        try:
            if case_id not in found:
                raise NoSuchCase
            await _submit(db, actor, *found[case_id], lambda _answer: (), now=now)
        except Refused as why:
            refused[case_id] = why
        else:
            refused[case_id] = None
    return refused


async def _submit(
    db: Database,
    actor: Actor,
    case: Case,
    found_by: store.FoundBy,
    remembering: Remembering,
    *,
    now: datetime,
) -> dict[str, Any]:
    POLICY.require(actor, "cases.submit", relation_to_case(actor, case))
    if case.state is not State.DRAFT:
        raise NotPossibleNow(case.state)
    if actor.acting is not None:
        applicant = await identity.person(db, case.applicant)
        if applicant.state != "active":
            raise identity.FirmClosed(applicant.name, applicant.state)
    this = await ready(db, case, found_by, language=language())
    await catalogue.must_be_offered(db, case.item, today=clock.city_day(now))
    must_afford(actor, this.version, this.answers)
    await identity.must_reach(db, actor, level=this.version.min_level, now=now)
    facts = heard(case.facts, this.form, keys.current(), case.id.bytes)
    faults = faults_of(
        *(this.version.materials, this.form, this.answers),
        today=clock.city_day(now),
        told=told(this.form, facts),
        withdrawn=withdrawn(this.version, await catalogue.known_sources(db), case.facts),
    ) or change_faults(this.version.after, this.answers, facts)
    faults = faults or await on_days_off(db, this.form, this.answers)
    if faults := faults or await of_another_child(db, actor.accounts, this.form, this.answers, now=now):
        raise AnswersInvalid(faults)
    await must_be_trusted(db, actor, case, this.version, this.answers, now=now)
    await must_be_reconsiderable(db, case, this.version, this.answers, now=now)
    if this.version.joint_applicants is not None:
        own = await own_number(db, case.applicant, this.form, this.answers)
        others = named(this.version.joint_applicants, this.form, this.answers, own=own)
        if others:
            return await lay_before(db, actor, case, this, others, remembering, now=now)
    code = await new_code(db, this, now=now)
    answer = {"case": str(case.id), "code": code}
    held = await filing_parts(db, case, this.version, now=now)
    try:
        await file_case(db, actor, case, this, *held, *remembering(answer), code=code, now=now)
    except asyncpg.UniqueViolationError as busy:
        if busy.constraint_name != "asked_living" or this.version.after is None:
            raise
        raise licences.AskedAlready(this.version.after.act) from busy
    return answer
