"""Telling the applicant: an inbox row and a text message, once for each event."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from uuid import UUID

from tongban import catalogue, identity, notices, regions
from tongban.cases import store
from tongban.cases.actions.letters import letter
from tongban.cases.model import Case, NoSuchCase
from tongban.cases.model.answers import contact_phone
from tongban.kit import forms, keys, outbox
from tongban.kit.db import Database, write
from tongban.kit.outbox import Event
from tongban.settings import settings


@cache
def _mark() -> str:
    return regions.city_of(settings().city_dir).mark


async def tell(db: Database, *, event: Event, now: datetime) -> None:
    """Write the letter of ``event`` to the applicant's inbox and text her, exactly once."""
    found = await store.case_with_steps(db, case_id=UUID(event.reference))
    if found is None:
        raise NoSuchCase
    case, steps = found
    move = event.payload.get("move")
    detail = next((step.detail for step in reversed(steps) if step.move == move), {})
    version = await catalogue.version(db, case.item, case.item_version)
    words = letter(event.topic, case, version.name, mark=_mark(), detail=detail)
    phone = await _phone(db, case, version)
    await write(
        db,
        store.standing(case),
        notices.telling(
            recipient=case.applicant, title=words.title, body=words.body, link=f"/my/cases/{case.id}", now=now
        ),
        notices.texting(
            recipient=case.applicant,
            phone_sealed=phone,
            words=words.sms.within(case.language),
            template=event.topic,
            now=now,
        ),
        outbox.handling(event, "cases.jobs.tell", now=now),
    )


async def _phone(db: Database, case: Case, version: catalogue.ItemVersion) -> bytes:
    """The phone that she gave for this case, as its form promises; without one the account's."""
    form = forms.compile_form(version.form)
    given = contact_phone(form, case.answers, keys.current(), case.id.bytes)
    return (
        notices.seal_phone(given, case.applicant)
        if given
        else await identity.phone_sealed_of(db, case.applicant)
    )
