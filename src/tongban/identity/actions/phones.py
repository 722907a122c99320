"""A phone number that changes hands 手机号易主: its former owner's account lets it go, and takes another on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import audit, notices
from tongban.identity.model import Account
from tongban.identity.store import applications, merging, phone_only, phones, scanning
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.policy import VISITOR, Actor, Role
from tongban.kit.web.sessions import ending_others
from tongban.notices import open_phone, seal_phone

_LOST = Text("登记的手机号已由他人使用", "Your registered phone number is somebody else's now")
_LOST_BODY = Text(
    "人口库核对，您登记的手机号现已由他人实名使用。它不再用于登录您的账户，也不再向它发送任何短信；各设备上的登录已退出。"
    "请绑定新的手机号。",
    "According to the register, the phone number of your account is somebody else's now. It no longer opens your "
    "account, no message goes to it, and you were logged out everywhere. Please bind a new number.",
)
_BOUND = Text("新手机号已绑定", "Your new phone number is bound")
_BOUND_BODY = Text(
    "您核验了姓名、证件和新的手机号，它已绑定到您的账户。如果不是您本人操作，请立即拨打热线。",
    "Name, paper and a new phone number were checked, and the number is bound to your account. If this was not you, "
    "call the hotline at once.",
)


def lost(phone_sealed: bytes, owner: UUID) -> bool:
    """Whether an account has let its number go and has no other yet."""
    return not open_phone(phone_sealed, owner)


async def letting_go(db: Database, candidate: UUID, *, now: datetime) -> tuple[Part, ...]:
    """The parts by which the former owner of an enrolling person's phone loses it, for the write that takes it over.

    Her number is forgotten, so that no message of hers reaches the new owner; her sessions end; she is told in her
    inbox. None where nobody else had it. Two round trips, one where nobody had.
    """
    former = await phones.former_owner(db, candidate)
    return () if former is None else await losing_parts(db, former, now=now)


async def losing_parts(db: Database, former: UUID, *, now: datetime) -> tuple[Part, ...]:
    """The parts by which an account loses its number to somebody whose it is by the register; sessions inside accounts
    that were merged into it end too. One round trip."""
    hers = await merging.accounts_of(db, former)
    return (
        phones.losing(former, nothing_sealed=seal_phone("", former), now=now),
        phone_only.noting_end(former, now=now),
        ending_others(Actor(Role.RESIDENT, former), accounts=hers, now=now),
        scanning.ending(hers, now=now),
        audit.record(VISITOR, "identity.lose_phone", subject=former, reference=former, now=now),
        notices.telling(recipient=former, title=_LOST, body=_LOST_BODY, link="/my/account", now=now),
    )


async def bind_instead(db: Database, enrolling: Account, *, now: datetime) -> bool:
    """Give a new phone to the account that the enrolling person has already, if that one lost its own.

    She has just proved what an account is opened with: name, paper and phone are hers by the register, and the code
    came to the phone. False where her account has its phone. Three round trips.
    """
    account = await phones.waiting_account(db, enrolling.id)
    if account is None:
        return False
    phone = open_phone(enrolling.phone_sealed, enrolling.id)
    done = await write(
        db,
        applications.ending(enrolling.id, now=now),
        phones.binding(account, phone_sealed=seal_phone(phone, account)),
        phones.indexing_for(account, now=now),
        applications.using_enrolment_code(now=now),
        audit.record(VISITOR, "identity.bind_phone", subject=account, reference=account, now=now),
        notices.telling(recipient=account, title=_BOUND, body=_BOUND_BODY, link="/my/account", now=now),
        *await letting_go(db, enrolling.id, now=now),
    )
    return done is not None
