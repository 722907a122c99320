"""A paper put together: its blocks between letterhead, numbers, signature and code."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tongban.cases.model.linked import OF_A_DECISION
from tongban.cases.model.on_licence import decided_on
from tongban.cases.model.papers import (
    committing,
    ending,
    filing,
    following,
    hearing,
    inspecting,
    on_licence,
    reconsidering,
    running,
)
from tongban.cases.model.papers.filed import Filed, day, note
from tongban.cases.model.papers.kinds import NoSuchPaper, PaperKind, kind_of, number_of, title_of
from tongban.kit import clock
from tongban.kit.i18n import N_, Language, both, use_language
from tongban.kit.pdf.model import Block, Code, Paper, Signature

_BLOCKS: dict[PaperKind, Callable[[Filed], Iterator[Block]]] = {
    PaperKind.RECEIPT: filing.receipt,
    PaperKind.COMMITMENT: committing.commitment,
    PaperKind.CORRECTION: filing.correction,
    PaperKind.ACCEPTANCE: filing.acceptance,
    PaperKind.NOT_ACCEPTED: filing.not_accepted,
    PaperKind.TRANSFER: filing.transfer,
    PaperKind.APPROVAL: ending.approval,
    PaperKind.REFUSAL: ending.refusal,
    PaperKind.COMPLETION: ending.completion,
    PaperKind.TERMINATION: ending.termination,
    PaperKind.SPECIAL: running.special,
    PaperKind.RESUMPTION: running.resumption,
    PaperKind.EXTENSION: running.extension,
    PaperKind.RECTIFICATION: running.rectification,
    PaperKind.DELIVERY: running.delivery,
    PaperKind.INSPECTION: inspecting.inspection,
    PaperKind.HEARING_RIGHT: hearing.right,
    PaperKind.HEARING_NOTICE: hearing.notice,
    PaperKind.HEARING_RECORD: hearing.record,
    PaperKind.FOLLOW_UP: following.judged,
    PaperKind.LICENCE_SUSPENSION: on_licence.decision,
    PaperKind.LICENCE_RESUMPTION: on_licence.decision,
    PaperKind.CANCELLATION: on_licence.decision,
    PaperKind.RETRACTION: on_licence.decision,
    PaperKind.REVOCATION: on_licence.decision,
}
#: What stands otherwise on the paper of a reconsideration, which has a law of its own.
_OF_RECONSIDERATION: dict[PaperKind, Callable[[Filed], Iterator[Block]]] = {
    PaperKind.APPROVAL: reconsidering.decision,
    PaperKind.REFUSAL: reconsidering.decision,
    PaperKind.SPECIAL: reconsidering.stayed,
    PaperKind.RESUMPTION: reconsidering.taken_up,
}


def paper(filed: Filed, *, translated: bool = False) -> Paper:
    """The paper that the step gives, in the language of the case, which is sealed; ``translated`` in the other one, for
    reference: what people wrote in their own words stays as they wrote it.

    Raises NoSuchPaper for a step without one.
    """
    kind = filed.kind or kind_of(filed.step)
    if kind is None or filed.case.short_code is None:
        raise NoSuchPaper
    own = _OF_RECONSIDERATION if filed.version.about == OF_A_DECISION else {}
    case, sealed = filed.case, filed.case.language
    second: Language = "en" if sealed == "zh" else "zh"
    language, other = (second, sealed) if translated else (sealed, second)
    title = both(
        title_of(
            kind,
            item_kind=filed.version.kind,
            about=filed.version.about,
            move=filed.step.move,
            detail=filed.step.detail,
        )
    )
    reference = number_of(case, filed.step, kind)
    organ = filed.standing.organ
    with use_language(language):
        return Paper(
            language=language,
            brand=str(filed.brand),
            note=str(filed.note),
            organ=organ.within(language),
            other_organ=organ.within(other),
            title=title.within(language),
            other_title=title.within(other),
            reference=reference,
            barcode=filed.case.short_code,
            numbers=(
                (str(N_("文书编号")), reference),
                (str(N_("受理编码")), filed.case.short_code),
                (str(N_("办件编号")), case.number or ""),
            ),
            blocks=(*own.get(kind, _BLOCKS[kind])(filed), *_may_move(filed)),
            signature=Signature(organ.within(language), day(decided_on(filed.step))),
            code=_code(filed, reference),
            made_at=clock.city_time(filed.step.at),
            pending=str(_REFERENCE) if translated else "",
        )


#: What stands where the seal of a translated paper would be.
_REFERENCE = N_("参考译文，没有电子印章；以加盖电子印章的原件为准。申请人和办理人员填写的内容保持原文。")


def _may_move(filed: Filed) -> Iterator[Block]:
    """That a date on the paper is provisional, where the year's holidays were not announced when it was given."""
    if words := clock.may_move(filed.standing.provisional):
        yield note(words)


def _code(filed: Filed, reference: str) -> Code:
    """Where anybody who holds the paper sees whether it is true and how the case stands."""
    code = str(filed.case.short_code)
    return Code(
        f"{filed.address}/check/{code}?paper={reference.rpartition('-')[2].lstrip('0')}",
        (
            str(N_("扫码核对文书、查看进度")),
            str(N_("需要证件号码的后四位")),
            str(N_("受理编码")),
            code,
        ),
    )
