"""A bundle that somebody has begun, and its parts: which case each is, and how far it has come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit.i18n import N_, Language, Message
from tongban.kit.ids import bucket_of


class RunState(StrEnum):
    """How far the whole has come: being filled in, sent, over (however its parts ended), or given up before."""

    DRAFT = "draft"
    SENT = "sent"
    DONE = "done"
    DISCARDED = "discarded"


class PartState(StrEnum):
    """How far a part has come, as the graph needs to know it; the case itself tells more.

    ``waiting``: prepared, not filed; ``filed``: with its department; ``granted`` and ``ended``: decided so, or ended
    otherwise; ``hers``: its turn has come and it cannot be filed as it is, so she completes it; ``held``: she has it
    already, so nothing is filed; ``dropped``: what it waited for was not granted, or the whole was taken back;
    ``lapsed``: its draft ended before its turn came.
    """

    WAITING = "waiting"
    HERS = "hers"
    FILED = "filed"
    GRANTED = "granted"
    ENDED = "ended"
    HELD = "held"
    DROPPED = "dropped"
    LAPSED = "lapsed"


#: Of these nothing more comes.
OVER = frozenset({PartState.GRANTED, PartState.ENDED, PartState.HELD, PartState.DROPPED, PartState.LAPSED})
#: What counts as granted to a part that waits for it.
HAD = frozenset({PartState.GRANTED, PartState.HELD})
PART_WORDS: dict[PartState, Message] = {
    PartState.WAITING: N_("等待前一项"),
    PartState.HERS: N_("要您补充后提交"),
    PartState.FILED: N_("办理中"),
    PartState.GRANTED: N_("已办成"),
    PartState.ENDED: N_("未办成"),
    PartState.HELD: N_("已经有了，不用再办"),
    PartState.DROPPED: N_("不再办理"),
    PartState.LAPSED: N_("草稿已到期"),
}
RUN_WORDS: dict[RunState, Message] = {
    RunState.DRAFT: N_("草稿"),
    RunState.SENT: N_("联合办理中"),
    RunState.DONE: N_("已办结"),
    RunState.DISCARDED: N_("已放弃"),
}


class Part(msgspec.Struct, frozen=True):
    """One part: its item, its case (none where she has what it gives already), what it waits for."""

    item: str
    case: UUID | None
    state: PartState
    after: tuple[str, ...] = ()
    on: str = "granted"

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in OVER


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle that a person, or a firm, has begun 联办申请.

    ``answers`` are those to the guide's questions; what the one form asks lies in the drafts of its parts. ``number``
    pins the bundle's version. ``language`` is the one of the page that it was sent on. Instants are UTC.
    """

    id: UUID
    applicant: UUID
    bundle: str
    number: int
    state: RunState
    version: int
    answers: dict[str, str]
    parts: tuple[Part, ...]
    language: Language
    opened_at: datetime
    sent_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def bucket(self) -> int:
        """The applicant's bucket."""
        return bucket_of(self.id)

    @property
    def cases(self) -> list[UUID]:
        """The cases of its parts."""
        return [part.case for part in self.parts if part.case is not None]

    def part_of(self, case_id: UUID) -> Part | None:
        """The part that is this case."""
        return next((part for part in self.parts if part.case == case_id), None)

    def due(self) -> list[Part]:
        """The parts whose turn it is to be filed: what each waits for is done."""
        state = {part.item: part.state for part in self.parts}
        return [
            part
            for part in self.parts
            if part.state is PartState.WAITING
            and all(_done(state[one], part.on) for one in part.after if one in state)
        ]

    def in_vain(self) -> list[Part]:
        """The parts whose turn never comes: what they wait for is over and was not granted."""
        state = {part.item: part.state for part in self.parts}
        return [
            part
            for part in self.parts
            if part.state is PartState.WAITING
            and part.on == "granted"
            and any(state[one] in OVER - HAD for one in part.after if one in state)
        ]

    def stored(self) -> list[dict[str, Any]]:
        """The parts as the row keeps them."""
        plain: list[dict[str, Any]] = msgspec.to_builtins(self.parts)
        return plain

    def with_parts(self, **states: PartState) -> Run:
        """The run with some of its parts in another state, by their items; what that drops is dropped too."""
        changed = msgspec.structs.replace(
            self,
            parts=tuple(
                msgspec.structs.replace(part, state=states.get(part.item, part.state)) for part in self.parts
            ),
        )
        vain = changed.in_vain()
        return changed.with_parts(**{part.item: PartState.DROPPED for part in vain}) if vain else changed

    @property
    def is_over(self) -> bool:
        """Whether every part is over."""
        return all(part.is_over for part in self.parts)


def _done(state: PartState, on: str) -> bool:
    return state in OVER if on == "ended" else state in HAD
