"""What the issuer decides about a licence 对证照的决定: as it was when it was decided, for the paper of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.licences.model.grounds import GROUNDS, Ground
from tongban.licences.model.states import Move


class Decision(msgspec.Struct, frozen=True):
    """One row of ``licences.decision``, field for column: an officer's act on a licence, its revision after it.

    ``ground`` is the code in GROUNDS where the law names grounds and one was chosen; ``reason`` and ``compensation``
    are her words, the second empty where none is due. ``answered_at`` is None until the decision has its paper;
    ``paper`` is where that lies, None where the house has no case to carry it: the issuer serves it by hand then.
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

    @property
    def legal(self) -> Ground | None:
        """The ground that the law names, with its article."""
        return GROUNDS[self.act][self.ground] if self.ground else None

    @property
    def kept(self) -> str:
        """How ground, reason and compensation stand in the licence's own row, in one."""
        words = f"{self.legal.kept}{self.reason}" if self.legal else self.reason
        if not self.compensation:
            return words
        return f"{words.rstrip('。')}。补偿：{self.compensation.rstrip('。')}。"
