"""What hearings 听证 are refused for: each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from tongban.kit import clock
from tongban.kit.errors import Conflict, Forbidden, Invalid, Words
from tongban.kit.i18n import N_


class HearingIncomplete(Invalid):
    """A telling, a sitting or a record says all that the law asks of it."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("hearing-incomplete", N_("请按提示补全听证的内容。"), fields=fields)


class HearingNotTold(Invalid):
    """The item asks that the applicant be told of her right before she is refused (行政许可法 art. 47)."""

    def __init__(self) -> None:
        super().__init__(
            "hearing-not-told",
            N_(
                "本事项不予办理前应当告知申请人有要求听证的权利。请先在“听证”里写明事实、理由和拟作的决定，送达听证告知书。"
            ),
        )


class HearingRightRuns(Invalid):
    """While the applicant may ask for a hearing, nothing is decided against her and no other procedure begins."""

    def __init__(self, until: date) -> None:
        super().__init__(
            "hearing-right-runs",
            N_(
                "申请人在 {until} 当日或之前可以要求听证，期满或者明确放弃后，再作不予办理的决定或者启动其他特别程序。",
                until=f"{until:%Y-%m-%d}",
            ),
        )


class HearingToBeHeld(Invalid):
    """The item is decided only after a hearing that the organ holds of its own accord (行政许可法 art. 46)."""

    def __init__(self) -> None:
        super().__init__(
            "hearing-to-be-held",
            N_("本事项应当先举行听证，再根据听证笔录作决定。请用“启动特别程序”启动听证。"),
        )


class HearingGoesOn(Invalid):
    """A hearing ends with its record, or with the applicant's word; not as other special procedures do."""

    def __init__(self) -> None:
        super().__init__(
            "hearing-goes-on",
            N_("听证还没有结束。举行后在“听证”里提交笔录，申请人确认后自动恢复计时。"),
        )


class HearingToldAlready(Conflict):
    """The right was told and its limit still runs."""

    def __init__(self, until: date) -> None:
        super().__init__(
            "hearing-told-already",
            N_(
                "已经告知过听证权利，申请人在 {until} 当日或之前答复，不用再告知。", until=f"{until:%Y-%m-%d}"
            ),
        )


class NoHearingRight(Conflict):
    """The case has told no right to a hearing, or it has been used or given up."""

    def __init__(self) -> None:
        super().__init__(
            "no-hearing-right",
            N_("这份办件现在没有可以要求或者放弃的听证。请从“我的办件”重新打开，查看最新进展。"),
        )


class HearingTooLate(Conflict):
    """The last day to ask has passed (行政许可法 art. 47: five days)."""

    def __init__(self, until: date) -> None:
        super().__init__(
            "hearing-too-late",
            N_(
                "要求听证的期限到 {until} 为止，已经过了，不再组织听证。对决定不服的，可以申请行政复议。",
                until=f"{until:%Y-%m-%d}",
            ),
        )


class HearingElsewhere(Conflict):
    """The hearing does not stand where this step of it begins."""

    def __init__(self) -> None:
        super().__init__(
            "hearing-elsewhere", N_("听证已经有了新的进展，不能进行这项操作。请重新打开该办件。")
        )


class HearingNotYet(Conflict):
    """Its time has not come."""

    def __init__(self, at: datetime) -> None:
        super().__init__(
            "hearing-not-yet",
            N_("听证定于 {at} 举行，到时才能提交笔录。", at=f"{clock.city_time(at):%Y-%m-%d %H:%M}"),
        )


class NotPresider(Forbidden):
    """The record is the presider's."""

    def __init__(self, presider: str) -> None:
        super().__init__(
            "not-presider",
            N_("听证笔录由主持人{presider}提交。要换主持人，请重新确定时间地点。", presider=presider),
        )


class OwnRecusal(Forbidden):
    """Nobody decides whether she withdraws herself."""

    def __init__(self) -> None:
        super().__init__(
            "own-recusal", N_("申请回避的是你本人，不能由你决定。请重新确定时间地点，改由其他人主持。")
        )


class RecusalWaits(Invalid):
    """A plea that the presider withdraw is decided before the hearing."""

    def __init__(self) -> None:
        super().__init__("recusal-waits", N_("有当事人申请主持人回避，须由负责人先作决定。"))


class Presided(Forbidden):
    """Who presided over the hearing of a case does not examine or review it (行政许可法 art. 48(1)(3))."""

    def __init__(self) -> None:
        super().__init__(
            "presided-over-it", N_("你主持了本件的听证，不能再审查或者复核，请交另一位同事办理。")
        )
