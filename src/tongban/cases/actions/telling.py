"""Telling the applicant, and who applies with her: an inbox row and a text message, once for each event; and the paper
is to be sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg

from tongban import catalogue, identity, notices, regions
from tongban.cases import store
from tongban.cases.actions.letters import letter
from tongban.cases.model import Case, NoSuchCase
from tongban.cases.model.answers import contact_phone
from tongban.kit import forms, keys, outbox
from tongban.kit.db import Database, write
from tongban.kit.outbox import Event
from tongban.settings import settings

#: News of a round of confirming is the first applicant's; the others are told by invitations.
_OF_THE_FIRST = frozenset({"cases.signed", "cases.unsigned", "cases.dissented", "cases.lapsed"})


@cache
def mark() -> str:
    """Whose name stands before the city's text messages."""
    return regions.city_of(settings().city_dir).mark


async def tell(db: Database, *, event: Event, now: datetime) -> None:
    """Write the letter of ``event`` to the applicant's inbox and text her, exactly once; to joint applicants likewise.

    The others come first, each by a write and a mark of her own: after a kill only what is missing is done.
    """
    found = await store.with_steps(db, case_id=UUID(event.reference))
    if found is None:
        raise NoSuchCase
    case, steps = found
    move = event.payload.get("move")
    detail = next((step.detail for step in reversed(steps) if step.move == move), {})
    version = await catalogue.version(db, case.item, case.item_version)
    if case.joint is not None and event.topic not in _OF_THE_FIRST:
        await _tell_others(db, case, version, event, detail, now=now)
    seat = detail.get("seat")
    words = letter(
        event.topic,
        case,
        version,
        mark=mark(),
        detail={**detail, "told": True} if seat is not None else detail,
    )
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
        store.wanting_seals(case, now=now),
        outbox.handling(event, "cases.jobs.tell", now=now),
    )


async def _tell_others(
    db: Database,
    case: Case,
    version: catalogue.ItemVersion,
    event: Event,
    detail: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    assert case.joint is not None
    for person in case.joint.people:
        seat = case.joint.seat_of(person)
        acted = "seat" in detail and detail["seat"] == seat
        words = letter(event.topic, case, version, mark=mark(), detail={**detail, "told": not acted})
        try:
            await write(
                db,
                store.standing(case),
                notices.telling(
                    recipient=person, title=words.title, body=words.body, link=f"/my/cases/{case.id}", now=now
                ),
                notices.texting(
                    recipient=person,
                    phone_sealed=await identity.phone_sealed_of(db, person),
                    words=words.sms.within(case.language),
                    template=event.topic,
                    now=now,
                ),
                outbox.handling(event, f"cases.jobs.tell.{seat}", now=now),
            )
        except asyncpg.UniqueViolationError as repeated:
            if not outbox.already_handled(repeated):
                raise


async def _phone(db: Database, case: Case, version: catalogue.ItemVersion) -> bytes:
    """The phone that she gave for this case, as its form promises; without one the account's."""
    form = forms.compile_form(version.form)
    given = contact_phone(form, case.answers, keys.current(), case.id.bytes)
    return (
        notices.seal_phone(given, case.applicant)
        if given
        else await identity.phone_sealed_of(db, case.applicant)
    )
