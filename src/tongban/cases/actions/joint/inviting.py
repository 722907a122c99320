"""Inviting: the worker tells the others what waits for their word, and that it does so no more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from tongban import catalogue, identity, notices
from tongban.cases import store
from tongban.cases.actions.joint.naming import name_fits
from tongban.cases.actions.letters.of_joint import asked, no_more
from tongban.cases.actions.letters.of_steps import Letter, in_both
from tongban.cases.actions.letters.telling import mark
from tongban.cases.model import Case, NoSuchCase, State
from tongban.kit import forms, keys, outbox
from tongban.kit.db import Database, Part, write
from tongban.kit.outbox import Event


async def invite(db: Database, *, event: Event, now: datetime) -> None:
    """An invitation 邀请 into the bucket of each of the others who has an account, with a notice and a text message.

    Each is a write of its own with its own mark: after a kill only what is missing is done. A round that is over by now
    invites nobody. Nobody learns here who has an account.
    """
    case = await store.case_for_work(db, case_id=UUID(event.reference))
    if case is None:
        raise NoSuchCase
    if not _waits(case) or case.joint is None or case.joint.round != event.payload["round"]:
        return
    found = await identity.found(db, [bytes.fromhex(one.hash) for one in case.joint.signers])
    for seat, signer in enumerate(case.joint.signers):
        person = found.get(bytes.fromhex(signer.hash))
        if person is not None:
            await _ask(db, case, person, seat, event, f"cases.jobs.invite.{seat}", now=now)


async def welcome(db: Database, *, event: Event, now: datetime) -> None:
    """Somebody has opened her account: what has been waiting for her number is laid before her now."""
    person = await identity.person(db, event.subject)
    hashes = identity.spellings(identity.paper_hash(person.paper))
    for case_id in await store.waiting_for(db, hashes):
        case = await store.case_for_work(db, case_id=case_id)
        if case is None or not _waits(case) or case.joint is None:
            continue
        for seat, signer in enumerate(case.joint.signers):
            if bytes.fromhex(signer.hash) in hashes:
                await _ask(db, case, person.id, seat, event, f"cases.jobs.welcome.{case_id}", now=now)


async def uninvite(db: Database, *, event: Event, now: datetime) -> None:
    """A round is over without being filed: its invitations go, and whoever had one is told.

    She who refused knows it. Where the draft has been laid before them anew already, the new invitation stands.
    """
    found = await store.with_steps(db, case_id=UUID(event.reference))
    if found is None:
        raise NoSuchCase
    case, steps = found
    joint = case.joint
    if joint is None or joint.ended is None:
        return
    refused = next((step.detail.get("seat") for step in reversed(steps) if step.move == "dissent"), None)
    version = await catalogue.version(db, case.item, case.item_version)
    people = await identity.found(db, [bytes.fromhex(one.hash) for one in joint.signers])
    for seat, signer in enumerate(joint.signers):
        person = people.get(bytes.fromhex(signer.hash))
        if person is None:
            continue
        quiet = joint.ended == "refused" and seat == refused
        words = (
            None
            if quiet
            else in_both(no_more(case, version.name, signed=signer.signed_at is not None, mark=mark()))
        )
        gone = store.uninviting(case.id, person, round_=joint.round)
        await _told(
            db,
            case,
            person,
            gone,
            words,
            event,
            f"cases.jobs.uninvite.{seat}",
            link="/my/confirmations",
            now=now,
        )


def _waits(case: Case) -> bool:
    return case.state is State.CONFIRMING


async def _ask(
    db: Database, case: Case, person: UUID, seat: int, event: Event, handler: str, *, now: datetime
) -> None:
    version = await catalogue.version(db, case.item, case.item_version)
    form = forms.compile_form(version.form)
    answers = forms.open_answers(form, case.answers, keys.current(), case.id.bytes)
    fits = await name_fits(db, case, version, form, answers, person=person, seat=seat)
    await _told(
        db,
        case,
        person,
        store.inviting(case, person, seat=seat, name_fits=fits, now=now),
        in_both(asked(case, version.name, mark=mark())),
        event,
        handler,
        link=f"/my/confirmations/{case.id}",
        now=now,
    )


async def _told(
    db: Database,
    case: Case,
    person: UUID,
    guard: Part,
    words: Letter | None,
    event: Event,
    handler: str,
    *,
    link: str,
    now: datetime,
) -> None:
    """One of them: her row, her notice and text message, and the mark of both; done before, nothing happens."""
    news = (
        (
            notices.telling(recipient=person, title=words.title, body=words.body, link=link, now=now),
            notices.texting(
                recipient=person,
                phone_sealed=await identity.phone_sealed_of(db, person),
                words=words.sms.within(case.language),
                template=event.topic,
                now=now,
            ),
        )
        if words
        else ()
    )
    try:
        await write(db, guard, *news, outbox.handling(event, handler, now=now))
    except asyncpg.UniqueViolationError as repeated:
        if not outbox.already_handled(repeated):
            raise
