"""Papers of the clock and of what comes beside a decision: special procedure, extension, rectification, delivery."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from tongban.cases.model.course import Extension, Special
from tongban.cases.model.delivery import DELIVERY_WAYS, Delivery
from tongban.cases.model.life import Move
from tongban.cases.model.linked import OF_A_DECISION
from tongban.cases.model.papers.filed import Filed, addressed, contact, day, facts, laws, note, remedies, said
from tongban.cases.model.papers.kinds import RULED
from tongban.cases.model.rulings import ruling_of
from tongban.cases.model.states import State
from tongban.cases.model.stops import OURS, by_our_rule, laws_of_stop, ordered_by_law
from tongban.kit import clock
from tongban.kit.i18n import N_, Message, N_counted, Text
from tongban.kit.pdf.model import Block, Heading, Paragraph, strong

_ARTICLE_42 = N_("第四十二条")
_ARTICLE_45 = N_("第四十五条")
_ARTICLE_44 = N_("第四十四条")


def special(filed: Filed) -> Iterator[Block]:
    """特别程序告知书: which procedure, how long, that this time is not counted (行政许可法 art. 45)."""
    begun = msgspec.convert(filed.step.detail["special"], Special)
    yield addressed(filed)
    words = {
        "submitted": day(filed.case.submitted_at),
        "item": filed.item,
        "name": strong(begun.name),
        "since": clock.day_in_words(begun.since),
    }
    yield said(
        N_counted(
            "您于{submitted}提交的{item}申请，依法需要进行{name}，自{since}起约 {n} 个工作日。"
            "所需时间不计入办理时限。",
            begun.days,
            **words,
        )
        if ordered_by_law(filed.version, begun.kind)
        else N_counted(
            "您于{submitted}提交的{item}申请，需要进行{name}，自{since}起约 {n} 个工作日。所需时间不计入办理时限。",
            begun.days,
            **words,
        )
    )
    yield from stop_begun(filed, begun, named=N_("特别程序"))
    yield note(N_("日期按告知的时间估计。特别程序结束后，按实际停止的工作日重新计算，另行告知。"))
    yield from _stopped_on(filed, begun.kind)
    yield contact(filed)


def resumption(filed: Filed) -> Iterator[Block]:
    """恢复计时告知书: what came of the procedure, how many days it took, and the date that follows."""
    ended = msgspec.convert(filed.step.detail["special"], Special)
    yield addressed(filed)
    yield said(
        N_counted(
            "您于{submitted}提交的{item}申请，{name}已于{until}结束，自次日起恢复计时。"
            "停止计时 {n} 个工作日，办结期限相应顺延。",
            filed.step.detail["stopped"],
            submitted=day(filed.case.submitted_at),
            item=filed.item,
            name=ended.name,
            until=strong(clock.day_in_words(ended.until or ended.since)),
        )
    )
    yield from stop_ended(filed, ended, named=N_("特别程序"))
    yield from _stopped_on(filed, ended.kind)
    yield contact(filed)


def stop_begun(filed: Filed, begun: Special, *, named: Message) -> Iterator[Block]:
    """Why the clock stands still and for about how long; ``named`` is what the law of the case calls such a stop."""
    yield Heading(str(N_("原因")))
    yield Paragraph(begun.reason)
    yield facts(
        filed,
        (N_("受理日期"), day(filed.case.accepted_at)),
        (named, str(begun.name)),
        (N_("告知的时间"), str(N_counted("{n} 个工作日", begun.days))),
        *moved_dates(filed),
    )


def stop_ended(filed: Filed, ended: Special, *, named: Message) -> Iterator[Block]:
    """What came of a stop, and from when to when it was; ``named`` as of :func:`stop_begun`."""
    yield Heading(str(N_("结果")))
    yield Paragraph(ended.result)
    yield facts(
        filed,
        (named, str(ended.name)),
        (N_("开始"), clock.day_in_words(ended.since)),
        (N_("结束"), clock.day_in_words(ended.until or ended.since)),
        *moved_dates(filed),
    )


def _stopped_on(filed: Filed, kind: str) -> Iterator[Block]:
    """The laws of the procedure; where none takes its time out of the limit, that it is this platform's rule."""
    ours = by_our_rule(filed.version, kind)
    own = laws_of_stop(filed.version, kind)
    yield from laws(filed, *(() if own or ours else (_ARTICLE_45,)), own=own)
    if ours:
        yield note(N_("{rule}。", rule=OURS))


def extension(filed: Filed) -> Iterator[Block]:
    """延期办理告知书: put off once, by whom and why (行政许可法 art. 42)."""
    granted = msgspec.convert(filed.step.detail["extension"], Extension)
    yield addressed(filed)
    yield said(_extended(filed, granted))
    yield Heading(str(N_("理由")))
    yield Paragraph(granted.reason)
    yield facts(
        filed,
        (N_("受理日期"), day(filed.case.accepted_at)),
        *(
            (
                (N_("批准的本级人民政府负责人"), granted.approval.by),
                (N_("批准文件文号"), granted.approval.number),
                (N_("批准日期"), clock.day_in_words(granted.approval.on)),
            )
            if granted.approval
            else ((N_("批准日期"), clock.day_in_words(granted.on)),)
        ),
        *moved_dates(filed),
    )
    yield from laws(filed, _ARTICLE_42, limit="extension")
    yield contact(filed)


def _extended(filed: Filed, granted: Extension) -> Message:
    """By how long, and by whose approval: of a reconsideration by the head of its 行政复议机构 (行政复议法 art. 62)."""
    words = {
        "submitted": day(filed.case.submitted_at),
        "item": filed.item,
        "days": granted.in_words,
    }
    if filed.version.about == OF_A_DECISION:
        return N_("您于{submitted}提交的{item}申请，经行政复议机构负责人批准，审理期限延长 {days}。", **words)
    if filed.version.clock.extension_by == "government":
        return N_("您于{submitted}提交的{item}申请，经本级人民政府负责人批准，办理期限延长 {days}。", **words)
    return N_("您于{submitted}提交的{item}申请，经本行政机关负责人批准，办理期限延长 {days}。", **words)


def rectification(filed: Filed) -> Iterator[Block]:
    """更正告知书: a status was mistaken; what it was, why, and that the case goes on.

    After a reconsideration 恢复办理通知书 or 重新办理通知书; a step of before those wrote down less.
    """
    yield addressed(filed)
    if RULED in filed.step.detail:
        yield from _goes_on(filed)
        return
    if "overturned" in filed.step.detail:
        yield from _overturned(filed)
        return
    yield said(
        N_(
            "您于{submitted}提交的{item}申请，此前的状态有误，现予更正，继续办理，您不用重新申请。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
        )
    )
    if filed.step.detail["was"]["state"] == State.CORRECTING:
        yield said(N_("您不用补正，申请按原来提交的内容办理；您已填写的补正内容会保留。"))
    yield Heading(str(N_("原因")))
    yield Paragraph(str(filed.step.detail["reason"]))
    yield facts(filed, (N_("更正日期"), day(filed.step.at)))
    yield note(N_("原来的期限不变，更正前的时间照常计算。对更正不服的，可以按下列途径提出。"))
    yield from remedies(filed)
    yield contact(filed)


#: The limits that begin anew, by what the step keeps of each.
_ANEW = {
    "accept": N_("最晚受理"),
    "correction": N_("补正期限"),
    "promise": N_("承诺办结"),
    "statutory": N_("法定办结"),
}


def _goes_on(filed: Filed) -> Iterator[Block]:
    """恢复办理通知书, 重新办理通知书: by which paper of whose the decision was taken back, why, and until when now."""
    ruled = filed.step.detail[RULED]
    words = {
        "submitted": day(filed.case.submitted_at),
        "item": filed.item,
        "organ": Text(**ruled["organ"]),
        "number": ruled["number"],
        "ruling": strong(ruling_of(Move.GRANT, filed.step.detail.get("ruling")).words),
    }
    yield said(
        N_(
            "您于{submitted}提交的{item}申请，{organ}以《行政复议决定书》（文书编号 {number}）决定{ruling}。"
            "您不用重新申请：请按原来的补正告知重新补正并提交，补正期限从次日起重新计算。",
            **words,
        )
        if filed.step.move is Move.REOPEN
        else N_(
            "您于{submitted}提交的{item}申请，{organ}以《行政复议决定书》（文书编号 {number}）决定{ruling}。"
            "本机关恢复办理，您不用重新申请；期限从次日起重新计算。",
            **words,
        )
    )
    yield Heading(str(N_("原因")))
    yield Paragraph(str(filed.step.detail["reason"]))
    dates = filed.step.detail["anew"]
    yield facts(
        filed,
        (N_("恢复办理日期"), day(filed.step.at)),
        *(
            (label, clock.day_in_words(date.fromisoformat(dates[name])))
            for name, label in _ANEW.items()
            if name in dates
        ),
    )
    yield note(N_("法律依据：《行政复议法》第七十七条，《行政复议法实施条例》第四十九条。"))
    yield contact(filed)


def _overturned(filed: Filed) -> Iterator[Block]:
    """Of a decision that was taken back on reconsideration: why, and by when it is decided anew."""
    again = filed.step.move is Move.REOPEN
    yield said(
        N_(
            "您于{submitted}提交的{item}申请，此前的决定经行政复议改变，您不用重新申请。请按原来的补正告知重新补正并提交，"
            "期限从今天起重新计算。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
        )
        if again
        else N_(
            "您于{submitted}提交的{item}申请，此前的决定经行政复议改变，本机关恢复办理，您不用重新申请。期限从今天起重新计算。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
        )
    )
    yield Heading(str(N_("原因")))
    yield Paragraph(str(filed.step.detail["reason"]))
    yield facts(filed, (N_("恢复办理日期"), day(filed.step.at)), *moved_dates(filed))
    yield note(N_("法律依据：《行政复议法》第七十七条，《行政复议法实施条例》第四十九条。"))
    yield contact(filed)


def delivery(filed: Filed) -> Iterator[Block]:
    """送达回证: how and to whom the result was handed over."""
    made = msgspec.convert(filed.step.detail, Delivery, strict=False)
    yield addressed(filed)
    yield said(
        N_(
            "您于{submitted}提交的{item}申请的办理结果，已于{at}送达。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
            at=strong(day(filed.step.at)),
        )
    )
    yield facts(
        filed,
        (N_("决定日期"), day(filed.case.decided_at)),
        (N_("送达日期"), day(filed.step.at)),
        (N_("送达方式"), str(DELIVERY_WAYS[made.way])),
        (N_("签收人或者单号"), made.receiver),
        (N_("情况说明"), made.note),
        (N_("经办人员"), filed.step.actor_name),
    )
    yield from laws(filed, _ARTICLE_44)
    yield contact(filed)


def moved_dates(filed: Filed) -> Iterator[tuple[Message, str]]:
    """The two dates that the step moved, each from which day to which."""
    moved = filed.step.detail.get("dates", {})
    for name, label in (("promise", N_("承诺办结")), ("statutory", N_("法定办结"))):
        if name in moved:
            before, after = (clock.day_in_words(date.fromisoformat(one)) for one in moved[name])
            yield label, str(N_("{after}（原为{before}）", after=after, before=before))
