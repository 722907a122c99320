"""Telling the applicant: an inbox row and a text message, once for each event."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import catalogue, identity, notices
from tongban.cases import store
from tongban.cases.actions.letters import letter
from tongban.cases.model import NoSuchCase
from tongban.kit import outbox
from tongban.kit.db import Database, write
from tongban.kit.outbox import Event


async def tell(db: Database, *, event: Event, now: datetime) -> None:
    """Write the letter of ``event`` to the applicant's inbox and send it to her phone, exactly once."""
    case = await store.case_for_work(db, case_id=UUID(event.reference))
    if case is None:
        raise NoSuchCase
    version = await catalogue.version(db, case.item, case.item_version)
    words = letter(event.topic, case, version.name)
    phone = await identity.phone_sealed_of(db, case.applicant)
    await write(
        db,
        store.standing(case),
        notices.telling(
            recipient=case.applicant, title=words.title, body=words.body, link=f"/my/cases/{case.id}", now=now
        ),
        notices.texting(
            recipient=case.applicant, phone_sealed=phone, words=words.body.zh, template=event.topic, now=now
        ),
        outbox.handling(event, "cases.jobs.tell", now=now),
    )
