"""Papers up to acceptance: receipt, correction, acceptance, non-acceptance, transfer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tongban.cases.model.life import Move
from tongban.cases.model.linked import OF_A_DECISION
from tongban.cases.model.papers import following
from tongban.cases.model.papers.filed import (
    Filed,
    addressed,
    contact,
    day,
    facts,
    handed_in,
    laws,
    materials,
    moment,
    note,
    reason,
    remedies,
    said,
)
from tongban.cases.model.papers.stated import stated
from tongban.catalogue import Clock
from tongban.kit import clock
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.pdf.model import Block, Heading, Paragraph, Table, strong

_ARTICLE_32 = N_("第三十二条")
#: What silence means, by the day that the item's law says.
_DEEMED: dict[str, Message] = {
    "receipt": N_("自收到之日起即为受理"),
    "end": N_("自期满之日起视为受理"),
}


def receipt(filed: Filed) -> Iterator[Block]:
    """收件凭证: that the application was received, or its correction; it is not yet accepted.

    Of materials that followed after acceptance 补交材料凭证 it says so.
    """
    case, then = filed.case, filed.standing
    if filed.step.move is Move.SUPPLY:
        yield from following.supplied(filed)
        return
    yield addressed(filed)
    due = then.due or case.accept_due
    yield said(_received(filed))
    if then.booked is not None:
        yield said(_booked(filed, due))
        until = ((N_("预约到场"), clock.day_in_words(then.booked)), (N_("预约保留到"), day(due)))
    else:
        yield said(
            N_(
                "承办机关最晚{due}决定是否受理；逾期没有告知的，{deemed}。{promise}",
                deemed=_DEEMED[filed.version.clock.deemed_from],
                due=strong(day(due)),
                promise=_promise(filed.version.clock.promise_days),
            )
        )
        until = ((N_("计为收到"), day(then.counted_from)), (N_("最晚受理"), day(due)))
    yield facts(
        filed,
        (N_("提交时间"), moment(filed.step.at)),
        (N_("提交方式"), str(N_("本人账户网上提交，实名等级 L{level}", level=filed.level))),
        *until,
    )
    yield from _together(filed)
    yield from stated(filed)
    yield from materials(filed)
    yield from following.promise(filed)
    yield from _admission(filed)
    yield contact(filed)


def _received(filed: Filed) -> Message:
    """What was received, and what that does not mean."""
    words = {"time": moment(filed.step.at), "item": filed.item}
    booked = filed.standing.booked is not None
    if filed.step.move is Move.CORRECT and booked:
        return N_("收到您于{time}提交的{item}补正内容。", **words)
    if filed.step.move is Move.CORRECT:
        return N_("收到您于{time}提交的{item}补正内容。受理期限从收到补正之日起重新计算。", **words)
    if booked:
        return N_("收到您于{time}网上填写的{item}预约。本凭证说明预约已经收到；到场才是申请。", **words)
    if handed_in(filed):
        return N_(
            "收到您于{time}网上提交的{item}申请，以及下列材料。本凭证说明申请已经收到，不等于已经受理。",
            **words,
        )
    return N_("收到您于{time}网上提交的{item}申请。本凭证说明申请已经收到，不等于已经受理。", **words)


def _booked(filed: Filed, due: datetime | None) -> Message:
    """Until when the booking is kept, and what coming begins; the law by which one comes oneself."""
    assert filed.version.in_person is not None
    return N_(
        "本事项应当亲自到场申请（{basis}）。预约保留到{due}，到场后当面申请，受理和办结的期限从到场那天起算；"
        "到期没有到场的，预约作废，可以重新预约。",
        basis=filed.version.in_person.basis,
        due=strong(day(due)),
    )


def _admission(filed: Filed, limit: str = "acceptance") -> Iterator[Block]:
    """The law of taking it in (行政许可法 art. 32); of a reconsideration its own (行政复议法 art. 30, 31)."""
    return laws(filed, _ARTICLE_32, limit=limit if filed.version.about == OF_A_DECISION else "")


def _together(filed: Filed) -> Iterator[Block]:
    """All who apply together 共同申请人, and when each confirmed from an account of his or her own."""
    if not filed.together:
        return
    first = (str(N_("申请人")), filed.applicant, moment(filed.asked_at), f"L{filed.level}")
    others = ((str(one.role), one.name, moment(one.at), f"L{one.level}") for one in filed.together)
    yield Heading(str(N_("共同申请人及确认时间")))
    head = (N_("身份"), N_("姓名"), N_("本人账户确认时间"), N_("实名等级"))
    yield Table(tuple(map(str, head)), (first, *others), (26, 26, 33, 15))
    if filed.signed_by_all:
        yield note(N_("以上各人均从本人账户确认，本凭证附各人的电子签名。"))


def _promise(days: int) -> Message:
    """What is promised from acceptance on; 0 working days is the same day."""
    return N_("受理后承诺 {days} 个工作日办结。", days=days) if days else N_("承诺受理当日办结。")


def _anew(days: int) -> Message:
    """The limit that runs once a correction has arrived; 0 working days is the same day."""
    if days:
        return N_("收到补正后，重新计算 {days} 个工作日的受理期限。", days=days)
    return N_("收到补正的当日决定是否受理。")


def _days_of_hers(limits: Clock) -> Message:
    """How long the applicant has for a correction, on what these days stand, and what it means that they pass."""
    words = {"days": limits.correction_days, "basis": limits.correction_basis}
    if limits.uncorrected == "given_up":
        return N_(
            "补正期限为自收到本通知之日起 {days} 个工作日（{basis}）；无正当理由逾期不补正的，视为放弃申请。",
            **words,
        )
    return N_("补正期限为 {days} 个工作日（{basis}）；到期没有补正的，终止办理，可以重新申请。", **words)


def correction(filed: Filed) -> Iterator[Block]:
    """补正告知书: all that is to be put right, told once (行政许可法 art. 32(1)(4))."""
    until = datetime.fromisoformat(filed.step.detail["until"])
    yield addressed(filed)
    yield said(
        N_(
            "您于{submitted}提交的{item}申请，需要更正或者补充下列内容。请在{until}当日或之前登录“我的办件”，改好后提交。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
            until=strong(day(until)),
        )
    )
    asked = filed.step.detail["fields"]  # in no order of its own: the form's is the one that she knows
    rows = tuple(
        (str(number), str(field.label), asked[field.name])
        for number, field in enumerate((one for one in filed.form.fields if one.name in asked), 1)
    )
    yield Table(tuple(map(str, (N_("序号"), N_("内容"), N_("哪里不对、怎样改")))), rows, (7, 28, 65))
    yield said(
        N_(
            "以上是需要补正的全部内容，其余内容已经收到，不用重填。补正期间不计办理时限；{afterwards}",
            afterwards=_anew(filed.version.clock.accept_days),
        )
    )
    yield facts(filed, (N_("提交日期"), day(filed.case.submitted_at)), (N_("补正期限"), day(until)))
    yield note(_days_of_hers(filed.version.clock))
    yield from _admission(filed, "correction")
    yield contact(filed)


def _promised(limits: Clock, due: str) -> Message:
    """Until when the result is promised, and how that day is counted."""
    words: dict[str, Any] = {"due": strong(due), "days": limits.promise_days}
    if limits.promise_days and limits.law_may_end_first:
        return N_(
            "本机关承诺最晚{due}办结（受理次日起 {days} 个工作日，双休日和法定节假日不计；"
            "法定办结期限先到的，以法定办结期限为准）。作出决定前，您可以撤回申请。",
            **words,
        )
    if limits.promise_days:
        return N_(
            "本机关承诺最晚{due}办结（受理次日起 {days} 个工作日，双休日和法定节假日不计）。"
            "作出决定前，您可以撤回申请。",
            **words,
        )
    return N_("本机关承诺在{due}当日办结。作出决定前，您可以撤回申请。", due=strong(due))


def acceptance(filed: Filed) -> Iterator[Block]:
    """受理通知书: accepted, by the department or by its silence, and until when it will be decided."""
    case, then = filed.case, filed.standing
    accepted, due = then.counted_from or case.accepted_at, then.due or case.promise_due
    words = {"submitted": day(case.submitted_at), "item": filed.item, "accepted": strong(day(accepted))}
    yield addressed(filed)
    if filed.step.move is Move.DEEM_ACCEPTED and filed.version.clock.deemed_from == "end":
        yield said(
            N_(
                "您于{submitted}提交的{item}申请，本机关在规定期限内没有告知是否受理，自期满之日（{accepted}）起视为受理。",
                **words,
            )
        )
    elif filed.step.move is Move.DEEM_ACCEPTED:
        yield said(
            N_(
                "您于{submitted}提交的{item}申请，本机关在规定期限内没有告知是否受理，自收到之日（{accepted}）起视为受理。",
                **words,
            )
        )
    else:
        yield said(N_("您于{submitted}提交的{item}申请，经审查，自{accepted}起予以受理。", **words))
    yield said(_promised(filed.version.clock, day(due)))
    yield facts(
        filed,
        (N_("提交日期"), day(case.submitted_at)),
        (N_("受理日期"), day(accepted)),
        (N_("承诺办结"), day(due)),
        (N_("法定时限"), str(filed.version.clock.by_law or "")),
    )
    yield from following.due(filed)
    yield from materials(filed)
    yield from _admission(filed)
    yield contact(filed)


def not_accepted(filed: Filed) -> Iterator[Block]:
    """不予受理通知书: with the reason, whom to ask instead where it is another's affair, and the remedies."""
    yield addressed(filed)
    yield said(
        N_(
            "您于{submitted}提交的{item}申请，经审查，决定不予受理。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
        )
    )
    yield Heading(str(N_("理由")))
    yield Paragraph(reason(filed))
    if filed.standing.authority:
        yield Heading(str(N_("应当向谁申请")))
        yield Paragraph(filed.standing.authority)
    yield facts(
        filed,
        (N_("提交日期"), day(filed.case.submitted_at)),
        (N_("决定日期"), day(filed.step.at)),
    )
    yield from remedies(filed)
    yield from _admission(filed)
    yield contact(filed)


def transfer(filed: Filed) -> Iterator[Block]:
    """转送告知书: another organ is competent and has the case; the papers went, not the applicant."""
    to = Text(**filed.step.detail["to"])
    yield addressed(filed)
    yield said(
        N_(
            "您于{submitted}提交的{item}申请，经核对登记信息，由{to}办理。本机关已将申请和全部材料直接转送该机关，您不用重新申请。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
            to=strong(to),
        )
    )
    yield said(N_("受理编码、办件编号和已经确定的期限都不变。"))
    yield facts(filed, (N_("转送日期"), day(filed.step.at)), (N_("现承办机关"), str(to)))
    yield contact(filed)
