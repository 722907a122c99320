"""Cases about other cases 关联办件: what may be asked about a case, and what its outcome does to that one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.rectifying import overturn
from tongban.cases.model import CaseInBrief, NoSuchCase, NotPossibleNow, State
from tongban.cases.model.linked import (
    ABOUT_CODE,
    DECIDED_AGAINST,
    AboutNeeded,
    NothingToReconsider,
    ReconsideredTooLate,
    reconsiderable,
    reconsidered_until,
)
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor


async def about_case(
    db: Database, actor: Actor, version: catalogue.ItemVersion, about: UUID | None, *, now: datetime
) -> dict[str, Any]:
    """The first answers of a draft about another case: that one's code, where the form asks for it.

    Nothing for an item that is about none. Raises AboutNeeded, NoSuchCase for what is not hers, NothingToReconsider,
    ReconsideredTooLate, NotPossibleNow for a draft.
    """
    if not version.about:
        return {}
    if about is None:
        raise AboutNeeded
    assert actor.id is not None
    case = await store.case_of(db, case_id=about, applicant=actor.id)
    if case is None:
        raise NoSuchCase
    if case.state in (State.DRAFT, State.DISCARDED):
        raise NotPossibleNow(case.state)
    if version.about == "decision":
        await _reconsiderable(db, case, now=now)
    form = forms.compile_form(version.form)
    return {field.name: case.short_code for field in form.fields if field.ui.element == ABOUT_CODE}


async def _reconsiderable(db: Database, case: CaseInBrief, *, now: datetime) -> None:
    decided = case.decided_at or case.closed_at
    if case.state not in DECIDED_AGAINST or decided is None or not await _may_be(db, case):
        raise NothingToReconsider
    if now > reconsidered_until(decided, await clock.current_calendar(db)):
        raise ReconsideredTooLate


async def _may_be(db: Database, case: CaseInBrief) -> bool:
    return reconsiderable(await catalogue.version(db, case.item, case.item_version))


async def reconsider_until(db: Database, case: CaseInBrief, *, now: datetime) -> datetime | None:
    """Until when a reconsideration of this case's decision may be asked for; None where it may not, or no more."""
    decided = case.decided_at or case.closed_at
    if case.state not in DECIDED_AGAINST or decided is None or not await _may_be(db, case):
        return None
    until = reconsidered_until(decided, await clock.current_calendar(db))
    return until if now <= until else None


async def apply_outcome(db: Database, *, event: Event, now: datetime) -> None:
    """A reconsideration was granted: the decision that it is about is taken back, and the office decides anew.

    行政复议法 art. 64. Handles cases.granted, once; a case that is about none, or whose decision no longer stands, is
    left alone.
    """
    case = await store.case_for_work(db, case_id=UUID(event.reference))
    if case is None:
        raise NoSuchCase
    if case.about is None:
        return
    version = await catalogue.version(db, case.item, case.item_version)
    if version.about == "decision":
        await overturn(db, case_id=case.about, by=case, event=event, now=now)
