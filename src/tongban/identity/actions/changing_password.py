"""A new password for somebody who is logged in and knows the present one."""

from __future__ import annotations

from datetime import datetime

from tongban import audit, notices
from tongban.identity.actions import passwords
from tongban.identity.model import POLICY, Account
from tongban.identity.model.people import open_id_number
from tongban.identity.model.refusals import (
    Locked,
    PasswordUnchanged,
    PresentPasswordWrong,
    TypedInvalid,
)
from tongban.identity.model.typed import network_of, password_fault
from tongban.identity.store import accounts, attempts, merging, scanning
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Text
from tongban.kit.policy import Actor, Relation, Role
from tongban.kit.web.sessions import ending_others, renewing, taken

_CHANGED = Text("密码已修改", "Your password was changed")
_TOLD = Text(
    "您的登录密码刚刚修改，其他设备上的登录已全部退出。如果不是您本人操作，请立即拨打热线。",
    "Your password has just been changed, and you were logged out everywhere else. "
    "If this was not you, call the hotline at once.",
)


async def change_password(
    db: Database, actor: Actor, *, present: str, new: str, address: str = "", now: datetime
) -> str:
    """Set a new password; the actor's other sessions end in the same write, those inside accounts that were merged into
    hers too, and her own goes on under the cookie that is given. Three round trips.

    A try counts like one at the log-in, for the same network. Raises TypedInvalid, PresentPasswordWrong, Locked or
    PasswordUnchanged. Repeated it fails: the present password is then another one.
    """
    POLICY.require(actor, "identity.change_password", Relation.ANY)
    assert actor.id is not None
    _must_be_typed(present, new)
    owner, tried = await right_password(db, actor, present, address=address, now=now)
    own = [notices.open_phone(owner.phone_sealed, owner.id)]
    if tried.id_number_sealed is not None:
        own.append(open_id_number(tried.id_number_sealed, owner.id))
    if fault := password_fault(new, own=own):
        raise TypedInvalid({"new": fault})
    if new == present:
        raise PasswordUnchanged
    cookie, session = renewing(actor, now=now)
    hers = await merging.accounts_of(db, owner.id) if tried.merged else (owner.id, *owner.also)
    done = await write(
        db,
        accounts.changing_password(owner.id, before=owner.password, after=await passwords.hashed(new)),
        attempts.ending_tries(tried),
        ending_others(actor, accounts=hers, now=now),
        scanning.ending(hers, now=now),
        session,
        audit.record(actor, "identity.change_password", subject=owner.id, reference=owner.id, now=now),
        *_letter(actor, now=now),
    )
    if done is None:  # another window of hers was faster
        raise PresentPasswordWrong(attempts.MOST - tried.count)
    return await taken(db, cookie)


async def right_password(
    db: Database, actor: Actor, word: str, *, address: str, now: datetime
) -> tuple[Account, attempts.OwnTry]:
    """The account when this is its password; the try is counted first. Raises PresentPasswordWrong or Locked."""
    assert actor.id is not None
    tried = await attempts.try_own(db, actor.id, of=network_of(address), now=now)
    assert tried is not None
    owner = tried.account
    if tried.count <= attempts.MOST and await passwords.holds(owner.password, word):
        return owner, tried
    await write(
        db,
        Part("SELECT 1 AS noted"),
        audit.record(
            actor,
            "identity.fail_password",
            subject=owner.id,
            reference="account",
            detail={"tries": tried.count, "locked": tried.locked_until is not None},
            now=now,
        ),
    )
    if tried.locked_until is not None:
        raise Locked(tried.locked_until, now=now)
    raise PresentPasswordWrong(attempts.MOST - tried.count)


def _must_be_typed(present: str, new: str) -> None:
    missing: dict[str, Words] = {}
    if not present:
        missing["present"] = N_("请输入现在的密码。")
    if not new:
        missing["new"] = N_("请输入新密码。")
    if missing:
        raise TypedInvalid(missing)


def _letter(actor: Actor, *, now: datetime) -> tuple[Part, ...]:
    """Residents are told in their inbox, where a thief's change is seen; officers have none."""
    if actor.role is not Role.RESIDENT:
        return ()
    assert actor.id is not None
    return (notices.telling(recipient=actor.id, title=_CHANGED, body=_TOLD, link="/my/account", now=now),)
