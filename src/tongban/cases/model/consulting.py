"""Joint review 会签: another department's opinion, asked with a limit, before the decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.kit.errors import Invalid, Words
from tongban.kit.i18n import N_, Text, say

#: Working days that a department may be given at most, and how many departments a case asks at most.
LONGEST_DAYS = 30
MOST_DEPARTMENTS = 8
AGREES = {"yes": True, "no": False}


class Consulted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A department that was asked 会签部门: the question, until when (UTC), and what it answered, by whom."""

    department: str
    name: Text
    question: str
    asked_at: datetime
    due: datetime
    agrees: bool | None = None
    words: str = ""
    by: str = ""
    answered_at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Whether the decision waits for it: it has not answered and its limit has not passed."""
        return self.answered_at is None and now <= self.due


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a department's list of what it is asked."""

    case_id: UUID
    applicant: UUID
    item: str
    item_version: int
    applicant_masked: str
    asked_by: str
    due: datetime


class ConsultIncomplete(Invalid):
    """A question goes to another department, with a limit and in words."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("consult-incomplete", N_("请补全会签的内容。"), fields=fields)


class AdviceIncomplete(Invalid):
    """An opinion says whether the department agrees, and why."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("advice-incomplete", N_("请补全会签意见。"), fields=fields)


class AdviceAwaited(Invalid):
    """Before the departments that were asked have answered, or their limit has passed, nothing is decided."""

    def __init__(self, waiting: Iterable[Consulted], until: str) -> None:
        super().__init__(
            "advice-awaited",
            N_(
                "会签部门还没有答复：{names}。答复后，或者到 {until} 期满后，再作决定。",
                names=say("、").join(str(one.name) for one in waiting),
                until=until,
            ),
        )


def awaited(consulted: Iterable[Consulted], now: datetime) -> list[Consulted]:
    """The departments for whom the decision waits."""
    return [one for one in consulted if one.waits(now)]
