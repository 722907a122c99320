"""A case of the department's desk as JSON, for the department's own tools."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import get

from tongban.cases import actions
from tongban.cases.api.records import CaseHistory, history_of
from tongban.cases.model import Move
from tongban.cases.model.facts import discreet
from tongban.kit import forms
from tongban.kit.clock import Instant
from tongban.kit.db import Database
from tongban.kit.i18n import Text, both
from tongban.kit.policy import Actor
from tongban.kit.rules import Trace, Truth


class ConditionAnswer(msgspec.Struct, frozen=True):
    """One condition of the item's rule as it stands: ``value`` is what ``source`` says of ``fact``, at ``as_of``."""

    label: Text
    result: Truth
    basis: Text | None
    fact: str | None
    value: str | int | float | bool | None
    source: Text | None
    as_of: Instant | None


class PointedOut(msgspec.Struct, frozen=True):
    """What an officer should have seen before an approval: its ``code``, and the sentence that her page says."""

    code: str
    words: Text


class DeskCase(msgspec.Struct, frozen=True):
    """A case as its department's officer may read it: sensitive answers masked, as on the desk.

    ``answers`` are by the form's names (``GET /api/v1/items/{item}/form`` has the form), as a decision takes them;
    ``stated`` those that the applicant stated otherwise. ``verdict`` and ``conditions`` are the rule's as of today
    until the decision, and then as decided; ``moves`` what this officer can do now; ``cautions`` what is pointed out
    before an approval, while one is possible; before the acceptance and while the clock stands still, that the licence
    which it is about holds no more.
    """

    case: CaseHistory
    applicant: UUID
    applicant_name: str
    department: str
    item_version: int
    answers: dict[str, Any]
    stated: dict[str, Any]
    verdict: Truth
    conditions: list[ConditionAnswer]
    moves: list[Move]
    cautions: list[PointedOut]


@get("/api/v1/desk/cases/{applicant:uuid}/{case_id:uuid}", who="cases.read", include_in_schema=True)
async def at_desk(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID, ground: str | None = None
) -> DeskCase:
    """A case of my department, read with its ledger row in one statement. The applicant sees that it was read.

    A case that has ended is read for a ``ground`` only; without one it is refused as ``case-ground-missing``.
    """
    opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, ground=ground, now=now)
    case = opened.case
    otherwise = {name: value for name, value in opened.stated.items() if value != opened.answers.get(name)}
    finding = case.finding
    return DeskCase(
        case=CaseHistory(**await history_of(db, opened)),
        applicant=case.applicant,
        applicant_name=case.applicant_masked,
        department=case.department or "",
        item_version=case.item_version,
        answers=forms.mask(opened.form, opened.answers),
        stated=forms.mask(opened.form, otherwise),
        verdict=finding.verdict if finding else Truth.UNKNOWN,
        conditions=[_condition(leaf, opened.form) for leaf in finding.trace.leaves()] if finding else [],
        moves=sorted(opened.moves_of(actor)),
        cautions=[
            PointedOut(one.code, both(one.words))
            for one in await actions.cautions_at_desk(db, actor, opened, now=now)
        ],
    )


def _condition(leaf: Trace, form: forms.Form) -> ConditionAnswer:
    value = discreet(form, leaf.fact, leaf.value)
    return ConditionAnswer(leaf.label, leaf.result, leaf.basis, leaf.fact, value, leaf.source, leaf.as_of)


routes = [at_desk]
