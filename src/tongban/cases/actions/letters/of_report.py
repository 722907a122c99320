"""The letter of a report to the organ that decides 报送: from whom to whom, and by when that one decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases.actions.letters.of_time import Words, by_when
from tongban.cases.model import Case
from tongban.cases.model.reporting import reported_of
from tongban.kit import clock
from tongban.kit.i18n import N_


def words_of(topic: str, case: Case, detail: Mapping[str, Any], values: dict[str, Any]) -> Words | None:
    """The letter of a report, ``detail`` being its step's; None for an event of another kind."""
    if topic != "cases.reported":
        return None
    organs = reported_of(detail)
    more = {
        "sender": organs.sender,
        "to": organs.to,
        "date": f"{clock.city_day(case.promise_due):%Y-%m-%d}" if case.promise_due else "",
        "limits": by_when(case),
        **values,
    }
    return (
        N_("您的申请已报送上级机关：{item}", **values),
        N_(
            "受理编码 {code}。{sender}已审查完毕，审查意见和您的全部申请材料已报送{to}，由{to}作出决定，"
            "不用您再提交材料。{limits}。",
            **more,
        ),
        N_("【{mark}】您的“{item}”申请已报送{to}决定，最晚 {date} 办结，受理编码 {code}。", **more),
    )
