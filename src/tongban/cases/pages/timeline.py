"""A case's life as a vertical line: what happened, what happens now, what is still to come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tongban.cases.actions import Opened
from tongban.cases.actions.limits.clocks import clock_of
from tongban.cases.model import STATE_WORDS, CaseEvent, Move, State
from tongban.cases.model.course import Extension, Special
from tongban.cases.model.delivery import DELIVERY_WAYS
from tongban.cases.model.follow_up import GROUNDS_TOLD, OVERDUE, day_of, listed, names_of
from tongban.cases.model.inspection import CONCLUSION_WORDS, PointFinding, inspection_of
from tongban.cases.model.linked import OF_A_DECISION, state_words
from tongban.cases.model.on_licence import STANDS, called_off_of, decided_of, standing_decision
from tongban.cases.model.papers import GIVEN
from tongban.cases.model.rulings import ruling_of
from tongban.cases.model.step_words import STEP_WORDS
from tongban.cases.model.visits import VISIT_REASONS, visit_of
from tongban.cases.pages.hearing_words import told_of_hearing
from tongban.kit import clock
from tongban.kit.i18n import N_, Message, N_counted, Text

_DETAILS: dict[Move, Message] = {
    Move.DEEM_ACCEPTED: N_("逾期未告知，依法视为受理"),
    Move.DEEM_RENEWED: N_("有效期届满前没有作出决定，依法视为准予延续"),
    Move.TERMINATE: N_("到期没有补正，可以重新申请"),
    Move.COMPLETE: N_("电子证照已放入“我的证照”"),
}
#: Of a correction that did not come, where the law says so (行政复议法 art. 31).
_GIVEN_UP = N_("到期没有补正，视为放弃申请")
#: How a step looks that was not simply done: refused by the department, or ended by the applicant herself.
_LOOKS = {
    Move.DECLINE: "bad",
    Move.REFUSE: "bad",
    Move.WITHDRAW: "ended",
    Move.DISSENT: "ended",
    Move.RECALL: "ended",
    Move.LAPSE: "ended",
    Move.TERMINATE: "ended",
    Move.CALL_OFF: "ended",
    Move.CANCEL_LICENCE: "ended",
    Move.RETRACT_LICENCE: "bad",
    Move.REVOKE_LICENCE: "bad",
}
_MAKING = N_("制证")
_HERS = N_("等待您补正")
_ACCEPTANCE = N_("等待受理")
#: What is still to come from each state: the step that runs now, then those not begun.
_AHEAD: dict[State, tuple[Message, ...]] = {
    State.SUBMITTED: (_ACCEPTANCE, N_("审核"), _MAKING, N_("办结")),
    State.CORRECTING: (_HERS, N_("受理申请"), N_("审核"), _MAKING, N_("办结")),
    State.ACCEPTED: (N_("审核中"), _MAKING, N_("办结")),
    State.SUSPENDED: (N_("特别程序中，停止计时"), N_("审核"), _MAKING, N_("办结")),
    State.ISSUING: (N_("制证中"), N_("办结")),
}


#: What the applicant has done, as her own page tells it.
_OWN_TITLES: dict[Move, Message] = {
    Move.INVITE: N_("您已确认，请共同申请人确认"),
    Move.RECALL: N_("您取回修改"),
}


def title_of(event: CaseEvent, *, about: str = "") -> Message:
    """A step's name for lists and histories, of a case that is ``about`` this."""
    if about == OF_A_DECISION and event.move in (Move.REFUSE, Move.GRANT):
        return ruling_of(event.move, event.detail.get("ruling")).words
    if "overturned" in event.detail and event.move is Move.RECTIFY:
        ruling = ruling_of(Move.GRANT, event.detail.get("ruling")).words
        return N_("行政复议决定{ruling}，恢复办理", ruling=ruling)
    if "overturned" not in event.detail and event.move is Move.REOPEN:
        return STEP_WORDS[Move.RECTIFY]
    if event.move is Move.INVITE and "changed" in event.detail:
        return N_("申请人已补正，请共同申请人确认改动")
    return STEP_WORDS[event.move]


def corrected(events: Iterable[CaseEvent]) -> bool:
    """Whether the applicant has handed in a correction."""
    return any(event.move is Move.CORRECT for event in events)


def desk_state(opened: Opened) -> Message:
    """How the case stands for its officer: one that came back from a correction is not simply submitted."""
    case = opened.case
    back = case.state is State.SUBMITTED and corrected(opened.events)
    return STEP_WORDS[Move.CORRECT] if back else state_words(opened.version, case.state, case.ruling)


def steps_of(opened: Opened, *, own: bool = False) -> list[dict[str, Any]]:
    """Steps for the timeline component, first to last; ``own`` is the applicant's page, which speaks to her."""
    together = opened.case.joint is not None
    about = opened.version.about
    given_up = opened.version.clock.uncorrected == "given_up"
    steps = [
        _done(event, about=about, together=together, own=own, given_up=given_up)
        for event in opened.events
        if event.move in STEP_WORDS
    ]
    makes, ahead = opened.version.licence_type, _AHEAD.get(opened.case.state, ())
    steps.extend(
        {
            "state": "todo" if position else "current",
            "title": _ahead(title, opened, own=own),
            "detail": _now(opened) if not position else None,
        }
        for position, title in enumerate(step for step in ahead if makes or step != _MAKING)
    )
    return steps


def _done(event: CaseEvent, *, about: str, together: bool, own: bool, given_up: bool) -> dict[str, Any]:
    return {
        "state": _LOOKS.get(event.move, "done"),
        "title": _own_title(event, own=own) or title_of(event, about=about),
        "detail": _passed_to(event)
        or visited(event)
        or told_of_time(event)
        or inspected(event)
        or told_of_hearing(event, own=own)
        or told_of_materials(event)
        or _ground(event)
        or _of_licence(event)
        or (_among(event, own=own) if together else _withdrawn(event, own=own))
        or (_GIVEN_UP if given_up and event.move is Move.TERMINATE else None)
        or _DETAILS.get(event.move)
        or event.actor_name
        or None,
        "when": _when(event),
    }


def _when(event: CaseEvent) -> Message | str:
    """When a step was made, and who made it where that was somebody for the applicant."""
    at = f"{clock.city_time(event.at):%Y-%m-%d %H:%M}"
    return N_("{at}，由{agent}代办", at=at, agent=event.detail["agent"]) if "agent" in event.detail else at


def _ahead(title: Message, opened: Opened, *, own: bool) -> Message:
    """A step that is still to come; whose correction, or word on it, or whose coming as booked is waited for."""
    booked = opened.case.course.booked
    if title == _ACCEPTANCE and booked is not None:
        day = f"{booked.on:%Y-%m-%d}"
        return N_("等待到场（预约 {day}）", day=day) if booked.unit == "working" else N_("等待到场")
    if title != _HERS:
        return title
    if opened.case.correction is not None and opened.case.correction.hers is not None:
        return N_("等待共同申请人确认改动")
    return title if own else N_("等待申请人补正")


def _own_title(event: CaseEvent, *, own: bool) -> Message | None:
    """What the applicant has done, to herself; what she has laid before others as a correction is told alike to all."""
    return _OWN_TITLES.get(event.move) if own and "changed" not in event.detail else None


#: What passes a case on to another department, which the step names.
_PASSED_ON = (Move.TRANSFER, Move.SUCCEED, Move.REPORT)


def _passed_to(event: CaseEvent) -> Message | None:
    return N_("转由{organ}办理", organ=Text(**event.detail["to"])) if event.move in _PASSED_ON else None


def _among(event: CaseEvent, *, own: bool) -> Message | Text | str | None:
    """What a step of those who apply together says, whoever of them reads it: the reason, or who withdrew."""
    match event.move:
        case Move.INVITE if "changed" in event.detail:
            return listed(Text(**one) for one in event.detail["changed"])
        case Move.DISSENT:
            return str(event.detail.get("reason", ""))
        case Move.COMPLETE if not own:
            return N_("电子证照已放入申请人的“我的证照”")
        case Move.WITHDRAW if event.detail.get("all"):
            return N_("全体申请人都要求撤回")
        case Move.WITHDRAW if "seat" in event.detail:
            return N_("由共同申请人撤回")
        case Move.WITHDRAW:
            return N_("由您撤回") if own else N_("由申请人撤回")
    return None


def _withdrawn(event: CaseEvent, *, own: bool) -> Message | None:
    """Who withdrew what one person filed, as told to her, or to who else looks; beside the time stands the agent."""
    if event.move is not Move.WITHDRAW:
        return None
    if not own:
        return N_("由申请人撤回")
    return N_("以您的名义撤回") if "agent" in event.detail else N_("由您本人撤回")


def _ground(event: CaseEvent) -> Message | None:
    """Why the department ended it, where it was not time that did."""
    ground = event.detail.get("ground") if event.move is Move.TERMINATE else None
    return GROUNDS_TOLD[ground] if ground else None


def _of_licence(event: CaseEvent) -> Message | str | None:
    """Why a licence was not made, or what its issuer decided of it and why."""
    if event.move is Move.CALL_OFF:
        return called_off_of(event.detail).in_words()
    return decided_of(event.detail).reason if event.move in STANDS else None


def decided_shown(events: Iterable[CaseEvent]) -> dict[str, Any] | None:
    """What the issuer has decided of the licence, where that stops its use: how it stands, why, the paper."""
    last = standing_decision(events)
    if last is None:
        return None
    decided = decided_of(last.detail)
    return {
        "title": STANDS[last.move],
        "at": decided.at,
        "reason": decided.reason,
        "ground": decided.ground,
        "article": decided.article,
        "kind": GIVEN[last.move],
        "step": last.version,
    }


def told_of_materials(event: CaseEvent) -> Message | Text | None:
    """What a step says of materials that follow: which are due and until when, which came, what was wrong."""
    detail = event.detail
    if event.move in (Move.ACCEPT, Move.DEEM_ACCEPTED) and "follow_up" in detail:
        return N_("容缺受理，要补交：{names}", names=_named(detail["follow_up"]))
    match event.move:
        case Move.SUPPLY | Move.TAKE_IN:
            return _named(detail["materials"])
        case Move.ASK_AGAIN:
            return N_("{names}：{words}", names=_named(detail["materials"]), words=detail["words"])
        case Move.TERMINATE if detail.get("ground") == OVERDUE:
            return N_("容缺后补逾期：{names}", names=_named(detail["materials"]))
    return None


def _named(told: Iterable[dict[str, Any]]) -> Text:
    return listed(Text(**one["name"]) for one in told)


def told_of_time(event: CaseEvent) -> Message | str | None:
    """What a step of the clock says: the procedure and its days, the reason, the days moved."""
    detail = event.detail
    match event.move:
        case Move.SUSPEND:
            special = msgspec.convert(detail["special"], Special)
            return N_counted("{name}，约 {n} 个工作日", special.days, name=special.name)
        case Move.RESUME:
            special = msgspec.convert(detail["special"], Special)
            return N_counted(
                "{name}：{result}（停止计时 {n} 个工作日）",
                detail["stopped"],
                name=special.name,
                result=special.result,
            )
        case Move.EXTEND:
            extension = msgspec.convert(detail["extension"], Extension)
            return N_("延长 {days}：{reason}", days=extension.in_words, reason=extension.reason)
        case Move.RECOUNT:
            return str(detail.get("notice", ""))
        case Move.RECTIFY | Move.REOPEN if "overturned" in detail:
            return str(detail["reason"])
        case Move.RECTIFY | Move.REOPEN:
            return N_(
                "此前的“{state}”有误：{reason}",
                state=STATE_WORDS[State(detail["was"]["state"])],
                reason=detail["reason"],
            )
        case Move.DELIVER:
            return N_("{way}，{receiver}", way=DELIVERY_WAYS[detail["way"]], receiver=detail["receiver"])
    return None


def inspected(event: CaseEvent) -> Message | None:
    """What an inspection came to, and how many points were not met."""
    if event.move is not Move.INSPECT:
        return None
    record = inspection_of(event.detail)
    assert record.conclusion is not None
    conclusion, unmet = CONCLUSION_WORDS[record.conclusion], len(record.found(PointFinding.UNMET))
    if unmet:
        return N_("{conclusion}（{n} 项不符合）", conclusion=conclusion, n=unmet)
    return conclusion


def visited(event: CaseEvent) -> Message | None:
    """Why and where, and the officer's words if she wrote any."""
    if event.move is not Move.VISIT:
        return None
    visit = visit_of(event)
    why = VISIT_REASONS[visit.why]
    if visit.note:
        return N_("{why}（{note}），{place}", why=why, note=visit.note, place=visit.place)
    return N_("{why}，{place}", why=why, place=visit.place)


def _now(opened: Opened) -> Message | None:
    case = opened.case
    if case.state is State.ISSUING:
        return N_("制卡单位正在制作实体卡，电子证照同时生成")
    if case.course.running is not None:
        return N_counted(
            "{name}，告知约 {n} 个工作日，日期估计到 {date}",
            case.course.running.days,
            name=case.course.running.name,
            date=f"{clock.city_day(case.due):%Y-%m-%d}" if case.due else "",
        )
    if case.due is None:
        return None
    if case.state is State.ACCEPTED and case.follow_up and case.follow_up.until:
        return N_(
            "请最晚 {date} 补交：{names}",
            date=day_of(case.follow_up.until),
            names=names_of(case.follow_up.outstanding),
        )
    day = f"{clock.city_day(case.due):%Y-%m-%d}"
    on_the_spot = not (clock_of(opened.version, opened.answers).promise_days or opened.version.in_person)
    if case.state is State.SUBMITTED and on_the_spot:
        return N_("即办：工作人员最晚 {date} 受理，受理后当天决定", date=day)
    return N_("最晚 {date}", date=day)
