"""The answers of a resident's case: read, put in a draft's place under If-Match, checked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, get, put
from litestar.response import Response

from tongban.cases import actions
from tongban.cases.model import NotPossibleNow, State
from tongban.kit import forms
from tongban.kit.clock import Instant
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor
from tongban.kit.rules import Truth
from tongban.kit.web import json_of, pointer_to
from tongban.kit.web.conditions import etag, versions_matched


class Known(msgspec.Struct, frozen=True):
    """Where an answer comes from: its source, as of when, and whether the applicant may change it."""

    source: Text
    as_of: Instant | None
    state: Literal["filled", "asked", "later"]
    editable: bool


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """The answers of a case as its applicant may see them: her ID number stays masked.

    Before an agent's eyes so does her phone; a guardian reads the child's whole.
    """

    case: UUID
    item: str
    item_version: int
    state: State
    version: int
    answers: dict[str, Any]
    known: dict[str, Known]
    faults: dict[str, str]


class Checked(msgspec.Struct, frozen=True):
    """What still stands against submitting a draft, and what the item's rule finds of its conditions."""

    case: UUID
    complete: bool
    faults: dict[str, str]
    conditions: Truth
    kept_until: Instant


def _answered(actor: Actor, sheet: actions.Sheet, now: datetime) -> Response[Answers]:
    """A draft's answers under the entity tag of its version."""
    case = sheet.case
    known = {
        name: Known(one.source, one.as_of, one.state, sheet.form.by_name[name].ui.editable)
        for name, one in sheet.prefilled.items()
        if name in sheet.form.by_name
    }
    answers = Answers(
        case=case.id,
        item=case.item,
        item_version=case.item_version,
        state=case.state,
        version=case.version,
        answers=_visible(actor, sheet.form, sheet.answers),
        known=known,
        faults=_faults(sheet, now),
    )
    return Response(answers, headers={"etag": etag(case.version)})


def _visible(actor: Actor, form: forms.Form, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers as their owner, or who acts for her, sees them, in the form's order."""
    visible = forms.mask(form, answers, eyes=actor.eyes)
    return {field.name: visible[field.name] for field in form.fields if field.name in visible}


def _faults(sheet: actions.Sheet, now: datetime) -> dict[str, str]:
    return {pointer_to(path): str(words) for path, words in sheet.faults(now=now).items()}


@get("/api/v1/cases/{case_id:uuid}/answers", who="cases.mine", include_in_schema=True, tagged=True)
async def answers(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Response[Answers]:
    """The answers of a draft, filled from the registers, or what was submitted."""
    try:
        return _answered(actor, await actions.fresh_sheet(db, actor, case_id=case_id, now=now), now)
    except NotPossibleNow:
        opened = await actions.progress(db, actor, case_id=case_id)
    stated = Answers(
        case=opened.case.id,
        item=opened.case.item,
        item_version=opened.case.item_version,
        state=opened.case.state,
        version=opened.case.version,
        answers=_visible(actor, opened.form, opened.stated),
        known={},
        faults={},
    )
    return Response(stated, headers={"etag": etag(opened.case.version)})


@put(
    "/api/v1/cases/{case_id:uuid}/answers",
    who="cases.draft",
    include_in_schema=True,
    takes=dict[str, Any],
    matched=True,
    tagged=True,
)
async def answer(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Response[Answers]:
    """Put answers in the place of a draft's, under If-Match; what does not hold is kept and told in ``faults``."""
    versions = versions_matched(request)
    body = await json_of(request)
    sheet = await actions.answer(db, actor, case_id=case_id, answers=body, versions=versions, now=now)
    return _answered(actor, sheet, now)


@get("/api/v1/cases/{case_id:uuid}/faults", who="cases.draft", include_in_schema=True)
async def faults(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Checked:
    """What still stands against submitting a draft."""
    sheet = await actions.fresh_sheet(db, actor, case_id=case_id, now=now)
    found = _faults(sheet, now)
    finding = sheet.case.finding
    verdict = finding.verdict if finding else Truth.UNKNOWN
    return Checked(sheet.case.id, not found, found, verdict, sheet.kept_until)


routes = [answers, answer, faults]
