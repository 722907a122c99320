"""What the cases room holds about a person, for the copy that she may ask for (PIPL art. 45)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongban.cases.actions.reading.cases import as_owner_sees
from tongban.cases.model import CaseEvent
from tongban.cases.store import held
from tongban.kit.db import Database


async def holdings(db: Database, person: UUID) -> list[dict[str, Any]]:
    """A person's cases with their steps, papers and what lies with them; then those of others that name her.

    Sensitive answers stay sealed; the case's own page shows them. Steps are told as on that page: what is said up the
    office's chain before its decision is not among them.
    """
    return [
        *[
            _record(*as_owner_sees(case, events), beside)
            for case, events, beside in await held.cases_held(db, person)
        ],
        *await held.of_others(db, person),
    ]


def _record(case: Any, steps: list[CaseEvent], beside: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": case.id,
        "item": case.item,
        "state": str(case.state),
        "number": case.number,
        "short_code": case.short_code,
        "answers": case.answers,
        "facts": case.facts,
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
