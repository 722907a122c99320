"""Internal notes 内部备注: what officers of a department write to each other about a case.

The applicant does not see them on her pages, in her papers or over the API. A copy of her personal information (PIPL
art. 45) has them all the same: what an office writes about a person is about her. It names the department, not the
officer, who is a third person.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.cases.model.desk_refusals import NoteUnfit

LONGEST_NOTE = 1000


class Note(msgspec.Struct, frozen=True):
    """One note: which department, who, when, and the words."""

    id: UUID
    department: str
    author: str
    at: datetime
    words: str


def note_typed(text: str) -> str:
    """The words of a note as typed, tidied. Raises NoteUnfit for none and for too many."""
    words = text.strip().replace("\r\n", "\n")
    if not 1 <= len(words) <= LONGEST_NOTE:
        raise NoteUnfit(len(words), LONGEST_NOTE)
    return words
