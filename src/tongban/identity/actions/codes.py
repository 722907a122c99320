"""SMS codes: sent, sent again, and tried."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from functools import cache
from typing import Literal
from uuid import UUID

from tongban import audit, notices, regions
from tongban.identity.actions.sending import must_be_sendable
from tongban.identity.actions.steps import step_of
from tongban.identity.model import Account
from tongban.identity.model.codes import (
    DIGITS,
    LIFETIME,
    TRIES,
    Act,
    Sent,
    code_hash,
    digits_typed,
    seconds_to_wait,
    sending,
)
from tongban.identity.model.refusals import CodeWrong, StepGone, TooSoon
from tongban.identity.model.steps import Stage
from tongban.identity.store import attempts
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import VISITOR
from tongban.settings import settings

#: Texts that bring no code.
Told = Literal["recovered", "phone_left", "phone_bound"]
#: As what a code is told and counted.
Kind = Act | Literal["phone_only", "merge"]
#: The approved texts; ``mark`` and ``code`` are filled when one is sent.
_WORDS: dict[Kind | Told, Message] = {
    "log_in": N_("【{mark}】登录验证码 {code}，5 分钟内有效。工作人员不会向您索要验证码，请勿告诉他人。"),
    "enrol": N_("【{mark}】注册验证码 {code}，5 分钟内有效。工作人员不会向您索要验证码，请勿告诉他人。"),
    "phone_only": N_(
        "【{mark}】手机号开户验证码 {code}，5 分钟内有效。这个号码已有账户的，请直接登录；"
        "不是您本人操作，请勿告诉任何人。"
    ),
    "merge": N_(
        "【{mark}】合并账户验证码 {code}，5 分钟内有效。输入后，这个账户会并入另一个账户；"
        "不是您本人操作，请勿告诉任何人，并拨打热线。"
    ),
    "recover": N_(
        "【{mark}】找回账号验证码 {code}，5 分钟内有效。工作人员不会向您索要验证码，请勿告诉他人。"
    ),
    "recover_own": N_(
        "【{mark}】找回账号验证码 {code}，5 分钟内有效。工作人员不会向您索要验证码，请勿告诉他人。"
    ),
    "window": N_(
        "【{mark}】窗口绑定手机验证码 {code}，5 分钟内有效。请本人在窗口的键盘上输入，不要告诉任何人，包括工作人员。"
    ),
    "recovered": N_(
        "【{mark}】您的登录密码刚刚重设，所有设备已退出登录。如果不是您本人操作，请立即拨打热线。"
    ),
    "phone_old": N_(
        "【{mark}】更换手机号验证码 {code}，5 分钟内有效。您的账户将不再使用这个号码；"
        "不是您本人操作，请勿告诉任何人，并拨打热线。"
    ),
    "phone_new": N_(
        "【{mark}】绑定手机号验证码 {code}，5 分钟内有效。工作人员不会向您索要验证码，请勿告诉他人。"
    ),
    "phone_left": N_(
        "【{mark}】您的账户已更换手机号，这个号码不再用于登录和接收通知。如果不是您本人操作，请立即拨打热线。"
    ),
    "phone_bound": N_("【{mark}】这个手机号已绑定到您的账户，今后用它登录和接收通知。"),
}


@cache
def _mark() -> str:
    return regions.city_of(settings().city_dir).mark


def act_of(stage: Stage) -> Act:
    """Which code a step waits for."""
    return "enrol" if stage in {"enrol", "wait", "phone_only"} else "log_in"


def kind_of(stage: Stage) -> Kind:
    """As what the code of a step is counted and told: an account of a phone alone needs no name, so what strangers have
    sent to a phone shuts nobody out of enrolling; who is asked for a code knows that it merges her account."""
    return stage if stage in ("phone_only", "merge") else act_of(stage)


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def words_of(what: Kind | Told, *, code: str = "") -> str:
    """The approved text, in the language of the page."""
    return str(Message(_WORDS[what].msgid, {"mark": _mark(), "code": code}))


def texting_code(
    account: UUID, kind: Kind, *, code: str, phone_sealed: bytes, now: datetime
) -> tuple[Part, ...]:
    """The parts that send the code by SMS, in the language of the page; too late it is not sent at all.

    What of this kind still waits for the gateway is dropped: that code counts no more.
    """
    template = f"identity.{kind}"
    return (
        notices.outdating(recipient=account, template=template, now=now),
        notices.texting(
            recipient=account,
            phone_sealed=phone_sealed,
            words=words_of(kind, code=code),
            template=template,
            now=now,
            until=now + LIFETIME,
        ),
    )


async def code_parts(
    db: Database,
    account: UUID,
    act: Act,
    *,
    before: Sent | None,
    phone_sealed: bytes,
    to: str = "",
    kind: Kind | None = None,
    now: datetime,
) -> tuple[Part, ...]:
    """The parts that make and send a new code; none while the last one is younger than a minute and unused.

    ``to`` is the phone that the code is to prove, where it is not the account's; ``kind``: as what it is told and
    counted, where that is not ``act``. Raises TooManyCodes, TooManyTexts.
    One statement where a code is made.
    """
    if seconds_to_wait(before, now=now):
        return ()
    sent = sending(before, now=now)
    phone = to or notices.open_phone(phone_sealed, account)
    await must_be_sendable(db, act=kind or act, to=phone, now=now)
    code = new_code()
    return (
        attempts.sending_code(account, act, code_hash(code, account=account, act=act, to=to), sent),
        *texting_code(account, kind or act, code=code, phone_sealed=phone_sealed, now=now),
    )


async def resend(db: Database, token: str, *, stages: tuple[Stage, ...], now: datetime) -> None:
    """Send a new code for a step. Raises StepGone, TooSoon, TooManyCodes or TooManyTexts."""
    step = step_of(token, *stages, now=now)
    act, kind = act_of(step.stage), kind_of(step.stage)
    before, phone_sealed = await attempts.last_code(db, step.account, act)
    phone = notices.open_phone(phone_sealed, step.account) if phone_sealed is not None else ""
    if phone_sealed is None or not phone:
        raise StepGone  # nobody's, or the number is somebody else's since the step began
    if wait := seconds_to_wait(before, now=now):
        raise TooSoon(wait)
    sent = sending(before, now=now)
    await must_be_sendable(db, act=kind, to=phone, now=now)
    code = new_code()
    hash_ = code_hash(code, account=step.account, act=act)
    done = await write(
        db,
        attempts.sending_code_after(before, step.account, act, hash_, sent),
        *texting_code(step.account, kind, code=code, phone_sealed=phone_sealed, now=now),
        audit.record(VISITOR, "identity.resend_code", subject=step.account, reference=act, now=now),
    )
    if done is None:
        raise TooSoon(60)


async def seconds_left(db: Database, token: str, *, stages: tuple[Stage, ...], now: datetime) -> int:
    """Seconds until the step's code may be sent again. Raises StepGone."""
    step = step_of(token, *stages, now=now)
    before, _ = await attempts.last_code(db, step.account, act_of(step.stage))
    return seconds_to_wait(before, now=now)


async def try_code(
    db: Database, account: UUID, act: Act, code: str, *, to: str = "", now: datetime
) -> tuple[Account, bytes]:
    """Whose the code is, and its hash to be used up, when it is the right one; the try is counted first.

    Raises CodeMalformed, which counts as none; StepGone, or CodeWrong, CodeExpired, CodesUsedUp or CodeUsed;
    a wrong code is a ledger row.
    """
    digits = digits_typed(code)
    tried, owner = await attempts.try_code(db, account, act, now=now)
    if owner is None:
        raise StepGone
    expected = tried.must_count(now=now)
    given = code_hash(digits, account=account, act=act, to=to)
    if hmac.compare_digest(given, expected):
        return owner, expected
    count = tried.tries or TRIES
    await write(
        db,
        Part("SELECT 1 AS noted"),
        audit.record(
            VISITOR,
            "identity.fail_code",
            subject=account,
            reference=act,
            detail={"tries": count},
            now=now,
        ),
    )
    raise CodeWrong(TRIES - count)
