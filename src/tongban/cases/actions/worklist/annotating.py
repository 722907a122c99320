"""Internal notes 内部备注: officers of a department write to each other about a case; append only."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from tongban import audit
from tongban.cases import store
from tongban.cases.model import POLICY, NoSuchCase
from tongban.cases.model.desk_refusals import NoteUnfit
from tongban.cases.model.notes import Note, note_typed
from tongban.kit.db import Database, write
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.outbox import Event, already_handled, handling
from tongban.kit.policy import SYSTEM, Actor, Relation


async def add_note(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    applicant: UUID,
    words: str,
    key: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Add a note to a case of the officer's department, whatever its state; gives ``{note}``. One round trip.

    The applicant is not told and does not see it on her pages; a copy of her data has it (PIPL art. 45). Raises
    NoteUnfit, NoSuchCase. The same key again adds nothing more.
    """
    POLICY.require(actor, "cases.note", Relation.DEPARTMENT)
    try:
        text = note_typed(words)
    except NoteUnfit:
        # Whoever may not know of the case is not told what is wrong with a note to it.
        if await store.applicant_at(db, case_id=case_id, department=actor.department or "") != applicant:
            raise NoSuchCase from None
        raise

    async def act(remembering: Remembering) -> dict[str, Any]:
        note_id = new_id(bucket_of(case_id))
        answer = {"note": str(note_id)}
        row = await write(
            db,
            store.noted_case(case_id, applicant=applicant, department=actor.department or ""),
            store.adding_note(
                note_id, department=actor.department or "", author=actor.name, now=now, words=text
            ),
            audit.record(actor, "cases.note", subject=applicant, reference=case_id, now=now),
            *remembering(answer),
        )
        if row is None:
            raise NoSuchCase
        return answer

    return await answer_once(
        db,
        act,
        bucket=bucket_of(case_id),
        caller=actor.caller,
        key=key,
        body={"note": str(case_id), "words": text},
        now=now,
    )


async def note_firm_ended(db: Database, *, event: Event, now: datetime) -> None:
    """The applicant firm is no more: whoever has a case of it under way finds that noted on it. Handles
    identity.firm_ended, once for each case."""
    state = {"merged": "因合并注销", "split": "因分立注销", "struck_off": "注销"}.get(
        str(event.payload["state"]), "吊销营业执照"
    )
    words = f"登记机关：申请单位的登记状态变为“{state}”（截至 {event.payload['as_of']}）。请依法核对承继人后处理。"
    await _note_each(db, event, words, handler="note_firm_ended", now=now)


async def note_firm_taken_over(db: Database, *, event: Event, now: datetime) -> None:
    """The representative of a successor goes on with what a firm filed that is no more. Handles
    identity.firm_taken_over, once for each case."""
    words = (
        f"承继单位{event.payload['successor']}（{event.payload['code']}）的法定代表人已接手申请单位的办件，"
        "此后以申请单位名义办理的，由其办理。"
    )
    await _note_each(db, event, words, handler="note_firm_taken_over", now=now)


async def _note_each(db: Database, event: Event, words: str, *, handler: str, now: datetime) -> None:
    for case_id, department in await store.under_way(db, event.subject):
        try:
            await write(
                db,
                store.noted_case(case_id, applicant=event.subject, department=department),
                store.adding_note(
                    new_id(bucket_of(case_id)), department=department, author="法人库", now=now, words=words
                ),
                audit.record(SYSTEM, "cases.note", subject=event.subject, reference=case_id, now=now),
                handling(event, f"cases.jobs.{handler}.{case_id}", now=now),
            )
        except asyncpg.UniqueViolationError as error:
            if not already_handled(error):
                raise


async def notes(db: Database, actor: Actor, *, case_id: UUID) -> list[Note]:
    """The notes to a case that lies with the officer's department, oldest first: one statement."""
    POLICY.require(actor, "cases.note", Relation.DEPARTMENT)
    return await store.notes_of(db, case_id=case_id, department=actor.department or "")
