"""The records of the archive: a case that waits for its package, and one that has it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec

from tongban.kit.errors import Conflict, Invalid, NotFound, Words
from tongban.kit.i18n import N_, Message

#: Where a package stands: kept; proposed for destruction by one person; destroyed when another has agreed.
Standing = Literal["kept", "proposed", "destroyed"]

STANDING_WORDS: dict[Standing, Message] = {
    "kept": N_("在库"),
    "proposed": N_("待销毁"),
    "destroyed": N_("已销毁"),
}
STANDING_TONES: dict[Standing, str] = {"kept": "ok", "proposed": "warn", "destroyed": "muted"}


class Decision(StrEnum):
    """What an appraisal 鉴定 decides: kept for ever or longer, proposed for destruction; then agreed to, or spared."""

    KEEP = "keep"
    EXTEND = "extend"
    PROPOSE = "propose"
    DESTROY = "destroy"
    SPARE = "spare"


#: Where each decision starts and where it leads.
DECISIONS: dict[Decision, tuple[Standing, Standing]] = {
    Decision.KEEP: ("kept", "kept"),
    Decision.EXTEND: ("kept", "kept"),
    Decision.PROPOSE: ("kept", "proposed"),
    Decision.DESTROY: ("proposed", "destroyed"),
    Decision.SPARE: ("proposed", "kept"),
}
DECISION_WORDS: dict[Decision, Message] = {
    Decision.KEEP: N_("转为永久保管"),
    Decision.EXTEND: N_("延长保管 10 年"),
    Decision.PROPOSE: N_("提出销毁"),
    Decision.DESTROY: N_("同意销毁"),
    Decision.SPARE: N_("不同意销毁，继续保管"),
}
#: By how many years an extension goes on.
EXTENDED_BY = 10


class Waiting(msgspec.Struct, frozen=True):
    """A case that has ended and waits for its package; ``tries`` counts how often one was begun.

    ``lease`` is until when it is lent to who packs it; what comes after the case's end meanwhile takes it back.
    """

    bucket: int
    case_id: UUID
    ended_at: datetime
    tries: int
    lease: datetime


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

    def decisions(self, *, officer: UUID | None, today: date) -> list[Decision]:
        """What this officer may decide today: nothing before it is due, no destruction that she proposed herself."""
        if self.state == "kept" and (self.dispose_on is None or self.dispose_on > today):
            return []
        found = [one for one, (source, _) in DECISIONS.items() if source == self.state]
        if officer == self.proposed_by:
            found = [one for one in found if one is not Decision.DESTROY]
        return found

    def decided(self, decision: Decision) -> Archived:
        """The row as it stands after a decision; its proposer is not yet named."""
        changed: dict[str, Any] = {"state": DECISIONS[decision][1], "version": self.version + 1}
        if decision is Decision.KEEP:
            changed["dispose_on"] = None
        elif decision is Decision.EXTEND and self.dispose_on is not None:
            changed["dispose_on"] = date(self.dispose_on.year + EXTENDED_BY, 1, 1)
        return msgspec.structs.replace(self, **changed)


class Appraisal(msgspec.Struct, frozen=True):
    """A decision of an appraisal as it is kept: what, by whom, why, and until when it was then to be kept."""

    decision: Decision
    officer_name: str
    reason: str
    dispose_on: date | None
    at: datetime


class Destroyed(msgspec.Struct, frozen=True):
    """A line of the destruction list 销毁清册: hashes and who decided, nothing of the person."""

    id: UUID
    department: str
    item: str
    retention: str
    ended_on: date
    size: int
    sm3: str
    sha256: str
    proposed_name: str
    destroyed_name: str
    reason: str
    at: datetime


class NoSuchArchive(NotFound):
    """No package of this department has this id."""

    def __init__(self) -> None:
        super().__init__("no-such-archive", N_("没有找到这份档案。请从档案列表重新打开。"))


class NotToDecide(Conflict):
    """The file is not due, has moved on, or the one who proposed its destruction would agree to it herself."""

    def __init__(self) -> None:
        super().__init__(
            "archive-not-to-decide",
            N_(
                "现在不能对这份档案作出这项决定：未到鉴定日期，或者别人已经作出决定；销毁须由提出人以外的人同意。请重新打开这份档案。"
            ),
        )


class AppraisalIncomplete(Invalid):
    """A decision and its reason are asked for."""

    def __init__(self, fields: dict[str, Words]) -> None:
        super().__init__("appraisal-incomplete", N_("请选择决定并写明理由。"), fields=fields)
