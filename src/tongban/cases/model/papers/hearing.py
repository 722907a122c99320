"""Papers of a hearing 听证 (行政许可法 art. 47, 48): the right, time and place, the record; what decisions say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from tongban.cases.model.hearing import Hearing
from tongban.cases.model.hearing_parts import ASK_DAYS, CLOSED_WORDS, Ended, Record, Sitting
from tongban.cases.model.inspection import moment_typed
from tongban.cases.model.interested import Interested
from tongban.cases.model.papers.filed import (
    Filed,
    addressed,
    contact,
    day,
    facts,
    laws,
    moment,
    note,
    said,
)
from tongban.cases.model.papers.running import moved_dates
from tongban.kit import clock
from tongban.kit.i18n import N_, Message
from tongban.kit.pdf.model import Block, Heading, Paragraph, Points, strong

_ARTICLE_47 = N_("第四十七条")
_ARTICLE_48 = N_("第四十八条")


def _hearing(filed: Filed) -> Hearing:
    return msgspec.convert(filed.step.detail["hearing"], Hearing)


def right(filed: Filed) -> Iterator[Block]:
    """听证告知书: the facts, the reasons, the decision that is meant, and until when a hearing can be asked for."""
    told = _hearing(filed).told
    assert told is not None
    yield addressed(filed)
    yield said(
        N_(
            "您于{submitted}提交的{item}申请，本机关拟作出下列决定。作出决定之前，您有权要求听证。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
        )
    )
    for title, words in (
        (N_("查明的事实"), told.notice.facts),
        (N_("理由和依据"), told.notice.reasons),
        (N_("拟作的决定"), told.notice.intended),
    ):
        yield Heading(str(title))
        yield Paragraph(words)
    yield Heading(str(N_("您的权利")))
    until = strong(clock.day_in_words(told.until))
    yield Points(
        (
            str(
                N_(
                    "要求听证的，自被告知的次日起 {days} 个工作日内提出，最晚{until}。",
                    days=ASK_DAYS,
                    until=until,
                )
            ),
            str(N_("在“我的办件”打开本办件，选择要求听证或者放弃听证。")),
            str(N_("听证由本机关组织，您不承担任何费用；听证所需时间不计入办理时限。")),
            str(N_("您可以申辩、质证，可以申请主持人回避。期满没有提出的，视为放弃。")),
        )
    )
    yield facts(
        filed,
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("告知日期"), clock.day_in_words(told.on)),
        (N_("最晚提出"), clock.day_in_words(told.until)),
    )
    yield from laws(filed, _ARTICLE_47)
    yield contact(filed)


def notice(filed: Filed) -> Iterator[Block]:
    """听证通知书: when and where, who presides, whether it is public, what the applicant may do there."""
    hearing = _hearing(filed)
    sitting = hearing.sitting
    assert sitting is not None
    yield addressed(filed)
    words = {"item": filed.item, "at": strong(moment(sitting.at)), "place": strong(sitting.place)}
    if hearing.hers:
        yield said(N_("您就{item}申请要求听证。本机关定于{at}在{place}举行听证，请准时出席。", **words))
    else:
        yield said(N_("本机关就{item}申请定于{at}在{place}举行听证，请准时出席。", **words))
    if sitting.reason:
        yield Heading(str(N_("改期或者迟延的原因")))
        yield Paragraph(sitting.reason)
    yield Heading(str(N_("请注意")))
    yield Points(
        (
            str(N_("可以委托一至二人代理，代理人带授权委托书；请带好身份证件和证据。")),
            str(N_("听证时审查人员提供审查意见的证据、理由，您可以提出证据，进行申辩和质证。")),
            str(N_("认为主持人与本件有直接利害关系的，可以在“我的办件”申请回避，由本机关负责人决定。")),
            str(N_("无正当理由不出席的，视为放弃听证。笔录由您确认无误后签字；本机关根据听证笔录作出决定。")),
        )
    )
    yield facts(
        filed,
        (N_("听证时间"), moment(sitting.at)),
        (N_("听证地点"), sitting.place),
        (N_("听证主持人"), sitting.presider_name),
        (N_("是否公开"), _public(sitting)),
    )
    yield from laws(filed, _ARTICLE_48)
    yield contact(filed)


def _public(sitting: Sitting) -> str:
    if sitting.closed is None:
        return str(N_("公开举行"))
    return str(N_("不公开（{why}）", why=CLOSED_WORDS[sitting.closed]))


def record(filed: Filed) -> Iterator[Block]:
    """听证笔录: who was there, what both sides said and showed, and the applicant's word on it.

    The presider's report is not among it: it is for the organ, which reads it at the desk.
    Of a hearing to which the applicant did not come it says that, and what follows.
    """
    hearing = _hearing(filed)
    sitting = hearing.sitting
    assert sitting is not None
    yield addressed(filed)
    if hearing.record is None:
        yield said(_missed(hearing, strong(moment(sitting.at))))
        yield Heading(str(N_("经过")))
        yield Paragraph(str(filed.step.detail.get("reason", "")))
        yield _facts(filed, sitting)
    else:
        yield from _minutes(filed, hearing, sitting, hearing.record)
        yield Heading(str(N_("确认")))
        yield said(_word(hearing, hearing.record))
        yield from (said(_word_of(one)) for one in hearing.others if one.heard)
    yield from laws(filed, _ARTICLE_48)
    yield contact(filed)


def _missed(hearing: Hearing, at: str) -> Message:
    """That whoever asked did not come, and what follows; the applicant reads it."""
    if not hearing.hers:
        return N_("本机关依利害关系人的要求定于{at}举行听证，其无正当理由没有出席，视为放弃听证。", at=at)
    if hearing.of_others:
        return N_(
            "本机关依您和利害关系人的要求定于{at}举行听证，你们都无正当理由没有出席，视为放弃听证。", at=at
        )
    return N_("本机关依您的要求定于{at}举行听证，您无正当理由没有出席，视为放弃听证。", at=at)


def _minutes(filed: Filed, hearing: Hearing, sitting: Sitting, made: Record) -> Iterator[Block]:
    yield said(N_("就您的{item}申请举行了听证，记录如下。", item=filed.item))
    yield _facts(
        filed,
        sitting,
        (N_("开始时间"), moment(moment_typed(made.began))),
        (N_("结束时间"), moment(moment_typed(made.ended))),
        (N_("记录人"), made.clerk),
        (N_("审查人员"), made.examiner),
        (N_("申请人一方"), made.party),
        (N_("其他人员"), made.others),
        (N_("要求听证而没有出席"), "、".join(str(one) for one in hearing.called_by(made.absent))),
    )
    for title, words in (
        (N_("审查人员的意见、证据和理由"), made.examiner_said),
        (N_("申请人的申辩和质证"), made.party_said),
        (N_("利害关系人的意见和质证"), made.others_said),
        (N_("出示的证据"), made.evidence),
    ):
        if words:
            yield Heading(str(title))
            yield Paragraph(words)


def _facts(filed: Filed, sitting: Sitting, *more: tuple[Message, str]) -> Block:
    return facts(
        filed,
        (N_("听证地点"), sitting.place),
        (N_("听证主持人"), sitting.presider_name),
        (N_("是否公开"), _public(sitting)),
        *more,
        *moved_dates(filed),
    )


def _word(hearing: Hearing, made: Record) -> Message:
    word, ended = made.word, hearing.ended
    day_ = word.on if word and word.on else ended and ended.on
    on = clock.day_in_words(day_) if day_ else ""
    if word is not None and word.agrees:
        return N_("申请人已阅读本笔录，于{on}在本人账户确认无误。", on=on)
    if word is not None:
        return N_("申请人于{on}表示不确认，理由：{why}", on=on, why=word.why)
    return N_("申请人在告知的期限内没有确认，记明情况，笔录自{on}生效。", on=on)


def _word_of(one: Interested) -> Message:
    word = one.on_record
    if word is None and one.served is None:
        return N_("利害关系人{who}的听证告知书没有送达，没有参加听证。", who=one.masked)
    if word is None:
        return N_("利害关系人{who}在告知的期限内没有答复。", who=one.masked)
    words = {"who": one.masked, "why": word.why}
    if word.on is None:
        return (
            N_("利害关系人{who}确认笔录无误。", **words)
            if word.agrees
            else N_("利害关系人{who}表示不确认，理由：{why}", **words)
        )
    words["on"] = clock.day_in_words(word.on)
    if word.agrees:
        return N_("利害关系人{who}于{on}确认笔录无误。", **words)
    return N_("利害关系人{who}于{on}表示不确认，理由：{why}", **words)


class _Before(msgspec.Struct, frozen=True):
    """What a decision's step has written down of the hearing before it."""

    told: date | None = None
    until: date | None = None
    ended: Ended | None = None
    held: date | None = None
    recorded: int | None = None
    asked_by: tuple[int, ...] = ()
    others_told: int = 0
    others_asked: int = 0


def before(filed: Filed) -> Iterator[Block]:
    """What a decision says of the hearing: that it rests on its record (art. 48(2)), or why there was none."""
    told: dict[str, Any] | None = filed.step.detail.get("hearing")
    if told is None:
        return
    one = msgspec.convert(told, _Before)
    if one.recorded is not None and one.held is not None:
        number = f"{filed.case.short_code}-{one.recorded:02d}"
        yield said(
            N_(
                "本机关于{held}举行听证，本决定根据听证笔录（文书编号 {number}）作出。",
                held=clock.day_in_words(one.held),
                number=number,
            )
        )
    elif one.told is not None:
        yield note(_unheard(one, clock.day_in_words(one.told)))
    if one.others_told:
        words = N_(
            "本机关告知了 {n} 位利害关系人听证权利，{m} 位要求听证。", n=one.others_told, m=one.others_asked
        )
        yield note(words)


def _unheard(one: _Before, told: str) -> Message:
    if one.ended is Ended.WAIVED:
        return N_("本机关于{told}告知了听证权利，申请人明确放弃。", told=told)
    if one.ended is Ended.DROPPED and one.asked_by and 0 not in one.asked_by:
        return N_("本机关于{told}告知了听证权利，要求听证的利害关系人后来撤回了申请。", told=told)
    if one.ended is Ended.DROPPED:
        return N_("本机关于{told}告知了听证权利，申请人要求听证后又撤回。", told=told)
    if one.ended is Ended.MISSED and one.asked_by and 0 not in one.asked_by:
        return N_("本机关于{told}告知了听证权利，要求听证的利害关系人无正当理由没有出席。", told=told)
    if one.ended is Ended.MISSED and any(one.asked_by or ()):
        return N_(
            "本机关于{told}告知了听证权利，要求听证的申请人和利害关系人都无正当理由没有出席，视为放弃。",
            told=told,
        )
    if one.ended is Ended.MISSED:
        return N_("本机关于{told}告知了听证权利，申请人要求听证，但无正当理由没有出席，视为放弃。", told=told)
    return N_("本机关于{told}告知了听证权利，申请人在期限内没有要求听证。", told=told)
