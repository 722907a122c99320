"""The life cycle of a case as data: what is not in the table cannot happen."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Role


class State(StrEnum):
    """Where a case 办件 stands. Closed: every move between them is in :data:`MOVES`."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    SUBMITTED = "submitted"
    CORRECTING = "correcting"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    SUSPENDED = "suspended"
    ISSUING = "issuing"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    CLOSED = "closed"


#: While one of these lasts, the department may read what the item's purpose names.
UNDER_PURPOSE = frozenset({State.SUBMITTED, State.CORRECTING, State.ACCEPTED, State.SUSPENDED, State.ISSUING})
LIVING = UNDER_PURPOSE | {State.DRAFT}

#: What has come to its end after submission; a department looks at it again only with a reason of its own.
ENDED = frozenset({State.NOT_ACCEPTED, State.REFUSED, State.WITHDRAWN, State.TERMINATED, State.CLOSED})

STATE_WORDS: dict[State, Message] = {
    State.DRAFT: N_("草稿"),
    State.DISCARDED: N_("已放弃"),
    State.SUBMITTED: N_("已提交"),
    State.CORRECTING: N_("待补正"),
    State.NOT_ACCEPTED: N_("不予受理"),
    State.ACCEPTED: N_("审核中"),
    State.SUSPENDED: N_("特别程序中"),
    State.ISSUING: N_("制证中"),
    State.REFUSED: N_("不予办理"),
    State.WITHDRAWN: N_("已撤回"),
    State.TERMINATED: N_("已终止"),
    State.CLOSED: N_("已办结"),
}


#: The colour of a state's chip, beside its words.
TONES: dict[State, str] = {
    State.DRAFT: "muted",
    State.SUBMITTED: "info",
    State.CORRECTING: "warn",
    State.ACCEPTED: "info",
    State.SUSPENDED: "warn",
    State.ISSUING: "teal",
    State.CLOSED: "ok",
    State.REFUSED: "bad",
    State.NOT_ACCEPTED: "bad",
    State.WITHDRAWN: "muted",
    State.TERMINATED: "muted",
    State.DISCARDED: "muted",
}


#: Why the department ends an application without deciding on it 终止事由, by the code that the step keeps.
TERMINATION_GROUNDS: dict[str, Message] = {
    "deceased": N_("申请人死亡或者丧失行为能力"),
    "dissolved": N_("申请的法人或者其他组织依法终止"),
    "object_gone": N_("申请的标的已经不存在"),
    "barred": N_("因不可抗力无法继续办理"),
    "not_cooperating": N_("申请人经通知无正当理由不配合核查、检验"),
}


class Move(StrEnum):
    """What can be done to a case 动作."""

    OPEN = "open"
    SAVE = "save"
    DISCARD = "discard"
    SUBMIT = "submit"
    RECHECK = "recheck"
    TRANSFER = "transfer"
    ASK_CORRECTION = "ask_correction"
    CORRECT = "correct"
    TERMINATE = "terminate"
    ACCEPT = "accept"
    DEEM_ACCEPTED = "deem_accepted"
    DECLINE = "decline"
    APPROVE = "approve"
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    COMPLETE = "complete"
    VISIT = "visit"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    RECOUNT = "recount"
    RECTIFY = "rectify"
    DELIVER = "deliver"
    INSPECT = "inspect"


class Edge(msgspec.Struct, frozen=True):
    """One row of the life cycle: from where, by whom, to where, and the news that it makes."""

    move: Move
    source: State
    role: Role
    target: State
    event: str | None = None


#: The whole life cycle (行政许可法 art. 32–44 for acceptance, decision and issue). What is
#: not here cannot happen. OPEN is the birth of a draft and has no source of its own; TRANSFER is what a recheck
#: becomes when the registers name another district; VISIT notes that the applicant came in person; TERMINATE is what
#: time does to an application that its applicant has not put right, and what the department does to one that has lost
#: its object. APPROVE founds a licence; GRANT is the approval of an item that gives none, and with it the end of the
#: case. SUSPEND and RESUME are the two ends of a special procedure (art. 45), EXTEND is the one putting off (art. 42).
#: RECOUNT is what an amended calendar does to a case whose date it moves. RECTIFY takes back a mistaken status:
#: nothing is wiped out, the applicant sees it as a correction; the clock is as if the mistake had not been made.
#: INSPECT hands in the record of a site inspection; it changes no state, and ends no special procedure by itself.
#: DELIVER notes how the result reached her 送达; it may follow the end of the case, and changes no state.
MOVES: tuple[Edge, ...] = (
    Edge(Move.SAVE, State.DRAFT, Role.RESIDENT, State.DRAFT),
    Edge(Move.DISCARD, State.DRAFT, Role.RESIDENT, State.DISCARDED),
    Edge(Move.DISCARD, State.DRAFT, Role.SYSTEM, State.DISCARDED),
    Edge(Move.SUBMIT, State.DRAFT, Role.RESIDENT, State.SUBMITTED, "cases.submitted"),
    Edge(Move.RECHECK, State.SUBMITTED, Role.SYSTEM, State.SUBMITTED),
    Edge(Move.RECHECK, State.SUBMITTED, Role.OFFICER, State.SUBMITTED),
    Edge(Move.RECHECK, State.ACCEPTED, Role.SYSTEM, State.ACCEPTED),
    Edge(Move.RECHECK, State.ACCEPTED, Role.OFFICER, State.ACCEPTED),
    *(
        Edge(Move.TRANSFER, state, role, state, "cases.transferred")
        for state in (State.SUBMITTED, State.ACCEPTED)
        for role in (Role.SYSTEM, Role.OFFICER)
    ),
    Edge(Move.VISIT, State.SUBMITTED, Role.OFFICER, State.SUBMITTED),
    Edge(Move.VISIT, State.ACCEPTED, Role.OFFICER, State.ACCEPTED),
    Edge(Move.ASK_CORRECTION, State.SUBMITTED, Role.OFFICER, State.CORRECTING, "cases.correction_asked"),
    Edge(Move.SAVE, State.CORRECTING, Role.RESIDENT, State.CORRECTING),
    Edge(Move.CORRECT, State.CORRECTING, Role.RESIDENT, State.SUBMITTED, "cases.corrected"),
    Edge(Move.TERMINATE, State.CORRECTING, Role.SYSTEM, State.TERMINATED, "cases.terminated"),
    Edge(Move.WITHDRAW, State.CORRECTING, Role.RESIDENT, State.WITHDRAWN, "cases.withdrawn"),
    Edge(Move.ACCEPT, State.SUBMITTED, Role.OFFICER, State.ACCEPTED, "cases.accepted"),
    Edge(Move.DEEM_ACCEPTED, State.SUBMITTED, Role.SYSTEM, State.ACCEPTED, "cases.accepted"),
    Edge(Move.DECLINE, State.SUBMITTED, Role.OFFICER, State.NOT_ACCEPTED, "cases.not_accepted"),
    Edge(Move.APPROVE, State.ACCEPTED, Role.OFFICER, State.ISSUING, "cases.approved"),
    Edge(Move.GRANT, State.ACCEPTED, Role.OFFICER, State.CLOSED, "cases.granted"),
    Edge(Move.REFUSE, State.ACCEPTED, Role.OFFICER, State.REFUSED, "cases.refused"),
    Edge(Move.WITHDRAW, State.SUBMITTED, Role.RESIDENT, State.WITHDRAWN, "cases.withdrawn"),
    Edge(Move.WITHDRAW, State.ACCEPTED, Role.RESIDENT, State.WITHDRAWN, "cases.withdrawn"),
    Edge(Move.COMPLETE, State.ISSUING, Role.SYSTEM, State.CLOSED, "cases.closed"),
    Edge(Move.SUSPEND, State.ACCEPTED, Role.OFFICER, State.SUSPENDED, "cases.suspended"),
    Edge(Move.RESUME, State.SUSPENDED, Role.OFFICER, State.ACCEPTED, "cases.resumed"),
    Edge(Move.VISIT, State.SUSPENDED, Role.OFFICER, State.SUSPENDED),
    Edge(Move.WITHDRAW, State.SUSPENDED, Role.RESIDENT, State.WITHDRAWN, "cases.withdrawn"),
    Edge(Move.EXTEND, State.ACCEPTED, Role.OFFICER, State.ACCEPTED, "cases.extended"),
    *(
        Edge(Move.TERMINATE, state, Role.OFFICER, State.TERMINATED, "cases.terminated")
        for state in (State.ACCEPTED, State.SUSPENDED)
    ),
    *(
        Edge(Move.RECOUNT, state, Role.SYSTEM, state, "cases.date_moved")
        for state in (State.SUBMITTED, State.ACCEPTED, State.SUSPENDED, State.ISSUING)
    ),
    Edge(Move.RECTIFY, State.NOT_ACCEPTED, Role.OFFICER, State.SUBMITTED, "cases.rectified"),
    Edge(Move.RECTIFY, State.ACCEPTED, Role.OFFICER, State.SUBMITTED, "cases.rectified"),
    Edge(Move.RECTIFY, State.REFUSED, Role.OFFICER, State.ACCEPTED, "cases.rectified"),
    Edge(Move.INSPECT, State.ACCEPTED, Role.OFFICER, State.ACCEPTED, "cases.inspected"),
    Edge(Move.INSPECT, State.SUSPENDED, Role.OFFICER, State.SUSPENDED, "cases.inspected"),
    Edge(Move.DELIVER, State.CLOSED, Role.OFFICER, State.CLOSED, "cases.delivered"),
    Edge(Move.DELIVER, State.REFUSED, Role.OFFICER, State.REFUSED, "cases.delivered"),
)
_EDGES = {(edge.move, edge.source, edge.role): edge for edge in MOVES}


class NotPossibleNow(Conflict):
    """The case does not stand where this move starts."""

    def __init__(self, state: State) -> None:
        super().__init__(
            "case-not-possible-now",
            N_(
                "该办件当前状态为“{state}”，不能进行这项操作。请重新打开该办件，查看最新进展。",
                state=STATE_WORDS[state],
            ),
        )


def edge(move: Move, state: State, role: Role) -> Edge:
    """The edge of the life cycle for this move, or NotPossibleNow."""
    found = _EDGES.get((move, state, role))
    if found is None:
        raise NotPossibleNow(state)
    return found


def possible(state: State, role: Role) -> frozenset[Move]:
    """What this role can do to a case in this state, for the buttons of a page."""
    return frozenset(move for move, source, who in _EDGES if source is state and who is role)
