"""Telling the applicant, who applies with her, and whom the decision bears on: an inbox row and a text message, once
for each event; and the paper is to be sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import msgspec

from tongban import catalogue, identity, notices, regions
from tongban.cases import store
from tongban.cases.actions.letters import of_joint
from tongban.cases.actions.letters.of_interest import about_words, words_to
from tongban.cases.actions.letters.of_promise import words_of as promise_words
from tongban.cases.actions.letters.of_steps import Letter, in_both, letter, may_change, provisional
from tongban.cases.actions.moving import organ_of, reconsidered_by
from tongban.cases.model import Case, NoSuchCase
from tongban.cases.model.answers import contact_phone
from tongban.cases.model.hearing import Hearing
from tongban.cases.model.matter import matter_of
from tongban.kit import clock, forms, keys, outbox
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Language, Text
from tongban.kit.outbox import Event
from tongban.settings import settings

#: News of a round of confirming is the first applicant's; the others are told by invitations.
_OF_THE_FIRST = frozenset({"cases.signed", "cases.unsigned", "cases.dissented", "cases.lapsed"})


@cache
def mark() -> str:
    """Whose name stands before the city's text messages."""
    return regions.city_of(settings().city_dir).mark


async def tell(db: Database, *, event: Event, now: datetime) -> None:
    """Write the letter of ``event`` to the applicant's inbox and text her, exactly once.

    Joint applicants and interested persons come first, each by a write and a mark of her own: after a kill only what is
    missing is done.
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
    if case.hearing is not None and case.hearing.others:
        await _tell_interested(db, case, version, event, detail, now=now)
    seat = detail.get("seat")
    words = letter(
        event.topic,
        case,
        version,
        mark=mark(),
        organ=await reconsidered_by(db, case),
        detail={**detail, "told": True} if seat is not None else detail,
    )
    words = may_change(words, case, await clock.current_calendar(db))
    phone = await _phone(db, case, version)
    await write(
        db,
        store.standing(case),
        *await _to_guardians(db, case, words, now=now),
        *_told(
            words,
            case.applicant,
            link=f"/my/cases/{case.id}",
            item=case.item,
            phone=phone,
            language=case.language,
            topic=event.topic,
            now=now,
        ),
        store.wanting_seals(case, now=now),
        outbox.handling(event, "cases.jobs.tell", now=now),
    )


async def tell_promise(db: Database, *, event: Event, now: datetime) -> None:
    """What happened to a promise 告知承诺 after the grant: her inbox, her guardians' and her phone, exactly once."""
    case = await store.case_for_work(db, case_id=UUID(event.reference))
    if case is None:
        raise NoSuchCase
    version = await catalogue.version(db, case.item, case.item_version)
    what = event.payload["what"]
    words = in_both(
        promise_words(
            what,
            code=case.short_code or "",
            item=version.name,
            mark=mark(),
            found=event.payload["found"],
            until=event.payload.get("until", ""),
        )
    )
    await write(
        db,
        store.standing(case),
        *await _to_guardians(db, case, words, now=now),
        *_told(
            words,
            case.applicant,
            link=f"/my/cases/{case.id}",
            item=case.item,
            phone=await _phone(db, case, version),
            language=case.language,
            topic=f"cases.promise.{what}",
            now=now,
        ),
        outbox.handling(event, "cases.jobs.tell_promise", now=now),
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
    calendar = await clock.current_calendar(db)
    organ = await reconsidered_by(db, case)
    for person in case.joint.people:
        seat = case.joint.seat_of(person)
        acted = "seat" in detail and detail["seat"] == seat
        if acted and event.topic == "cases.correction_returned":
            continue  # she knows that she has refused
        own = of_joint.to_other(*(event.topic, case, version.applied_for, detail), mark=mark(), acted=acted)
        words = (
            in_both(own)
            if own
            else letter(
                event.topic, case, version, mark=mark(), organ=organ, detail={**detail, "told": not acted}
            )
        )
        if of_joint.only_hers(event.topic, case, detail):
            words = Letter(*of_joint.copied(words.title, words.body, case, version.applied_for, mark=mark()))
        words = may_change(words, case, calendar)
        try:
            await write(
                db,
                store.standing(case),
                *_told(
                    words,
                    person,
                    link=of_joint.link_for(event.topic, case),
                    phone=await identity.phone_sealed_of(db, person),
                    language=case.language,
                    topic=event.topic,
                    now=now,
                ),
                outbox.handling(event, f"cases.jobs.tell.{seat}", now=now),
            )
        except asyncpg.UniqueViolationError as repeated:
            if not outbox.already_handled(repeated):
                raise


async def _tell_interested(
    db: Database,
    case: Case,
    version: catalogue.ItemVersion,
    event: Event,
    detail: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Interested persons who were told by their accounts; the others' notices an officer delivers on paper."""
    # What a decision says of the hearing before it is no hearing.
    then = "lasting" in detail.get("hearing", ())
    hearing = msgspec.convert(detail["hearing"], Hearing) if then else case.hearing
    assert hearing is not None
    about = matter_of(
        *(forms.compile_form(version.form), case.answers, keys.current()),
        case_id=case.id,
        masked=case.applicant_masked,
    )
    government = await reconsidered_by(db, case)
    assert government is not None
    calendar = await clock.current_calendar(db)
    values = {
        "item": version.name,
        "about": about_words(version.name, about),
        "organ": await organ_of(db, case),
        "government": government.name,
        "mark": mark(),
    }
    for row in await store.interested_of(db, case_id=case.id):
        one = hearing.other(row.seat) if row.account else None
        words = one and words_to(event.topic, hearing, one, detail, values)
        if not words:
            continue
        try:
            await write(
                db,
                store.standing(case),
                *_told(
                    provisional(in_both(words), hearing.last_days, calendar),
                    row.person,
                    link=f"/my/interested/{case.id}",
                    phone=await identity.phone_sealed_of(db, row.person),
                    language=case.language,
                    topic=event.topic,
                    now=now,
                ),
                outbox.handling(event, f"cases.jobs.tell.interested.{row.seat}", now=now),
            )
        except asyncpg.UniqueViolationError as repeated:
            if not outbox.already_handled(repeated):
                raise


async def _to_guardians(db: Database, case: Case, words: Letter, *, now: datetime) -> list[Part]:
    """The same news in the inboxes of who acts for the applicant as her guardian or family: whose it is stands first,
    and the link leads to where she switches to act for her. Her own inbox is the applicant's."""
    return [
        notices.telling(
            recipient=agent,
            title=Text(
                f"{case.applicant_masked}：{words.title.zh}", f"{case.applicant_masked}: {words.title.en}"
            ),
            body=words.body,
            link=f"/my/acting/{power}?{urlencode({'next': f'/my/cases/{case.id}'})}",
            now=now,
        )
        for power, agent in await identity.guardians(db, case.applicant)
    ]


def _told(
    words: Letter,
    person: UUID,
    *,
    link: str,
    item: str | None = None,
    phone: bytes,
    language: Language,
    topic: str,
    now: datetime,
) -> tuple[Part, Part]:
    """A notice in somebody's inbox and her text message; ``item`` of the applicant's, whose agents read it too."""
    return (
        notices.telling(recipient=person, title=words.title, body=words.body, link=link, item=item, now=now),
        notices.texting(
            recipient=person,
            phone_sealed=phone,
            words=words.sms.within(language),
            template=topic,
            now=now,
        ),
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
