"""Log-in by QR 扫码登录: the code in it, the number that is compared, how long a request lives. Pure rules."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from tongban.kit import keys
from tongban.kit.errors import Conflict, Invalid, TooMany
from tongban.kit.i18n import N_
from tongban.kit.keys.ring import normalised
from tongban.kit.policy import Actor, Relation, Role, Rule

LIFETIME = timedelta(minutes=2)
#: A number is typed wrong so often before the request counts as refused.
TRIES = 3
#: Without what is misread: I and 1, O and 0; ten of them are 50 bits.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 10

#: Whoever asks for a request is a visitor of the log-in; a phone answers one with its owner's account.
RULES = (Rule("identity.scan", Role.RESIDENT, Relation.ANY),)

State = Literal["waiting", "opened", "confirmed", "refused", "over"]


class ScanEmpty(Invalid):
    """The phone's field was sent empty."""

    def __init__(self) -> None:
        words = N_("请输入二维码旁边的 10 位字母和数字。")
        super().__init__("scan-empty", words, fields={"code": words})


class ScanGone(Invalid):
    """No such request lives: it is over two minutes old, was answered, or somebody else has opened it."""

    def __init__(self) -> None:
        words = N_("这个登录请求不存在或已失效（有效 2 分钟）。请在电脑上重新显示二维码，再扫一次。")
        super().__init__("scan-gone", words, fields={"code": words})


class NumberWrong(Invalid):
    """The typed number is not the one that the other screen shows."""

    def __init__(self, left: int) -> None:
        words = N_(
            "与电脑上显示的数字不一致，还可以再试 {left} 次。电脑不在您面前的，请选“不是我”。", left=left
        )
        super().__init__("scan-number-wrong", words, fields={"number": words})


class NumberMalformed(Invalid):
    """What was typed can be no such number: it costs no try."""

    def __init__(self) -> None:
        words = N_("请输入电脑上显示的两位数字。")
        super().__init__("scan-number-malformed", words, fields={"number": words})


class ScanRefused(Conflict):
    """Three wrong numbers, or her own no: nobody is logged in by this request."""

    def __init__(self) -> None:
        super().__init__(
            "scan-refused", N_("这个登录请求已拒绝，对方没有登录。需要登录的，请在电脑上重新显示二维码。")
        )


class NotConfirmed(Conflict):
    """The phone has not confirmed yet."""

    def __init__(self) -> None:
        super().__init__("scan-not-confirmed", N_("手机上还没有确认。请在手机上输入数字并确认，再点一次。"))


class ScanningTooFast(TooMany):
    """One address shows too many codes, or one account tries too many."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "scanning-too-fast",
            N_("扫码登录太频繁，请约 {minutes} 分钟后再试，或用密码登录。", minutes=-(-seconds // 60)),
            retry_after=seconds,
        )


class Asked(msgspec.Struct, frozen=True):
    """A request to log in as the one who asked and the one who is to answer see it.

    ``agent`` and ``place`` are of the browser that asked, coarse. ``account`` has opened it on her phone. ``level`` and
    its ends are what the session there had proved when it answered, ``proved_at`` when.
    """

    agent: str
    place: str
    number: int
    asked_at: datetime
    expires_at: datetime
    account: UUID | None
    answer: str | None
    used_at: datetime | None
    level: int | None = None
    l2_until: datetime | None = None
    l3_until: datetime | None = None
    proved_at: datetime | None = None

    def no_more_than_proved(self, owner: Actor) -> Actor:
        """The owner as she comes by this request: by the least of what the phone has proved and the account has now."""
        ends = zip(owner.level_ends, (self.l2_until, self.l3_until), strict=True)
        l2_until, l3_until = (min((one for one in pair if one is not None), default=None) for pair in ends)
        level = min(owner.level, self.level or 0)
        return msgspec.structs.replace(owner, level=level, level_ends=(l2_until, l3_until))

    def state(self, *, now: datetime) -> State:
        """How it stands: a request is over two minutes after it was asked, answered or not, or once it was used."""
        if self.used_at is not None or self.expires_at <= now:
            return "over"
        if self.answer == "confirmed":
            return "confirmed"
        if self.answer == "refused":
            return "refused"
        return "waiting" if self.account is None else "opened"


def new_code() -> str:
    """A fresh code as it is shown and stands in the QR: ``7QK4M-9XWPA``."""
    made = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return f"{made[:5]}-{made[5:]}"


def new_number() -> int:
    """Two digits to compare, neither of them a leading nought."""
    return 10 + secrets.randbelow(90)


def code_hash(code: str) -> bytes:
    """The HMAC by which a request is found; blanks, hyphens and small letters do not matter."""
    return keys.current().blind_index("scan", normalised(code).replace("-", ""))


def browser_hash(secret: str) -> bytes:
    """The HMAC of the cookie that the browser which asked keeps."""
    return keys.current().blind_index("scan_browser", secret.encode().hex())


def number_typed(text: str) -> int:
    """The number in what was typed; raises NumberMalformed."""
    digits = normalised(text)
    if len(digits) != 2 or not (digits.isascii() and digits.isdigit()):
        raise NumberMalformed
    return int(digits)
