"""The paper of a reconsideration 行政复议决定书: what became of the decision that it is about, and by which article."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.cases.model.papers.filed import (
    Contested,
    Filed,
    addressed,
    contact,
    day,
    facts,
    note,
    reason,
    remedies,
    said,
)
from tongban.cases.model.rulings import ruling_of
from tongban.kit.i18n import N_, Message
from tongban.kit.pdf.model import Block, Heading, Paragraph


def decision(filed: Filed) -> Iterator[Block]:
    """行政复议决定书 (行政复议法 art. 75): one of the outcomes of art. 63 to 69, with its reasons and what follows."""
    contested = filed.contested
    assert contested is not None
    yield addressed(filed)
    yield said(_not_accepted(filed, contested))
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
        (N_("原决定机关"), str(contested.organ)),
        *_named(contested),
        (N_("复议结果"), str(found.words)),
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("决定日期"), day(filed.step.at)),
    )
    yield from remedies(filed)
    yield note(N_("法律依据：《行政复议法》第六十一条、{article}、第七十五条。", article=found.article))
    yield contact(filed)


def _not_accepted(filed: Filed, contested: Contested) -> Message:
    """Which decision she contests, and when she asked and was heard."""
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
