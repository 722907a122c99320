"""Cases as JSON, the resident's own and the department's, apart from what the pages need for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post

from tongban.cases import actions
from tongban.cases.model import Case, Move, State
from tongban.kit import forms
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor
from tongban.kit.rules import Trace, Truth
from tongban.kit.web import json_of, required_key


class CaseStep(msgspec.Struct, frozen=True):
    """One step: what was done and when (UTC)."""

    move: Move
    to: str
    at: datetime


class CaseAnswer(msgspec.Struct, frozen=True):
    """A case as its applicant may read it; instants in UTC, ``due`` is the date that counts now."""

    id: UUID
    item: str
    name: Text
    state: State
    code: str | None
    number: str | None
    submitted_at: datetime | None
    accepted_at: datetime | None
    due: datetime | None
    reason: str | None
    steps: tuple[CaseStep, ...] = ()


class CasePage(msgspec.Struct, frozen=True):
    """Cases, newest first; ``next`` is the cursor of the following page or null."""

    cases: list[CaseAnswer]
    next: UUID | None


class Submitted(msgspec.Struct, frozen=True):
    """The receipt of a submission: the case and its 19-digit code."""

    case: UUID
    code: str


class ConditionAnswer(msgspec.Struct, frozen=True):
    """One condition of the item's rule as it stands: ``value`` is what ``source`` says of ``fact``, at ``as_of``."""

    label: Text
    result: Truth
    basis: Text | None
    fact: str | None
    value: str | int | float | bool | None
    source: Text | None
    as_of: datetime | None


class DeskCase(msgspec.Struct, frozen=True):
    """A case as its department's officer may read it: sensitive answers masked, as on the desk.

    ``answers`` are by the form's names (``GET /api/v1/items/{item}`` has the form), as a decision takes them;
    ``stated`` those that the applicant stated otherwise. ``verdict`` and ``conditions`` are the rule's as of today
    until the decision, and then as decided; ``moves`` what can be done now.
    """

    case: CaseAnswer
    applicant: UUID
    applicant_name: str
    department: str
    item_version: int
    answers: dict[str, Any]
    stated: dict[str, Any]
    verdict: Truth
    conditions: list[ConditionAnswer]
    moves: list[Move]


def _answer(case: Case, name: Text, steps: tuple[CaseStep, ...] = ()) -> CaseAnswer:
    return CaseAnswer(
        case.id,
        case.item,
        name,
        case.state,
        case.short_code,
        case.number,
        case.submitted_at,
        case.accepted_at,
        case.due,
        case.reason,
        steps,
    )


@get("/api/v1/cases", who="cases.mine", include_in_schema=True)
async def listed(db: Database, actor: Actor, before: UUID | None = None, limit: int = 20) -> CasePage:
    """My cases, newest first; keyset by ``before``, at most 100 a page."""
    size = min(max(limit, 1), 100)
    found = await actions.my_cases(db, actor, before=before, limit=size + 1)
    shown = [_answer(line.case, line.name) for line in found[:size]]
    return CasePage(shown, shown[-1].id if len(found) > size else None)


@get("/api/v1/cases/{case_id:uuid}", who="cases.mine", include_in_schema=True)
async def one(db: Database, actor: Actor, case_id: UUID) -> CaseAnswer:
    """One of my cases with its steps."""
    opened = await actions.progress(db, actor, case_id=case_id)
    return _answer(opened.case, opened.version.name, _steps(opened))


@post("/api/v1/cases/{case_id:uuid}/submission", who="cases.submit", include_in_schema=True)
async def submit(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Submitted:
    """Submit a draft, once for an Idempotency-Key. The draft holds the answers: a body is empty or an object."""
    key = required_key(request)
    await json_of(request)
    answer = await actions.submit(db, actor, case_id=case_id, key=key, now=now)
    return Submitted(UUID(answer["case"]), answer["code"])


@get("/api/v1/desk/cases/{applicant:uuid}/{case_id:uuid}", who="cases.read", include_in_schema=True)
async def at_desk(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID, ground: str | None = None
) -> DeskCase:
    """A case of my department, read with its ledger row in one statement. The applicant sees that it was read.

    A case that has ended is read for a ``ground`` only; without one it is refused as ``case-ground-missing``.
    """
    opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, ground=ground, now=now)
    case = opened.case
    answers, stated = (forms.mask(opened.form, one) for one in (opened.answers, opened.stated))
    finding = case.finding
    return DeskCase(
        case=_answer(case, opened.version.name, _steps(opened)),
        applicant=case.applicant,
        applicant_name=case.applicant_masked,
        department=case.department or "",
        item_version=case.item_version,
        answers=answers,
        stated={
            name: value for name, value in stated.items() if opened.stated[name] != opened.answers.get(name)
        },
        verdict=finding.verdict if finding else Truth.UNKNOWN,
        conditions=[_condition(leaf) for leaf in finding.trace.leaves()] if finding else [],
        moves=sorted(opened.moves),
    )


def _condition(leaf: Trace) -> ConditionAnswer:
    return ConditionAnswer(
        leaf.label, leaf.result, leaf.basis, leaf.fact, leaf.value, leaf.source, leaf.as_of
    )


def _steps(opened: actions.Opened) -> tuple[CaseStep, ...]:
    return tuple(CaseStep(event.move, event.to_state, event.at) for event in opened.events)


routes = [listed, one, submit, at_desk]
