"""Papers of a reconsideration 行政复议 that its own law words: the decision, the stay and what ends that."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tongban.cases.model.course import Special
from tongban.cases.model.papers.filed import (
    Contested,
    Filed,
    addressed,
    contact,
    day,
    facts,
    laws,
    note,
    reason,
    remedies,
    said,
)
from tongban.cases.model.papers.running import stop_begun, stop_ended
from tongban.cases.model.rulings import ruling_of
from tongban.kit import clock
from tongban.kit.i18n import N_, Message, N_counted
from tongban.kit.pdf.model import Block, Heading, Paragraph, strong


def decision(filed: Filed) -> Iterator[Block]:
    """行政复议决定书 (行政复议法 art. 75): one of the outcomes of art. 63 to 69, with its reasons and what follows."""
    contested = filed.contested
    assert contested is not None
    yield addressed(filed)
    yield said(_contests(filed, contested))
    found = ruling_of(
        filed.step.move,
        filed.step.detail.get("ruling"),
        on_licence=contested.on_licence is not None,
    )
    yield said(
        N_(
            "经审查，依照《行政复议法》{article}，{orders}",
            article=found.article,
            orders=found.in_order(contested.organ),
        )
    )
    yield Heading(str(found.heading))
    yield Paragraph(reason(filed))
    yield said(found.follows)
    yield facts(
        filed,
        (N_("被申请人（原决定机关）"), str(contested.organ)),
        *_named(contested),
        (N_("复议结果"), str(found.words)),
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("决定日期"), day(filed.step.at)),
    )
    yield from remedies(filed)
    yield note(N_("法律依据：《行政复议法》第六十一条、{article}、第七十五条。", article=found.article))
    yield contact(filed)


def _contests(filed: Filed, contested: Contested) -> Message:
    """Which decision she contests 不服, and when she asked and was heard."""
    when = {"submitted": day(filed.case.submitted_at), "accepted": day(filed.case.accepted_at)}
    if (one := contested.on_licence) is not None:
        return N_(
            "您不服{organ}于{decided}对您的{licence}作出的《{title}》（文书编号 {number}），于{submitted}申请行政复议，"
            "本机关于{accepted}受理。",
            organ=contested.organ,
            decided=day(one.decided.at),
            licence=one.decided.licence,
            title=one.title,
            number=one.number,
            **when,
        )
    return N_(
        "您不服{organ}对您的“{item}”申请（受理编码 {code}）作出的决定，于{submitted}申请行政复议，"
        "本机关于{accepted}受理。",
        organ=contested.organ,
        item=contested.item,
        code=contested.code,
        **when,
    )


def _named(contested: Contested) -> tuple[tuple[Message, str], ...]:
    if (one := contested.on_licence) is not None:
        return ((N_("原决定文书编号"), one.number), (N_("原决定日期"), day(one.decided.at)))
    return ((N_("原办件受理编码"), contested.code),)


def stayed(filed: Filed) -> Iterator[Block]:
    """行政复议中止通知书 (行政复议法 art. 39): on which ground it is stayed, how long that should take, from when."""
    begun = msgspec.convert(filed.step.detail["special"], Special)
    yield addressed(filed)
    yield said(
        N_counted(
            "您于{submitted}提交的{item}申请，有下列情形，自{since}起中止审理：{name}。预计约 {n} 个工作日，"
            "中止的时间不计入审理期限。",
            begun.days,
            submitted=day(filed.case.submitted_at),
            item=filed.item,
            name=strong(begun.name),
            since=clock.day_in_words(begun.since),
        )
    )
    yield from stop_begun(filed, begun, named=N_("中止的情形"))
    yield note(N_("日期按告知的时间估计。中止的原因消除后恢复审理，按实际中止的时间重新计算，另行告知。"))
    yield from laws(filed, limit="special")
    yield contact(filed)


def taken_up(filed: Filed) -> Iterator[Block]:
    """行政复议恢复审理通知书 (行政复议法 art. 39): what the stay was for is over, and the dates that follow."""
    ended = msgspec.convert(filed.step.detail["special"], Special)
    yield addressed(filed)
    yield said(
        N_(
            "您于{submitted}提交的{item}申请，中止的原因（{name}）已于{until}消除，自次日起恢复审理，审理期限相应顺延。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
            name=ended.name,
            until=strong(clock.day_in_words(ended.until or ended.since)),
        )
    )
    yield from stop_ended(filed, ended, named=N_("中止的情形"))
    yield from laws(filed, limit="special")
    yield contact(filed)
