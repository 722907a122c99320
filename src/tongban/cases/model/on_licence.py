"""What the issuer has decided about the licence that a case gave, as the step of it keeps it for the paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from tongban import licences
from tongban.cases.model.life import ON_LICENCE, Move
from tongban.cases.model.records import CaseEvent
from tongban.kit.i18n import N_, Message, Text
from tongban.regions import ReconsiderationOrgan

#: The step by which the case follows each act of the issuer's.
FOLLOWING: dict[licences.Move, Move] = {
    licences.Move.SUSPEND: Move.SUSPEND_LICENCE,
    licences.Move.RESUME: Move.RESUME_LICENCE,
    licences.Move.CANCEL: Move.CANCEL_LICENCE,
    licences.Move.RETRACT: Move.RETRACT_LICENCE,
    licences.Move.REVOKE: Move.REVOKE_LICENCE,
    licences.Move.REINSTATE: Move.REINSTATE_LICENCE,
}
#: What its holder can contest.
AGAINST = frozenset({Move.SUSPEND_LICENCE, Move.CANCEL_LICENCE, Move.RETRACT_LICENCE, Move.REVOKE_LICENCE})
#: What takes the licence for good: that it is cancelled then 注销手续 follows by law (行政许可法 art. 70(4)).
_TAKES = frozenset({Move.RETRACT_LICENCE, Move.REVOKE_LICENCE})
#: How the licence stands after each, for lists, histories and letters.
STANDS: dict[Move, Message] = {
    Move.SUSPEND_LICENCE: N_("证照暂停使用"),
    Move.RESUME_LICENCE: N_("证照恢复使用"),
    Move.CANCEL_LICENCE: N_("证照已注销"),
    Move.RETRACT_LICENCE: N_("证照已被撤回"),
    Move.REVOKE_LICENCE: N_("证照已被撤销"),
    Move.REINSTATE_LICENCE: N_("对证照的决定经行政复议改变"),
}
#: Where in the detail of a step it lies.
KEY = "decision"


class Decided(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A decision on a licence 对证照的决定, with the licence as it was then.

    ``code`` is the ground's in GROUNDS of licences, ``ground`` and ``article`` its words, empty where none was chosen;
    ``reason`` and ``compensation`` are the officer's words. ``at`` is the instant of the decision (UTC). ``against``
    says that its holder can contest it; ``back`` is how the licence stands after a decision about it was overturned.
    """

    licence: Text
    number: str = ""
    identifier: str = ""
    issued: date | None = None
    code: str = ""
    ground: Text | None = None
    article: Text | None = None
    reason: str
    compensation: str = ""
    at: datetime
    against: bool = False
    back: licences.State | None = None

    def stored(self) -> dict[str, Any]:
        """As a part of a step's detail (JSON)."""
        return {KEY: msgspec.to_builtins(self)}


def decided_on(step: CaseEvent) -> datetime:
    """The instant that a step's paper bears: of a decision on a licence when it was taken, else the step's own."""
    return decided_of(step.detail).at if step.move in ON_LICENCE else step.at


def decided_of(detail: Mapping[str, Any]) -> Decided:
    """The decision that a step of ON_LICENCE keeps."""
    return msgspec.convert(detail[KEY], Decided)


def of_weight(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """The steps of decisions on the licence, and of what a reconsideration made of them, without the entry that what
    was taken is cancelled: that one stands and falls with what it follows."""
    found: list[CaseEvent] = []
    for step in events:
        entry = step.move is Move.CANCEL_LICENCE and found and found[-1].move in _TAKES
        if step.move in FOLLOWING.values() and not entry:
            found.append(step)
    return found


def standing_decision(events: Iterable[CaseEvent]) -> CaseEvent | None:
    """The step of the decision that stands against the licence; None where none does.

    A resumption ends a suspension; what was overturned on reconsideration leaves what stood before it. Of one that was
    revoked and then cancelled for that it is the revocation.
    """
    decisions: list[CaseEvent] = []
    for step in of_weight(events):
        if step.move is Move.REINSTATE_LICENCE:
            del decisions[-1:]
        else:
            decisions.append(step)
    last = decisions[-1] if decisions else None
    return last if last is not None and last.move in AGAINST else None


class OnLicence(msgspec.Struct, frozen=True):
    """A decision on a licence that reconsideration is asked for of: the number and the title of its paper, the organ.

    ``reconsidered_by`` is whom the paper names, None on one of before papers did; ``followed_at`` when the next
    decision on the licence was taken, where that was overturned and this one stands again.
    """

    number: str
    title: Message
    organ: Text
    decided: Decided
    reconsidered_by: ReconsiderationOrgan | None = None
    followed_at: datetime | None = None


class CalledOff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a licence is not made after all 不再制证: the one that it was to replace has ended, or its issuer said so.

    ``base`` is the state in which that one ended, ``since`` the day; empty where the issuer cancelled the new one in
    the making, for ``reason``.
    """

    licence: Text
    base: licences.State | None = None
    since: date | None = None
    reason: str = ""

    def stored(self) -> dict[str, Any]:
        """As a part of a step's detail (JSON)."""
        return {"called_off": msgspec.to_builtins(self)}

    def in_words(self) -> Message:
        """The sentence of it."""
        if self.base is None or self.since is None:
            return N_("签发机关在制证期间注销了这张证照：{reason}", reason=self.reason)
        return N_(
            "原来的{licence}已于 {day} 终止（{state}），没有可以换发的证照。",
            licence=self.licence,
            day=self.since,
            state=licences.STATE_WORDS[self.base],
        )


def called_off_of(detail: Mapping[str, Any]) -> CalledOff:
    """Why the step of a called-off case ended it."""
    return msgspec.convert(detail["called_off"], CalledOff)
