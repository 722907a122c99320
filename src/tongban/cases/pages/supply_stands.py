"""How it stands with materials that follow 容缺后补 where nothing is to be handed in, or to be looked at, just now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tongban.cases.actions import Opened
from tongban.cases.model import STATE_WORDS, State
from tongban.cases.model.course import RUNS, LimitKind
from tongban.cases.model.follow_up import FollowUp, day_of, listed, names_of, promised
from tongban.cases.model.life import as_applicant_sees
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Text

#: Where what was promised in the application has no limit yet.
_BEFORE = frozenset({State.SUBMITTED, State.CORRECTING})


class Stand(NamedTuple):
    """What is the case, in a line and in what it means for the reader."""

    title: Words
    words: Words


def for_applicant(opened: Opened, *, now: datetime) -> Stand:
    """Why she has nothing to hand in."""
    case, follow_up = opened.case, opened.case.follow_up
    if follow_up is None:
        coming = _promised(opened, opened.stated)
        if coming is not None:
            return Stand(
                N_("还没有到补交的时候"),
                N_("您承诺后补的材料：{names}。部门受理以后开始计算补交期限，到时会通知您。", names=coming),
            )
        return Stand(N_("没有需要补交的材料"), N_("这份申请没有承诺容缺后补，不用补交材料。"))
    if case.state not in RUNS[LimitKind.FOLLOW_UP]:
        return _over(as_applicant_sees(case.state), N_("这份申请不再补交材料"))
    if over := follow_up.over(now):
        return Stand(
            N_("补交期限已过"),
            N_(
                "{names}最晚应在 {day} 补交，现在不能再交。按照您的承诺，这份申请将终止办理；以后可以重新申请。",
                names=names_of(over),
                day=day_of(over[0].until),
            ),
        )
    if came := follow_up.to_look_at:
        return Stand(
            N_("材料都已交来"),
            N_(
                "{names}已于 {day} 交来，等部门核收。不用再交；需要重交的，会通知您。",
                names=names_of(came),
                day=day_of(max(one.supplied_at for one in came if one.supplied_at is not None)),
            ),
        )
    return Stand(N_("材料都已核收"), N_("部门已经核收您补交的材料，不用再交。"))


def for_officer(opened: Opened) -> Stand:
    """Why she has nothing to look at."""
    case, follow_up = opened.case, opened.case.follow_up
    if follow_up is None:
        coming = _promised(opened, opened.answers)
        if coming is not None:
            return Stand(
                N_("还没有到补交的时候"),
                N_("申请人承诺后补：{names}。受理以后开始计算补交期限，交来的在这里核收。", names=coming),
            )
        return Stand(N_("没有要核收的材料"), N_("这个办件没有承诺容缺后补，没有材料要核收。"))
    if case.state not in RUNS[LimitKind.FOLLOW_UP]:
        return ended(case.state)
    if follow_up.outstanding:
        return _awaited(follow_up)
    return Stand(N_("材料都已核收"), N_("申请人承诺后补的材料都已核收，没有等待核收的。"))


def ended(state: State) -> Stand:
    """Of a case that no material can come for any more; an officer is told without its being read."""
    return _over(state, N_("这个办件不再补交材料"))


def _awaited(follow_up: FollowUp) -> Stand:
    sent_back = [one for one in follow_up.outstanding if one.said]
    return Stand(
        N_("已退回，等申请人重交") if sent_back else N_("等申请人补交"),
        N_(
            "还没有交来：{names}，最晚 {day}。到期没有补交的，系统终止办理。",
            names=names_of(follow_up.outstanding),
            day=day_of(max(one.until for one in follow_up.outstanding)),
        ),
    )


def _over(state: State, title: Words) -> Stand:
    return Stand(title, N_("办件现在的状态是“{state}”。进展和原因见办件页面。", state=STATE_WORDS[state]))


def _promised(opened: Opened, answers: Mapping[str, Any]) -> Text | None:
    if opened.case.state not in _BEFORE:
        return None
    found = promised(opened.version.materials, opened.form, answers)
    return listed(one.name for one in found) if found else None
