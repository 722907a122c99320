"""Decisions that are public 行政许可公示: which, of whom so much, and until when they must be.

Law: 行政许可法 art. 40: decisions that grant a licence are public; it says nothing of refusals, and they are not
published. The seven working days and what stands in a row follow the practice of 双公示 (行政许可和行政处罚等信用
信息公示): a firm by name and unified social credit code, a natural person with her name masked and without any number.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban.cases.model.life import Move
from tongban.cases.model.papers.kinds import LICENSING
from tongban.cases.model.records import CaseEvent

#: Working days from the decision (not counted) until it must be public.
PUBLISHED_WITHIN = 7
#: The moves that grant.
_GRANTS = frozenset({Move.APPROVE, Move.GRANT, Move.DEEM_RENEWED})


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as the public sees it: what was granted to whom by whom, and when it was published.

    ``holder`` is a firm's name or a person's masked one, ``holder_code`` a firm's credit code and empty for a person;
    ``number`` is the case's long number, for its short code would help whoever guesses at the progress of others.
    ``withdrawn_at`` is when a revoked decision was taken off.
    """

    bucket: int
    id: UUID
    case_id: UUID
    item: str
    department: str
    number: str
    holder_kind: Literal["person", "firm"]
    holder: str
    holder_code: str
    decided_at: datetime
    due_on: date
    published_at: datetime
    withdrawn_at: datetime | None = None


def grant_of(events: list[CaseEvent], *, item_kind: str) -> CaseEvent | None:
    """The step that granted a licence in the sense of the law; None for other items and other ends."""
    if item_kind != LICENSING:
        return None
    return next((event for event in events if event.move in _GRANTS), None)
