"""The life cycle of a case as data: what is not in the table cannot happen."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import msgspec

from tongban.cases.model.states import STATE_WORDS, UP_THE_CHAIN, State
from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_
from tongban.kit.policy import Role


class Move(StrEnum):
    """What can be done to a case 动作."""

    OPEN = "open"
    SAVE = "save"
    DISCARD = "discard"
    INVITE = "invite"
    SIGN = "sign"
    UNSIGN = "unsign"
    DISSENT = "dissent"
    RECALL = "recall"
    LAPSE = "lapse"
    SUBMIT = "submit"
    RECHECK = "recheck"
    TRANSFER = "transfer"
    ASK_CORRECTION = "ask_correction"
    CORRECT = "correct"
    TERMINATE = "terminate"
    ACCEPT = "accept"
    DEEM_ACCEPTED = "deem_accepted"
    DECLINE = "decline"
    PROPOSE = "propose"
    ENDORSE = "endorse"
    SEND_BACK = "send_back"
    REPORT = "report"
    HAND_OVER = "hand_over"
    CONSULT = "consult"
    ADVISE = "advise"
    SUCCEED = "succeed"
    APPROVE = "approve"
    GRANT = "grant"
    DEEM_RENEWED = "deem_renewed"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    ASK_WITHDRAWAL = "ask_withdrawal"
    COMPLETE = "complete"
    VISIT = "visit"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    RECOUNT = "recount"
    RECTIFY = "rectify"
    REOPEN = "reopen"
    DELIVER = "deliver"
    INSPECT = "inspect"
    TELL_HEARING = "tell_hearing"
    ASK_HEARING = "ask_hearing"
    WAIVE_HEARING = "waive_hearing"
    DROP_HEARING = "drop_hearing"
    LEAVE_HEARING = "leave_hearing"
    FIX_HEARING = "fix_hearing"
    UNFIX_HEARING = "unfix_hearing"
    ASK_RECUSAL = "ask_recusal"
    DECIDE_RECUSAL = "decide_recusal"
    HOLD_HEARING = "hold_hearing"
    MISS_HEARING = "miss_hearing"
    SIGN_RECORD = "sign_record"
    CLOSE_RECORD = "close_record"
    TELL_INTERESTED = "tell_interested"
    SERVE_INTERESTED = "serve_interested"
    INTERESTED_ASKS = "interested_asks"
    INTERESTED_WAIVES = "interested_waives"
    JOIN_HEARING = "join_hearing"
    WORD_ON_RECORD = "word_on_record"
    SUPPLY = "supply"
    TAKE_IN = "take_in"
    ASK_AGAIN = "ask_again"
    CALL_OFF = "call_off"
    SUSPEND_LICENCE = "suspend_licence"
    RESUME_LICENCE = "resume_licence"
    REINSTATE_LICENCE = "reinstate_licence"
    CANCEL_LICENCE = "cancel_licence"
    RETRACT_LICENCE = "retract_licence"
    REVOKE_LICENCE = "revoke_licence"


class Edge(msgspec.Struct, frozen=True):
    """One row of the life cycle: from where, by whom, to where, and the news that it makes."""

    move: Move
    source: State
    role: Role
    target: State
    event: str | None = None


#: What the issuer has decided about the licence that the case gave, each a step with the paper of it.
ON_LICENCE = (
    *(Move.SUSPEND_LICENCE, Move.RESUME_LICENCE, Move.CANCEL_LICENCE),
    *(Move.RETRACT_LICENCE, Move.REVOKE_LICENCE),
)
_CHAIN = (State.ACCEPTED, State.EXAMINED, State.REVIEWED)
_FILED = (State.SUBMITTED, *_CHAIN)
#: The whole life cycle (行政许可法 art. 32–44 for acceptance, decision and issue). What is
#: not here cannot happen. OPEN is the birth of a draft and has no source of its own; TRANSFER is what a recheck
#: becomes when the registers name another district; VISIT notes that the applicant came in person; TERMINATE is what
#: time does to an application that its applicant has not put right, and what the department does to one that has lost
#: its object. APPROVE founds a licence; GRANT is the approval of an item that gives none, and with it the end of the
#: case. SUSPEND and RESUME are the two ends of a special procedure (art. 45), EXTEND is the one putting off (art. 42).
#: RECOUNT is what an amended calendar does to a case whose date it moves. RECTIFY takes back a mistaken status:
#: nothing is wiped out, the applicant sees it as a correction; the clock is as if the mistake had not been made. The
#: system does so when a reconsideration overturned a decision, with limits that begin anew; REOPEN is that of a case
#: that was ended because its applicant had not put it right: she may do so again. Of what was terminated the head takes
#: back only what the desk itself ended: REOPEN where a special procedure was under way, which goes on; what time ended,
#: or the applicant, is no mistake of the desk's. A request for correction is taken back before she has answered it.
#: INVITE lays a draft before the joint applicants 共同申请人, who SIGN, UNSIGN or DISSENT; RECALL is its first
#: applicant's, LAPSE time's: both and a dissent open the draft again. The last signature is the SUBMIT of all of them.
#: The same moves lay a correction before them that changes answers of what they have signed; their last signature is
#: the CORRECT, and until then the case waits for the correction and the department has what was signed.
#: ASK_WITHDRAWAL is the word of one of them where what was filed is taken back by all.
#: INSPECT hands in the record of a site inspection; it changes no state, and ends no special procedure by itself.
#: DEEM_RENEWED is what the end of a licence does to its renewal that was applied for in time and is not decided
#: (art. 50); a special procedure under way does not stop it.
#: DELIVER notes how the result reached her 送达; it may follow the end of the case, and changes no state.
#: PROPOSE, ENDORSE and SEND_BACK are the steps of an item's chain 审查链 before the decision, each by another person
#: (``model/chain.py`` says which of an item's edges are open). A case that leaves the chain by a special procedure, or
#: to another department, is examined anew: RESUME and TRANSFER lead to ACCEPTED, what was proposed before no longer
#: counts. REPORT 报送 is the review of what the organ above decides: the case goes to it with opinions and materials
#: (art. 35). An extension, a visit, a recheck and an amended calendar leave it where it stands. HAND_OVER says who has
#: it in hand 承办人 from now on. CONSULT asks another department for its opinion 会签, ADVISE is its answer.
#: TELL_HEARING tells the right to a hearing 听证 (art. 47): the applicant may WAIVE_HEARING, or ASK_HEARING, which is
#: a special procedure until she takes it back (DROP_HEARING), does not come (MISS_HEARING), confirms or rejects the
#: record that HOLD_HEARING handed in (SIGN_RECORD), or lets her time for that pass (CLOSE_RECORD). FIX_HEARING says
#: when, where and who presides, and may be done anew; UNFIX_HEARING is what an amended calendar does to a sitting whose
#: day is a holiday now, or too near. ASK_RECUSAL pleads that the presider withdraw, DECIDE_RECUSAL is the head's
#: answer.
#: TELL_INTERESTED tells an interested person 利害关系人 of a right of her own (art. 47), SERVE_INTERESTED notes that
#: the notice reached her on paper. INTERESTED_ASKS sets off the same hearing, INTERESTED_WAIVES gives hers up; who asks
#: for one that another has asked for does JOIN_HEARING, who takes her request back while another's stands does
#: LEAVE_HEARING. WORD_ON_RECORD is a word on the record while others' is due, SIGN_RECORD the last one. An officer
#: makes these, and ASK_RECUSAL, for an interested person who answers on paper.
#: SUPPLY hands in what was promised to follow after acceptance 容缺后补; TAKE_IN says that it will do, ASK_AGAIN sends
#: it back within the same limit (``model/follow_up.py``). What has not followed when that ends, TERMINATE ends by time.
#: CALL_OFF ends a case whose licence is not made after all: the one whose place it was to take has ended meanwhile, or
#: its issuer has cancelled it in the making. What the issuer decides about a licence afterwards (art. 8, 69, 70) it
#: decides in the library of licences; the case that gave it follows by the moves of ON_LICENCE, which give the paper.
#: REINSTATE_LICENCE notes that such a decision was overturned on reconsideration; its paper is that one's.
#: SUCCEED passes a case on to the department that has taken over the office of the one that had it 机构合并.
MOVES: tuple[Edge, ...] = (
    Edge(Move.SAVE, State.DRAFT, Role.RESIDENT, State.DRAFT),
    Edge(Move.DISCARD, State.DRAFT, Role.RESIDENT, State.DISCARDED),
    Edge(Move.DISCARD, State.DRAFT, Role.SYSTEM, State.DISCARDED),
    Edge(Move.SUBMIT, State.DRAFT, Role.RESIDENT, State.SUBMITTED, "cases.submitted"),
    Edge(Move.INVITE, State.DRAFT, Role.RESIDENT, State.CONFIRMING, "cases.invited"),
    Edge(Move.SIGN, State.CONFIRMING, Role.RESIDENT, State.CONFIRMING, "cases.signed"),
    Edge(Move.UNSIGN, State.CONFIRMING, Role.RESIDENT, State.CONFIRMING, "cases.unsigned"),
    Edge(Move.SUBMIT, State.CONFIRMING, Role.RESIDENT, State.SUBMITTED, "cases.submitted"),
    Edge(Move.DISSENT, State.CONFIRMING, Role.RESIDENT, State.DRAFT, "cases.dissented"),
    Edge(Move.RECALL, State.CONFIRMING, Role.RESIDENT, State.DRAFT, "cases.recalled"),
    Edge(Move.LAPSE, State.CONFIRMING, Role.SYSTEM, State.DRAFT, "cases.lapsed"),
    Edge(Move.RECHECK, State.SUBMITTED, Role.SYSTEM, State.SUBMITTED),
    Edge(Move.RECHECK, State.SUBMITTED, Role.OFFICER, State.SUBMITTED),
    *(Edge(Move.RECHECK, state, role, state) for state in _CHAIN for role in (Role.SYSTEM, Role.OFFICER)),
    *(
        Edge(Move.TRANSFER, state, role, target, "cases.transferred")
        for state, target in (
            (State.SUBMITTED, State.SUBMITTED),
            (State.ACCEPTED, State.ACCEPTED),
            (State.EXAMINED, State.ACCEPTED),
            (State.REVIEWED, State.ACCEPTED),
        )
        for role in (Role.SYSTEM, Role.OFFICER)
    ),
    *(Edge(Move.VISIT, state, Role.OFFICER, state) for state in _FILED),
    Edge(Move.ASK_CORRECTION, State.SUBMITTED, Role.OFFICER, State.CORRECTING, "cases.correction_asked"),
    Edge(Move.SAVE, State.CORRECTING, Role.RESIDENT, State.CORRECTING),
    Edge(Move.CORRECT, State.CORRECTING, Role.RESIDENT, State.SUBMITTED, "cases.corrected"),
    Edge(Move.INVITE, State.CORRECTING, Role.RESIDENT, State.CORRECTING, "cases.correction_laid"),
    Edge(Move.SIGN, State.CORRECTING, Role.RESIDENT, State.CORRECTING, "cases.signed"),
    Edge(Move.UNSIGN, State.CORRECTING, Role.RESIDENT, State.CORRECTING, "cases.unsigned"),
    *(
        Edge(move, State.CORRECTING, role, State.CORRECTING, "cases.correction_returned")
        for move, role in (
            *((Move.DISSENT, Role.RESIDENT), (Move.RECALL, Role.RESIDENT)),
            (Move.LAPSE, Role.SYSTEM),
        )
    ),
    Edge(Move.TERMINATE, State.SUBMITTED, Role.SYSTEM, State.TERMINATED, "cases.terminated"),
    Edge(Move.TERMINATE, State.CORRECTING, Role.SYSTEM, State.TERMINATED, "cases.terminated"),
    Edge(Move.WITHDRAW, State.CORRECTING, Role.RESIDENT, State.WITHDRAWN, "cases.withdrawn"),
    Edge(Move.ACCEPT, State.SUBMITTED, Role.OFFICER, State.ACCEPTED, "cases.accepted"),
    Edge(Move.DEEM_ACCEPTED, State.SUBMITTED, Role.SYSTEM, State.ACCEPTED, "cases.accepted"),
    Edge(Move.DECLINE, State.SUBMITTED, Role.OFFICER, State.NOT_ACCEPTED, "cases.not_accepted"),
    *(
        Edge(Move.HAND_OVER, state, role, state)
        for state in (*_FILED, State.CORRECTING, State.SUSPENDED)
        # By the system where the officer who had it in hand has left or serves elsewhere.
        for role in (Role.OFFICER, Role.SYSTEM)
    ),
    *(Edge(Move.CONSULT, state, Role.OFFICER, state) for state in _CHAIN),
    *(Edge(Move.ADVISE, state, Role.OFFICER, state) for state in (*_CHAIN, State.SUSPENDED)),
    *(
        Edge(Move.SUCCEED, state, Role.SYSTEM, state, "cases.succeeded")
        for state in (*_FILED, State.CORRECTING, State.SUSPENDED, State.ISSUING)
    ),
    Edge(Move.PROPOSE, State.ACCEPTED, Role.OFFICER, State.EXAMINED),
    Edge(Move.ENDORSE, State.EXAMINED, Role.OFFICER, State.REVIEWED),
    Edge(Move.REPORT, State.EXAMINED, Role.OFFICER, State.REVIEWED, "cases.reported"),
    Edge(Move.SEND_BACK, State.EXAMINED, Role.OFFICER, State.ACCEPTED),
    Edge(Move.SEND_BACK, State.REVIEWED, Role.OFFICER, State.ACCEPTED),
    *(
        Edge(move, state, Role.OFFICER, target, event)
        for state in _CHAIN
        for move, target, event in (
            (Move.APPROVE, State.ISSUING, "cases.approved"),
            (Move.GRANT, State.CLOSED, "cases.granted"),
            (Move.REFUSE, State.REFUSED, "cases.refused"),
        )
    ),
    *(
        Edge(Move.DEEM_RENEWED, state, Role.SYSTEM, State.ISSUING, "cases.deemed_renewed")
        for state in (*_FILED, State.SUSPENDED)
    ),
    *(Edge(Move.WITHDRAW, state, Role.RESIDENT, State.WITHDRAWN, "cases.withdrawn") for state in _FILED),
    Edge(Move.COMPLETE, State.ISSUING, Role.SYSTEM, State.CLOSED, "cases.closed"),
    Edge(Move.CALL_OFF, State.ISSUING, Role.SYSTEM, State.TERMINATED, "cases.called_off"),
    *(
        Edge(move, State.CLOSED, Role.SYSTEM, State.CLOSED, "cases.licence_decided")
        for move in (*ON_LICENCE, Move.REINSTATE_LICENCE)
    ),
    *(Edge(Move.SUSPEND, state, Role.OFFICER, State.SUSPENDED, "cases.suspended") for state in _CHAIN),
    Edge(Move.RESUME, State.SUSPENDED, Role.OFFICER, State.ACCEPTED, "cases.resumed"),
    Edge(Move.VISIT, State.SUSPENDED, Role.OFFICER, State.SUSPENDED),
    Edge(Move.WITHDRAW, State.SUSPENDED, Role.RESIDENT, State.WITHDRAWN, "cases.withdrawn"),
    *(Edge(Move.EXTEND, state, Role.OFFICER, state, "cases.extended") for state in _CHAIN),
    *(
        Edge(Move.TERMINATE, state, Role.OFFICER, State.TERMINATED, "cases.terminated")
        for state in (*_CHAIN, State.SUSPENDED)
    ),
    *(
        Edge(Move.RECOUNT, state, Role.SYSTEM, state, "cases.date_moved")
        for state in (*_FILED, State.CORRECTING, State.SUSPENDED, State.ISSUING)
    ),
    *(
        Edge(Move.ASK_WITHDRAWAL, state, Role.RESIDENT, state, "cases.withdrawal_asked")
        for state in (*_FILED, State.CORRECTING, State.SUSPENDED)
    ),
    *(
        Edge(move, state, role, state, event)
        for state in (*_CHAIN, State.SUSPENDED)
        for move, role, event in (
            (Move.SUPPLY, Role.RESIDENT, "cases.supplied"),
            (Move.TAKE_IN, Role.OFFICER, "cases.taken_in"),
            (Move.ASK_AGAIN, Role.OFFICER, "cases.asked_again"),
        )
    ),
    *(
        Edge(Move.TERMINATE, state, Role.SYSTEM, State.TERMINATED, "cases.terminated")
        for state in (*_CHAIN, State.SUSPENDED)
    ),
    Edge(Move.RECTIFY, State.NOT_ACCEPTED, Role.OFFICER, State.SUBMITTED, "cases.rectified"),
    Edge(Move.RECTIFY, State.ACCEPTED, Role.OFFICER, State.SUBMITTED, "cases.rectified"),
    Edge(Move.RECTIFY, State.REFUSED, Role.OFFICER, State.ACCEPTED, "cases.rectified"),
    Edge(Move.RECTIFY, State.CORRECTING, Role.OFFICER, State.SUBMITTED, "cases.rectified"),
    Edge(Move.RECTIFY, State.TERMINATED, Role.OFFICER, State.ACCEPTED, "cases.rectified"),
    Edge(Move.REOPEN, State.TERMINATED, Role.OFFICER, State.SUSPENDED, "cases.rectified"),
    Edge(Move.RECTIFY, State.NOT_ACCEPTED, Role.SYSTEM, State.SUBMITTED, "cases.rectified"),
    Edge(Move.RECTIFY, State.REFUSED, Role.SYSTEM, State.ACCEPTED, "cases.rectified"),
    Edge(Move.RECTIFY, State.TERMINATED, Role.SYSTEM, State.ACCEPTED, "cases.rectified"),
    Edge(Move.REOPEN, State.TERMINATED, Role.SYSTEM, State.CORRECTING, "cases.rectified"),
    Edge(Move.INSPECT, State.ACCEPTED, Role.OFFICER, State.ACCEPTED, "cases.inspected"),
    Edge(Move.INSPECT, State.SUSPENDED, Role.OFFICER, State.SUSPENDED, "cases.inspected"),
    *(Edge(Move.TELL_HEARING, state, Role.OFFICER, state, "cases.hearing_told") for state in _CHAIN),
    *(Edge(Move.WAIVE_HEARING, state, Role.RESIDENT, state, "cases.hearing_waived") for state in _CHAIN),
    *(
        Edge(Move.ASK_HEARING, state, Role.RESIDENT, State.SUSPENDED, "cases.hearing_asked")
        for state in _CHAIN
    ),
    *(
        Edge(move, State.SUSPENDED, role, target, event)
        for move, role, target, event in (
            (Move.DROP_HEARING, Role.RESIDENT, State.ACCEPTED, "cases.hearing_dropped"),
            (Move.DROP_HEARING, Role.OFFICER, State.ACCEPTED, "cases.hearing_dropped"),
            (Move.FIX_HEARING, Role.OFFICER, State.SUSPENDED, "cases.hearing_fixed"),
            (Move.UNFIX_HEARING, Role.SYSTEM, State.SUSPENDED, "cases.hearing_unfixed"),
            (Move.ASK_RECUSAL, Role.RESIDENT, State.SUSPENDED, None),
            (Move.ASK_RECUSAL, Role.OFFICER, State.SUSPENDED, None),
            (Move.DECIDE_RECUSAL, Role.OFFICER, State.SUSPENDED, "cases.recusal_decided"),
            (Move.HOLD_HEARING, Role.OFFICER, State.SUSPENDED, "cases.hearing_held"),
            (Move.MISS_HEARING, Role.OFFICER, State.ACCEPTED, "cases.hearing_missed"),
            (Move.SIGN_RECORD, Role.RESIDENT, State.ACCEPTED, "cases.hearing_ended"),
            (Move.CLOSE_RECORD, Role.SYSTEM, State.ACCEPTED, "cases.hearing_ended"),
        )
    ),
    *(
        Edge(move, state, Role.OFFICER, state, event)
        for state in (*_CHAIN, State.SUSPENDED)
        for move, event in ((Move.TELL_INTERESTED, "cases.interested_told"), (Move.SERVE_INTERESTED, None))
    ),
    *(
        Edge(move, state, role, target, event)
        for state in _CHAIN
        for role in (Role.RESIDENT, Role.OFFICER)
        for move, target, event in (
            (Move.INTERESTED_ASKS, State.SUSPENDED, "cases.hearing_asked"),
            (Move.INTERESTED_WAIVES, state, None),
        )
    ),
    *(
        Edge(move, State.SUSPENDED, role, State.SUSPENDED, event)
        for move, event in (
            *((Move.JOIN_HEARING, None), (Move.LEAVE_HEARING, "cases.hearing_left")),
            *((Move.INTERESTED_WAIVES, None), (Move.WORD_ON_RECORD, None)),
        )
        for role in (Role.RESIDENT, Role.OFFICER)
    ),
    Edge(Move.SIGN_RECORD, State.SUSPENDED, Role.OFFICER, State.ACCEPTED, "cases.hearing_ended"),
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
        raise NotPossibleNow(as_applicant_sees(state) if role is Role.RESIDENT else state)
    return found


#: What an officer does to speak for an application: before it the desk points out what she should have seen.
IN_FAVOUR = frozenset({Move.APPROVE, Move.GRANT, Move.PROPOSE, Move.ENDORSE, Move.REPORT})
#: What those do who confirm or take back together, and what SUBMIT becomes for who has others to ask.
OF_SEVERAL = frozenset({Move.INVITE, Move.SIGN, Move.UNSIGN, Move.DISSENT, Move.ASK_WITHDRAWAL})

#: The moves of a hearing that this table leaves open while the decision is due or a special procedure runs; which of
#: them a case can make only its stage can tell (``model/hearing.py``).
OF_HEARING = frozenset(
    {
        *(Move.TELL_HEARING, Move.ASK_HEARING, Move.WAIVE_HEARING, Move.DROP_HEARING, Move.FIX_HEARING),
        Move.LEAVE_HEARING,
        *(Move.UNFIX_HEARING, Move.ASK_RECUSAL, Move.DECIDE_RECUSAL, Move.HOLD_HEARING, Move.MISS_HEARING),
        *(Move.SIGN_RECORD, Move.CLOSE_RECORD),
        *(Move.TELL_INTERESTED, Move.SERVE_INTERESTED, Move.INTERESTED_ASKS, Move.INTERESTED_WAIVES),
        *(Move.JOIN_HEARING, Move.WORD_ON_RECORD),
    }
)


@cache
def possible(state: State, role: Role) -> frozenset[Move]:
    """What this role can do to a case in this state, for the buttons of a page."""
    return frozenset(move for move, source, who in _EDGES if source is state and who is role)


def as_applicant_sees(state: State) -> State:
    """The state that the applicant is shown: how far up the office a case has come is the office's own affair."""
    return State.ACCEPTED if state in UP_THE_CHAIN else state


def hers(state: State) -> frozenset[Move]:
    """What the applicant can ask for herself in this state; while others confirm, only to have her draft back.

    Her word in a hearing hangs on more than the state; its page offers it.
    """
    if state is State.CONFIRMING:
        return frozenset({Move.RECALL})
    return possible(state, Role.RESIDENT) - OF_SEVERAL - OF_HEARING - {Move.RECALL}
