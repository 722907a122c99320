"""What became of a promise 告知承诺的核查: its own life after the decision, as a closed table."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from tongban.kit.errors import Conflict, Invalid, Unavailable
from tongban.kit.i18n import N_, Message, Text


class Promise(StrEnum):
    """Where a promise stands 承诺状态."""

    PROMISED = "promised"
    CHECK_DUE = "check_due"
    CHECK_OK = "check_ok"
    CURING = "curing"
    CURED = "cured"
    BROKEN = "broken"
    REVOKED = "revoked"
    RESTORED = "restored"


class Turn(StrEnum):
    """What may be done to a promise."""

    FALL_DUE = "fall_due"
    HOLD = "hold"
    FAIL = "fail"
    CURE = "cure"
    LAPSE = "lapse"
    REVOKE = "revoke"
    RESTORE = "restore"


#: The closed table of its life: what is not in it cannot happen.
LIFE: dict[tuple[Promise, Turn], Promise] = {
    (Promise.PROMISED, Turn.FALL_DUE): Promise.CHECK_DUE,
    (Promise.CHECK_DUE, Turn.HOLD): Promise.CHECK_OK,
    (Promise.CHECK_DUE, Turn.FAIL): Promise.CURING,
    (Promise.CURING, Turn.CURE): Promise.CURED,
    (Promise.CURING, Turn.LAPSE): Promise.BROKEN,
    (Promise.CURING, Turn.REVOKE): Promise.REVOKED,
    (Promise.BROKEN, Turn.REVOKE): Promise.REVOKED,
    (Promise.REVOKED, Turn.RESTORE): Promise.RESTORED,
}
#: What is told of besides: the grant on a promise, its entry in the credit register, and two ways in which that ends.
GIVEN, ENTERED, LIFTED, EXPIRED = "given", "entered", "lifted", "expired"
#: What an officer records; the other turns are time's, or follow the licence.
BY_OFFICER = frozenset({Turn.HOLD, Turn.FAIL, Turn.CURE, Turn.RESTORE})
#: Of these she says in words what was found, or why.
WITH_WORDS = frozenset({Turn.FAIL, Turn.RESTORE})
#: What an officer of the department still has to do something about.
#: An entry in the credit register only while it stands.
AT_DESK = (Promise.CHECK_DUE, Promise.CURING, Promise.BROKEN, Promise.REVOKED)
PROMISE_WORDS: dict[Promise, Message] = {
    Promise.PROMISED: N_("已承诺，等待核查"),
    Promise.CHECK_DUE: N_("待核查"),
    Promise.CHECK_OK: N_("核查通过"),
    Promise.CURING: N_("核查不符，限期整改"),
    Promise.CURED: N_("已整改到位"),
    Promise.BROKEN: N_("逾期未整改，待撤销"),
    Promise.REVOKED: N_("已撤销，记入信用记录"),
    Promise.RESTORED: N_("已修复信用，记录移出"),
}
PROMISE_TONES: dict[Promise, str] = {
    Promise.PROMISED: "info",
    Promise.CHECK_DUE: "warn",
    Promise.CHECK_OK: "ok",
    Promise.CURING: "warn",
    Promise.CURED: "ok",
    Promise.BROKEN: "bad",
    Promise.REVOKED: "bad",
    Promise.RESTORED: "muted",
}


class Committed(msgspec.Struct, frozen=True, kw_only=True):
    """A promise as it was given and what became of it.

    ``drawn`` says that it is looked at on the spot; ``check_due`` until when it is checked, ``cure_due`` until when
    what was wrong is put right; ``found`` what the check found, in words the applicant reads; ``until`` ends the time
    in which she gives no further promise.
    """

    bucket: int
    case_id: UUID
    applicant: UUID
    item: str
    department: str
    short_code: str
    state: Promise
    version: int
    drawn: bool
    promised_at: datetime
    check_due: datetime
    cure_due: datetime | None = None
    found: str | None = None
    checked_by: str | None = None
    changed_at: datetime
    until: datetime | None = None

    @property
    def words(self) -> Message:
        """Where it stands, in words."""
        return PROMISE_WORDS[self.state]

    @property
    def tone(self) -> str:
        """How that looks."""
        return PROMISE_TONES[self.state]

    @property
    def due(self) -> datetime:
        """The date that counts now."""
        return self.until or self.cure_due or self.check_due

    def turns(self) -> list[Turn]:
        """What an officer may record now."""
        return [turn for state, turn in LIFE if state is self.state and turn in BY_OFFICER]


class PromiseUnknown(Conflict):
    """The case was not granted on a commitment."""

    def __init__(self) -> None:
        super().__init__("promise-unknown", N_("这个办件没有告知承诺可以核查。请回到列表查找。"))


class PromiseMovedOn(Conflict):
    """The promise does not stand where this can be recorded."""

    def __init__(self, state: Promise) -> None:
        words = N_(
            "这份承诺现在是“{state}”，不能这样登记。请按列表里的最新状态办理。", state=PROMISE_WORDS[state]
        )
        super().__init__("promise-moved-on", words)


class FindingMissing(Invalid):
    """A check is recorded with what was found."""

    def __init__(self) -> None:
        words = N_("请写明核查发现了什么、怎样整改（4 至 500 个字），申请人会看到。")
        super().__init__("finding-missing", words, fields={"found": words})


#: What keeps somebody from giving a promise, and how she is rid of it (国办发〔2020〕42号, 国办发〔2020〕49号).
_BARRED_BY = N_(
    "依据《国务院办公厅关于全面推行证明事项和涉企经营许可事项告知承诺制的指导意见》（国办发〔2020〕42号）："
    "有承诺不实记录的，在信用修复前不适用告知承诺。到期的记录自行失效；已经改正的，可以向作出记录的部门申请信用修复。"
)


class NoPromiseTaken(Conflict):
    """Who broke a promise gives none until the time is over 失信期间不适用告知承诺; the ordinary way is open.

    ``until`` is the day on which that ends; ``organ`` and ``matter`` are who entered it and about what, where the
    credit register says so.
    """

    def __init__(self, until: str, *, organ: str = "", matter: str = "") -> None:
        words = {"until": until, "basis": _BARRED_BY}
        super().__init__(
            "no-promise-taken",
            N_(
                "{organ}就“{matter}”记录过承诺不实，{until} 以前不能用告知承诺办理。"
                "请改选一般程序，在这份表单里提交材料。{basis}",
                organ=organ,
                matter=matter,
                **words,
            )
            if organ
            else N_(
                "您有一份承诺不实的信用记录，{until} 以前不能用告知承诺办理。"
                "请改选一般程序，在这份表单里提交材料。{basis}",
                **words,
            ),
        )


class CreditSilent(Unavailable):
    """The credit register does not say whether a promise may be taken: later, or in the ordinary way."""

    def __init__(self) -> None:
        super().__init__(
            "credit-silent",
            N_(
                "信用信息平台暂时没有应答，现在不能确认可否告知承诺。您填写的都已保存：请稍后再签署，或者改选一般程序，提交材料办理。"
            ),
        )


def turned(state: Promise, turn: Turn) -> Promise:
    """Where a turn leads; raises PromiseMovedOn."""
    if (state, turn) not in LIFE:
        raise PromiseMovedOn(state)
    return LIFE[state, turn]


def mismatches(
    checks: tuple[tuple[Text, Any, Any], ...],
) -> list[Text]:
    """Of checks (words, what the register says, what was promised) those that do not agree."""
    return [label for label, said, promised in checks if said != promised]
