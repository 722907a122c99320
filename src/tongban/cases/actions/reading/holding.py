"""What the cases room holds about a person, for the copy that she may ask for (PIPL art. 45)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue
from tongban.cases.actions.reading.cases import as_owner_sees
from tongban.cases.model import Case, CaseEvent
from tongban.cases.model.facts import heard
from tongban.cases.store import held
from tongban.kit import forms, keys
from tongban.kit.db import Database


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """A person's cases with their steps, papers and what lies with them; then those of others that name her.

    Her sensitive answers are in clear, and so is what the registers told for them: the copy is hers, and is kept
    encrypted itself. Steps are told as on the case's page: what is said up the office's chain before its decision is
    not among them.
    """
    return [
        *[
            _record(*as_owner_sees(case, events), await _in_clear(db, case), beside)
            for case, events, beside in await held.cases_held(db, person)
        ],
        *await held.of_others(db, person),
    ]


async def _in_clear(db: Database, case: Case) -> dict[str, Any]:
    """What she answered and what registers told, by the form of the version that the case pins; versions are kept in
    the process. Raises SealBroken."""
    form = forms.compile_form((await catalogue.version(db, case.item, case.item_version)).form)
    ring, context = keys.current(), case.id.bytes
    return {
        "answers": forms.open_answers(form, case.answers, ring, context),
        "facts": msgspec.to_builtins(heard(case.facts, form, ring, context)),
    }


def _record(
    case: Case, steps: list[CaseEvent], told: dict[str, Any], beside: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": case.id,
        "item": case.item,
        "state": str(case.state),
        "number": case.number,
        "short_code": case.short_code,
        **told,
        "opened_at": case.opened_at,
        "submitted_at": case.submitted_at,
        "decided_at": case.decided_at,
        "closed_at": case.closed_at,
        "reason": case.reason,
        "steps": [_step(one) for one in steps],
        **beside,
    }


def _step(one: CaseEvent) -> dict[str, Any]:
    return {
        "at": one.at,
        "move": str(one.move),
        "state": one.to_state,
        "actor_role": str(one.actor_role),
        "detail": one.detail,
    }
