"""Letters about a licence that one holds: renewed by silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases.model import Case
from tongban.kit.i18n import N_, Message

#: Title, body and text message.
Words = tuple[Message, Message, Message]


def words_of(topic: str, case: Case, detail: Mapping[str, Any], values: dict[str, Any]) -> Words | None:
    """The letter of an event about a held licence, ``detail`` being its step's; None for an event of another kind."""
    if topic != "cases.deemed_renewed":
        return None
    until = str(detail.get("until", ""))
    return (
        N_("视为准予延续：{item}", **values),
        N_(
            "受理编码 {code}。有效期届满（{until}）前没有作出决定，依照《行政许可法》第五十条视为准予延续。"
            "新证正在制作，原证在此期间继续有效，您不用做什么。",
            until=until,
            **values,
        ),
        N_(
            "【{mark}】您的“{item}”申请到期没有决定，依法视为准予延续，受理编码 {code}。"
            "新证制好后再通知您，原证继续有效。",
            **values,
        ),
    )
