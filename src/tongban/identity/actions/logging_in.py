"""Log-in in two steps: password, then SMS code, or the code of an officer's authenticator; and log-out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban import audit
from tongban.identity.actions import passwords
from tongban.identity.actions.codes import code_parts, kind_of, try_code
from tongban.identity.actions.locked_out import lock_parts
from tongban.identity.actions.opening import opening
from tongban.identity.actions.phones import lost
from tongban.identity.actions.second_factor import prove, sms_is_too_little, take
from tongban.identity.actions.steps import step_of, step_token
from tongban.identity.model import POLICY, Account
from tongban.identity.model.people import LEVEL_PHONE
from tongban.identity.model.phones import PhoneLost
from tongban.identity.model.refusals import CodeUsed, Locked, TypedInvalid, WrongPassword
from tongban.identity.model.steps import Step
from tongban.identity.model.stuffing import MOST_OF_NETWORK, NetworkRests, network_key
from tongban.identity.model.typed import login_hash, network_of, staff_hash
from tongban.identity.store import attempts, phone_only, stuffing
from tongban.kit import papers
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_
from tongban.kit.ids import new_id
from tongban.kit.policy import STAFF, VISITOR, Actor, Relation
from tongban.kit.web.sessions import ending_session
from tongban.notices import open_phone

Door = Literal["log_in", "staff"]


class Opened(msgspec.Struct, frozen=True):
    """A session that stands: who, and the cookie that carries it."""

    actor: Actor
    cookie: str

    def __repr__(self) -> str:
        return f"Opened({self.actor.id})"


async def check_password(
    db: Database,
    door: Door | Literal["merge"],
    *,
    account: str,
    password: str,
    address: str = "",
    judge: Callable[[UUID], Awaitable[None]] | None = None,
    now: datetime,
) -> str:
    """First step of a log-in: gives the token of the next step, whose SMS code is on its way.

    Where an officer has an authenticator or a passkey no code is sent, and the next step is :func:`log_in_with_totp` or
    :func:`~tongban.identity.actions.passkey_log_in.log_in_staff_with_passkey`.
    ``account`` is a resident's phone or ID number, an officer's user name. The try is counted before the
    password is looked at, for unknown accounts too, and these cost the same work. ``address`` is where the
    visitor comes from: five wrong in a row from one network lock the account for that network, 15 minutes, and
    its owner elsewhere is not shut out. A network that has typed a hundred wrong ones within an hour rests until the
    next: a password alone opens nothing then, an officer's authenticator or passkey after it does. ``judge`` is asked
    about the account before a code goes to its phone, and what it raises is raised. Raises TypedInvalid,
    WrongPassword, Locked, NetworkRests, PhoneLost, TooManyCodes or TooManyTexts. Three round trips.
    """
    _must_be_typed(account, password)
    hash_ = staff_hash(account) if door == "staff" else login_hash(account)
    network = network_key(address)
    tried = await attempts.try_password(db, hash_, network=network_of(address), network_key=network, now=now)
    rests = tried.network_tries > MOST_OF_NETWORK
    owner = tried.account
    if rests and door != "staff":
        await _note_rest(db, tried, now=now)
        raise NetworkRests(staff=False, now=now)
    right = tried.count <= attempts.MOST and await passwords.holds(
        owner.password if owner else None, password
    )
    if owner is None or not right:
        await _note_failure(db, tried, now=now)
        raise _wrong(tried, rests=rests, now=now)
    if rests and not (tried.totp or tried.passkey):
        # The same sentence as for a wrong one: a network that rests learns nothing of passwords.
        await _note_failure(db, tried, now=now)
        raise NetworkRests(staff=True, now=now)
    back = stuffing.giving_back(network, now=now)
    phone = "" if tried.totp else papers.mask_phone(open_phone(owner.phone_sealed, owner.id))
    if tried.totp or tried.passkey:
        passed = audit.record(VISITOR, "identity.check_password", subject=owner.id, reference=door, now=now)
        await write(db, attempts.forgetting_tries(tried), passed, back)
        return step_token(Step("totp" if tried.totp else door, owner.id, now, phone, tried.passkey))
    if lost(owner.phone_sealed, owner.id):
        passed = audit.record(VISITOR, "identity.check_password", subject=owner.id, reference=door, now=now)
        await write(db, attempts.forgetting_tries(tried), passed, back)
        raise PhoneLost
    await _let_pass(db, door, owner, tried, back, judge, now=now)
    return step_token(Step(door, owner.id, now, phone))


def _wrong(tried: attempts.Try, *, rests: bool, now: datetime) -> Refused:
    if rests:
        return NetworkRests(staff=True, now=now)
    if tried.locked_until is not None:
        return Locked(tried.locked_until, now=now)
    return WrongPassword(attempts.MOST - tried.count)


async def _note_rest(db: Database, tried: attempts.Try, *, now: datetime) -> None:
    """A network begins to rest: one ledger row; the thousands of tries after it have none."""
    if tried.network_tries == MOST_OF_NETWORK + 1:
        await _note_failure(db, tried, now=now)


async def _let_pass(
    db: Database,
    door: Door | Literal["merge"],
    owner: Account,
    tried: attempts.Try,
    back: Part,
    judge: Callable[[UUID], Awaitable[None]] | None,
    *,
    now: datetime,
) -> None:
    """The password was right: the row of tries ends, and a code goes out unless the last one is a minute young."""
    passed = audit.record(VISITOR, "identity.check_password", subject=owner.id, reference=door, now=now)
    try:
        if judge is not None:
            await judge(owner.id)
        code = await code_parts(
            db,
            owner.id,
            "log_in",
            before=tried.sent,
            phone_sealed=owner.phone_sealed,
            kind=kind_of(door),
            now=now,
        )
    except Refused:
        # The right password is no wrong try, even where no code may go out.
        await write(db, attempts.forgetting_tries(tried), passed, back)
        raise
    await write(db, attempts.forgetting_tries(tried), *code, passed, back)


def _must_be_typed(account: str, password: str) -> None:
    missing: dict[str, Words] = {}
    if not account.strip():
        missing["account"] = N_("请填写账号。")
    if not password:
        missing["password"] = N_("请输入密码。")
    if missing:
        raise TypedInvalid(missing)


async def _note_failure(db: Database, tried: attempts.Try, *, now: datetime) -> None:
    """A failed log-in is a ledger row; where nobody owns the account, its subject is nobody's id."""
    subject = tried.account.id if tried.account else new_id(tried.bucket)
    detail = {
        "tries": tried.count,
        "known": tried.account is not None,
        "locked": tried.locked_until is not None,
        "of_network": tried.network_tries,
    }
    await write(
        db,
        Part("SELECT 1 AS noted"),
        audit.record(
            VISITOR, "identity.fail_password", subject=subject, reference="log_in", detail=detail, now=now
        ),
        *lock_parts(tried, now=now),
    )


async def log_in(db: Database, door: Door, *, step: str, code: str, now: datetime) -> Opened:
    """Second step: the right code opens the session. Raises StepGone or the code's sentence. Two round trips."""
    passed = step_of(step, door, now=now)
    owner, hash_ = await try_code(db, passed.account, "log_in", code, now=now)
    actor = owner.actor()
    if actor.role in STAFF and sms_is_too_little(actor):
        # An SMS is too weak for her: the session opens the page on which she sets up an authenticator, nothing else.
        actor = msgspec.structs.replace(actor, duties=frozenset(), department=None)
    cookie, parts = opening(actor, opened_by="password", now=now)
    done = await write(
        db,
        attempts.using_code(owner.id, "log_in", hash_, now=now),
        audit.record(actor, "identity.log_in", subject=owner.id, reference=door, now=now),
        *parts,
        *((phone_only.using(owner.id, now=now),) if owner.level == LEVEL_PHONE and door == "log_in" else ()),
    )
    if done is None:
        raise CodeUsed
    return Opened(actor, cookie)


async def log_in_with_totp(db: Database, *, step: str, code: str, now: datetime) -> Opened:
    """Second step of an officer who has an authenticator: its code, or a recovery code, opens the session.

    Raises StepGone and what :func:`~tongban.identity.actions.second_factor.prove` and ``take`` raise. Two round trips.
    """
    passed = step_of(step, "totp", now=now)
    proof = await prove(db, passed.account, code, now=now)
    actor = proof.owner.actor()
    cookie, parts = opening(actor, opened_by="totp", now=now)
    await take(
        db,
        proof,
        audit.record(
            actor,
            "identity.log_in",
            subject=proof.owner.id,
            reference="staff",
            detail={"factor": proof.factor.kind},
            now=now,
        ),
        *parts,
        now=now,
    )
    return Opened(actor, cookie)


async def log_out(db: Database, actor: Actor, *, now: datetime) -> None:
    """End the session through which the actor came; a visitor has none and nothing happens."""
    POLICY.require(actor, "identity.log_out", Relation.ANY)
    if actor.id is None:
        return
    await write(
        db,
        ending_session(actor, now=now),
        audit.record(actor, "identity.log_out", subject=actor.id, reference="session", now=now),
    )
