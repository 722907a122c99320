"""A social security card 社保卡 as a way to L2, beside the bank card: its number's shape, what the register says."""

from __future__ import annotations

import re

from tongban.kit.errors import Invalid, Words
from tongban.kit.i18n import N_, Message

#: The number printed on the card 卡号 (AAZ500): a letter or digit and eight digits; not the 社会保障号码.
_SHAPE = re.compile(r"[0-9A-Z][0-9]{8}")
HELD = "0000"
#: What the register's codes mean, and what to do.
CODES: dict[str, Message] = {
    "1001": N_("没有查到您的社保卡。请核对卡号，或改用银行卡，或到窗口当面核验。"),
    "1003": N_("这张社保卡已挂失或注销，不能用来核验。请用补换后的新卡，或改用银行卡。"),
}
OTHERWISE = N_("卡号与您的姓名、证件号码不一致。请照卡面核对卡号，或改用银行卡，或到窗口当面核验。")


def social_card_holds(number: str) -> bool:
    """Whether it is shaped like the number printed on a social security card."""
    return _SHAPE.fullmatch(number) is not None


class SocialCardInvalid(Invalid):
    """A number that can be no card's, or a consent that was not given."""

    def __init__(self, fields: dict[str, Words]) -> None:
        super().__init__("social-card-invalid", N_("请更正下面标出的内容。"), fields=fields)


class SocialCardSaysNo(Invalid):
    """The register knows no such card of this person, or it may not be used."""

    def __init__(self, code: str) -> None:
        words = CODES.get(code, OTHERWISE)
        super().__init__("social-card-says-no", words, fields={"card": words})
