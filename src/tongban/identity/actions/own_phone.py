"""Changing the phone number of one's own account while logged in 更换手机号: proved at both phones, told to both."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import asyncpg
import msgspec

from tongban import audit, notices
from tongban.identity.actions.asking_register import asking_parts, register_answer
from tongban.identity.actions.codes import code_parts, try_code, words_of
from tongban.identity.actions.cooling import must_have_cooled
from tongban.identity.actions.lasting import must_be_lasting
from tongban.identity.actions.phones import losing_parts
from tongban.identity.actions.stepping_up import require_fresh
from tongban.identity.model import Account, Person
from tongban.identity.model.codes import seconds_to_wait
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.own_phone import (
    OTHERWISE,
    REASONS,
    NewPhoneInvalid,
    NewPhoneRefused,
    NewPhoneTaken,
    NewPhoneUnchecked,
    PhoneChange,
    PhoneMovedOn,
    TooManyPhoneChanges,
    change_of,
    change_token,
)
from tongban.identity.model.phones import PhoneLost
from tongban.identity.model.refusals import PersonUnknown, TooSoon
from tongban.identity.model.rights import POLICY
from tongban.identity.model.typed import cleaned_phone
from tongban.identity.store import accounts, attempts, own_phone, scanning
from tongban.kit import keys, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Text
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor, Relation
from tongban.kit.web.sessions import ending_others, renewing, taken
from tongban.notices import open_phone, seal_phone

Which = Literal["phone_old", "phone_new"]
ITEM = "identity.change_phone"
#: 个人信息保护法 (PIPL) art. 13(1)(1): consent, given by sending the form that says whom it is checked with.
BASIS = "个人信息保护法第十三条第一款第一项：取得个人的同意"
_TITLE = Text("手机号已更换", "Your phone number was changed")


def _body(phone: str) -> Text:
    masked = papers.mask_phone(phone)
    return Text(
        f"您账户的手机号已更换为 {masked}，其他设备上的登录已全部退出；24 小时内，需要 L3 的操作会再确认一次是您本人。"
        "如果不是您本人操作，请立即拨打热线。",
        f"The phone number of your account is now {masked}, and you were logged out everywhere else. For 24 hours, "
        "acts that need L3 ask once more whether it is you. If this was not you, call the hotline at once.",
    )


class Asked(msgspec.Struct, frozen=True):
    """A change on its way: ``step`` for its next page, ``sent`` whether a code went to the new number just now."""

    step: str
    sent: bool

    def __repr__(self) -> str:
        return "Asked(…)"


async def _owner(db: Database, actor: Actor) -> Person:
    POLICY.require(actor, "identity.change_phone", Relation.ANY)
    assert actor.id is not None
    found = await accounts.person(db, actor.id)
    if found is None:
        raise PersonUnknown
    if not found.phone:
        raise PhoneLost
    return found


async def present_phone(db: Database, actor: Actor) -> str:
    """The number that the account has, masked. Raises PhoneLost where the register gave it to somebody else."""
    return (await _owner(db, actor)).phone_masked


async def ask_change(db: Database, actor: Actor, *, phone: str, now: datetime) -> Asked:
    """First step: the register says whose the new number is; a code goes to each phone.

    No message goes to a number that is not the person's own by the register. The same number again within a minute
    sends nothing anew. Raises FreshProofNeeded, InMergedAccount (a number of its own would open the merged account
    past the lasting one), CoolingOff, NewPhoneInvalid, TooManyPhoneChanges, NewPhoneRefused, NewPhoneUnchecked,
    PhoneLost, TooManyCodes, TooManyTexts. Ten round trips besides the register's.
    """
    await require_fresh(db, actor, now=now)
    await must_be_lasting(db, actor)
    owner = await _owner(db, actor)
    await must_have_cooled(db, actor, now=now)
    new = cleaned_phone(phone)
    if not papers.phone_holds(new):
        raise NewPhoneInvalid(N_("手机号应为 11 位数字，以 1 开头，请核对。"))
    if new == owner.phone:
        raise NewPhoneInvalid(N_("这就是账户现在的手机号，不用更换。"))
    await _must_be_hers(db, actor, owner, new, now=now)
    old_before, old_sealed = await attempts.last_code(db, owner.id, "phone_old")
    new_before, _ = await attempts.last_code(db, owner.id, "phone_new")
    if old_sealed is None:
        raise PersonUnknown
    to_new = await code_parts(
        db,
        owner.id,
        "phone_new",
        before=new_before,
        phone_sealed=seal_phone(new, owner.id),
        to=new,
        now=now,
    )
    await write(
        db,
        accounts.standing(owner.id),
        *await code_parts(db, owner.id, "phone_old", before=old_before, phone_sealed=old_sealed, now=now),
        *to_new,
        audit.record(actor, "identity.ask_phone", subject=owner.id, reference=owner.id, now=now),
    )
    return Asked(change_token(PhoneChange(owner.id, now, new)), bool(to_new))


async def _must_be_hers(db: Database, actor: Actor, owner: Person, phone: str, *, now: datetime) -> None:
    """Ask the register whether name, paper and new number are one person's, under a purpose that ends at once."""
    purpose = new_id(bucket_of(owner.id))
    counted = await write(
        db,
        attempts.counting_enrolment(keys.current().blind_index("own_phone", str(owner.id)), now=now),
        *asking_parts(actor, owner.id, purpose, item=ITEM, basis=BASIS, act="identity.check_phone", now=now),
    )
    if counted is None:
        raise TooManyPhoneChanges
    said = await register_answer(
        db, purpose, subject=owner.id, name=owner.name, paper=owner.paper, phone=phone, now=now
    )
    await write(
        db,
        Part("SELECT 1 AS closed"),
        audit.closing_purpose(subject=owner.id, reference=purpose, now=now),
    )
    if said is None:
        raise NewPhoneUnchecked
    if not said.match:
        raise NewPhoneRefused(REASONS["phone"] if said.reasons == ("phone",) else OTHERWISE)


async def send_again(db: Database, actor: Actor, *, step: str, which: Which, now: datetime) -> None:
    """Another code to the old or the new phone. Raises StepGone, TooSoon, TooManyCodes, TooManyTexts."""
    POLICY.require(actor, "identity.change_phone", Relation.ANY)
    change = change_of(step, actor.id, now=now)
    before, sealed = await attempts.last_code(db, change.account, which)
    if sealed is None:
        raise PersonUnknown
    if wait := seconds_to_wait(before, now=now):
        raise TooSoon(wait)
    to = change.phone if which == "phone_new" else ""
    await write(
        db,
        accounts.standing(change.account),
        *await code_parts(
            db,
            change.account,
            which,
            before=before,
            phone_sealed=seal_phone(to, change.account) if to else sealed,
            to=to,
            now=now,
        ),
        audit.record(actor, "identity.resend_code", subject=change.account, reference=which, now=now),
    )


async def change_phone(
    db: Database, actor: Actor, *, step: str, old_code: str, new_code: str, now: datetime
) -> str:
    """Second step: the code from each phone makes the new number the account's. Seven round trips.

    The old one finds the account no more; whose account had the new one until now loses it (``actions/phones.py``).
    Her other sessions end, her own goes on under the cookie that is given; both phones are told, and the inbox.
    Repeated it changes nothing and the cookie is empty. Raises StepGone, the
    codes' sentences with their field, NewPhoneTaken, PhoneMovedOn, PhoneLost.
    """
    owner = await _owner(db, actor)
    change = change_of(step, owner.id, now=now)
    if owner.phone == change.phone:
        return ""
    account, old = await _code(db, change, "phone_old", old_code, now=now)
    _, new = await _code(db, change, "phone_new", new_code, now=now)
    hash_ = number_hash("phone", change.phone)
    held = await own_phone.holder(db, hash_)
    from_account = held.account if held else None
    loses = held is not None and held.loses and held.account != owner.id
    losing = await losing_parts(db, held.account, now=now) if held is not None and loses else ()
    sealed = seal_phone(change.phone, owner.id)
    before = open_phone(account.phone_sealed, owner.id)
    cookie, session = renewing(actor, now=now)
    try:
        done = await write(
            db,
            own_phone.changing(
                owner.id, before=account.phone_sealed, after=sealed, codes=(old, new), now=now
            ),
            own_phone.using_codes(now=now),
            *((own_phone.noting_change(actor.also, now=now),) if actor.also else ()),
            own_phone.unindexing(number_hash("phone", before)),
            own_phone.indexing(hash_, from_account=from_account, now=now),
            *losing,
            ending_others(actor, now=now),
            scanning.ending((owner.id, *actor.also), now=now),
            session,
            audit.record(actor, "identity.change_phone", subject=owner.id, reference=owner.id, now=now),
            notices.telling(
                recipient=owner.id, title=_TITLE, body=_body(change.phone), link="/my/account", now=now
            ),
            *_texts(owner, account.phone_sealed, sealed, now=now),
        )
    except asyncpg.NotNullViolationError as had:
        raise NewPhoneTaken from had
    if done is None and (await _owner(db, actor)).phone != change.phone:
        raise PhoneMovedOn
    return await taken(db, cookie)


async def _code(
    db: Database, change: PhoneChange, which: Which, code: str, *, now: datetime
) -> tuple[Account, bytes]:
    """The account and the code's hash; a refusal stands beside the field of this code."""
    to = change.phone if which == "phone_new" else ""
    try:
        return await try_code(db, change.account, which, code, to=to, now=now)
    except Refused as refused:
        refused.fields = {which: refused.fields.get("code", refused.message)}
        raise


def _texts(owner: Person, old: bytes, new: bytes, *, now: datetime) -> tuple[Part, ...]:
    def text(which: Literal["phone_left", "phone_bound"], sealed: bytes) -> Part:
        return notices.texting(
            recipient=owner.id,
            phone_sealed=sealed,
            words=words_of(which),
            template=f"identity.{which}",
            now=now,
        )

    return text("phone_left", old), text("phone_bound", new)
