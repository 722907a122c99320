"""Another phone number for one's own account 更换手机号: the thread between its two pages, and its refusals."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tongban.identity.model.refusals import StepGone
from tongban.kit import keys
from tongban.kit.errors import Conflict, Invalid, TooMany, Unavailable, Words
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Relation, Role, Rule

RULES = (Rule("identity.change_phone", Role.RESIDENT, Relation.ANY),)

#: How long the two codes may be typed after the new number was.
STEP_LIFETIME = timedelta(minutes=15)
#: For so long after a change what asks L3 asks a fresh proof as well: whoever took a phone over gains nothing at once.
CAREFUL_FOR = timedelta(hours=24)
_CONTEXT = b"identity.own_phone"
#: What the register found different, and what to do; the account's own name and number are no typing mistakes here.
REASONS: dict[str, Message] = {
    "phone": N_(
        "这个号码不是以您本人的名义实名登记的。请用本人名下的号码；刚办的新号，运营商登记后过一天再试。"
    ),
}
OTHERWISE = N_("人口库的登记与您的账户不一致，现在不能更换。请带证件到任一窗口核对。")


class PhoneChange(msgspec.Struct, frozen=True, array_like=True):
    """A new number that is the person's by the register, on its way to be proved by two codes."""

    account: UUID
    at: datetime
    phone: str

    def __repr__(self) -> str:
        return f"PhoneChange({self.account})"


def change_token(change: PhoneChange) -> str:
    """The change as one opaque word for a hidden field or an address."""
    sealed = keys.current().seal(msgspec.msgpack.encode(change), _CONTEXT)
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def change_of(token: str, account: UUID | None, *, now: datetime) -> PhoneChange:
    """The change again; raises StepGone when it is not ours, another account's, or too old."""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        change = msgspec.msgpack.decode(keys.current().open(sealed, _CONTEXT), type=PhoneChange)
    except (ValueError, msgspec.MsgspecError, keys.SealBroken) as broken:
        raise StepGone from broken
    if change.account != account or change.at + STEP_LIFETIME <= now:
        raise StepGone
    return change


class NewPhoneInvalid(Invalid):
    """What was typed can be no new number: none, misshapen, or the one that the account has."""

    def __init__(self, words: Words) -> None:
        super().__init__("new-phone-invalid", words, fields={"phone": words})


class NewPhoneRefused(Invalid):
    """The register does not know the new number as this person's."""

    def __init__(self, words: Words) -> None:
        super().__init__("new-phone-refused", words, fields={"phone": words})


class NewPhoneUnchecked(Unavailable):
    """The register does not answer: nothing has changed."""

    def __init__(self) -> None:
        super().__init__(
            "new-phone-unchecked",
            N_("人口库暂时没有应答，手机号没有更换。填的号码还在，请稍后再试。"),
            retry_after=60,
        )


class NewPhoneTaken(Conflict):
    """Somebody else's account got the number between the question and the answer."""

    def __init__(self) -> None:
        words = N_(
            "这个号码正在另一个账户中绑定，手机号没有更换。请稍后重新开始；不是您本人操作的，请拨打热线。"
        )
        super().__init__("new-phone-taken", words)


class PhoneMovedOn(Conflict):
    """Another window of hers changed the number meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            "phone-moved-on", N_("手机号刚刚在另一个窗口更换过。请看现在登记的号码，还要更换的话重新开始。")
        )


class TooManyPhoneChanges(TooMany):
    """Five numbers within a quarter of an hour."""

    def __init__(self) -> None:
        super().__init__(
            "too-many-phone-changes",
            N_("更换手机号的次数太多，请 15 分钟后再试。现在的手机号照常使用。"),
            retry_after=900,
        )
