"""Letters of a reconsideration decided 行政复议决定: what became of the decision, and the court for what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases.model import Case
from tongban.cases.model.linked import OF_A_DECISION, remedies_of
from tongban.catalogue import ItemVersion
from tongban.kit.i18n import N_, Message

#: Title, body and text message.
Words = tuple[Message, Message, Message]


def words_of(topic: str, case: Case, version: ItemVersion, values: Mapping[str, Any]) -> Words | None:
    """The letter of the decision on a reconsideration; None for another event and for a case of another item."""
    if version.about != OF_A_DECISION or topic not in ("cases.granted", "cases.refused"):
        return None
    remedies = remedies_of(version)
    if topic == "cases.refused":
        return (
            N_("行政复议决定：维持原决定", **values),
            N_(
                "受理编码 {code}。理由：{reason} {remedies}行政复议决定书在“我的办件”的文书里。",
                reason=case.reason or "",
                remedies=remedies.letter,
                **values,
            ),
            N_(
                "【{mark}】您的行政复议（受理编码 {code}）已作出决定：维持原决定。{remedies}",
                remedies=remedies.sms,
                **values,
            ),
        )
    return (
        N_("行政复议决定：撤销原决定", **values),
        N_(
            "受理编码 {code}。责令原承办部门重新办理，不用重新申请。理由：{reason} {remedies}"
            "行政复议决定书在“我的办件”的文书里。",
            reason=case.reason or "",
            remedies=remedies.letter,
            **values,
        ),
        N_(
            "【{mark}】您的行政复议（受理编码 {code}）已作出决定：撤销原决定，责令重新办理，不用重新申请。"
            "决定书见“我的办件”。",
            **values,
        ),
    )
