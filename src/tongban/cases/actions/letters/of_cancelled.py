"""The letter about an application that ends because its item is cancelled 取消审批: it is nobody's fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases.model import Case
from tongban.cases.model.terminations import ITEM_CANCELLED
from tongban.kit.i18n import N_, Message

#: Title, body and text message.
Words = tuple[Message, Message, Message]


def words_of(topic: str, case: Case, detail: Mapping[str, Any], values: dict[str, Any]) -> Words | None:
    """The letter of such an end, with the way that there is now; None for another event."""
    if topic != "cases.terminated" or detail.get("ground") != ITEM_CANCELLED:
        return None
    return (
        N_("审批已取消，您的申请不用再办：{item}", **values),
        N_(
            "受理编码 {code}。{reason}这次申请终止办理，不是您的原因，不记入任何不良记录；"
            "交来的材料可以领回。{remedies}",
            reason=case.reason or "",
            **values,
        ),
        N_(
            "【{mark}】“{item}”审批已取消，您的申请终止办理，不是您的原因，受理编码 {code}。现在的办法见“我的办件”。",
            **values,
        ),
    )
