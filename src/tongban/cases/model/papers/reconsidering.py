"""The paper of a reconsideration 行政复议决定书: the decision that it is about stands, or is revoked."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.cases.model.life import Move
from tongban.cases.model.papers.filed import (
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
from tongban.kit.i18n import N_
from tongban.kit.pdf.model import Block, Heading, Paragraph


def decision(filed: Filed) -> Iterator[Block]:
    """行政复议决定书 (行政复议法 art. 75): revoked, with the order to decide anew (art. 64), or upheld (art. 68)."""
    contested = filed.contested
    assert contested is not None
    words = {
        "organ": contested.organ,
        "item": contested.item,
        "code": contested.code,
        "submitted": day(filed.case.submitted_at),
        "accepted": day(filed.case.accepted_at),
    }
    yield addressed(filed)
    yield said(
        N_(
            "您不服{organ}对您的“{item}”申请（受理编码 {code}）作出的决定，于{submitted}申请行政复议，"
            "本机关于{accepted}受理。",
            **words,
        )
    )
    revoked = filed.step.move is not Move.REFUSE
    if revoked:
        yield said(N_("经审查，决定撤销{organ}作出的上述决定，责令其重新作出决定。", organ=contested.organ))
    else:
        yield said(N_("经审查，决定维持{organ}作出的上述决定。", organ=contested.organ))
    yield Heading(str(N_("理由")))
    yield Paragraph(reason(filed))
    yield facts(
        filed,
        (N_("原决定机关"), str(contested.organ)),
        (N_("原办件受理编码"), contested.code),
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("决定日期"), day(filed.step.at)),
    )
    yield from remedies(filed.version)
    yield note(
        N_("法律依据：《行政复议法》第六十四条、第七十五条。")
        if revoked
        else N_("法律依据：《行政复议法》第六十八条、第七十五条。")
    )
    yield contact(filed)
