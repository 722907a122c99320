"""What papers say of materials that follow after acceptance 容缺受理: the promise, what is due when, what came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from tongban.cases.model.follow_up import listed, promised
from tongban.cases.model.life import Move
from tongban.cases.model.papers.filed import (
    Filed,
    addressed,
    contact,
    day,
    facts,
    moment,
    remedies,
    said,
)
from tongban.cases.model.papers.stated import stated
from tongban.kit.i18n import N_, Text
from tongban.kit.pdf.model import Block, Heading, Paragraph, Table, strong


def promise(filed: Filed) -> Iterator[Block]:
    """The promise on the receipt 容缺受理承诺: which materials, within how many days, and what happens otherwise.

    It is sealed with the receipt; the applicant made it from her own account when she filed.
    """
    follow = promised(filed.version.materials, filed.form, filed.answers)
    if not follow:
        return
    yield Heading(str(N_("容缺受理承诺")))
    yield said(
        N_(
            "申请人于{time}以本人账户承诺：下列材料在受理后按期补交。到期没有补交的，终止办理；补交之前不作出准予的决定。",
            time=moment(filed.step.at) if filed.step.move is Move.SUBMIT else moment(filed.case.submitted_at),
        )
    )
    rows = tuple(
        (
            str(number),
            str(one.name),
            str(N_("受理次日起 {days} 个工作日内", days=one.later_days)),
        )
        for number, one in enumerate(follow, 1)
    )
    yield Table(tuple(map(str, (N_("序号"), N_("材料名称"), N_("补交期限")))), rows, (7, 58, 35))


def due(filed: Filed) -> Iterator[Block]:
    """On the acceptance notice: what must follow, by when, and what happens otherwise."""
    told = filed.step.detail.get("follow_up")
    if not told:
        return
    yield Heading(str(N_("容缺受理：需要补交的材料")))
    rows = tuple((str(number), str(Text(**one["name"])), _day(one)) for number, one in enumerate(told, 1))
    yield Table(tuple(map(str, (N_("序号"), N_("材料名称"), N_("最晚补交")))), rows, (7, 58, 35))
    yield said(
        N_(
            "请在“我的办件”补交，期限从本通知书次日起按工作日计算，特别程序期间不停止。"
            "到期没有补交的，本机关终止办理；补交之前不作出准予的决定，承诺办结的时限照常计算。"
        )
    )


def supplied(filed: Filed) -> Iterator[Block]:
    """补交材料凭证: what came and when, and what is outstanding still."""
    detail = filed.step.detail
    yield addressed(filed)
    yield said(
        N_(
            "收到您于{time}为{item}申请补交的材料：{names}。",
            time=moment(filed.step.at),
            item=filed.item,
            names=strong(_names(detail["materials"])),
        )
    )
    left = detail["left"]
    if left:
        yield said(
            N_(
                "还要补交：{names}，最晚{day}。",
                names=_names(left),
                day=strong(min(_day(one) for one in left)),
            )
        )
    else:
        yield said(N_("承诺后补的材料都已交来，由本机关查看；需要重交的，会在原来的期限内告知您。"))
    yield facts(
        filed,
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("补交时间"), moment(filed.step.at)),
    )
    yield from stated(filed)
    yield contact(filed)


def judged(filed: Filed) -> Iterator[Block]:
    """补交材料告知书: what came was taken in, or is to be handed in again within the same limit, with what is wrong."""
    (told,) = filed.step.detail["materials"]
    yield addressed(filed)
    words = {"item": filed.item, "names": strong(_names([told]))}
    if filed.step.move is Move.TAKE_IN:
        yield said(N_("您为{item}申请补交的材料：{names}，本机关已核收，不用再交。", **words))
    else:
        yield said(
            N_(
                "您为{item}申请补交的材料：{names}，需要改好后重交。请最晚{day}在“我的办件”重新提交，期限没有变。",
                day=strong(_day(told)),
                **words,
            )
        )
        yield Heading(str(N_("哪里不对、怎样改")))
        yield Paragraph(str(filed.step.detail["words"]))
        yield said(N_("到期没有重交的，本机关按照您的承诺终止办理。"))
    yield facts(
        filed,
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("告知日期"), day(filed.step.at)),
    )
    yield contact(filed)


def overdue(filed: Filed) -> Iterator[Block]:
    """终止办理告知书 on the ground that what was promised did not follow in time 容缺后补逾期, with the remedies."""
    told = filed.step.detail["materials"]
    yield addressed(filed)
    yield said(
        N_(
            "您于{submitted}提交的{item}申请容缺受理后，到{until}为止没有按承诺补交材料：{names}。"
            "按照您的承诺，本机关终止办理。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
            until=strong(min(_day(one) for one in told)),
            names=_names(told),
        )
    )
    yield said(N_("材料备齐后可以重新申请，时限重新计算。"))
    yield facts(
        filed,
        (N_("提交日期"), day(filed.case.submitted_at)),
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("终止事由"), str(N_("容缺后补逾期"))),
        (N_("终止日期"), day(filed.step.at)),
    )
    yield from remedies(filed)
    yield contact(filed)


def _names(told: Iterable[Mapping[str, Any]]) -> str:
    return str(listed(Text(**one["name"]) for one in told))


def _day(told: Mapping[str, Any]) -> str:
    return day(datetime.fromisoformat(told["until"]))
