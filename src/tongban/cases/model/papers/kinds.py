"""Which papers there are, which step gives each, and how they are called and numbered."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from tongban.cases.model.life import Move
from tongban.cases.model.linked import OF_A_DECISION
from tongban.cases.model.records import Case, CaseEvent, CaseInBrief
from tongban.cases.model.rulings import ruling_of
from tongban.kit.errors import NotFound
from tongban.kit.i18n import N_, Message

#: The item type 行政许可 (GB/T 39046-2020 A.1), whose decisions the law names.
LICENSING = "01"


class PaperKind(StrEnum):
    """The papers 文书, by the name that their address has."""

    RECEIPT = "receipt"
    COMMITMENT = "commitment"
    CORRECTION = "correction"
    ACCEPTANCE = "acceptance"
    NOT_ACCEPTED = "not-accepted"
    TRANSFER = "transfer"
    APPROVAL = "approval"
    REFUSAL = "refusal"
    COMPLETION = "completion"
    TERMINATION = "termination"
    SPECIAL = "special"
    RESUMPTION = "resumption"
    EXTENSION = "extension"
    RECTIFICATION = "rectification"
    DELIVERY = "delivery"
    INSPECTION = "inspection"
    HEARING_RIGHT = "hearing-right"
    HEARING_NOTICE = "hearing-notice"
    HEARING_RECORD = "hearing-record"
    FOLLOW_UP = "follow-up"
    LICENCE_SUSPENSION = "licence-suspension"
    LICENCE_RESUMPTION = "licence-resumption"
    CANCELLATION = "cancellation"
    RETRACTION = "retraction"
    REVOCATION = "revocation"


#: The paper that a step gives; a step that is not here gives none.
GIVEN: dict[Move, PaperKind] = {
    Move.SUBMIT: PaperKind.RECEIPT,
    Move.ASK_CORRECTION: PaperKind.CORRECTION,
    Move.CORRECT: PaperKind.RECEIPT,
    Move.ACCEPT: PaperKind.ACCEPTANCE,
    Move.DEEM_ACCEPTED: PaperKind.ACCEPTANCE,
    Move.DECLINE: PaperKind.NOT_ACCEPTED,
    Move.TRANSFER: PaperKind.TRANSFER,
    Move.APPROVE: PaperKind.APPROVAL,
    Move.GRANT: PaperKind.APPROVAL,
    Move.DEEM_RENEWED: PaperKind.APPROVAL,
    Move.REFUSE: PaperKind.REFUSAL,
    Move.COMPLETE: PaperKind.COMPLETION,
    Move.WITHDRAW: PaperKind.TERMINATION,
    Move.TERMINATE: PaperKind.TERMINATION,
    Move.SUSPEND: PaperKind.SPECIAL,
    Move.RESUME: PaperKind.RESUMPTION,
    Move.EXTEND: PaperKind.EXTENSION,
    Move.RECTIFY: PaperKind.RECTIFICATION,
    Move.REOPEN: PaperKind.RECTIFICATION,
    Move.DELIVER: PaperKind.DELIVERY,
    Move.INSPECT: PaperKind.INSPECTION,
    Move.TELL_HEARING: PaperKind.HEARING_RIGHT,
    Move.ASK_HEARING: PaperKind.SPECIAL,
    Move.INTERESTED_ASKS: PaperKind.SPECIAL,
    Move.DROP_HEARING: PaperKind.RESUMPTION,
    Move.FIX_HEARING: PaperKind.HEARING_NOTICE,
    Move.MISS_HEARING: PaperKind.HEARING_RECORD,
    Move.SIGN_RECORD: PaperKind.HEARING_RECORD,
    Move.CLOSE_RECORD: PaperKind.HEARING_RECORD,
    Move.SUPPLY: PaperKind.RECEIPT,
    Move.TAKE_IN: PaperKind.FOLLOW_UP,
    Move.ASK_AGAIN: PaperKind.FOLLOW_UP,
    Move.CALL_OFF: PaperKind.TERMINATION,
    Move.SUSPEND_LICENCE: PaperKind.LICENCE_SUSPENSION,
    Move.RESUME_LICENCE: PaperKind.LICENCE_RESUMPTION,
    Move.CANCEL_LICENCE: PaperKind.CANCELLATION,
    Move.RETRACT_LICENCE: PaperKind.RETRACTION,
    Move.REVOKE_LICENCE: PaperKind.REVOCATION,
}

TITLES: dict[PaperKind, Message] = {
    PaperKind.RECEIPT: N_("收件凭证"),
    PaperKind.COMMITMENT: N_("告知承诺书"),
    PaperKind.CORRECTION: N_("补正告知书"),
    PaperKind.ACCEPTANCE: N_("受理通知书"),
    PaperKind.NOT_ACCEPTED: N_("不予受理通知书"),
    PaperKind.TRANSFER: N_("转送告知书"),
    PaperKind.APPROVAL: N_("准予办理决定书"),
    PaperKind.REFUSAL: N_("不予办理决定书"),
    PaperKind.COMPLETION: N_("办结通知书"),
    PaperKind.TERMINATION: N_("终止办理告知书"),
    PaperKind.SPECIAL: N_("特别程序告知书"),
    PaperKind.RESUMPTION: N_("恢复计时告知书"),
    PaperKind.EXTENSION: N_("延期办理告知书"),
    PaperKind.RECTIFICATION: N_("更正告知书"),
    PaperKind.DELIVERY: N_("送达回证"),
    PaperKind.INSPECTION: N_("现场核查记录"),
    PaperKind.HEARING_RIGHT: N_("听证告知书"),
    PaperKind.HEARING_NOTICE: N_("听证通知书"),
    PaperKind.HEARING_RECORD: N_("听证笔录"),
    PaperKind.FOLLOW_UP: N_("补交材料告知书"),
    PaperKind.LICENCE_SUSPENSION: N_("暂停使用证照决定书"),
    PaperKind.LICENCE_RESUMPTION: N_("恢复使用证照决定书"),
    PaperKind.CANCELLATION: N_("注销证照决定书"),
    PaperKind.RETRACTION: N_("撤回证照决定书"),
    PaperKind.REVOCATION: N_("撤销证照决定书"),
}
_RENEWED_BY_LAW = N_("准予延续决定书")
#: What the papers of a reconsideration are called by its own law (行政复议法 art. 30, 31, 39, 62, 75).
_OF_RECONSIDERATION: dict[PaperKind, Message] = {
    PaperKind.CORRECTION: N_("补正行政复议申请通知书"),
    PaperKind.ACCEPTANCE: N_("行政复议受理通知书"),
    PaperKind.NOT_ACCEPTED: N_("不予受理行政复议申请决定书"),
    PaperKind.SPECIAL: N_("行政复议中止通知书"),
    PaperKind.RESUMPTION: N_("行政复议恢复审理通知书"),
    PaperKind.EXTENSION: N_("行政复议延期审理通知书"),
    PaperKind.APPROVAL: N_("行政复议决定书"),
    PaperKind.REFUSAL: N_("行政复议决定书"),
}
#: What the paper of a case is called that goes on after a reconsideration, and where a new decision was ordered.
GOES_ON, DECIDED_ANEW = N_("恢复办理通知书"), N_("重新办理通知书")
#: Where a step lies that says by which paper of a reconsideration a decision was taken back, and whose.
RULED = "ruled"
#: Where the submission keeps what the commitment 告知承诺 told that was signed with it: the hash of the notice.
COMMITTED = "committed"
#: What stands behind the number of a paper that a step gives beside another.
BESIDE = "C"
#: What a receipt is called that is not of the application itself.
_RECEIPTS: dict[Move, Message] = {Move.CORRECT: N_("补正收件凭证"), Move.SUPPLY: N_("补交材料凭证")}
#: Of a licence in the sense of the law the decision is called what the law calls it (行政许可法 art. 8, 38, 69, 70).
_LICENSING_TITLES: dict[PaperKind, Message] = {
    PaperKind.APPROVAL: N_("准予行政许可决定书"),
    PaperKind.REFUSAL: N_("不予行政许可决定书"),
    PaperKind.CANCELLATION: N_("注销行政许可决定书"),
    PaperKind.RETRACTION: N_("撤回行政许可决定书"),
    PaperKind.REVOCATION: N_("撤销行政许可决定书"),
}


class NoSuchPaper(NotFound):
    """The case has not given this paper, or the address names none."""

    def __init__(self) -> None:
        super().__init__("no-such-paper", N_("这个办件没有这份文书。请从办件页面的文书列表打开。"))


def kind_of(step: CaseEvent) -> PaperKind | None:
    """The paper that this step gives, None for none; of two the one by which the step is known."""
    return GIVEN.get(step.move)


def kinds_of(step: CaseEvent) -> tuple[PaperKind, ...]:
    """Every paper that this step gives: beside the receipt the commitment that was signed with the application."""
    kind = kind_of(step)
    signed = step.move is Move.SUBMIT and COMMITTED in step.detail
    return () if kind is None else (kind, PaperKind.COMMITMENT) if signed else (kind,)


def title_of(
    kind: PaperKind,
    *,
    item_kind: str,
    about: str = "",
    move: Move | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Message:
    """How the paper is called, for an item of this type that is ``about`` this; ``detail`` is that of its step.

    A receipt of a correction, or of materials that followed, is called what it is, and so is a renewal by silence.
    """
    if kind is PaperKind.RECEIPT and move in _RECEIPTS:
        return _RECEIPTS[move]
    if move is Move.DEEM_RENEWED:
        return _RENEWED_BY_LAW
    if detail and RULED in detail:
        return DECIDED_ANEW if ruling_of(Move.GRANT, detail.get("ruling")).anew else GOES_ON
    if about == OF_A_DECISION and kind in _OF_RECONSIDERATION:
        return _OF_RECONSIDERATION[kind]
    return _LICENSING_TITLES.get(kind, TITLES[kind]) if item_kind == LICENSING else TITLES[kind]


def number_of(case: Case, step: CaseEvent, kind: PaperKind | None = None) -> str:
    """文书编号: the case's code and the step that gives the paper, unique and found again from either.

    A second paper of the same step, its ``kind``, has a letter behind that.
    """
    return paper_number(case, step.version) + (BESIDE if kind is PaperKind.COMMITMENT else "")


def paper_number(case: CaseInBrief, version: int) -> str:
    """As :func:`number_of`, of the step that brings the case to this version."""
    return f"{case.short_code}-{version:02d}"


def step_of(number: str) -> int:
    """The step that gave the paper of this number."""
    return int(number.rpartition("-")[2].removesuffix(BESIDE))
