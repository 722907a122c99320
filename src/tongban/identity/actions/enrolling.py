"""Enrolment: typed → checked against the population register → SMS code → an account of level L1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from tongban import audit
from tongban.identity.actions import passwords
from tongban.identity.actions.asking_register import FIELDS, register_answer
from tongban.identity.actions.codes import code_parts, try_code
from tongban.identity.actions.logging_in import Opened
from tongban.identity.actions.phone_only import KEPT, held_phone, refuse_second
from tongban.identity.actions.phones import bind_instead, letting_go
from tongban.identity.actions.steps import step_of, step_token
from tongban.identity.actions.taking_over import take_over
from tongban.identity.model import Account, CheckResult
from tongban.identity.model.consent import ENROLMENT
from tongban.identity.model.duplicates import EnrolledByOtherPaper, others_kept
from tongban.identity.model.hashes import number_hash, older_one
from tongban.identity.model.people import (
    LEVEL_CHECKED,
    open_id_number,
    open_name,
    paper_hash,
    seal_id_number,
    seal_name,
)
from tongban.identity.model.phones import PhoneBound
from tongban.identity.model.refusals import (
    AlreadyEnrolled,
    RegisterAway,
    RegisterSaysNo,
    StepGone,
    TooManyEnrolments,
)
from tongban.identity.model.steps import Step
from tongban.identity.model.typed import Typed
from tongban.identity.store import (
    applications,
    attempts,
    consents,
    duplicates,
    faces,
    levels,
    residence,
    scanning,
    way_back,
    window_recovering,
)
from tongban.identity.store.applications import Application
from tongban.kit import keys, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of, new_bucket, new_id
from tongban.kit.outbox import announcing
from tongban.kit.policy import VISITOR, Actor
from tongban.kit.web.sessions import making_room, opening_session
from tongban.notices import open_phone, seal_phone

#: How long a face check is kept after it began; the record of a raised level stays with the levels.
FACES_KEPT = timedelta(days=180)
ITEM = "identity.enrol"
#: Which other papers she has is asked at enrolment alone, so that one person gets one account.
OTHER_PAPERS = "population.other_papers"
#: Hukou and residence come with the same answer.
HOUSEHOLD = "population.household"
#: 个人信息保护法 (PIPL) art. 13(1)(1): consent, given by the tick on the form.
BASIS = "个人信息保护法第十三条第一款第一项：取得个人的同意"


async def enrol(db: Database, typed: Typed, *, actor: Actor = VISITOR, now: datetime) -> str:
    """First step: keep what was typed, ask the register, send the code; gives the next step's token.

    Who is logged in with a phone alone (``actor``, L0) raises that account, for the phone and with the password that it
    has: raises PhoneOnlyOver where it is none any more. One statement more.

    Raises TooManyEnrolments, RegisterSaysNo, or RegisterAway, whose ``step`` is what :func:`retry` takes.
    TooManyTexts, where no code may go out, keeps the enrolment for a day too.
    Whether the person has an account is not told here. Three round trips besides the register's own.
    """
    held = await held_phone(db, actor) if actor.id is not None else None
    candidate = new_id(new_bucket() if held is None else bucket_of(held.id))
    if held is not None:
        typed = msgspec.structs.replace(typed, phone=open_phone(held.phone_sealed, held.id))
    id_hash, phone_hash = paper_hash(typed.paper), number_hash("phone", typed.phone)
    application = Application(
        id=candidate,
        name_sealed=seal_name(typed.name, candidate),
        id_number_sealed=seal_id_number(typed.id_number, candidate),
        phone_sealed=seal_phone(typed.phone, candidate),
        id_hash=id_hash,
        phone_hash=phone_hash,
        password=held.password if held is not None else await passwords.hashed(typed.password),
        expires_at=now + KEPT,
        paper_kind=typed.paper.kind,
        paper_country=typed.paper.country,
        id_older=older_one(id_hash),
        phone_older=older_one(phone_hash),
        raises=None if held is None else held.id,
    )
    kept = await write(
        db,
        attempts.counting_enrolment(keys.current().blind_index("enrol", id_hash.hex()), now=now),
        applications.keeping(application),
        audit.opening_purpose(
            id=candidate,
            kind="own_act",
            subject=application.subject,
            reference=candidate,
            item=ITEM,
            fields=(*FIELDS, OTHER_PAPERS, HOUSEHOLD),
            basis=BASIS,
            until=application.expires_at,
            now=now,
        ),
        audit.record(actor, "identity.enrol", subject=application.subject, reference=candidate, now=now),
    )
    if kept is None:
        raise TooManyEnrolments
    return await _ask_register(db, application, now=now)


async def retry(db: Database, *, step: str, now: datetime) -> str:
    """Ask the register again for an enrolment that was kept; gives the next step's token.

    Raises StepGone (older than a day, or done) and what :func:`enrol` raises.
    """
    passed = step_of(step, "wait", now=now)
    application = await applications.waiting(db, passed.account, now=now)
    if application is None:
        raise StepGone
    return await _ask_register(db, application, now=now)


async def _ask_register(db: Database, application: Application, *, now: datetime) -> str:
    candidate = application.id
    name = open_name(application.name_sealed, candidate)
    id_number = open_id_number(application.id_number_sealed, candidate)
    paper = papers.Paper(application.paper_kind, id_number, application.paper_country)
    phone = open_phone(application.phone_sealed, candidate)
    masked = papers.mask_phone(phone)
    answer = await register_answer(
        *(db, candidate),
        subject=application.subject,
        name=name,
        paper=paper,
        phone=phone,
        settled=True,
        linked=True,
        now=now,
    )
    if answer is None:
        raise RegisterAway(step_token(Step("wait", candidate, now, masked, raises=application.raises)))
    if not answer.match:
        await _forget_refused(db, application, answer, now=now)
        typed = {"name": name, "id_number": id_number, "phone": phone, "agree": "yes"}
        typed |= {"paper_kind": paper.kind, "country": paper.country}
        raise RegisterSaysNo(answer.reasons, paper=paper, typed=typed)
    await write(
        db,
        applications.confirming(
            candidate,
            others=others_kept(paper, answer.papers),
            residence=answer.residence,
            as_of=answer.as_of or now,
            now=now,
        ),
        *await code_parts(
            db, candidate, "enrol", before=None, phone_sealed=application.phone_sealed, now=now
        ),
        audit.closing_purpose(subject=application.subject, reference=candidate, now=now),
        audit.record(VISITOR, "identity.confirm", subject=application.subject, reference=candidate, now=now),
    )
    return step_token(Step("enrol", candidate, now, masked, raises=application.raises))


async def _forget_refused(
    db: Database, application: Application, answer: CheckResult, *, now: datetime
) -> None:
    await write(
        db,
        applications.dropping(application.id),
        audit.closing_purpose(subject=application.subject, reference=application.id, now=now),
        audit.record(
            VISITOR,
            "identity.refuse_enrolment",
            subject=application.subject,
            reference=application.id,
            detail={"reasons": list(answer.reasons)},
            now=now,
        ),
    )


async def finish_enrolment(db: Database, *, step: str, code: str, now: datetime) -> Opened:
    """Last step: the right code makes the account (L1) and opens its session. Three round trips.

    Who had the phone until now loses it in the same write; whose own account lost its phone gets this one instead of
    a second account, and hears PhoneBound.

    One person, one account: a second enrolment, however fast, raises AlreadyEnrolled, told only here, to
    somebody who has just proved name, number and phone; where it is an account of another paper of hers,
    EnrolledByOtherPaper, which leads on. An account that others had opened for her is taken over.
    Raises StepGone and the code's sentences too.
    """
    passed = step_of(step, "enrol", now=now)
    if passed.raises is not None:
        raise StepGone  # :func:`tongban.identity.actions.real_name.finish_raising` ends it
    owner, _ = await try_code(db, passed.account, "enrol", code, now=now)
    actor = owner.actor()
    cookie, session = opening_session(actor, now=now, opened_by="enrol")
    try:
        done = await write(
            db,
            applications.ending(owner.id, now=now),
            applications.making_account(level=LEVEL_CHECKED, now=now),
            applications.making_person(),
            duplicates.claiming(of_citizens=sorted(papers.NUMBERED_AS_CITIZENS), now=now),
            duplicates.keeping_others(),
            residence.taking_from_application(now=now),
            applications.taking_phone(now=now),
            applications.using_enrolment_code(now=now),
            consents.giving_at_enrolment(ENROLMENT, owner.id, kept=KEPT),
            audit.record(actor, "identity.open_account", subject=owner.id, reference=owner.id, now=now),
            announcing("identity.opened", subject=owner.id, reference=owner.id, now=now),
            session,
            making_room(actor, now=now),
            *await letting_go(db, owner.id, now=now),
        )
    except asyncpg.UniqueViolationError as taken:
        return await in_her_account(db, owner, taken, now=now)
    if done is None:
        raise StepGone
    return Opened(actor, cookie)


async def in_her_account(
    db: Database,
    owner: Account,
    taken: asyncpg.UniqueViolationError,
    *,
    more: Sequence[Part] = (),
    now: datetime,
) -> Opened:
    """What becomes of a checked enrolment whose person has an account: it is opened where others had opened it for her,
    else she hears PhoneBound, EnrolledByOtherPaper or AlreadyEnrolled, with which ``more`` is written."""
    if taken.constraint_name != "id_index_pkey":
        raise taken
    if (opened := await take_over(db, owner, now=now)) is not None:
        return opened
    if await bind_instead(db, owner, now=now):
        raise PhoneBound from taken
    if await duplicates.found_by(db, owner.id) is not None:
        raise EnrolledByOtherPaper(step_token(Step("found", owner.id, now, ""))) from taken
    await refuse_second(db, owner.id, *more, reference=owner.id, now=now)
    raise AlreadyEnrolled from taken


async def forget(db: Database, *, now: datetime) -> None:
    """End the level checks whose time is over; drop ways back that nobody took, and recoveries that came to nothing."""
    await levels.expire(db, now=now)
    await way_back.forget(db, before=now - KEPT)
    await scanning.forget(db, before=now - KEPT)
    await window_recovering.forget(db, now=now)
    await faces.forget(db, before=now - FACES_KEPT)
