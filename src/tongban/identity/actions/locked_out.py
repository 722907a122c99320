"""A log-in of staff that wrong passwords or codes have locked: noted, and told to the security administrators."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tongban import audit, notices, regions
from tongban.identity.store import attempts, invitations, staffing
from tongban.kit import outbox
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import STAFF, SYSTEM
from tongban.settings import settings

_WORDS = N_(
    "【{mark}】工作账户 {username} 因连续输错密码或者验证码被锁定 15 分钟。"
    "请在“工作人员”中核实是否本人操作，必要时锁定账户。"
)
#: News of an attack that is a day old is no news.
_USEFUL = timedelta(days=1)


def lock_parts(tried: attempts.Try | attempts.OwnTry, *, now: datetime) -> tuple[Part, ...]:
    """The parts that note the try that locks an account of staff; none for every other try, and for residents."""
    owner = tried.account
    if owner is None or owner.role not in STAFF or tried.count != attempts.MOST:
        return ()
    return (
        invitations.noting_lock(owner.id, now=now),
        outbox.announcing("identity.locked_out", subject=owner.id, reference=owner.id, now=now),
    )


async def tell_security(db: Database, *, officer: UUID, mark: Part, now: datetime) -> None:
    """Text the security administrators that somebody's log-in was locked; nobody is texted about her own."""
    found = await staffing.officer(db, officer)
    if found is None:
        return
    mark_of_city = regions.city_of(settings().city_dir).mark
    words = str(Message(_WORDS.msgid, {"mark": mark_of_city, "username": found.username}))
    receivers = [one for one in await invitations.phones_of_security(db) if one[0] != officer]
    await write(
        db,
        Part("SELECT 1 AS one"),
        mark,
        *(
            notices.texting(
                recipient=who,
                phone_sealed=phone,
                words=words,
                template="identity.staff_locked_out",
                now=now,
                until=now + _USEFUL,
            )
            for who, phone in receivers
        ),
        audit.record(
            SYSTEM,
            "identity.staff_tell_lock",
            subject=officer,
            reference=officer,
            detail={"told": len(receivers)},
            now=now,
        ),
    )
