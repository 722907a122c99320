"""What the portal shows to whom."""

from __future__ import annotations

import msgspec

from tongban.kit.errors import NotFound
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Policy, Relation, Role, Rule

POLICY = Policy(
    (
        *(Rule("portal.home", role, Relation.ANY) for role in (Role.VISITOR, Role.RESIDENT, Role.OFFICER)),
        Rule("portal.mine", Role.RESIDENT, Relation.OWN),
    )
)


class ProblemUnknown(NotFound):
    """No answer of the house has this type."""

    def __init__(self) -> None:
        super().__init__("problem-unknown", N_("没有这种问题类型。请检查答复中的 type。"))


class Problem(msgspec.Struct, frozen=True):
    """A type of problem 问题类型: the HTTP status it comes with, what it means, what to do."""

    status: int
    meaning: Text
    todo: Text


WEEKDAYS = (N_("星期一"), N_("星期二"), N_("星期三"), N_("星期四"), N_("星期五"), N_("星期六"), N_("星期日"))


def greeting(hour: int, name: str) -> Message:
    """A greeting by the city's hour; ``name`` may be empty."""
    if hour < 5:  # neither evening nor morning: whoever is up is greeted plainly
        return N_("{name}，您好", name=name) if name else N_("您好")
    if hour >= 19:
        return N_("{name}，晚上好", name=name) if name else N_("晚上好")
    if hour < 12:
        return N_("{name}，上午好", name=name) if name else N_("上午好")
    return N_("{name}，下午好", name=name) if name else N_("下午好")
