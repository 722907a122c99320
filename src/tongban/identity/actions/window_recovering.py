"""Recovery at a window: phone and password are gone, her paper is seen, a new phone is proved on the spot.

The officer neither sees nor sets a password: the old one fits no more, and she sets a new one herself with the phone
that she proved (:mod:`tongban.identity.actions.recovering`).
"""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

import asyncpg

from tongban import audit, notices, regions
from tongban.identity.actions import passwords
from tongban.identity.actions.codes import code_parts, try_code
from tongban.identity.actions.phones import losing_parts
from tongban.identity.actions.seeing import seen_at_window
from tongban.identity.actions.telling import text_deed
from tongban.identity.model import Person
from tongban.identity.model.codes import seconds_to_wait
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.people import LEVEL_CHECKED
from tongban.identity.model.refusals import CodeUsed, PersonUnknown, TooSoon
from tongban.identity.model.rights import POLICY
from tongban.identity.model.seen import Seen
from tongban.identity.model.window import WindowInvalid
from tongban.identity.model.window_recovering import (
    STANDS,
    Receipt,
    Recovery,
    RecoveryOver,
    phone_typed,
)
from tongban.identity.store import (
    accounts,
    attempts,
    closing,
    merging,
    own_phone,
    powers,
    recovering,
    scanning,
)
from tongban.identity.store import window_recovering as store
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Text
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor, Relation, Role
from tongban.kit.web.sessions import ending_others
from tongban.notices import seal_phone

_TITLE = Text("账户已在窗口找回", "Your account was recovered at a window")
_BODY = Text(
    "窗口核对了您本人和证件原件，换绑了手机号；所有设备上的登录、通行密钥和原密码都已停用，实名等级暂为 L1。"
    "24 小时内不能出示证照、代人办事、办理授权、添加孩子、绑定单位和更换手机号；对方还没有接受的授权已经收回，"
    "已经生效的请在“代办与授权”里核对。如果不是您本人办理，请立即拨打热线。",
    "A window checked you and your original document and bound a new phone. Every log-in, every passkey and the old "
    "password have ended, and your level is L1 for now. For 24 hours no licence is shown, nobody acted for, no power "
    "given or taken on, no child added, no firm bound, and no phone changed; powers that nobody had accepted yet were "
    "taken back, and those that stand are for you to check under “Acting and powers”. If this was not you, call the "
    "hotline at once.",
)
_TO_OLD_PHONE = N_(
    "【{mark}】您的账户刚刚在窗口凭证件原件找回，这个手机号不再能登录，所有设备已退出。"
    "如果不是您本人办理，请立即拨打 {hotline}，24 小时内可以拦住。"
)
_OWN_PHONE = N_("这就是账户登记的手机号，号码还在用的，请本人用它在“找回账号”里设新密码，不用在窗口办理。")
_TAKEN = N_("这个手机号刚刚用于另一个账户。请本人核对号码，过一会儿再办。")


async def begin_recovery(db: Database, actor: Actor, *, seen: Seen, phone: str, now: datetime) -> UUID:
    """An officer saw who lost phone and password; a code goes to the new phone. Gives the recovery.

    The phone must be the person's own by the register: no officer and no companion binds one of theirs. The same again
    within a minute is one; another phone within a minute of a code is refused. Raises WindowInvalid, OwnMatter,
    WindowSourceAway, TooSoon, TooManyCodes, TooManyTexts.
    """
    POLICY.require(actor, "identity.recover_at_window", Relation.ANY)
    assert actor.id is not None
    number, faults = phone_typed(phone)
    person = await seen_at_window(
        db, actor, seen, faults=faults, item="identity.recover", phone=number, now=now
    )
    if number == person.phone:
        raise WindowInvalid({"phone": _OWN_PHONE})
    before, _ = await attempts.last_code(db, person.id, "window")
    if wait := seconds_to_wait(before, now=now):
        known = await store.under_way(db, person.id, officer=actor.id)
        if known is None or known.phone != number or known.until <= now:
            raise TooSoon(wait)
        return known.id
    recovery, sealed = new_id(bucket_of(person.id)), seal_phone(number, person.id)
    await write(
        db,
        store.beginning(
            recovery,
            person.id,
            officer=actor.id,
            department=actor.department,
            paper_kind=seen.paper.kind,
            phone_sealed=sealed,
            until=now + STANDS,
            now=now,
        ),
        *await code_parts(db, person.id, "window", before=before, phone_sealed=sealed, to=number, now=now),
        audit.record(
            actor,
            "identity.begin_window_recovery",
            subject=person.id,
            reference=recovery,
            detail={"paper": seen.paper.kind},
            now=now,
        ),
    )
    return recovery


async def _taking_phone(db: Database, person: Person, phone: str, *, now: datetime) -> tuple[Part, ...]:
    """The parts that make a phone find the account; whose account it found until now loses it, for the register says
    whose it is (``actions/phones.py``)."""
    hash_ = number_hash("phone", phone)
    held = await own_phone.holder(db, hash_)
    taking = own_phone.indexing(hash_, from_account=held.account if held else None, now=now)
    if held is None or not held.loses or held.account == person.id:
        return (taking,)
    return (taking, *await losing_parts(db, held.account, now=now))


async def recovery_of(db: Database, actor: Actor, *, recovery: UUID, now: datetime) -> Recovery:
    """An officer's own recovery, done or under way; raises RecoveryOver."""
    POLICY.require(actor, "identity.recover_at_window", Relation.ANY)
    assert actor.id is not None
    found = await store.recovery_of(db, recovery, officer=actor.id)
    if found is None or (found.done_at is None and found.until <= now):
        raise RecoveryOver
    return found


async def send_again(db: Database, actor: Actor, *, recovery: UUID, now: datetime) -> None:
    """Another code to the new phone. Raises RecoveryOver, TooSoon, TooManyCodes, TooManyTexts."""
    found = await recovery_of(db, actor, recovery=recovery, now=now)
    assert actor.id is not None
    if found.done_at is not None:
        raise RecoveryOver
    before, _ = await attempts.last_code(db, found.account, "window")
    if wait := seconds_to_wait(before, now=now):
        raise TooSoon(wait)
    await write(
        db,
        store.standing(found.id, officer=actor.id, now=now),
        *await code_parts(
            db,
            found.account,
            "window",
            before=before,
            phone_sealed=seal_phone(found.phone, found.account),
            to=found.phone,
            now=now,
        ),
        audit.record(actor, "identity.resend_code", subject=found.account, reference="window", now=now),
    )


async def finish_recovery(db: Database, actor: Actor, *, recovery: UUID, code: str, now: datetime) -> None:
    """The code that came to the new phone gives the account back: the phone is hers, and all that opened it has ended.

    Sessions, passkeys, the old phone, the old password, checks above L1, codes under way, and offers of powers that
    nobody accepted yet (a thief may have made them) end in one statement, in each account that was merged into hers
    too; the old phone and the inbox are told. Done twice it is the same. Raises RecoveryOver, WindowInvalid and the
    code's sentences.
    """
    found = await recovery_of(db, actor, recovery=recovery, now=now)
    assert actor.id is not None
    if found.done_at is not None:
        return
    who = found.account
    _, code_hash = await try_code(db, who, "window", code, to=found.phone, now=now)
    person = await accounts.person(db, who)
    if person is None:
        raise PersonUnknown
    taking = await _taking_phone(db, person, found.phone, now=now)
    hers = await merging.accounts_of(db, who)
    try:
        done = await write(
            db,
            store.ending(found.id, officer=actor.id, code=code_hash, now=now),
            *store.ending_codes(hers, now=now),
            # A password that nobody knows: an empty one would let whoever enrols with the old phone take the account.
            store.giving_back(
                hers,
                password=await passwords.hashed(secrets.token_urlsafe(32)),
                phone_sealed=seal_phone(found.phone, who),
                level=LEVEL_CHECKED,
                now=now,
            ),
            *taking,
            *_ending_what_opened(person, hers, now=now),
            powers.taking_back_offers(*hers, now=now),
            audit.record(actor, "identity.recover_at_window", subject=who, reference=found.id, now=now),
            notices.telling(recipient=who, title=_TITLE, body=_BODY, link="/my/account", now=now),
        )
    except asyncpg.NotNullViolationError as taken:
        raise WindowInvalid({"phone": _TAKEN}) from taken
    if done is None and (await recovery_of(db, actor, recovery=recovery, now=now)).done_at is None:
        raise RecoveryOver if await merging.is_merged(db, who) else CodeUsed


def _ending_what_opened(person: Person, hers: tuple[UUID, ...], *, now: datetime) -> tuple[Part, ...]:
    """The parts by which nothing that opened one of her accounts opens it any more; the old phone hears of it."""
    ended = (
        recovering.ending_checks(hers, now=now),
        closing.ending_passkeys(*hers, now=now),
        ending_others(Actor(Role.RESIDENT, person.id), accounts=hers, now=now),
        scanning.ending(hers, now=now),
    )
    if not person.phone:
        return ended
    return (
        *ended,
        closing.freeing(person.id, [number_hash("phone", person.phone)]),
        *text_deed(person, _TO_OLD_PHONE, template="identity.window", now=now),
    )


async def receipt_of(db: Database, actor: Actor, *, recovery: UUID, now: datetime) -> Receipt:
    """What the person takes home; raises RecoveryOver where it is not done."""
    found = await recovery_of(db, actor, recovery=recovery, now=now)
    person = await accounts.person(db, found.account)
    if found.done_at is None or person is None:
        raise RecoveryOver
    organ = (await regions.department(db, actor.department)).name if actor.department else Text("", "")
    return Receipt(found, person, actor.name, organ, found.done_at)
