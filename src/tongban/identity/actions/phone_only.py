"""Accounts that are known by a phone alone 仅手机账户 (L0): opened by a code, and ended with what they held.

A phone that receives a code says nothing of who holds it, so such an account reads what anybody reads and keeps what
the house says to it. Whoever proves the phone again with a new application gets an empty account, never the former one:
the number may have passed to somebody else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from tongban import audit
from tongban.identity.actions import passwords
from tongban.identity.actions.codes import code_parts, try_code
from tongban.identity.actions.logging_in import Opened
from tongban.identity.actions.steps import step_of, step_token
from tongban.identity.model import Account
from tongban.identity.model.hashes import number_hash, older_one
from tongban.identity.model.people import LEVEL_PHONE, seal_id_number, seal_name
from tongban.identity.model.phone_only import PhoneHasAccount, PhoneOnlyOver, phone_typed
from tongban.identity.model.refusals import StepGone
from tongban.identity.model.steps import Step
from tongban.identity.store import applications, closing, consents
from tongban.identity.store import phone_only as store
from tongban.kit import clock, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.policy import SYSTEM, VISITOR, Actor, Role
from tongban.kit.web.sessions import ending_others, making_room, opening_session
from tongban.notices import open_phone, seal_phone

#: How long what was typed waits for its code, and an enrolment for a register that is down.
KEPT = timedelta(hours=24)
#: So many unused accounts end in one round of the sweep.
ROUND = 200


async def open_by_phone(db: Database, *, phone: str, password: str, now: datetime) -> str:
    """First step: keep phone and password, send the code; gives the next step's token.

    Nothing is looked up: who has an account and who has none get the same page by the same statements, and the code is
    what tells its owner. Raises TypedInvalid and TooManyTexts. Two round trips.
    """
    clean = phone_typed(phone, password)
    candidate, phone_hash = new_id(new_bucket()), number_hash("phone", clean)
    application = applications.Application(
        candidate,
        seal_name("", candidate),
        seal_id_number("", candidate),
        seal_phone(clean, candidate),
        b"",
        phone_hash,
        await passwords.hashed(password),
        now + KEPT,
        "",
        "",
        phone_older=older_one(phone_hash),
    )
    await write(
        db,
        store.keeping(application),
        *await code_parts(
            db,
            candidate,
            "enrol",
            before=None,
            phone_sealed=application.phone_sealed,
            kind="phone_only",
            now=now,
        ),
        audit.record(VISITOR, "identity.ask_phone_account", subject=candidate, reference=candidate, now=now),
    )
    return step_token(Step("phone_only", candidate, now, papers.mask_phone(clean)))


async def finish_opening(db: Database, *, step: str, code: str, now: datetime) -> Opened:
    """Last step: the right code opens the account (L0) and its session. Three round trips.

    One phone, one account. Where it finds an account of a person, PhoneHasAccount is told to who has just proved the
    phone, and nobody else. A former account of the phone alone ends before the new one begins, and nothing of it is
    shown. Raises StepGone and the code's sentences too.
    """
    passed = step_of(step, "phone_only", now=now)
    owner, _ = await try_code(db, passed.account, "enrol", code, now=now)
    held, used = await store.held_by(db, owner.id), store.using_code(owner.id, now=now)
    if held is not None and not held.phone_only:
        await refuse_second(db, owner.id, used, reference="phone", now=now)
        raise PhoneHasAccount
    if held is not None:
        await end(db, held.id, phone=open_phone(owner.phone_sealed, owner.id), now=now)
    actor = Account(
        id=owner.id,
        role=Role.RESIDENT,
        name_sealed=owner.name_sealed,
        phone_sealed=owner.phone_sealed,
        level=LEVEL_PHONE,
        password=owner.password,
        department=None,
    ).actor()
    cookie, session = opening_session(actor, now=now, opened_by="enrol")
    try:
        done = await write(
            db,
            store.ending_application(owner.id, now=now),
            applications.making_account(level=LEVEL_PHONE, now=now),
            store.making(now=now),
            store.claiming_phone(now=now),
            used,
            audit.record(actor, "identity.open_account", subject=owner.id, reference="phone", now=now),
            session,
            making_room(actor, now=now),
        )
    except asyncpg.UniqueViolationError as taken:  # the same phone in another window was faster
        if taken.constraint_name != "id_index_pkey":
            raise
        await refuse_second(db, owner.id, used, reference="phone", now=now)
        raise PhoneHasAccount from taken
    if done is None:
        raise StepGone
    return Opened(actor, cookie)


async def refuse_second(
    db: Database, candidate: UUID, *more: Part, reference: str | UUID, now: datetime
) -> None:
    """Forget an application whose person, or whose phone, has an account; with ``more`` in the same write."""
    await write(
        db,
        applications.dropping(candidate),
        *more,
        audit.record(VISITOR, "identity.refuse_second", subject=candidate, reference=reference, now=now),
    )


async def held_phone(db: Database, actor: Actor) -> store.PhoneAccount:
    """The actor's account, which is known by its phone alone. Raises PhoneOnlyOver: it was raised, or has ended."""
    assert actor.id is not None
    held = await store.living(db, actor.id) if actor.acting is None else None
    if held is None:
        raise PhoneOnlyOver
    return held


def ending_parts(who: UUID, *, phone: str, now: datetime) -> tuple[Part, ...]:
    """The parts that follow the guard :func:`store.ending`: nothing finds the account, no session is in it, and the
    worker lets go what it held."""
    return (
        store.noting_end(who, now=now),
        closing.freeing(who, [number_hash("phone", phone)]),
        closing.dropping_codes(who),
        closing.ending_closing(who),
        consents.withdrawing_all(who, now=now),
        ending_others(Actor(Role.RESIDENT, who), now=now),
        audit.record(SYSTEM, "identity.end_phone_account", subject=who, reference=who, now=now),
    )


async def end(
    db: Database, who: UUID, *, phone: str, unused_since: datetime | None = None, now: datetime
) -> bool:
    """End an account of a phone alone, gives whether it was done now; one used after ``unused_since`` stays."""
    done = await write(
        db,
        store.ending(who, nothing_sealed=seal_phone("", who), unused_since=unused_since, now=now),
        *ending_parts(who, phone=phone, now=now),
    )
    return done is not None


async def keep_phone_only(db: Database, *, before: datetime, look: bool) -> int:
    """End the accounts of a phone alone that nobody has used since an instant, 200 at a time, or count them
    (``city/keeping.yaml``)."""
    if look:
        return await store.number_unused(db, before=before)
    ended = 0
    for who in await store.unused(db, before=before, limit=ROUND):
        held = await store.living(db, who)
        if held is not None:
            phone = open_phone(held.phone_sealed, who)
            ended += await end(db, who, phone=phone, unused_since=before, now=clock.now())
    return ended


async def ended_accounts(db: Database) -> list[UUID]:
    """Accounts of a phone alone that have ended, and of which the rooms still hold something; 200 at a time."""
    return await store.ended(db, limit=ROUND)


async def forget_ended(db: Database, who: UUID, *, now: datetime) -> None:
    """What an ended account held is gone in every room: nothing more is to be done. Twice changes nothing."""
    await write(
        db,
        store.forgetting(who),
        audit.record(SYSTEM, "identity.closed_account", subject=who, reference="phone", now=now),
    )
