"""Real-name levels 实名等级: what each opens, the ways that raise it, and the checks behind it. Pure rules.

L1 name, number and phone checked against the population register · L2 a bank card (四要素) or a social security card
checked as well · L3 seen by an officer at a window, or the face compared with the ID card's picture beside two other
proofs. L0 is an account that is known by a phone alone (``model/phone_only.py``): it reads what visitors read, and what
rows of the policy with ``phone_only`` open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from tongban.identity.model.window import at_window
from tongban.kit.errors import Invalid, NotFound, TooMany, Unavailable, Words
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import LevelEnds, Relation, Role, Rule, level_at


class Way(StrEnum):
    """How a level was reached 核验方式."""

    REGISTER = "register"
    CARD = "card"
    SOCIAL = "social"
    WINDOW = "window"
    FACE = "face"


#: What each way raises to.
LEVEL_OF = {Way.REGISTER: 1, Way.CARD: 2, Way.SOCIAL: 2, Way.WINDOW: 3, Way.FACE: 3}
#: How long a check stands; a window's ends with the paper that was seen, where that is sooner.
LASTS = {
    Way.CARD: timedelta(days=2 * 365),
    Way.SOCIAL: timedelta(days=2 * 365),
    Way.WINDOW: timedelta(days=5 * 365),
    # A face is seen by a machine only, and changes: shorter than what an officer saw.
    Way.FACE: timedelta(days=2 * 365),
}
WAY_WORDS: dict[Way, Message] = {
    Way.REGISTER: N_("人口库核验"),
    Way.CARD: N_("银行卡核验"),
    Way.SOCIAL: N_("社保卡核验"),
    Way.WINDOW: N_("窗口当面核验"),
    Way.FACE: N_("人脸核验"),
}
#: What a level opens, in the order of the ladder.
OPENS: dict[int, Message] = {
    0: N_("浏览、搜索、咨询和查询公开信息。"),
    1: N_("申请大多数事项、收取决定和查看自己的办件。"),
    2: N_("涉及婚姻、户口、社保、车辆等权益的事项。"),
    3: N_("出示电子证照，办理要求当面核验的事项。"),
}

RULES = (
    # With a phone alone one sees the ladder's first step: to what further checks lead, one has a name.
    Rule("identity.level", Role.RESIDENT, Relation.ANY, phone_only=True),
    Rule("identity.check_level", Role.RESIDENT, Relation.ANY),
    Rule("identity.prove", Role.RESIDENT, Relation.ANY, phone_only=True),
    Rule("identity.prove", Role.OFFICER, Relation.ANY),
    # Who sees a person and her paper at the window enters what she saw, in her own name.
    at_window("identity.vet"),
)


class LevelCheck(msgspec.Struct, frozen=True):
    """One check that raised an account 核验记录.

    ``seen`` is what was shown: a card's last four digits, the kind of a paper.
    ``officer`` and ``department``: who saw her at the window. ``ended_why`` is ``withdrawn``, ``expired`` or
    ``recovered`` (the password was set anew).
    """

    id: UUID
    level: int
    way: Way
    reference: str
    seen: str
    officer: UUID | None
    department: str | None
    checked_at: datetime
    until: datetime
    ended_at: datetime | None
    ended_why: str | None

    @property
    def words(self) -> Message:
        """The way in words."""
        return WAY_WORDS[self.way]

    def stands(self, now: datetime) -> bool:
        """Whether it counts."""
        return self.ended_at is None and self.until > now


class Ladder(msgspec.Struct, frozen=True):
    """An account's level with the checks behind it, newest first."""

    level: int
    checks: tuple[LevelCheck, ...]

    def has(self, way: Way, now: datetime) -> bool:
        """Whether a check of this way stands."""
        return any(one.way is way and one.stands(now) for one in self.checks)

    def at(self, now: datetime) -> Ladder:
        """The same with the level that is left: what ran out counts no more, before the hourly sweep has come to it."""
        ends = ends_left([one for one in self.checks if one.ended_at is None])
        return Ladder(level_at(self.level, ends, now), self.checks)


def ends_of(level: int, until: datetime) -> LevelEnds:
    """Until when a check that carries this level does so for L2 and for L3."""
    return until, until if level >= 3 else None


def ends_left(checks: Sequence[LevelCheck]) -> LevelEnds:
    """Until when the checks that are left carry L2 and L3."""
    of_l3 = [one.until for one in checks if one.level >= 3]
    return max((one.until for one in checks), default=None), max(of_l3, default=None)


def until_of(way: Way, *, now: datetime, paper_ends: datetime | None = None) -> datetime:
    """Until when a check of today stands (UTC)."""
    usual = now + LASTS[way]
    return usual if paper_ends is None else min(usual, paper_ends)


class CardInvalid(Invalid):
    """A bank card number that can be none, or a consent that was not given."""

    def __init__(self, fields: dict[str, Words]) -> None:
        super().__init__("card-invalid", N_("请更正下面标出的内容。"), fields=fields)


class CardSaysNo(Invalid):
    """The bank's network knows no such card, or it is not this person's with this phone."""

    def __init__(self, code: str) -> None:
        words = {
            "14": N_("没有查到这张卡，请核对卡号。"),
        }.get(
            code,
            N_(
                "卡号与您的姓名、证件号码或手机号不一致。请换一张以本人名义开立、预留当前手机号的银行卡，或到窗口核验。"
            ),
        )
        super().__init__("card-says-no", words, fields={"card": words})


class CheckAway(Unavailable):
    """The provider of a check does not answer: nothing has changed."""

    def __init__(self) -> None:
        super().__init__(
            "level-check-away",
            N_("核验服务暂时没有应答，您的实名等级没有变化。请稍后再试，或到窗口当面核验。"),
            retry_after=60,
        )


class TooManyChecks(TooMany):
    """Five cards within a quarter of an hour."""

    def __init__(self) -> None:
        super().__init__(
            "too-many-level-checks",
            N_("核验次数太多，请 15 分钟后再试，或到窗口当面核验。"),
            retry_after=900,
        )


class CheckUnknown(NotFound):
    """No check of this id, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("level-check-unknown", N_("没有找到这条核验记录。"))


class VettingInvalid(Invalid):
    """What an officer entered of a paper does not hold, or is nobody's account."""

    def __init__(self, fields: dict[str, Words]) -> None:
        super().__init__("vetting-invalid", N_("请更正下面标出的内容。"), fields=fields)


def card_holds(number: str) -> bool:
    """Whether it is shaped like a bank card's number: 13 to 19 digits, the last by Luhn (ISO/IEC 7812-1)."""
    if not (number.isascii() and number.isdigit() and 13 <= len(number) <= 19):
        return False
    digits = [int(one) for one in reversed(number)]
    return sum(digits[::2] + [sum(divmod(2 * one, 10)) for one in digits[1::2]]) % 10 == 0
