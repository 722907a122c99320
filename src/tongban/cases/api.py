"""The resident's cases as JSON, apart from what the pages need for themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post

from tongban.cases import actions
from tongban.cases.model import Case, Move, State
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor
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
    steps = tuple(CaseStep(event.move, event.to_state, event.at) for event in opened.events)
    return _answer(opened.case, opened.version.name, steps)


@post("/api/v1/cases/{case_id:uuid}/submission", who="cases.submit", include_in_schema=True)
async def submit(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Submitted:
    """Submit a draft, once for an Idempotency-Key. The draft holds the answers: a body is empty or an object."""
    key = required_key(request)
    await json_of(request)
    answer = await actions.submit(db, actor, case_id=case_id, key=key, now=now)
    return Submitted(UUID(answer["case"]), answer["code"])


routes = [listed, one, submit]
