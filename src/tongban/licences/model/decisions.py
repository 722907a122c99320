"""What the issuer decides about a licence 对证照的决定: as it was when it was decided, for the paper of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tongban.kit.i18n import N_, Message
from tongban.licences.model.grounds import Ground
from tongban.licences.model.states import Move

#: What takes from a holder what she may keep or use by right: she is heard before it (行政许可法 art. 7 陈述、申辩).
AFTER_HEARING = frozenset({Move.REVOKE, Move.RETRACT, Move.SUSPEND})
#: What judges the grant itself.
JUDGES_THE_GRANT = frozenset({Move.REVOKE, Move.RETRACT})


class Heard(StrEnum):
    """Whether the holder was heard before a decision against her 听取陈述、申辩."""

    HEARD = "heard"
    SILENT = "silent"
    UNHEARD = "unheard"


HEARD_WORDS: dict[Heard, Message] = {
    Heard.HEARD: N_("已告知事实、理由和依据，并听取了持证人的陈述、申辩"),
    Heard.SILENT: N_("已告知事实、理由、依据和陈述、申辩的权利，持证人没有提出意见"),
    Heard.UNHEARD: N_("没有听取持证人的陈述、申辩"),
}


class Statement(msgspec.Struct, frozen=True):
    """How the holder was heard before the decision; ``why`` is the officer's reason where she was not.

    ``how`` is a value of :class:`Heard`, anything else is as if nothing was said.
    """

    how: str
    why: str = ""

    @property
    def kept(self) -> str:
        """The sentence of it, as it stands in the decision and on its paper (Chinese, as the paper is)."""
        words = HEARD_WORDS[Heard(self.how)].msgid
        return f"{words}：{self.why.rstrip('。')}。" if self.how == Heard.UNHEARD else f"{words}。"


class Decision(msgspec.Struct, frozen=True):
    """One row of ``licences.decision``, field for column: an officer's act on a licence, its revision after it.

    ``ground`` is the code of one of ``grounds_of`` where the law names grounds and one was chosen; ``reason`` and
    ``compensation`` are her words, the second empty where none is due. ``answered_at`` is None until the decision has
    its paper; ``paper`` is where that lies and ``number`` the paper's own 文书编号, None where the house has no case to
    carry it: the issuer serves it by hand then.
    """

    bucket: int
    licence: UUID
    revision: int
    holder: UUID
    reference: UUID
    act: Move
    ground: str | None
    reason: str
    compensation: str
    department: str
    officer_name: str
    at: datetime
    answered_at: datetime | None = None
    paper: str | None = None
    number: str | None = None

    def kept_on(self, legal: Ground | None) -> str:
        """How ground, reason and compensation stand in the licence's own row, in one."""
        words = f"{legal.kept}{self.reason}" if legal else self.reason
        if not self.compensation:
            return words
        return f"{words.rstrip('。')}。补偿：{self.compensation.rstrip('。')}。"
