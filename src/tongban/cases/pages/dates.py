"""Dates that explain themselves: the day, the days left, and which days count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from tongban import catalogue
from tongban.cases import actions
from tongban.cases.actions import Explained, Opened
from tongban.cases.actions.limits.clocks import clock_of
from tongban.cases.model import UNDER_PURPOSE, Case, CaseInBrief, Move
from tongban.cases.model.course import LIMIT_WORDS, LimitKind, Special
from tongban.cases.model.follow_up import listed
from tongban.cases.model.stops import stands_on
from tongban.kit import clock
from tongban.kit.clock import DayMark
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, N_counted

WEEKDAYS = (N_("星期一"), N_("星期二"), N_("星期三"), N_("星期四"), N_("星期五"), N_("星期六"), N_("星期日"))


async def due_words(db: Database, case: Case, *, now: datetime) -> dict[str, Any] | None:
    """The date that counts now, its weekday, the working days left, whether it stands still; None where none runs."""
    dates = dates_now(case)
    if dates is None or case.due is None:
        return None
    left = await actions.days_left(db, case.due, now=now, running=case.course.running)
    calendar = await clock.current_calendar(db)
    return {
        **dates,
        "weekday": WEEKDAYS[dates["day"].weekday()],
        "left": left,
        "paused": case.course.running is not None,
        "late": left < 0,
        "provisional": clock.may_move(clock.unannounced(calendar, (dates["day"], dates["statutory"]))),
    }


async def may_move_of(db: Database, shown: Iterable[dict[str, Any] | None]) -> Message | None:
    """What is said once beside a list of :func:`dates_now`: that some of them may move; None where none does."""
    days = [day for one in shown if one for day in (one["day"], one["statutory"])]
    return clock.may_move(clock.unannounced(await clock.current_calendar(db), days))


def dates_now(case: CaseInBrief) -> dict[str, Any] | None:
    """The date that counts now with what it is, and the law's own where it decides the result; None where none runs."""
    if case.due is None or case.state not in UNDER_PURPOSE:
        return None
    return {
        "day": clock.city_day(case.due),
        "label": case.due_label,
        "statutory": clock.city_day(case.statutory_due)
        if case.statutory_due and case.accepted_at and case.decided_at is None
        else None,
    }


async def explanations(db: Database, opened: Opened, *, now: datetime) -> list[dict[str, Any]]:
    """Each limit that runs, for a page: its end, how it is counted in sentences, its days as calendar rows."""
    found = await actions.explained(db, opened.case, opened.events, opened.version)
    today = clock.city_day(now)
    return [_shown(one, opened, today=today) for one in found if one.runs and not _lapsed(one, today)]


def _lapsed(one: Explained, today: date) -> bool:
    """Whether a right has not been used in time: nothing runs any more, though the case stands where it stood."""
    return one.kind is LimitKind.HEARING and one.end < today


def _shown(one: Explained, opened: Opened, *, today: date) -> dict[str, Any]:
    marks = one.days_told
    return {
        "kind": str(one.kind),
        "title": LIMIT_WORDS[one.kind],
        "end": one.end,
        "foreseen": one.foreseen_words,
        "weeks": [
            [_cell(mark, one, today, opened.case.course.specials) for mark in week]
            for week in clock.by_week(marks)
        ],
        "sentences": list(_sentences(one, opened)),
        "basis": one.basis,
        "legend": N_("复议决定日") if _anew(one, opened) else _START_WORDS[_counted_as(one, opened)],
    }


def _counted_as(one: Explained, opened: Opened) -> LimitKind:
    """The kind of limit by whose day it begins: the law's to decide may begin with receipt, as that to accept does."""
    received = one.kind is LimitKind.STATUTORY and opened.version.clock.decision_from == "received"
    return LimitKind.ACCEPTANCE if received else one.kind


def _anew(one: Explained, opened: Opened) -> bool:
    """Whether the limit begins anew with a reconsideration that overturned what was decided."""
    return one.start == opened.case.course.anew


_START_WORDS: dict[LimitKind, Message] = {
    LimitKind.VISIT: N_("预约日"),
    LimitKind.ACCEPTANCE: N_("收到日"),
    LimitKind.CORRECTION: N_("告知日"),
    LimitKind.PROMISE: N_("受理日"),
    LimitKind.STATUTORY: N_("受理日"),
    LimitKind.FIRST_REVIEW: N_("受理日"),
    LimitKind.ISSUE: N_("决定日"),
    LimitKind.HEARING: N_("告知日"),
    LimitKind.HEARING_HELD: N_("提出日"),
    LimitKind.FOLLOW_UP: N_("告知受理日"),
}
_FROM: dict[LimitKind, Message] = {
    LimitKind.VISIT: N_("预约从这一日起保留，到最后一日 24 时为止。"),
    LimitKind.ACCEPTANCE: N_("从收到的次日起算，收到当日不计。"),
    LimitKind.CORRECTION: N_("从告知的次日起算，到最后一日 24 时为止。"),
    LimitKind.PROMISE: N_("从受理的次日起算，受理当日不计。"),
    LimitKind.STATUTORY: N_("从受理的次日起算，受理当日不计。"),
    LimitKind.FIRST_REVIEW: N_("从受理的次日起算，受理当日不计。"),
    LimitKind.ISSUE: N_("从作出决定的次日起算，决定当日不计。"),
    LimitKind.HEARING: N_("从告知的次日起算，到最后一日 24 时为止。"),
    LimitKind.HEARING_HELD: N_("从提出的次日起算，提出当日不计。"),
    LimitKind.FOLLOW_UP: N_("从告知受理的次日起算，到最后一日 24 时为止；特别程序期间照常计算。"),
}
_FROM_ANEW = N_("经行政复议恢复办理，期限从次日起重新计算。")
_DEEMED: dict[str, Message] = {
    "receipt": N_("逾期未告知的，自收到之日起即为受理。"),
    "end": N_("逾期未告知的，自期满之日起视为受理。"),
}
_AFTERWARDS: dict[LimitKind, Message] = {
    LimitKind.VISIT: N_(
        "到场即为申请，受理和办结的期限从到场那天起算；到期没有到场的，预约作废，可以重新预约。"
    ),
    LimitKind.ACCEPTANCE: N_("下班后或节假日提交的，按下一个工作日收到计算。"),
    LimitKind.FIRST_REVIEW: N_(
        "期限内审查完毕，连同全部申请材料报送上级机关；承诺和法定的办结期限包括初审，由上级机关决定。"
    ),
    LimitKind.HEARING: N_("期满没有要求听证的，视为放弃；您也可以提前明确放弃。"),
    LimitKind.HEARING_HELD: N_("时间和地点至少提前 7 个工作日通知您；听证所需时间不计入办理时限。"),
    LimitKind.FOLLOW_UP: N_(
        "到期没有补交的，终止办理；补交之前不作出准予的决定，办理时限照常计算。退回重交的，期限不变。"
    ),
}


_UNCORRECTED: dict[str, Message] = {
    "ended": N_("到期没有提交的，这次申请终止，可以重新申请；补正期间不计办理时限，提交后重新计算受理期限。"),
    "given_up": N_("无正当理由逾期没有提交的，视为放弃申请；补正期间不计办理时限，提交后重新计算受理期限。"),
}


#: What a limit of no days means.
_SAME_DAY = {
    LimitKind.ACCEPTANCE: N_("部门收到申请的当日决定是否受理。"),
    LimitKind.PROMISE: N_("承诺受理当日办结。"),
}


def _sentences(one: Explained, opened: Opened) -> Iterable[Message]:
    if one.about:
        yield N_("要补交：{names}。", names=listed(one.about))
    if one.days == 0:
        yield _SAME_DAY.get(one.kind, N_("当日为限。"))
    else:
        yield days_words(one)
        yield _FROM_ANEW if _anew(one, opened) else _FROM[_counted_as(one, opened)]
    if one.by_law:
        yield N_("法定办结期限先到，以法定办结期限为准。")
    off = sum(not mark.counted for mark in one.days_told[1:]) - _paused_days(one, opened)
    if one.unit == "working" and off:
        yield N_counted("双休日、法定节假日不计，共 {n} 天。", off)
    if one.stopped:
        yield from (_stopped(special) for special in opened.case.course.specials)
        yield from _stopped_on(opened)
    yield from one.foreseen_words
    if one.added and opened.case.course.extension:
        yield N_(
            "经批准延长 {days}：{reason}",
            days=opened.case.course.extension.in_words,
            reason=opened.case.course.extension.reason,
        )
    yield from _amended(one)
    yield from _afterwards(one, opened)
    for mark in _special_days(one, opened):
        yield N_("{day} {reason}", day=f"{mark.day:%Y-%m-%d}", reason=mark.reason)
    if one.provisional:
        yield N_("该年度放假安排尚未公布，日期为暂定，公布后如有变化会告知您。")


def _afterwards(one: Explained, opened: Opened) -> Iterable[Message]:
    """What follows when the limit is kept, or passes."""
    if one.kind in _AFTERWARDS:
        yield _AFTERWARDS[one.kind]
    if one.kind is LimitKind.CORRECTION and opened.case.correction and opened.case.correction.hers:
        yield N_("申请人已按期补正；到期没有全部确认改动的，退回申请人重新补正。补正期间不计办理时限。")
    elif one.kind is LimitKind.CORRECTION:
        yield _UNCORRECTED[opened.version.clock.uncorrected]
    if one.kind is LimitKind.ACCEPTANCE:
        yield _DEEMED[opened.version.clock.deemed_from]
        days = clock_of(opened.version, opened.case.answers).promise_days
        yield N_("受理后承诺 {days} 个工作日办结。", days=days) if days else N_("承诺受理当日办结。")


def days_words(one: Explained) -> Message:
    """How long the limit is, as its unit counts."""
    if one.kind is LimitKind.PROMISE:
        return N_counted("承诺 {n} 个工作日。", one.days)
    if one.kind is LimitKind.STATUTORY:
        return {
            "working": N_counted("法定 {n} 个工作日。", one.days),
            "calendar": N_counted("法定 {n} 日。", one.days),
            "months": N_counted("法定 {n} 个月。", one.days),
        }[one.unit]
    if one.kind is LimitKind.VISIT and one.unit == "calendar":
        return N_counted("{n} 日。", one.days)
    return N_counted("{n} 个工作日。", one.days)


def _stopped(special: Special) -> Message:
    if special.until is None:
        return N_counted(
            "{name}自 {since} 起，停止计时；告知需要 {n} 个工作日，日期按此估计，结束后按实际天数重算。",
            special.days,
            name=special.name,
            since=f"{special.since:%Y-%m-%d}",
        )
    return N_(
        "{name}自 {since} 至 {until}，这段时间不计入。",
        name=special.name,
        since=f"{special.since:%Y-%m-%d}",
        until=f"{special.until:%Y-%m-%d}",
    )


def _stopped_on(opened: Opened) -> Iterable[Message]:
    """On what the clock was stopped, once where several procedures stand on the same."""
    told = (stands_on(opened.version, one.kind) for one in opened.case.course.specials)
    for bases in dict.fromkeys(told):
        if bases:
            yield N_("停止计时的依据：{basis}。", basis=listed(bases))


def _amended(one: Explained) -> Iterable[Message]:
    for shift in one.shifts:
        if shift.move is Move.RECOUNT:
            yield N_(
                "放假安排有变（{notice}），期限从 {before} 改为 {after}。",
                notice=shift.why,
                before=f"{shift.before:%Y-%m-%d}",
                after=f"{shift.after:%Y-%m-%d}",
            )


def _paused_days(one: Explained, opened: Opened) -> int:
    names = {special.name for special in opened.case.course.specials}
    return sum(mark.reason in names for mark in one.days_told)


def _special_days(one: Explained, opened: Opened) -> list[DayMark]:
    """Days that differ from Monday–Friday: a holiday in the week, a weekend that is worked."""
    if one.unit != "working":
        return []
    paused = {special.name for special in opened.case.course.specials}
    return [
        mark
        for mark in one.days_told[1:]
        if mark.counted != (mark.day.weekday() < 5) and mark.reason not in paused
    ]


def _cell(
    mark: DayMark | None, one: Explained, today: date, specials: tuple[Special, ...]
) -> dict[str, Any] | None:
    if mark is None:
        return None
    if mark.day == one.end:
        kind = "due"
    elif mark.day == today:
        kind = "today"
    elif mark.day == one.start:
        kind = "start"
    elif mark.counted:
        kind = "counted"
    else:
        kind = "paused" if mark.reason in {special.name for special in specials} else "skipped"
    number = f" · {mark.number}" if mark.counted else ""
    return {"day": mark.day, "kind": kind, "label": f"{mark.day:%Y-%m-%d} {mark.reason}{number}"}


def days_of(limits: catalogue.Clock, *, accepted: bool) -> int:
    """The length of the limit that runs: to acceptance, then to the finished result."""
    return limits.promise_days if accepted else limits.accept_days
