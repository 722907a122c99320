"""Correcting a person's name or number 姓名和证件号码更正: the register says the new one, the old one is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tongban.identity.model.window import at_window
from tongban.kit import papers
from tongban.kit.errors import Conflict, Invalid, Words
from tongban.kit.i18n import N_

RULES = (
    # The person comes with her new paper: an officer enters it, the register decides.
    at_window("identity.correct_person"),
)


class Former(msgspec.Struct, frozen=True):
    """A name and number that somebody had 曾用: from when to when, and which register ended it, as of when."""

    name: str
    paper: papers.Paper
    since: datetime
    until: datetime
    source: str
    as_of: datetime

    def __repr__(self) -> str:
        return "Former(…)"


class CorrectionInvalid(Invalid):
    """What was entered does not hold, is nobody's account, or is not what the register says."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("correction-invalid", N_("请更正下面标出的内容。"), fields=fields)


class NumberTaken(Conflict):
    """The new number is, or was, another account's."""

    def __init__(self) -> None:
        words = N_("新的证件号码已属于另一个账户，不能更正到这里。请先核实两个账户是不是同一个人。")
        super().__init__("number-taken", words, fields={"number": words})


class CorrectedMeanwhile(Conflict):
    """Somebody else has corrected the same account since it was read, or merged it."""

    def __init__(self) -> None:
        super().__init__("corrected-meanwhile", N_("这个账户刚刚被更正或合并过。请重新核对后再登记。"))


#: The register's reasons, in words for the officer.
REASONS: dict[str, tuple[str, Words]] = {
    "unknown": ("number", N_("人口库没有这个证件号码。请照新证件核对；刚换发的，请过几天再来。")),
    "name": (
        "name",
        N_("人口库登记的姓名与填写的不同。请照新证件核对；人口库还没有更新的，请先到派出所办理。"),
    ),
    "phone": ("number", N_("人口库登记的手机号与账户不同。请本人先更新手机号。")),
    "deceased": ("number", N_("人口库登记的状态不允许更正。请按规定核实。")),
    "moved_out": ("number", N_("人口库登记的状态不允许更正。请按规定核实。")),
}
