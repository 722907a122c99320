"""What the desk says after a move: what came of it, or why it was not done."""

from __future__ import annotations

from typing import Any

import msgspec

from tongban import identity
from tongban.cases import actions
from tongban.cases.model import CaseEvent, DeskRow, Move, MovedOn, NotPossibleNow, State
from tongban.cases.model.cautions import in_a_row
from tongban.cases.model.desk_refusals import AcceptedByLaw
from tongban.cases.model.follow_up import listed
from tongban.cases.model.linked import OF_A_DECISION, state_words
from tongban.cases.pages.chain import told_of_chain
from tongban.cases.pages.corrected import told_of_correction
from tongban.cases.pages.findings import answered
from tongban.cases.pages.hearing_words import by_interested, told_of_hearing
from tongban.cases.pages.timeline import (
    inspected,
    title_of,
    told_of_materials,
    told_of_time,
    visited,
)
from tongban.catalogue import ItemVersion
from tongban.kit import clock
from tongban.kit.errors import Refused, Words
from tongban.kit.forms import Form
from tongban.kit.i18n import N_, Message, Text, both, say
from tongban.kit.policy import Role

_DONE: dict[Move, Message] = {
    Move.ASK_CORRECTION: N_("已告知补正，申请人会收到通知；补正提交后回到待办，重新计算受理时限。"),
    Move.ACCEPT: N_("已受理，申请人会收到通知。"),
    Move.DEEM_ACCEPTED: N_("已登记为依法视为受理，申请人会收到通知；办理期限从视为受理之日起计算。"),
    Move.PROPOSE: N_("已提出审查意见，办件转给下一步的人员。"),
    Move.ENDORSE: N_("已复核同意，办件转给审批人员。"),
    Move.SEND_BACK: N_("已退回，审查人员会在待办里看到你写的内容；办理期限继续计算。"),
    Move.APPROVE: N_("已准予，证照正在制作，申请人会收到通知。"),
    Move.SUSPEND: N_("已启动特别程序，停止计时，申请人会收到告知书。"),
    Move.RESUME: N_("已恢复计时，最晚办结日已顺延，申请人会收到通知。"),
    Move.EXTEND: N_("已延长办理期限，申请人会收到理由和新的日期。"),
    Move.RECTIFY: N_("已更正，申请人会收到通知和原因。"),
    Move.REOPEN: N_("已更正，特别程序继续进行；申请人会收到通知和原因。"),
    Move.CONSULT: N_("已征求意见，对方部门会在自己的工作台看到。"),
    Move.HAND_OVER: N_("已移交，办件在对方的“我承办”里。"),
    Move.INSPECT: N_("现场核查记录已提交，不能再改；申请人会收到结论，记录在文书里。"),
    Move.TAKE_IN: N_("已核收，申请人会收到通知。"),
    Move.ASK_AGAIN: N_("已退回重交，申请人会收到原因；期限没有变。"),
    Move.VISIT: N_("已登记到现场，申请人在办件页面可以看到。"),
    Move.TELL_HEARING: N_("听证告知书已送达；期满没有要求或者明确放弃后，才能作不利的决定。"),
    Move.FIX_HEARING: N_("听证通知书已送达申请人。"),
    Move.DECIDE_RECUSAL: N_("已作出回避的决定，申请人会收到理由。同意回避的，请重新确定时间地点和主持人。"),
    Move.HOLD_HEARING: N_("听证笔录已提交，等待申请人确认；确认或者期满后恢复计时。"),
    Move.MISS_HEARING: N_("已记明没有出席，视为放弃听证；恢复计时。"),
}


LICENCE_DONE: dict[str, Message] = {
    "suspend": N_("证照已挂起，核验即刻显示“暂停使用”；持证人会收到通知和理由。"),
    "resume": N_("证照已恢复使用；持证人会收到通知和理由。"),
    "cancel": N_("证照已注销，核验即刻显示“已失效”；持证人会收到通知和理由。"),
    "retract": N_("证照已撤回，核验即刻显示“已失效”；持证人会收到通知、理由和补偿的说明。"),
    "revoke": N_("证照已撤销，核验即刻显示“已失效”；持证人会收到通知和理由。"),
}
#: What ends a case, and where it stands then: it is no longer open to the officer, the list says that it is done.
ENDS = {
    Move.DECLINE: State.NOT_ACCEPTED,
    Move.REFUSE: State.REFUSED,
    Move.GRANT: State.CLOSED,
    Move.TERMINATE: State.TERMINATED,
}


def done_words(opened: actions.Opened, did: str | None) -> Message | None:
    """What came of the move just made; an address that names another move than the last gets none."""
    if did == Move.RECTIFY and opened.case.state is State.SUSPENDED:
        did = Move.REOPEN  # what one form asks for, by the step that it became
    if not opened.events or did != _asked_as(opened.events[-1].move):
        return None
    if did == Move.RECHECK and (names := silent(opened)):
        return N_(
            "已再次查询，{names}没有应答；此前的数据仍在下表，稍后可再核对。", names=say("、").join(names)
        )
    if did == Move.RECHECK:
        return N_("已重新核对：{answers}。", answers=listed(both(one) for one in answered(opened.facts)))
    return _DONE.get(opened.events[-1].move)


def _asked_as(move: Move) -> Move:
    """The button that made a step: who accepts after the limit writes down what the law has done."""
    return Move.ACCEPT if move is Move.DEEM_ACCEPTED else move


def silent(opened: actions.Opened) -> list[str]:
    """The registers that gave no answer at the last check, by name."""
    down = opened.events[-1].detail.get("down", ()) if opened.events else ()
    return [str(opened.facts[name].source) for name in down if name in opened.facts]


def ended_words(row: DeskRow | None, did: str | None, version: ItemVersion | None) -> Message | None:
    """Which case was just ended and how; nothing for an address that names another end than the case came to."""
    if row is None or version is None or did not in ENDS or row.state is not ENDS[Move(did)]:
        return None
    case: dict[str, object] = {"item": version.name, "who": row.applicant_masked, "code": row.short_code}
    if version.about == OF_A_DECISION and row.state in (State.REFUSED, State.CLOSED):
        case["outcome"] = state_words(version, row.state, row.ruling)
        return N_("{item}·{who}（受理编码 {code}）：已决定{outcome}，申请人会收到通知。", **case)
    if row.state is State.CLOSED:
        return N_("{item}·{who}（受理编码 {code}）：已准予并办结，申请人会收到通知。", **case)
    if row.state is State.TERMINATED:
        return N_("{item}·{who}（受理编码 {code}）：已终止办理，申请人会收到理由。", **case)
    if row.state is State.REFUSED:
        return N_("{item}·{who}（受理编码 {code}）：已作出不予办理的决定，申请人会收到理由。", **case)
    return N_("{item}·{who}（受理编码 {code}）：已作出不予受理的决定，申请人会收到理由。", **case)


def not_done_words(opened: actions.Opened) -> Message:
    """Another window, another officer, the applicant or time was faster: how the case stands and what came last."""
    last = opened.events[-1]
    return N_(
        "这项操作没有进行：办件现在是“{state}”，最近一步是“{step}”（{who}，{when}）。下面是最新情况。",
        state=state_words(opened.version, opened.case.state, opened.case.ruling),
        step=title_of(last, about=opened.version.about),
        who=by_whom(last),
        when=f"{clock.city_time(last.at):%m-%d %H:%M}",
    )


def done_before(opened: actions.Opened, asked: str) -> Message | None:
    """What is said where the very move that was asked has brought the case where it stands, by whoever made it: pressed
    twice, or from two windows, it counts once and stays; None where something else did."""
    for event in reversed(opened.events):
        if asked == _asked_as(event.move) and event.to_state == opened.case.state:
            return N_(
                "“{step}”先前已经办好（{who}，{when}），以那一次为准；这次没有另行办理，也没有记下新的内容。"
                "办件现在是“{state}”，下面是最新情况。",
                step=title_of(event, about=opened.version.about),
                who=by_whom(event),
                when=f"{clock.city_time(event.at):%m-%d %H:%M}",
                state=state_words(opened.version, opened.case.state, opened.case.ruling),
            )
    return None


def refusal_of(
    opened: actions.Opened, refused: Refused | None, *, stood: str, asked: str = ""
) -> Words | None:
    """Why a move was not made. Where the case stands elsewhere than when its page was made (``stood``), or moved on in
    between, somebody was faster: that is told, and not what follows from it; where the move ``asked`` itself was made
    before, that it stands. Every other rule has its own words."""
    if refused is None:
        return None
    if isinstance(refused, AcceptedByLaw):
        return refused.message
    if isinstance(refused, MovedOn | NotPossibleNow) or (stood and stood != opened.case.state):
        return done_before(opened, asked) or not_done_words(opened)
    return refused.message


def history_line(event: CaseEvent, form: Form, *, about: str = "") -> dict[str, Any]:
    """A step for the panel of a case's history: what, when, by whom and with which words."""
    told = (
        visited(event)
        or told_of_time(event)
        or told_of_chain(event)
        or inspected(event)
        or told_of_hearing(event)
        or told_of_materials(event)
        or told_of_correction(event, form)
        or _in_spite(event)
    )
    return {
        "title": title_of(event, about=about),
        "when": f"{clock.city_time(event.at):%m-%d %H:%M}",
        "detail": by_whom(event) if told is None else N_("{who}：{told}", who=by_whom(event), told=told),
    }


def _in_spite(event: CaseEvent) -> Message | None:
    """What was pointed out before an approval and ticked as read, with why it was approved all the same."""
    told = event.detail.get("cautions")
    if not told:
        return None
    seen = msgspec.convert([one["words"] for one in told], list[Text])
    return N_("核对过提示后准予：{what} 理由：{why}", what=in_a_row(seen), why=event.detail["why"])


def by_whom(event: CaseEvent) -> Message | str:
    """Who made a step, as officers read it; a deputy with whom she stood in for."""
    if "for" in event.detail:
        return N_("{who}（代 {absent}）", who=event.actor_name, absent=event.detail["for"])
    if by_interested(event):
        return N_("利害关系人")
    if basis := identity.shown_in_words(event.detail.get("agent_basis", "")):
        return N_("申请人（由{agent}代办，依据：{basis}）", agent=event.detail["agent"], basis=basis)
    if "agent" in event.detail:
        return N_("申请人（由{agent}代办）", agent=event.detail["agent"])
    return event.actor_name or (N_("申请人") if event.actor_role is Role.RESIDENT else N_("系统"))
