"""Papers of the decision and of the end: approval, refusal, completion, termination."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tongban.cases.model.answers import stated
from tongban.cases.model.follow_up import GROUNDS_TOLD, OVERDUE
from tongban.cases.model.life import Move
from tongban.cases.model.linked import OF_A_DECISION, once_accepted, once_withdrawn
from tongban.cases.model.papers import following, on_licence
from tongban.cases.model.papers.filed import (
    Filed,
    addressed,
    contact,
    day,
    facts,
    laws,
    reason,
    remedies,
    said,
)
from tongban.cases.model.papers.hearing import before
from tongban.cases.model.papers.kinds import LICENSING
from tongban.cases.model.terminations import ITEM_CANCELLED
from tongban.catalogue import NEW
from tongban.kit import clock
from tongban.kit.i18n import N_, Message
from tongban.kit.pdf.model import Block, Facts, Heading, Paragraph, Table, strong
from tongban.kit.rules import Truth

_ARTICLE_38 = N_("第三十八条")
_ARTICLE_50 = N_("第五十条第二款")
_ARTICLE_44 = N_("第四十四条")


def approval(filed: Filed) -> Iterator[Block]:
    """准予决定书: granted, on these conditions, and what comes of it when."""
    if filed.step.move is Move.DEEM_RENEWED:
        yield from _renewed_by_law(filed)
        return
    words = {
        "submitted": day(filed.case.submitted_at),
        "item": filed.item,
        "accepted": day(filed.case.accepted_at),
    }
    yield addressed(filed)
    if filed.version.kind == LICENSING:
        yield said(
            N_(
                "您于{submitted}提交、本机关于{accepted}受理的{item}申请，经审查，符合法定条件，决定准予行政许可。",
                **words,
            )
        )
    else:
        yield said(
            N_(
                "您于{submitted}提交、本机关于{accepted}受理的{item}申请，经审查，符合条件，准予办理。",
                **words,
            )
        )
    if filed.step.move is Move.GRANT:
        yield said(N_("本事项不核发证照，自本决定作出之日办结。"))
    else:
        yield said(
            N_("证照正在制作，最晚{due}办结。", due=strong(day(filed.standing.due or filed.case.promise_due)))
        )
    yield facts(
        filed,
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("决定日期"), day(filed.step.at)),
        (N_("承诺办结"), day(filed.standing.due) if filed.step.move is Move.APPROVE else ""),
        (N_("办理结果"), _results(filed)),
    )
    yield from _stated(filed)
    yield from _conditions(filed)
    yield from before(filed)
    yield from laws(filed, _ARTICLE_38)
    yield contact(filed)


def _renewed_by_law(filed: Filed) -> Iterator[Block]:
    """准予延续决定书: not decided by the licence's last day, so renewed by operation of law (行政许可法 art. 50(2))."""
    until = clock.day_in_words(date.fromisoformat(filed.step.detail["until"]))
    yield addressed(filed)
    yield said(
        N_(
            "您于{submitted}在规定期限内提交{item}申请，本机关在证照有效期届满（{until}）前没有作出是否准予延续的决定。"
            "依照《中华人民共和国行政许可法》第五十条第二款，逾期未作决定的，视为准予延续。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
            until=strong(until),
        )
    )
    yield said(
        N_("本决定依法律规定产生，自原有效期届满之日起生效。新的证照正在制作，原证照在此期间继续有效。")
    )
    yield facts(
        filed,
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("原有效期至"), until),
        (N_("视为准予之日"), until),
        (N_("办理结果"), _results(filed)),
    )
    yield from laws(filed, _ARTICLE_50)
    yield contact(filed)


def _stated(filed: Filed) -> Iterator[Block]:
    """What the licence will say besides holder and number 载明事项; after a change or renewal what is new of it."""
    form, answers, renewed = filed.form, filed.answers, filed.version.after is not None
    rows = stated(form, answers, [f"{NEW}{name}" if renewed else name for name in filed.version.face])
    if rows and filed.step.move is Move.APPROVE:
        yield Heading(str(N_("证照变更后载明的事项") if renewed else N_("证照载明的事项")))
        yield Facts(tuple((str(one.label), str(one.words)) for one in rows))


def _results(filed: Filed) -> str:
    return "\n".join(
        str(N_("{label}：{value}", label=result.name, value=result.delivery))
        for result in filed.version.results
    )


def _conditions(filed: Filed) -> Iterator[Block]:
    """What was checked, as it stood on the day of the decision; a register's silence is told, not left out."""
    if filed.case.finding is None:
        return
    conditions = filed.case.finding.trace.conditions
    met = {Truth.TRUE: N_("满足"), Truth.UNKNOWN: N_("登记库没有应答，由承办人核实")}
    rows = tuple(
        (str(number), str(part.label), str(part.basis or ""), str(met[part.result]))
        for number, part in enumerate([part for part in conditions if part.result in met], 1)
    )
    if rows:
        yield Heading(str(N_("核对的条件")))
        yield Table(
            tuple(map(str, (N_("序号"), N_("条件"), N_("依据"), N_("核对结果")))), rows, (7, 40, 28, 25)
        )


def refusal(filed: Filed) -> Iterator[Block]:
    """不予决定书: with the reason and the remedies (行政许可法 art. 38)."""
    words = {
        "submitted": day(filed.case.submitted_at),
        "item": filed.item,
        "accepted": day(filed.case.accepted_at),
    }
    yield addressed(filed)
    if filed.version.kind == LICENSING:
        yield said(
            N_(
                "您于{submitted}提交、本机关于{accepted}受理的{item}申请，经审查，不符合法定条件，决定不予行政许可。",
                **words,
            )
        )
    else:
        yield said(
            N_("您于{submitted}提交、本机关于{accepted}受理的{item}申请，经审查，决定不予办理。", **words)
        )
    yield Heading(str(N_("理由")))
    yield Paragraph(reason(filed))
    yield from before(filed)
    yield facts(
        filed,
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("决定日期"), day(filed.step.at)),
    )
    yield from remedies(filed)
    yield from laws(filed, _ARTICLE_38)
    yield contact(filed)


def completion(filed: Filed) -> Iterator[Block]:
    """办结通知书: the licence is made, the case is at its end."""
    yield addressed(filed)
    yield said(
        N_(
            "您于{submitted}提交的{item}申请已经办结。电子证照已放入“我的证照”，与实体证件具有同等效力。",
            submitted=day(filed.case.submitted_at),
            item=filed.item,
        )
    )
    yield facts(
        filed,
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("决定日期"), day(filed.case.decided_at)),
        (N_("办结日期"), day(filed.step.at)),
        (N_("办理结果"), _results(filed)),
    )
    yield from laws(filed, _ARTICLE_44)
    yield contact(filed)


def _uncorrected(filed: Filed) -> Message:
    """What she did not put right in time: the application is ended, or counts by law as given up."""
    words = {
        "submitted": day(filed.case.submitted_at),
        "item": filed.item,
        "until": day(filed.case.correction.until) if filed.case.correction else "",
    }
    clock = filed.version.clock
    if clock.uncorrected == "given_up":
        return N_(
            "您于{submitted}提交的{item}申请，在{until}当日或之前没有按告知补正，也没有说明正当理由，依照{basis}，"
            "视为放弃申请，本机关终止办理。",
            basis=clock.correction_basis,
            **words,
        )
    return N_("您于{submitted}提交的{item}申请，在{until}当日或之前没有按告知补正，本机关终止办理。", **words)


def _afterwards(filed: Filed) -> Message:
    """Whether she can apply again: for a reconsideration within its sixty days, and once accepted not again."""
    if filed.step.detail.get("ground") == ITEM_CANCELLED:
        return N_("这个审批事项已经取消，不用重新申请；交来的材料可以领回。")
    if filed.version.about != OF_A_DECISION:
        return N_("需要时可以重新申请，时限重新计算。")
    meant = once_withdrawn if filed.step.move is Move.WITHDRAW else once_accepted
    return meant(filed.case.accepted_at) or N_("在行政复议申请期限内，可以重新申请。")


def _taken_back(filed: Filed) -> Message:
    """Who took it back: herself, of several who apply together whichever did by name, or all of them."""
    words = {
        "submitted": day(filed.case.submitted_at),
        "item": filed.item,
        "withdrawn": day(filed.step.at),
    }
    seat = filed.step.detail.get("seat")
    if filed.step.detail.get("all"):
        return N_(
            "您于{submitted}提交的{item}申请，全体申请人均已要求撤回，最后一人于{withdrawn}提出，本机关终止办理。",
            **words,
        )
    if seat is not None:
        return N_(
            "您于{submitted}提交的{item}申请，已由共同申请人{who}于{withdrawn}撤回，本机关终止办理。",
            who=filed.together[seat].name,
            **words,
        )
    if filed.case.joint is not None:
        return N_(
            "您于{submitted}提交的{item}申请，已由申请人{who}于{withdrawn}撤回，本机关终止办理。",
            who=filed.applicant,
            **words,
        )
    if agent := filed.step.detail.get("agent"):
        return N_(
            "您于{submitted}提交的{item}申请，已由{agent}代您于{withdrawn}撤回，本机关终止办理。",
            agent=agent,
            **words,
        )
    return N_("您于{submitted}提交的{item}申请，已由您本人于{withdrawn}撤回，本机关终止办理。", **words)


def termination(filed: Filed) -> Iterator[Block]:
    """终止办理告知书: taken back by its applicant, not put right in time, or granted and not made after all."""
    if filed.step.move is Move.CALL_OFF:
        yield from on_licence.called_off(filed)
        return
    if filed.step.detail.get("ground") == OVERDUE:
        yield from following.overdue(filed)
        return
    yield addressed(filed)
    words = {"submitted": day(filed.case.submitted_at), "item": filed.item}
    ground = filed.step.detail.get("ground")
    if ground is not None:
        yield said(
            N_(
                "您于{submitted}提交的{item}申请，因{ground}，本机关终止办理。",
                ground=GROUNDS_TOLD[ground],
                **words,
            )
        )
        yield Heading(str(N_("理由")))
        yield Paragraph(reason(filed))
    elif filed.step.move is Move.TERMINATE:
        yield said(_uncorrected(filed))
    else:
        yield said(_taken_back(filed))
    yield said(_afterwards(filed))
    yield facts(
        filed,
        (N_("提交日期"), day(filed.case.submitted_at)),
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("终止日期"), day(filed.step.at)),
    )
    if filed.step.move is Move.TERMINATE:  # not where she took it back herself
        yield from remedies(filed)
    yield contact(filed)
