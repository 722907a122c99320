"""The states of a case 办件状态: what they are called, how they look, which of them are alike."""

from __future__ import annotations

from enum import StrEnum

from tongban.kit.i18n import N_, Message


class State(StrEnum):
    """Where a case 办件 stands. Closed: every move between them is in :data:`MOVES`."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    CONFIRMING = "confirming"
    SUBMITTED = "submitted"
    CORRECTING = "correcting"
    NOT_ACCEPTED = "not_accepted"
    ACCEPTED = "accepted"
    EXAMINED = "examined"
    REVIEWED = "reviewed"
    SUSPENDED = "suspended"
    ISSUING = "issuing"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    CLOSED = "closed"


#: Accepted and not yet decided: the decision clock runs, wherever in its chain the case stands.
DECIDING = frozenset({State.ACCEPTED, State.EXAMINED, State.REVIEWED})
#: Further up an item's chain 审查链 than the examination; the applicant sees one state for all of DECIDING.
UP_THE_CHAIN = DECIDING - {State.ACCEPTED}

#: While one of these lasts, the department may read what the item's purpose names.
UNDER_PURPOSE = DECIDING | {State.SUBMITTED, State.CORRECTING, State.SUSPENDED, State.ISSUING}
LIVING = UNDER_PURPOSE | {State.DRAFT, State.CONFIRMING}

#: What has come to its end after submission; a department looks at it again only with a reason of its own.
ENDED = frozenset({State.NOT_ACCEPTED, State.REFUSED, State.WITHDRAWN, State.TERMINATED, State.CLOSED})

STATE_WORDS: dict[State, Message] = {
    State.DRAFT: N_("草稿"),
    State.DISCARDED: N_("已放弃"),
    State.CONFIRMING: N_("待共同申请人确认"),
    State.SUBMITTED: N_("已提交"),
    State.CORRECTING: N_("待补正"),
    State.NOT_ACCEPTED: N_("不予受理"),
    State.ACCEPTED: N_("审核中"),
    State.EXAMINED: N_("已审查"),
    State.REVIEWED: N_("已复核"),
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
    State.CONFIRMING: "warn",
    State.SUBMITTED: "info",
    State.CORRECTING: "warn",
    State.ACCEPTED: "info",
    State.EXAMINED: "info",
    State.REVIEWED: "info",
    State.SUSPENDED: "warn",
    State.ISSUING: "teal",
    State.CLOSED: "ok",
    State.REFUSED: "bad",
    State.NOT_ACCEPTED: "bad",
    State.WITHDRAWN: "muted",
    State.TERMINATED: "muted",
    State.DISCARDED: "muted",
}
