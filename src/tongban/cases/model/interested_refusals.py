"""What is refused of interested persons 利害关系人: each with its sentence."""

from __future__ import annotations

from datetime import date

from tongban.kit.errors import Conflict, Invalid
from tongban.kit.i18n import N_


class InterestedRightRuns(Invalid):
    """While an interested person may ask, no record is handed in and nothing decided (行政许可法 art. 47)."""

    def __init__(self, who: str, until: date) -> None:
        super().__init__(
            "interested-right-runs",
            N_(
                "利害关系人{who}在 {until} 当日或之前可以要求听证，期满或者明确放弃后，再提交听证笔录或者作决定。",
                who=who,
                until=f"{until:%Y-%m-%d}",
            ),
        )


class InterestedNotServed(Invalid):
    """Her five days begin when the notice reaches her; until that is noted nothing is recorded or decided."""

    def __init__(self, who: str) -> None:
        super().__init__(
            "interested-not-served",
            N_(
                "利害关系人{who}的听证告知书还没有登记送达。请在“听证”里登记送达日期，期满后再提交听证笔录或者作决定。",
                who=who,
            ),
        )


class InterestedAlready(Conflict):
    """The case names this person already."""

    def __init__(self) -> None:
        super().__init__("interested-already", N_("这位利害关系人已经告知过，不用再告知。"))


class SittingTooNear(Invalid):
    """Who is told of her right has her days, and the notice of time and place, before the hearing (art. 47, 48)."""

    def __init__(self, day: date) -> None:
        super().__init__(
            "sitting-too-near",
            N_(
                "听证定于 {day} 举行，离利害关系人收到告知不足 7 个工作日。请先在“听证”里重新确定时间地点，"
                "再告知或者登记送达。",
                day=f"{day:%Y-%m-%d}",
            ),
        )
