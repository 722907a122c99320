"""The policy table 权限表 as administrators read it, and what of it one officer has and by whose word. Pure rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import msgspec

from tongban.identity.model.staff import Change, Powers
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Duty, Relation, Role, Rule, Verdict, staff_role

ROLES: dict[Role, Message] = {
    Role.VISITOR: N_("未登录"),
    Role.RESIDENT: N_("个人和单位"),
    Role.OFFICER: N_("工作人员"),
    Role.ADMINISTRATOR: N_("管理员"),
    Role.SYSTEM: N_("系统"),
}
RELATIONS: dict[Relation, Message] = {
    Relation.OWN: N_("本人的"),
    Relation.DELEGATED: N_("代办的"),
    Relation.ASSIGNED: N_("本人承办的"),
    Relation.DEPARTMENT: N_("本部门的"),
    Relation.HALL: N_("本大厅的"),
    Relation.OTHER: N_("其他人的"),
    Relation.ANY: N_("不区分"),
}
VERDICTS: dict[Verdict, tuple[Message, str]] = {
    Verdict.ALLOW: (N_("允许"), "ok"),
    Verdict.MASK: (N_("遮盖后允许"), "info"),
    Verdict.STEP_UP: (N_("提升等级后允许"), "warn"),
    Verdict.REFUSE: (N_("拒绝"), "danger"),
}
#: Rooms by the first word of their actions.
ROOMS: dict[str, Message] = {
    "identity": N_("身份和账户"),
    "cases": N_("办件"),
    "licences": N_("证照"),
    "catalogue": N_("事项"),
    "portal": N_("门户和个人信息"),
    "reform": N_("改革"),
    "audit": N_("账本"),
    "notices": N_("消息"),
    "regions": N_("区划和部门"),
    "bundles": N_("一件事"),
    "public": N_("公开页面"),
}
#: Changes that give powers; the others leave them as they are.
MOVING = ("join", "move", "post", "return")
RULES = (
    # Each of the three reads it: whoever grants, opens or audits must know what a duty opens.
    Rule("identity.staff_policy", Role.ADMINISTRATOR, Relation.ANY),
)


def room_of(action: str) -> str:
    """The room of an action, ``room.verb``."""
    return action.partition(".")[0]


class Line(msgspec.Struct, frozen=True):
    """One action for one role: its rows by relation, and the doors at which it is asked for."""

    action: str
    role: Role
    rules: tuple[Rule, ...]
    doors: tuple[str, ...]


def lines(
    rules: Iterable[Rule], doors: Mapping[str, Sequence[str]], *, role: str = "", room: str = ""
) -> list[Line]:
    """The table, by room and action; ``role`` and ``room`` narrow it, empty for all. ``doors`` by action."""
    grouped: dict[tuple[str, Role], list[Rule]] = {}
    for rule in rules:
        if role in ("", rule.role) and room in ("", room_of(rule.action)):
            grouped.setdefault((rule.action, rule.role), []).append(rule)
    order = [*ROOMS]
    return [
        Line(action, one, tuple(found), tuple(doors.get(action, ())))
        for (action, one), found in sorted(
            grouped.items(),
            key=lambda item: (_place(order, item[0][0]), item[0][0], [*Role].index(item[0][1])),
        )
    ]


def _place(order: Sequence[str], action: str) -> int:
    room = room_of(action)
    return order.index(room) if room in order else len(order)


class Ground(msgspec.Struct, frozen=True):
    """Why somebody at staff may do something: a duty, or None for her post alone; the change by which she got it, None
    where she has had it from the beginning."""

    duty: Duty | None
    change: Change | None
    rules: tuple[Rule, ...]


def grounds(rules: Iterable[Rule], powers: Powers, history: Sequence[Change]) -> list[Ground]:
    """What her post and each of her duties open, and who asked and granted it; ``history`` is the newest first.

    What is open to every visitor is left out: it is nothing that she was given.
    """
    role, every = staff_role(powers.duties), tuple(rules)
    public = {one.action for one in every if one.role is Role.VISITOR}
    hers = [
        one
        for one in every
        if one.role is role and one.verdict is not Verdict.REFUSE and one.action not in public
    ]
    placed = _since(history, lambda powers_then: powers_then.department == powers.department)
    found = [Ground(None, placed, tuple(one for one in hers if one.duty is None))]
    for duty in sorted(powers.duties):
        given = _since(history, partial(_has, duty))
        found.append(Ground(duty, given, tuple(one for one in hers if one.duty is duty)))
    return found


def _has(duty: Duty, powers: Powers) -> bool:
    return duty in powers.duties


def _since(history: Sequence[Change], holds: Callable[[Powers], bool]) -> Change | None:
    """The change since which this has held without a break: the oldest of the newest that all gave it; None where it
    had held before that one too, so that no change gave it."""
    last: Change | None = None
    for one in history:
        if one.kind not in MOVING or one.state not in ("granted", "done"):
            continue
        if not holds(one.powers):
            break
        last = one
    if last is None or (last.before and holds(msgspec.convert(last.before, Powers))):
        return None
    return last
