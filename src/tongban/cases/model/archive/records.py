"""The records of the archive: a case that waits for its package, and one that has it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban.kit.i18n import N_, Message

#: Where a package stands: kept; proposed for destruction by one person; destroyed when another has agreed.
Standing = Literal["kept", "proposed", "destroyed"]

STANDING_WORDS: dict[Standing, Message] = {
    "kept": N_("在库"),
    "proposed": N_("待销毁"),
    "destroyed": N_("已销毁"),
}
STANDING_TONES: dict[Standing, str] = {"kept": "ok", "proposed": "warn", "destroyed": "muted"}


class Waiting(msgspec.Struct, frozen=True):
    """A case that has ended and waits for its package; ``tries`` counts how often one was begun."""

    bucket: int
    case_id: UUID
    ended_at: datetime
    tries: int


class Archived(msgspec.Struct, frozen=True, kw_only=True):
    """A case's package 档案 as the house keeps it: where it lies, its digests, how long it is kept, who decided what.

    ``sm3`` and ``sha256`` are of the whole file, ``manifest_sm3`` of its list; ``dispose_on`` is the day from which it
    is due for appraisal, None for what is kept for ever. ``version`` counts its appraisals. Instants are UTC.
    """

    bucket: int
    id: UUID
    case_id: UUID
    applicant: UUID
    department: str
    item: str
    number: str
    ended_at: datetime
    sealed_at: datetime
    file_id: UUID
    size: int
    sm3: str
    sha256: str
    manifest_sm3: str
    retention: str
    dispose_on: date | None
    state: Standing = "kept"
    version: int = 1
    exported_at: datetime | None = None
    proposed_by: UUID | None = None
    proposed_name: str | None = None
    proposed_at: datetime | None = None
    proposed_reason: str | None = None
