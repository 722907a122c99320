"""The human resources register over HTTP: whether a social security card is this person's, in one signed call."""

from __future__ import annotations

from uuid import UUID

import msgspec

from tongban.identity.model.levels import CheckAway
from tongban.identity.model.social_cards import HELD, SocialCardSaysNo
from tongban.identity.providers.bank import Reference, post

PATH = "/social/v1/card"


class _Answer(msgspec.Struct):
    """What comes back; ``serialNo`` is the register's own number of the question."""

    msgId: str  # noqa: N815 - as on the wire
    code: str
    serialNo: Reference  # noqa: N815


async def verify(url: str, *, order: UUID, card: str, number: str, name: str) -> str:
    """Whether card, number and name are one person's; gives the register's number of the answer.

    ``order`` makes a repetition the same question. Raises SocialCardSaysNo or CheckAway.
    """
    content = await post(url, PATH, {"msgId": str(order), "aac002": number, "aac003": name, "aaz500": card})
    try:
        answer = msgspec.json.decode(content, type=_Answer)
    except msgspec.MsgspecError as wrong:
        raise CheckAway from wrong
    if answer.msgId != str(order):
        raise CheckAway
    if answer.code != HELD:
        raise SocialCardSaysNo(answer.code)
    if not answer.serialNo:
        raise CheckAway
    return answer.serialNo
