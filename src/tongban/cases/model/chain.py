"""An item's chain 审查链: who examines, who reviews, who decides, each another person (行政许可法 art. 34; 四眼原则).

An item's file says its chain as duties in order, ``[examine, review, approve]`` or shorter; an item that says none is
decided in one step by any officer of its department who has a duty there. The closed table of moves holds the edges of
every chain, :func:`open_moves` leaves those that are an item's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from tongban.cases.model.life import Move
from tongban.cases.model.rulings import Ruling
from tongban.cases.model.states import State
from tongban.kit.errors import Conflict, Forbidden
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor, Duty

Chain = tuple[Duty, ...]

DUTY_WORDS: dict[Duty, Message] = {
    Duty.EXAMINE: N_("审查"),
    Duty.REVIEW: N_("复核"),
    Duty.APPROVE: N_("审批"),
    Duty.HEAD: N_("负责人"),
}
#: How many of a chain's steps lie behind a case in each state.
_BEHIND = {State.ACCEPTED: 0, State.EXAMINED: 1, State.REVIEWED: 2}
DECISIONS = frozenset({Move.APPROVE, Move.GRANT, Move.REFUSE})
#: What a chain has to say about; what every other move asks is in ``model/whose.py``.
OF_CHAIN = DECISIONS | {Move.PROPOSE, Move.ENDORSE, Move.SEND_BACK, Move.REPORT}
#: What the department does not do of which the organ above decides: to decide, or to pass it to its own who decide.
_ABOVE = DECISIONS | {Move.ENDORSE}
#: Steps that stay within the office: the applicant reads the decision and its reasons, not who said what before; that
#: her case was reported upwards she is told.
OF_OFFICE = OF_CHAIN - DECISIONS - {Move.REPORT} | {Move.HAND_OVER, Move.CONSULT, Move.ADVISE}


def listed(duty: Duty, *others: Duty) -> Message:
    """Several duties in words."""
    words = DUTY_WORDS[duty]
    for one in others:
        words = N_("{some}、{another}", some=words, another=DUTY_WORDS[one])
    return words


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What one person of the chain said 审查意见: for it, against it, or (``favour`` None) that it be looked at again.

    ``by`` is the officer's account: who has said something in this round says nothing further up. Of a reconsideration
    ``ruling`` is the outcome that is proposed.
    """

    duty: Duty
    by: UUID
    name: str
    at: datetime
    favour: bool | None
    words: str
    ruling: Ruling | None = None


class OutOfTurn(Conflict):
    """The chain has another step before this one."""

    def __init__(self, duty: Duty) -> None:
        super().__init__(
            "out-of-turn",
            N_("本事项分步办理，现在是“{duty}”这一步，不能进行这项操作。", duty=DUTY_WORDS[duty]),
        )


class DutyMissing(Forbidden):
    """The step belongs to a duty that this officer does not have, or has no longer; of ``others`` any would do."""

    def __init__(self, duty: Duty, *others: Duty) -> None:
        words = (
            N_(
                "本件由负责{duties}的人员办理，你现在没有其中任何一项职责，办件没有变动。"
                "请交给有这些职责的同事办理；职责有误的，请联系本部门负责人。",
                duties=listed(duty, *others),
            )
            if others
            else N_(
                "这一步由负责{duty}的人员办理，你现在没有这项职责，办件没有变动。如有疑问，请联系本部门负责人。",
                duty=DUTY_WORDS[duty],
            )
        )
        super().__init__("duty-missing", words)


class FourEyes(Forbidden):
    """Who has already said something about the case does not review or decide it."""

    def __init__(self, duty: Duty) -> None:
        super().__init__(
            "four-eyes",
            N_(
                "你已经办理过本件的“{duty}”，审查、复核和决定须由不同的人作出，请交另一位同事办理。",
                duty=DUTY_WORDS[duty],
            ),
        )


class DecidedAbove(Conflict):
    """The department only examines: the organ above decides (行政许可法 art. 35)."""

    def __init__(self) -> None:
        super().__init__(
            "decided-above",
            N_(
                "本件由上级机关决定，本机关只作初步审查，不能准予或者不予，办件没有变动。"
                "请先提出审查意见，再由另一位负责复核的同事报送上级机关。"
            ),
        )


def chain_of(names: Iterable[str]) -> Chain:
    """An item's chain from what its version says."""
    return tuple(Duty(name) for name in names)


def duty_at(chain: Chain, state: State) -> Duty | None:
    """Whose step it is now; None where the item has no chain or the case is not being decided."""
    behind = _BEHIND.get(state)
    return chain[behind] if behind is not None and behind < len(chain) else None


def open_moves(chain: Chain, state: State, moves: frozenset[Move], *, above: bool = False) -> frozenset[Move]:
    """Of the moves that the closed table has from this state, those that the item's chain leaves open.

    ``above``: the organ above decides and the case is not reported to it yet.
    """
    return moves & _steps(chain, state, above=above) | (moves - OF_CHAIN)


def _steps(chain: Chain, state: State, *, above: bool) -> frozenset[Move]:
    behind = _BEHIND.get(state)
    if behind is None:
        return frozenset()
    back = frozenset({Move.SEND_BACK}) if behind else frozenset()
    if above:
        return back | {Move.REPORT if behind else Move.PROPOSE}
    if behind >= len(chain) - 1:
        return DECISIONS | back
    return back | {Move.ENDORSE if behind else Move.PROPOSE}


def said_before(opinions: Iterable[Opinion], actor: Actor) -> Opinion | None:
    """What this officer has said in the round that runs, if anything."""
    return next((one for one in opinions if one.favour is not None and one.by == actor.id), None)


def require(
    chain: Chain,
    state: State,
    opinions: tuple[Opinion, ...],
    move: Move,
    actor: Actor,
    *,
    above: bool = False,
) -> None:
    """Whether this officer may make this move of the chain now; ``above`` as :func:`open_moves`.

    Raises DecidedAbove, OutOfTurn, DutyMissing, FourEyes. An item without a chain asks nothing more than the table
    and the policy.
    """
    duty = duty_at(chain, state)
    if duty is None:
        return
    if above and move in _ABOVE:
        raise DecidedAbove
    if move not in _steps(chain, state, above=above):
        raise OutOfTurn(duty)
    if duty not in actor.duties:
        raise DutyMissing(duty)
    before = said_before(opinions, actor) if _BEHIND[state] else None
    if before is not None:
        raise FourEyes(before.duty)


def may(
    chain: Chain,
    state: State,
    opinions: tuple[Opinion, ...],
    move: Move,
    actor: Actor,
    *,
    above: bool = False,
) -> bool:
    """The same as an answer, for the buttons of a page."""
    try:
        require(chain, state, opinions, move, actor, above=above)
    except (DecidedAbove, OutOfTurn, DutyMissing, FourEyes):
        return False
    return True
