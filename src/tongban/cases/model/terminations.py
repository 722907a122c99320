"""Why a department ends an application without deciding on it; the applicant reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tongban.cases.model.life import Move
from tongban.cases.model.states import State
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Role

if TYPE_CHECKING:
    from tongban.cases.model.records import CaseEvent

#: The ground on which time ends an application that had to be asked for again in person (民法典 art. 1077(2)).
UNASKED = "not_asked"
UNASKED_WORDS = N_("期满没有亲自申请发证，视为撤回")
#: The ground on which a booking ends with which nobody came.
NOT_COME = "not_come"
NOT_COME_WORDS = N_("没有按预约到场申请，预约作废，可以重新申请")
#: The ground on which an application ends whose item is cancelled while it is under way; no officer can choose it.
ITEM_CANCELLED = "item_cancelled"
ITEM_CANCELLED_WORDS = N_("这个审批事项已经取消")
#: The grounds 终止事由, by the code that the step keeps.
TERMINATION_GROUNDS: dict[str, Message] = {
    "deceased": N_("申请人死亡或者丧失行为能力"),
    "dissolved": N_("申请的法人或者其他组织依法终止"),
    "object_gone": N_("申请的标的已经不存在"),
    "barred": N_("因不可抗力无法继续办理"),
    "not_cooperating": N_("申请人经通知无正当理由不配合核查、检验"),
}


def ended_at_desk(events: Iterable[CaseEvent]) -> CaseEvent | None:
    """The step by which an officer ended the case, where that is its end: neither time nor the applicant did."""
    ends = [one for one in events if one.to_state == State.TERMINATED and one.from_state != State.TERMINATED]
    last = ends[-1] if ends else None
    at_desk = last is not None and last.move is Move.TERMINATE and last.actor_role == Role.OFFICER
    return last if at_desk else None
