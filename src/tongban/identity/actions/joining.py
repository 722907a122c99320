"""Joining 入职: proposed by the system administrator, granted by another person, taken up by herself with a code."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg

from tongban import audit, notices, regions
from tongban.identity.actions import passwords
from tongban.identity.actions.sending import must_be_sendable
from tongban.identity.actions.staffing import known, powers_of, reason_of, require
from tongban.identity.model import Account
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.people import seal_name
from tongban.identity.model.refusals import TooSoon
from tongban.identity.model.staff import (
    INVITATION,
    LONGEST_NAME,
    DecidedAlready,
    InvitationWrong,
    Powers,
    StaffIncomplete,
    StaffTaken,
    State,
)
from tongban.identity.model.typed import cleaned_name, cleaned_phone, password_fault, staff_hash
from tongban.identity.store import accounts, invitations, staffing
from tongban.identity.store.staffing import Asking
from tongban.kit import keys, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.policy import VISITOR, Actor, Role
from tongban.settings import settings

_USERNAME = re.compile(r"[a-z][a-z0-9-]{2,39}")
_DIGITS = 8
#: Another code at the earliest after.
_RESEND_AFTER = timedelta(seconds=60)
_WORDS = N_(
    "【{mark}】您的工作账户 {username} 已开通，启用码 {code}，3 天内有效。"
    "请打开工作人员登录页，选择“首次启用账户”，自行设置密码。请勿告诉他人。"
)


async def propose(
    db: Database, actor: Actor, *, posted: Mapping[str, str], key: str | None, now: datetime
) -> UUID:
    """Open an account in state ``proposed`` for who joins, and ask for her powers; gives its id.

    ``posted``: name, username, phone, department, hall, duties-1 …, reason. Nobody logs in with it before a security
    administrator has granted the powers (:func:`~tongban.identity.actions.deciding_staff.decide`). A repeated ``key``
    gets the first answer. Raises StaffIncomplete, StaffTaken, NotAllowed. One write.
    """
    require(actor, "identity.staff_open")
    faults: dict[str, Words] = {}
    name, username, phone = _typed(posted, faults)
    powers = await powers_of(db, actor, posted, faults)
    reason = reason_of(posted, faults)
    if faults:
        raise StaffIncomplete(faults)
    assert actor.id is not None

    async def act(remembering: Remembering) -> dict[str, Any]:
        who = await _open(db, actor, name, username, phone, powers, reason, remembering, now=now)
        return {"officer": str(who)}

    body = {key: value for key, value in posted.items() if not key.startswith("_")}
    answer = await answer_once(db, act, bucket=actor.bucket, caller=actor.caller, key=key, body=body, now=now)
    return UUID(answer["officer"])


async def _open(
    db: Database,
    actor: Actor,
    name: str,
    username: str,
    phone: str,
    powers: Powers,
    reason: str,
    remembering: Remembering,
    *,
    now: datetime,
) -> UUID:
    who = new_id(new_bucket())
    account = Account(
        who, Role.OFFICER, seal_name(name, who), notices.seal_phone(phone, who), 0, "", powers.department
    )
    asked = Asking(new_id(actor.bucket), who, "join", powers, None, None, reason, actor, now)
    try:
        done = await write(
            db,
            staffing.taking_phone(number_hash("staff_phone", phone), who, now=now),
            staffing.taking_phone_older(number_hash("staff_phone", phone), now=now),
            staffing.taking_username(staff_hash(username), now=now),
            accounts.adding_account(account, now=now),
            staffing.proposing(username=username, powers=powers),
            staffing.asking_for_new(asked),
            audit.record(
                actor,
                "identity.staff_propose",
                subject=who,
                reference=asked.id,
                detail={"department": powers.department, "duties": list(powers.duties)},
                now=now,
            ),
            *remembering({"officer": str(who)}),
        )
    except asyncpg.UniqueViolationError as taken:
        if taken.constraint_name == "id_index_pkey":
            raise StaffTaken("username") from taken
        raise
    if done is None:
        raise StaffTaken("phone")
    return who


def _typed(posted: Mapping[str, str], faults: dict[str, Words]) -> tuple[str, str, str]:
    name = cleaned_name(posted.get("name", ""))
    username = posted.get("username", "").strip().lower()
    phone = cleaned_phone(posted.get("phone", ""))
    if not name:
        faults["name"] = N_("请填写姓名。")
    elif len(name) > LONGEST_NAME:
        faults["name"] = N_("姓名不超过 {most} 个字。", most=LONGEST_NAME)
    if not _USERNAME.fullmatch(username):
        faults["username"] = N_("用户名为 3 至 40 个小写字母、数字或连字符，以字母开头。")
    if not papers.phone_holds(phone):
        faults["phone"] = N_("请填写 11 位手机号。")
    return name, username, phone


@cache
def _mark() -> str:
    return regions.city_of(settings().city_dir).mark


def _hash(code: str, officer: UUID) -> bytes:
    return keys.current().blind_index("invitation", f"{officer.hex}.{code}")


async def invitation_parts(
    db: Database, officer: UUID, *, username: str, phone_sealed: bytes, now: datetime
) -> tuple[Part, ...]:
    """The parts that make a one-time code and send it; in the ledger and in the database it never stands.

    Raises TooManyTexts. One statement.
    """
    phone = notices.open_phone(phone_sealed, officer)
    await must_be_sendable(db, act="staff_invite", to=phone, now=now)
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    words = str(Message(_WORDS.msgid, {"mark": _mark(), "username": username, "code": code}))
    return (
        invitations.inviting(officer, _hash(code, officer), now=now),
        notices.outdating(recipient=officer, template="identity.staff_invite", now=now),
        notices.texting(
            recipient=officer,
            phone_sealed=phone_sealed,
            words=words,
            template="identity.staff_invite",
            now=now,
            until=now + INVITATION,
        ),
    )


async def invite_again(db: Database, actor: Actor, *, officer: UUID, now: datetime) -> None:
    """Send who was granted her powers another one-time code; the one before opens nothing. At most one a minute.

    Raises OfficerUnknown, DecidedAlready where she has taken the account up, TooSoon, TooManyTexts.
    """
    require(actor, "identity.staff_open")
    found = await known(db, actor, "identity.staff_open", officer)
    if found.state is not State.GRANTED:
        raise DecidedAlready
    sealed = await accounts.phone_sealed(db, officer)
    assert sealed is not None
    done = await write(
        db,
        invitations.may_be_invited(officer, before=now - _RESEND_AFTER),
        *await invitation_parts(db, officer, username=found.username, phone_sealed=sealed, now=now),
        audit.record(actor, "identity.staff_invite", subject=officer, reference=officer, now=now),
    )
    if done is None:
        raise TooSoon(int(_RESEND_AFTER.total_seconds()))


async def take_up(db: Database, *, username: str, code: str, new: str, now: datetime) -> None:
    """Who joined sets her own password with the one-time code; then she logs in as everybody does.

    A try is counted before the code is compared, five spoil it. Raises StaffIncomplete, or InvitationWrong, which
    reads the same for a name that there is not. Two round trips.
    """
    digits = "".join(code.split())
    faults: dict[str, Words] = {}
    if not username.strip():
        faults["account"] = N_("请填写用户名。")
    if not (len(digits) == _DIGITS and digits.isascii() and digits.isdigit()):
        faults["code"] = N_("启用码是短信里的 {digits} 位数字。", digits=_DIGITS)
    if fault := password_fault(new, own=()):
        faults["new"] = fault
    if faults:
        raise StaffIncomplete(faults)
    invited = await invitations.try_invitation(db, staff_hash(username), now=now)
    if invited is None or not hmac.compare_digest(_hash(digits, invited.id), invited.hash):
        await _note_failure(db, invited, now=now)
        raise InvitationWrong
    if fault := password_fault(new, own=[notices.open_phone(invited.phone_sealed, invited.id)]):
        raise StaffIncomplete({"new": fault})
    done = await write(
        db,
        *invitations.using_invitation(invited, password=await passwords.hashed(new)),
        audit.record(VISITOR, "identity.staff_take_up", subject=invited.id, reference=invited.id, now=now),
    )
    if done is None:
        raise InvitationWrong


async def _note_failure(db: Database, invited: invitations.Invited | None, *, now: datetime) -> None:
    """A wrong code is a ledger row; where no code waits its subject is nobody's id."""
    subject = invited.id if invited else new_id(new_bucket())
    await write(
        db,
        Part("SELECT 1 AS noted"),
        audit.record(VISITOR, "identity.staff_fail_code", subject=subject, reference="invitation", now=now),
    )
