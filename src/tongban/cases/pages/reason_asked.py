"""What the desk's field for words is called, and which of the buttons beside it need them."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from tongban.cases.actions import Opened
from tongban.cases.model import Move
from tongban.cases.model.cautions import Caution
from tongban.cases.model.linked import OF_A_DECISION
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.rules import Truth

_APPROVALS = frozenset({Move.APPROVE, Move.GRANT})
_REVIEWS = frozenset({Move.ENDORSE, Move.REPORT})


def reason_asked(opened: Opened, moves: AbstractSet[Move], cautions: Sequence[Caution]) -> dict[str, Any]:
    """The field's label and hint, and whether some button does without: ``label``, ``hint``, ``optional``.

    What is said up the chain and why somebody approves all the same stays in the office; a refusal is read by the
    applicant.
    """
    if Move.PROPOSE in moves and opened.version.about == OF_A_DECISION:
        return _field(N_("意见"), N_("查明的事实和理由，供审批的同事看；申请人看不到。"), optional=False)
    if Move.PROPOSE in moves:
        return _field(
            N_("意见"), N_("拟准予、拟不予都必填，供复核和审批的同事看；申请人看不到。"), optional=False
        )
    if moves & _REVIEWS:
        endorses = N_("退回审查时必填，复核同意时可以不写；申请人看不到。")
        reports = N_("退回审查时必填，报送时可以不写；上级机关会看到，申请人看不到。")
        return _field(N_("意见"), reports if Move.REPORT in moves else endorses)
    if Move.DECLINE in moves:
        return _field(N_("理由"), N_("不予受理时必填，申请人会看到；受理不用写。"))
    if Move.REFUSE not in moves:
        return _field(N_("理由"), None)
    if opened.version.about == OF_A_DECISION:
        return _field(
            N_("理由"),
            N_(
                "作出决定和退回都必填。决定的理由写在复议决定书上，申请人和原承办机关会看到；变更的，写明变更后的内容；"
                "部分撤销的，写明撤销哪一部分。"
            ),
            optional=False,
        )
    back = Move.SEND_BACK in moves
    if moves & _APPROVALS and _needed(opened, cautions):
        return _field(
            N_("理由"),
            N_("不予办理、退回和准予都必填。申请人只看到不予办理的理由；准予的，写明核实的依据。")
            if back
            else N_("不予办理和准予都必填。申请人只看到不予办理的理由；准予的，写明核实的依据。"),
            optional=False,
        )
    return _field(
        N_("理由"),
        N_("不予办理时必填，申请人会看到；退回审查时也必填，申请人看不到；准予不用写。")
        if back
        else N_("不予办理时必填，申请人会看到；准予不用写。"),
    )


def _needed(opened: Opened, cautions: Sequence[Caution]) -> bool:
    """Whether an approval needs words too, as :func:`actions.approve` asks for them."""
    finding = opened.case.finding
    return (
        bool(cautions)
        or finding is None
        or finding.verdict is not Truth.TRUE
        or any(one.favour is False for one in opened.case.opinions)
    )


def _field(label: Words, hint: Words | None, *, optional: bool = True) -> dict[str, Any]:
    return {"reason_label": label, "reason_hint": hint, "reason_optional": optional}
