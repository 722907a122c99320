"""Electronic supervision 电子监察: the rules that find a case out of order, who accounts for it, who is asked next.

The lamps of a desk show how a limit stands now; a record here stays, whatever happens later (GB/T 39046-2020 Table 11).
Citizens see dates and days, never lamps.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tongban.cases.model.lamps import Lamp
from tongban.kit.i18n import N_, Message


class Owner(StrEnum):
    """Who accounts for a record: the officers of the department, its head, the office that supervises all 督办."""

    EXAMINE = "examine"
    HEAD = "head"
    SUPERVISION = "supervision"


OWNER_WORDS: dict[Owner, Message] = {
    Owner.EXAMINE: N_("承办人"),
    Owner.HEAD: N_("部门负责人"),
    Owner.SUPERVISION: N_("督办机构"),
}


class Supervised(msgspec.Struct, frozen=True):
    """A rule 监察规则: its number, the lamp that it lights, its words, who accounts first.

    After ``days`` working days without an answer the next owner is asked.
    """

    number: str
    lamp: Lamp
    words: Message
    owner: Owner
    days: int


class RuleName(StrEnum):
    """The rules of the brief 监察规则, by the code that a record keeps."""

    ACCEPT_NEAR = "accept_near"
    ACCEPT_LATE = "accept_late"
    PROMISE_NEAR = "promise_near"
    PROMISE_LATE = "promise_late"
    STATUTORY_LATE = "statutory_late"
    SPECIAL_LATE = "special_late"
    CORRECTION_TWICE = "correction_twice"
    EXEMPT_ASKED = "exempt_asked"
    NO_REASON = "no_reason"
    ISSUE_LATE = "issue_late"
    RENEWAL_LAPSED = "renewal_lapsed"
    CALLED_OFF = "called_off"
    SITTING_OFF = "sitting_off"
    SPECIAL_UNPROVIDED = "special_unprovided"
    FIRST_REVIEW_LATE = "first_review_late"


#: 行政许可法 art. 32, 42 to 45, 38, 50, and the four classes of material that are never asked for. The days until the
#: next owner are the house's own.
RULES: dict[RuleName, Supervised] = {
    RuleName.ACCEPT_NEAR: Supervised("01", Lamp.AMBER, N_("受理期限将到"), Owner.EXAMINE, 1),
    RuleName.ACCEPT_LATE: Supervised("02", Lamp.RED, N_("逾期未告知是否受理，视为受理"), Owner.HEAD, 2),
    RuleName.PROMISE_NEAR: Supervised("03", Lamp.AMBER, N_("承诺期限将到"), Owner.EXAMINE, 1),
    RuleName.PROMISE_LATE: Supervised("04", Lamp.RED, N_("超过承诺期限未办结"), Owner.HEAD, 2),
    RuleName.STATUTORY_LATE: Supervised(
        "05", Lamp.DOUBLE, N_("超过法定期限未作出决定"), Owner.SUPERVISION, 0
    ),
    RuleName.SPECIAL_LATE: Supervised("06", Lamp.AMBER, N_("特别程序超过告知的时间"), Owner.HEAD, 2),
    RuleName.CORRECTION_TWICE: Supervised("07", Lamp.RED, N_("补正告知超过一次"), Owner.HEAD, 2),
    RuleName.EXEMPT_ASKED: Supervised("08", Lamp.RED, N_("要求提交免于提交的材料"), Owner.HEAD, 2),
    RuleName.NO_REASON: Supervised("09", Lamp.RED, N_("不予受理或者不予办理没有理由"), Owner.HEAD, 1),
    RuleName.ISSUE_LATE: Supervised("10", Lamp.RED, N_("超过 10 个工作日未颁发、送达"), Owner.HEAD, 2),
    RuleName.RENEWAL_LAPSED: Supervised(
        "11", Lamp.DOUBLE, N_("延续申请在有效期届满前没有决定，视为准予"), Owner.SUPERVISION, 0
    ),
    RuleName.CALLED_OFF: Supervised("12", Lamp.RED, N_("已经准予，没有颁发证照就终止"), Owner.HEAD, 2),
    RuleName.SITTING_OFF: Supervised(
        "13", Lamp.AMBER, N_("放假安排有变，听证须重新确定时间地点"), Owner.EXAMINE, 1
    ),
    RuleName.SPECIAL_UNPROVIDED: Supervised(
        "14", Lamp.AMBER, N_("启动了事项没有规定、或者合计超过规定天数的特别程序"), Owner.SUPERVISION, 0
    ),
    RuleName.FIRST_REVIEW_LATE: Supervised("15", Lamp.RED, N_("超过初审期限未报送上级机关"), Owner.HEAD, 2),
}


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record 监察记录: which case by its code, what was found when, of which department, and how it was answered."""

    bucket: int
    case_id: UUID
    applicant: UUID
    rule: RuleName
    occasion: str
    lamp: Lamp
    department: str
    item: str
    short_code: str
    due: datetime | None
    at: datetime
    owner: Owner
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None

    @property
    def number(self) -> str:
        """监察编号: the case's code and the rule's number."""
        return f"{self.short_code}-JC{RULES[self.rule].number}"
