"""How many codes go out by SMS 短信验证码的总量: from one network, of the whole house, to one phone. Pure rules.

Whoever knows somebody's name and number can have codes sent to her phone (短信轰炸), and a list of such people costs
the house money. Counted is what goes out; who is refused hears when to come back and what to do instead.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum

from tongban.identity.model.refusals import shown_time
from tongban.identity.model.stuffing import HOUR, hour_of
from tongban.kit import clock
from tongban.kit.errors import TooMany
from tongban.kit.i18n import N_, Message


class Counted(StrEnum):
    """What codes are counted by, in the order in which they are asked.

    The phone comes last: a recovery is silent about it, and so a full phone must hide nothing that is said aloud.
    """

    NETWORK = "network"
    HOUSE = "house"
    PHONE_NETWORK = "phone_network"
    PHONE = "phone"


#: From one network within an hour, an IPv6 /64 being one: a carrier's gateway with thousands of users stays below it.
PER_NETWORK = 600
#: To one phone within a day, of each kind of code: whoever has codes of another kind sent to it shuts nobody out of her
#: log-in.
PER_PHONE = 24
#: Of the kinds that need no password and nobody's consent, only a name and a number.
PER_PHONE_UNASKED = 10
_UNASKED = frozenset({"enrol", "recover", "recover_own", "phone_only"})
#: Of a recovery in a browser that never opened the account, to one phone from one network within a day: a stranger who
#: knows name and number leaves codes for the owner, and has few to guess. A browser of her own has ``recover_own``.
PER_PHONE_OF_NETWORK = 4
#: The kind of code that this is counted of.
OF_NETWORK = "recover"

_WORDS: dict[Counted, Message] = {
    Counted.NETWORK: N_(
        "当前网络获取短信验证码过于频繁，请在 {time} 之后再试，或者换一个网络。要登录的，也可以用通行密钥或手机扫码。"
    ),
    Counted.HOUSE: N_(
        "现在获取短信验证码的人太多，请在 {time} 之后再试。要登录的，也可以用通行密钥或手机扫码；"
        "着急的，请带证件到政务服务大厅办理。"
    ),
    Counted.PHONE_NETWORK: N_(
        "从当前网络为这个证件找回的次数，今天已经太多。请明天再试、换一个网络，或者用登录过的手机、电脑找回；"
        "着急的，请带证件到政务服务大厅办理。"
    ),
    Counted.PHONE: N_(
        "今天发往这个手机号的验证码已经太多，请明天再试。要登录的，也可以用通行密钥或手机扫码；"
        "着急的，请带证件到政务服务大厅办理。"
    ),
}


def per_phone(act: str) -> int:
    """How many codes of the kind ``act`` one phone gets within a day of the city."""
    return PER_PHONE_UNASKED if act in _UNASKED else PER_PHONE


def window_of(by: Counted, now: datetime) -> tuple[datetime, datetime]:
    """Begin and end of what ``now`` is counted in: a day of the city for a phone, an hour of the clock otherwise."""
    if by in (Counted.PHONE, Counted.PHONE_NETWORK):
        today = clock.city_day(now)
        return clock.instant_of(today, time(0)), clock.instant_of(today + timedelta(days=1), time(0))
    return hour_of(now), hour_of(now) + HOUR


class TooManyTexts(TooMany):
    """No further code goes out within this window; ``by`` says by what they are counted."""

    def __init__(self, by: Counted, *, now: datetime) -> None:
        _, until = window_of(by, now)
        words = Message(_WORDS[by].msgid, {"time": shown_time(until)})
        super().__init__("too-many-texts", words, retry_after=max(1, int((until - now).total_seconds())))
        self.by = by
