"""Whose an officer's move is, beside being her department's: one closed table of moves and what each asks of her.

Who has lost her duties 岗位职责 reads on and moves nothing, whatever page she still has open.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from tongban.cases.model.chain import DECISIONS, Chain, DutyMissing
from tongban.cases.model.life import Move
from tongban.kit.policy import Actor, Duty


class Whose(StrEnum):
    """What a move asks of an officer of the department.

    ``WORKING``: a duty of the item's chain, whichever, or to be the head; of an item without a chain, any duty.
    ``TURN``: that, and the duty whose step it is now (``model/chain.py``). ``HEAD``: to be the head, as the policy's
    rows say. ``PRESIDER``: to be the one who was named to preside, with a duty or none: who examines nothing is there
    to preside (行政许可法 art. 48). ``ASKED``: to be of the department that was asked, whose duties are not the item's.
    """

    WORKING = "working"
    TURN = "turn"
    HEAD = "head"
    PRESIDER = "presider"
    ASKED = "asked"


#: Every move that an officer makes; a test holds it against the life cycle.
WHOSE: dict[Move, Whose] = {
    **dict.fromkeys(
        (
            *(Move.RECHECK, Move.TRANSFER, Move.VISIT, Move.ACCEPT, Move.DECLINE, Move.ASK_CORRECTION),
            *(Move.HAND_OVER, Move.CONSULT, Move.SUSPEND, Move.RESUME, Move.TERMINATE, Move.DELIVER),
            *(Move.TAKE_IN, Move.ASK_AGAIN, Move.INSPECT, Move.TELL_HEARING, Move.FIX_HEARING),
            *(Move.TELL_INTERESTED, Move.SERVE_INTERESTED, Move.INTERESTED_ASKS, Move.INTERESTED_WAIVES),
            *(Move.JOIN_HEARING, Move.LEAVE_HEARING, Move.DROP_HEARING, Move.ASK_RECUSAL),
            *(Move.WORD_ON_RECORD, Move.SIGN_RECORD),
        ),
        Whose.WORKING,
    ),
    **dict.fromkeys(
        (Move.PROPOSE, Move.ENDORSE, Move.SEND_BACK, Move.REPORT, *sorted(DECISIONS)), Whose.TURN
    ),
    **dict.fromkeys((Move.EXTEND, Move.RECTIFY, Move.REOPEN, Move.DECIDE_RECUSAL), Whose.HEAD),
    **dict.fromkeys((Move.HOLD_HEARING, Move.MISS_HEARING), Whose.PRESIDER),
    Move.ADVISE: Whose.ASKED,
}


_OF_ANYBODY = (Whose.PRESIDER, Whose.ASKED)


def staff_of(chain: Chain) -> Chain:
    """The duties of which any lets an officer work on an item, beside the head's."""
    return chain or (Duty.EXAMINE, Duty.REVIEW, Duty.APPROVE)


def works_on(chain: Chain, actor: Actor) -> bool:
    """Whether this officer has a duty by which she works on an item with this chain, or with none."""
    return bool(actor.duties & {*staff_of(chain), Duty.HEAD})


def may_make(chain: Chain, move: Move, actor: Actor) -> bool:
    """Whether she is one of those who work on the item, where the move is theirs; what it asks besides, others say."""
    return WHOSE[move] in _OF_ANYBODY or works_on(chain, actor)


def is_hers(
    chain: Chain, move: Move, actor: Actor, *, presider: UUID | None, asked: Collection[str | None]
) -> bool:
    """Whether a move is one that she makes herself, for what is listed as hers.

    ``presider`` is who was named to preside over the case's hearing, ``asked`` the departments whose opinion is due.
    Whose turn it is in the chain, the chain says.
    """
    match WHOSE[move]:
        case Whose.PRESIDER:
            return actor.id is not None and actor.id == presider
        case Whose.ASKED:
            return actor.department in asked
        case Whose.HEAD:
            return Duty.HEAD in actor.duties
    return works_on(chain, actor)


def must_be_hers(chain: Chain, move: Move, actor: Actor) -> None:
    """Raises DutyMissing where she has not."""
    if not may_make(chain, move, actor):
        raise DutyMissing(*staff_of(chain))
