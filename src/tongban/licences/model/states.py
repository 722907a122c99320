"""The life of a licence as a closed table: state and move give the next state; what is not here cannot happen."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_, Message


class State(StrEnum):
    """Where a licence stands 证照状态."""

    MAKING = "making"
    VALID = "valid"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    ABOLISHED = "abolished"
    RETRACTED = "retracted"


class Move(StrEnum):
    """What may be done to a licence 证照变更."""

    ISSUE = "issue"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXPIRE = "expire"
    RENEW = "renew"
    CANCEL = "cancel"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"
    ABOLISH = "abolish"
    RETRACT = "retract"
    REINSTATE = "reinstate"


class Step(msgspec.Struct, frozen=True):
    """One row of the table: from these states a move leads to that state and announces that event."""

    sources: frozenset[State]
    target: State
    event: str


_STANDING = frozenset({State.VALID, State.SUSPENDED})
_KNOWN = _STANDING | {State.EXPIRED}
#: Taken from its holder by a decision: by law it is then entered as cancelled 注销手续 (行政许可法 art. 70(4)).
TAKEN = frozenset({State.REVOKED, State.WITHDRAWN, State.RETRACTED})

#: 撤销 (revoked) undoes an unlawful grant, 行政许可法 art. 69; 注销 (cancelled) ends a right that has lapsed
#: or was taken, art. 70; 撤回 (retracted) takes back a lawful one in the public interest, with compensation,
#: art. 8(2); 吊销 (withdrawn) is a penalty, 行政处罚法 art. 9; 废止 (abolished) ends the type itself. REINSTATE is
#: what a reconsideration does that overturned such a decision (行政复议法 art. 63, 64): it leads to what it was before.
LIFE: dict[Move, Step] = {
    Move.ISSUE: Step(frozenset({State.MAKING}), State.VALID, "licences.issued"),
    Move.SUSPEND: Step(frozenset({State.VALID}), State.SUSPENDED, "licences.suspended"),
    Move.RESUME: Step(frozenset({State.SUSPENDED}), State.VALID, "licences.resumed"),
    Move.EXPIRE: Step(_STANDING, State.EXPIRED, "licences.expired"),
    Move.RENEW: Step(_KNOWN, State.SUPERSEDED, "licences.superseded"),
    Move.CANCEL: Step(_KNOWN | TAKEN | {State.MAKING}, State.CANCELLED, "licences.cancelled"),
    Move.REVOKE: Step(_KNOWN, State.REVOKED, "licences.revoked"),
    Move.WITHDRAW: Step(_KNOWN, State.WITHDRAWN, "licences.withdrawn"),
    Move.ABOLISH: Step(_KNOWN, State.ABOLISHED, "licences.abolished"),
    Move.RETRACT: Step(_STANDING, State.RETRACTED, "licences.retracted"),
    Move.REINSTATE: Step(
        frozenset({State.SUSPENDED, State.CANCELLED, State.REVOKED, State.RETRACTED}),
        State.VALID,
        "licences.reinstated",
    ),
}

#: What the officer of the issuing department may do to a licence by hand, in the order in which it is offered.
BY_OFFICER: dict[Move, Message] = {
    Move.RESUME: N_("恢复证照"),
    Move.SUSPEND: N_("挂起证照"),
    Move.CANCEL: N_("注销证照"),
    Move.RETRACT: N_("撤回证照"),
    Move.REVOKE: N_("撤销证照"),
}

#: How each is called once it is decided, on the holder's page.
DECIDED: dict[Move, Message] = {
    Move.RESUME: N_("恢复使用的决定"),
    Move.SUSPEND: N_("暂停使用的决定"),
    Move.CANCEL: N_("注销的决定"),
    Move.RETRACT: N_("撤回的决定"),
    Move.REVOKE: N_("撤销的决定"),
    Move.REINSTATE: N_("行政复议决定"),
}

#: How a licence stands after a decision against which its holder has remedies.
DECIDED_AGAINST = frozenset(
    {State.SUSPENDED, State.CANCELLED, State.REVOKED, State.WITHDRAWN, State.RETRACTED}
)

#: What each of these acts brings about, told before it is done.
CONSEQUENCES: dict[Move, Message] = {
    Move.RESUME: N_("恢复后，核验重新显示“有效”，证照可以继续使用。持证人会收到通知和理由。"),
    Move.SUSPEND: N_("挂起后，核验显示“暂停使用”；情况查明后可以恢复。持证人会收到通知和理由。"),
    Move.CANCEL: N_(
        "用于权利已经终止的证照，例如持证人身故或者迁离；已被撤销、撤回、吊销的，也应当办理注销手续。"
        "注销后，只有行政复议或者法院改变决定，才能恢复。持证人会收到通知和理由。"
    ),
    Move.RETRACT: N_(
        "用于依法核发、但因法律修改或者情况重大变化，为了公共利益须收回的证照，应当依法补偿。"
        "撤回后，只有行政复议或者法院改变这个决定，才能恢复。"
        "持证人会收到通知、理由和补偿的说明。"
    ),
    Move.REVOKE: N_(
        "用于本不应当核发的证照。撤销后，只有行政复议或者法院改变这个决定，才能恢复。持证人会收到通知和理由。"
    ),
}

STATE_WORDS: dict[State, Message] = {
    State.MAKING: N_("制证中"),
    State.VALID: N_("有效"),
    State.SUSPENDED: N_("已挂起"),
    State.EXPIRED: N_("已到期"),
    State.SUPERSEDED: N_("已换发新证"),
    State.CANCELLED: N_("已注销"),
    State.REVOKED: N_("已撤销"),
    State.WITHDRAWN: N_("已吊销"),
    State.ABOLISHED: N_("已废止"),
    State.RETRACTED: N_("已被撤回"),
}

STATE_TONES: dict[State, str] = {
    State.MAKING: "info",
    State.VALID: "ok",
    State.SUSPENDED: "warn",
    State.EXPIRED: "warn",
}


class MoveRefused(Conflict):
    """The table has no row for this state and move."""

    def __init__(self, state: State) -> None:
        super().__init__(
            "licence-move-refused", N_("这张证照目前{state}，不能进行这项操作。", state=STATE_WORDS[state])
        )


def after(state: State, move: Move) -> State:
    """The state that ``move`` leads to; raises MoveRefused."""
    step = LIFE[move]
    if state not in step.sources:
        raise MoveRefused(state)
    return step.target
