"""Bulk actions 批量办理: one move for many cases, each asked for itself, each told what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from tongban.cases.model.desk_refusals import BulkUnfit
from tongban.cases.model.life import Move
from tongban.cases.model.records import DeskRow
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, Text

#: Cases of one batch at most.
MOST = 100
#: What can be done in bulk, with the action of the policy that each case is asked for.
BULK: dict[Move, str] = {
    Move.ACCEPT: "cases.accept",
    Move.RECHECK: "cases.recheck",
    Move.RESUME: "cases.suspend",
    Move.REFUSE: "cases.decide",
}
BULK_WORDS: dict[Move, Message] = {
    Move.ACCEPT: N_("受理"),
    Move.RECHECK: N_("重新核对登记信息"),
    Move.RESUME: N_("结束特别程序"),
    Move.REFUSE: N_("作出不予办理决定"),
}
#: What becomes of a case that can be moved so, for the preview.
BULK_OUTCOMES: dict[Move, Message] = {
    Move.ACCEPT: N_("将受理，开始计算办理时限，申请人会收到受理通知书。"),
    Move.RECHECK: N_("将向登记部门重新查询；登记显示由其他区办理的，会转交过去。"),
    Move.RESUME: N_("将恢复计时，最晚办结日顺延，申请人会收到结果。"),
    Move.REFUSE: N_("将不予办理，办件就此结束，申请人会收到理由和救济途径。"),
}
#: The moves that need words which the applicant reads.
REASONED = frozenset({Move.RESUME, Move.REFUSE})


class BulkLine(msgspec.Struct, frozen=True):
    """A case of a batch: its line of the desk (None where it is not this department's), and why it cannot be moved.

    After the run ``done`` says whether it was moved, ``words`` what came of it.
    """

    case_id: UUID
    row: DeskRow | None = None
    why: Words | None = None
    done: bool | None = None
    words: Words | None = None


class BulkResult(msgspec.Struct, frozen=True):
    """What a case of a batch came to, as it is kept."""

    done: bool
    words: Text


def bulk_move(name: str) -> Move:
    """The move that a form names; raises BulkUnfit for one that is not done in bulk."""
    found = next((move for move in BULK if move == name), None)
    if found is None:
        raise BulkUnfit({"move": N_("请选择要进行的操作。")})
    return found


def bulk_asked(name: str, chosen: Sequence[UUID]) -> tuple[Move, list[UUID]]:
    """The move and the cases that a form names; raises BulkUnfit with all that is wrong with both."""
    faults: dict[str, Words] = {}
    for part in (lambda: bulk_chosen(chosen), lambda: bulk_move(name)):
        try:
            part()
        except BulkUnfit as unfit:
            faults |= unfit.fields
    if faults:
        raise BulkUnfit(faults)
    return bulk_move(name), bulk_chosen(chosen)


def bulk_chosen(chosen: Sequence[UUID]) -> list[UUID]:
    """The cases chosen, each once; raises BulkUnfit for none and for too many."""
    cases = list(dict.fromkeys(chosen))
    if not cases:
        raise BulkUnfit({"cases": N_("请至少勾选一个办件。")})
    if len(cases) > MOST:
        raise BulkUnfit({"cases": N_("一次最多 {most} 件，请分批办理。", most=MOST)})
    return cases
