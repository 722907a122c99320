"""Drafts that are given up, by their owner or by time: their purpose ends, and with it the right to read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import audit
from tongban.cases import store
from tongban.cases.actions.applying.drafting import DRAFT_LIFETIME, own_case
from tongban.cases.model import Case, Move, MovedOn, State, edge
from tongban.kit import files
from tongban.kit.db import Database, write
from tongban.kit.policy import SYSTEM, Actor


async def discard(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> None:
    """Give up a draft: its purpose ends, the registers are closed to it, its files go. Doing it twice changes
    nothing.
    """
    case = await own_case(db, actor, case_id)
    if case.state is State.DISCARDED:
        return
    if not await _let_go(db, actor, case, now=now):
        raise MovedOn


async def expire_drafts(db: Database, *, now: datetime, limit: int = 200) -> int:
    """Let go of drafts whose purpose has run out: without it their registers may not be read any more.

    Gives how many. A draft that was submitted or touched meanwhile is left alone by its version.
    """
    gone = 0
    for case in await store.old_drafts(db, before=now - DRAFT_LIFETIME, limit=limit):
        gone += await _let_go(db, SYSTEM, case, now=now)
    return gone


async def _let_go(db: Database, actor: Actor, case: Case, *, now: datetime) -> bool:
    step = edge(Move.DISCARD, case.state, actor.role)
    done = await write(
        db,
        store.moving(case, step, now=now),
        store.noting(case, step, actor, now=now),
        audit.record(
            actor, "cases.discard", subject=case.applicant, reference=case.id, purpose=case.purpose, now=now
        ),
        audit.closing_purpose(subject=case.applicant, reference=str(case.id), now=now),
        files.dropping_all(subject=case.applicant, reference=case.id),
    )
    return done is not None
