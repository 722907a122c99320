"""The nouns and rules of a case: its closed life cycle, its numbers, its clock. No I/O here."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit.errors import Conflict, Invalid, NotFound
from tongban.kit.i18n import Message, N_
from tongban.kit.policy import Policy, Relation, Role, Rule


class State(StrEnum):
    """Where a case 办件 stands. Closed: every move between them is in :data:`MOVES`."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    SUBMITTED = "submitted"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    ISSUING = "issuing"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


LIVING = frozenset({State.DRAFT, State.SUBMITTED, State.ACCEPTED, State.ISSUING})
#: While one of these lasts, the department may read what the item's purpose names.
UNDER_PURPOSE = frozenset({State.SUBMITTED, State.ACCEPTED, State.ISSUING})

STATE_WORDS: dict[State, Message] = {
    State.DRAFT: N_("草稿"),
    State.DISCARDED: N_("已放弃"),
    State.SUBMITTED: N_("已提交"),
    State.NOT_ACCEPTED: N_("不予受理"),
    State.ACCEPTED: N_("审核中"),
    State.ISSUING: N_("制证中"),
    State.REFUSED: N_("不予办理"),
    State.WITHDRAWN: N_("已撤回"),
    State.CLOSED: N_("已办结"),
}


class Move(StrEnum):
    """What can be done to a case 动作."""

    OPEN = "open"
    SAVE = "save"
    DISCARD = "discard"
    SUBMIT = "submit"
    RECHECK = "recheck"
    ACCEPT = "accept"
    DEEM_ACCEPTED = "deem_accepted"
    DECLINE = "decline"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    COMPLETE = "complete"


class Edge(msgspec.Struct, frozen=True):
    """One row of the life cycle: from where, by whom, to where, and the news that it makes."""

    move: Move
    source: State
    role: Role
    target: State
    event: str | None = None


#: The whole life cycle (brief §2.3; 行政许可法 art. 32–44 for acceptance, decision and issue). What is
#: not here cannot happen. OPEN is the birth of a draft and has no source of its own.
MOVES: tuple[Edge, ...] = (
    Edge(Move.SAVE, State.DRAFT, Role.RESIDENT, State.DRAFT),
    Edge(Move.DISCARD, State.DRAFT, Role.RESIDENT, State.DISCARDED),
    Edge(Move.SUBMIT, State.DRAFT, Role.RESIDENT, State.SUBMITTED, "cases.submitted"),
    Edge(Move.RECHECK, State.SUBMITTED, Role.SYSTEM, State.SUBMITTED),
    Edge(Move.RECHECK, State.SUBMITTED, Role.OFFICER, State.SUBMITTED),
    Edge(Move.RECHECK, State.ACCEPTED, Role.SYSTEM, State.ACCEPTED),
    Edge(Move.RECHECK, State.ACCEPTED, Role.OFFICER, State.ACCEPTED),
    Edge(Move.ACCEPT, State.SUBMITTED, Role.OFFICER, State.ACCEPTED, "cases.accepted"),
    Edge(Move.DEEM_ACCEPTED, State.SUBMITTED, Role.SYSTEM, State.ACCEPTED, "cases.accepted"),
    Edge(Move.DECLINE, State.SUBMITTED, Role.OFFICER, State.NOT_ACCEPTED, "cases.not_accepted"),
    Edge(Move.APPROVE, State.ACCEPTED, Role.OFFICER, State.ISSUING, "cases.approved"),
    Edge(Move.REFUSE, State.ACCEPTED, Role.OFFICER, State.REFUSED, "cases.refused"),
    Edge(Move.WITHDRAW, State.SUBMITTED, Role.RESIDENT, State.WITHDRAWN, "cases.withdrawn"),
    Edge(Move.WITHDRAW, State.ACCEPTED, Role.RESIDENT, State.WITHDRAWN, "cases.withdrawn"),
    Edge(Move.COMPLETE, State.ISSUING, Role.SYSTEM, State.CLOSED, "cases.closed"),
)
_EDGES = {(edge.move, edge.source, edge.role): edge for edge in MOVES}


class NotPossibleNow(Conflict):
    """The case does not stand where this move starts."""

    def __init__(self, state: State) -> None:
        super().__init__(
            "case-not-possible-now",
            N_("该办件当前状态为“{state}”，不能进行这项操作。请刷新页面查看最新进展。", state=STATE_WORDS[state]),
        )


class MovedOn(Conflict):
    """Somebody else changed the case between reading and writing."""

    def __init__(self) -> None:
        super().__init__("case-moved-on", N_("该办件刚刚有了变化，请查看最新内容后再操作。"))


class NoSuchCase(NotFound):
    """There is no such case, or it is not this actor's to see: the two must look alike."""

    def __init__(self) -> None:
        super().__init__("no-such-case", N_("没有找到这个办件。请从“办件”列表重新进入。"))


class AnswersInvalid(Invalid):
    """Fields of the form do not hold; each has its own sentence."""

    def __init__(self, fields: dict[str, Any]) -> None:
        super().__init__("answers-invalid", N_("有内容需要更正，请按提示修改后再继续。"), fields=fields)


class ReasonMissing(Invalid):
    """A refusal without a reason is none (行政许可法 art. 38)."""

    def __init__(self) -> None:
        super().__init__(
            "reason-missing",
            N_("请写明理由（至少 10 个字），申请人会看到。"),
            fields={"reason": N_("请写明理由（至少 10 个字），申请人会看到。")},
        )


class RuleNotMet(Invalid):
    """An approval against the rule's finding is not possible at the desk."""

    def __init__(self) -> None:
        super().__init__("rule-not-met", N_("申领条件核对结果为不满足，不能准予。请重新核对数据，或作出不予办理的决定。"))


def edge(move: Move, state: State, role: Role) -> Edge:
    """The edge of the life cycle for this move, or NotPossibleNow."""
    found = _EDGES.get((move, state, role))
    if found is None:
        raise NotPossibleNow(state)
    return found


def possible(state: State, role: Role) -> frozenset[Move]:
    """What this role can do to a case in this state, for the buttons of a page."""
    return frozenset(move for move, source, who in _EDGES if source is state and who is role)


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A case 办件: one application for one item, under its version, with its clock.

    ``answers`` are as stored (sensitive fields sealed); ``facts`` are what the registers said, by
    resource, each with source and time; ``finding`` the rule's trace. Instants are UTC.
    """

    bucket: int
    id: UUID
    applicant: UUID
    item: str
    item_version: int
    state: State
    version: int
    department: str | None
    district: str | None
    applicant_masked: str
    number: str | None
    short_code: str | None
    answers: dict[str, Any]
    facts: dict[str, Any]
    finding: dict[str, Any] | None
    purpose: UUID
    opened_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    accept_due: datetime | None
    promise_due: datetime | None
    statutory_due: datetime | None
    reason: str | None

    @property
    def due(self) -> datetime | None:
        """The date that counts now: of acceptance until accepted, of the finished result after."""
        return self.promise_due or self.accept_due


class CaseEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One step in a case's life 办理环节, as the applicant and the officer see it."""

    version: int
    move: Move
    from_state: str
    to_state: str
    actor_role: Role
    actor_name: str
    at: datetime
    detail: dict[str, Any]


class DeskRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the officer's desk 待办: masked, with the date that decides its place."""

    id: UUID
    applicant: UUID
    item: str
    applicant_masked: str
    short_code: str
    state: State
    due: datetime
    decided_at: datetime | None
    submitted_at: datetime


def _check_mod_11_10(digits: str) -> str:
    """ISO 7064 MOD 11,10 over decimal digits."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def short_code(district: str, day: date, serial: int) -> str:
    """统一受理编码 for people (our design, brief §2.1): district 6 + YYMMDD + serial 6 + check = 19 digits."""
    body = f"{district:0>6}{day:%y%m%d}{serial:06d}"
    return body + _check_mod_11_10(body)


def is_short_code(code: str) -> bool:
    """Whether the check digit holds, so that a misread number is told at once."""
    return len(code) == 19 and code.isdigit() and _check_mod_11_10(code[:-1]) == code[-1]


def case_number(task_code: str, day: date, serial: int) -> str:
    """办件编号: implementation code 31 + YYYYMMDD + serial 5 = 44 characters (brief §2.1)."""
    return f"{task_code}{day:%Y%m%d}{serial:05d}"


def _rules(action: str, role: Role, *relations: Relation) -> tuple[Rule, ...]:
    return tuple(Rule(action, role, relation) for relation in relations)


POLICY = Policy(
    (
        *_rules("cases.start", Role.RESIDENT, Relation.ANY),
        *_rules("cases.draft", Role.RESIDENT, Relation.OWN),
        *_rules("cases.submit", Role.RESIDENT, Relation.OWN),
        *_rules("cases.withdraw", Role.RESIDENT, Relation.OWN),
        *_rules("cases.mine", Role.RESIDENT, Relation.OWN),
        *_rules("cases.desk", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.read", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.recheck", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.accept", Role.OFFICER, Relation.DEPARTMENT),
        *_rules("cases.decide", Role.OFFICER, Relation.DEPARTMENT),
    )
)
