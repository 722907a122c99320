"""Reconsideration of a decision on a licence 对证照决定的行政复议: how it is asked for, what comes of it.

行政复议法 art. 20 (sixty days), 63, 64, 67 (changed, revoked, void). The cases' room has the reconsiderations; it tells
this one how a decision stands to them, and by what it was overturned.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import msgspec

from tongban.kit.i18n import N_, Message, Text
from tongban.licences.model.decisions import Decision
from tongban.licences.model.licence import Licence
from tongban.licences.model.states import DECIDED, LIFE, STATE_WORDS, TAKEN, Move, State

if TYPE_CHECKING:
    from tongban.kit.db import Database


class Against(msgspec.Struct, frozen=True):
    """What the holder can do against the decision that stands on her licence 救济途径: each way, and the law.

    ``href`` with its words is where reconsideration is asked for, or where the one that was asked for stands.
    """

    ways: tuple[Message, ...]
    basis: Message | None
    href: str | None = None
    words: Message | None = None


class Contests(Protocol):
    """Gives what a holder can do against the decision on the licence that the case ``reference`` gave; None where the
    house has no such case, or no paper of the decision yet."""

    async def __call__(
        self, db: Database, *, holder: UUID, reference: UUID, now: datetime
    ) -> Against | None: ...


class OverturnedBy(msgspec.Struct, frozen=True):
    """The reconsideration that overturned a decision: the code of its case, its paper's number and address, its outcome
    in words, whose it is by name, and the code of the department that handled it."""

    code: str
    number: str
    paper: str
    words: Message
    organ: Text
    department: str

    @property
    def kept(self) -> str:
        """The sentence of it in the licence's row and decision (Chinese, as officers' words are)."""
        return (
            f"{self.organ.zh}经行政复议{self.words.msgid}（受理编码 {self.code}，文书编号 {self.number}），"
            "证照恢复到该决定作出之前的状态。"
        )


def of_weight(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions on a licence, the earliest first, without the entry 注销手续 of what was taken (art. 70(4)).

    It follows from that decision by law, and falls with it.
    """
    found: list[Decision] = []
    for one in decisions:
        if not (one.act is Move.CANCEL and found and LIFE[found[-1].act].target in TAKEN):
            found.append(one)
    return found


def standing(decisions: Sequence[Decision]) -> list[Decision]:
    """By what a licence stands as it does, of the decisions on it, the latest first: the last, and the one of which
    that is only the entry 注销手续."""
    weighty = of_weight(decisions[::-1])
    return [*decisions[:1], *(one for one in weighty[-1:] if one is not decisions[0])]


def stood_before(decisions: Sequence[Decision], contested: Decision) -> State:
    """How the licence stood before a decision on it, by the ones before that, the earliest first.

    A decision that was overturned leaves what stood before it.
    """
    stands = [State.VALID]
    for one in of_weight(decisions):
        if one.revision >= contested.revision:
            break
        if one.act is Move.REINSTATE:
            stands.pop()
        else:
            stands.append(LIFE[one.act].target)
    return stands[-1]


def reinstated(licence: Licence, before: State, *, today: date) -> State:
    """Where a licence leads to whose decision was overturned: as it stood ``before``, expired past its last day."""
    over = licence.valid_until is not None and today > licence.valid_until
    kept = licence.asked is not None and licence.asked.keeps_valid
    return State.EXPIRED if over and not kept else before


def beyond(licence: Licence, last: Decision | None, contested: Decision | None) -> Message | None:
    """Why a licence is not given back its state although the decision was overturned; None where it is.

    ``last`` is the latest decision on it: only where that is the contested one, and stands, is there anything to undo.
    One that was taken may be cancelled for it since.
    """
    if licence.state is State.SUPERSEDED:
        return N_("这张证照已经由新证代替，不恢复使用；请使用新证。")
    if last is not None and (contested is None or last.revision != contested.revision):
        return _decided_anew(licence.state, last)
    if contested is None or licence.state not in _stands(LIFE[contested.act].target):
        state = STATE_WORDS[licence.state]
        return N_("证照现在的状态是“{state}”，不恢复使用；需要这项许可的，请按首次申请办理。", state=state)
    return None


def _stands(target: State) -> frozenset[State]:
    """How a licence may stand by a decision that led to ``target``: as it says, or cancelled for it."""
    return frozenset({target, State.CANCELLED} if target in TAKEN else {target})


def _decided_anew(state: State, last: Decision) -> Message:
    """What its holder is told where the issuer has decided something else since."""
    act = DECIDED[last.act]
    match state:
        case State.VALID:
            return N_("签发机关已经另有决定（{act}），证照现在有效，可以继续使用。", act=act)
        case State.SUSPENDED:
            return N_("签发机关后来又有新的决定（{act}），以它为准，证照仍暂停使用。", act=act)
        case _:
            return N_(
                "签发机关后来又有新的决定（{act}），以它为准，证照不恢复使用；不服的，可以对它另行申请行政复议。",
                act=act,
            )
