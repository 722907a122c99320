"""Letters about a case's clock and what comes beside: why it stands still, runs again or ends on another day, what was
taken back, and what an inspection came to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tongban.cases.model import Case, State
from tongban.cases.model.course import Special
from tongban.cases.model.inspection import CONCLUSION_WORDS, Inspection, PointFinding, inspection_of
from tongban.kit import clock
from tongban.kit.i18n import N_, Message, N_counted

#: Title, body and text message.
Words = tuple[Message, Message, Message]


def _day(case: Case, name: str) -> str:
    instant = getattr(case, name)
    return f"{clock.city_day(instant):%Y-%m-%d}" if instant else ""


def by_when(case: Case) -> Message:
    """By when it is finished: as promised, and by law at the latest."""
    promised, statutory = _day(case, "promise_due"), _day(case, "statutory_due")
    if not statutory:
        return N_("最晚 {date} 办结", date=promised)
    return N_("承诺最晚 {date} 办结，法律规定最晚 {statutory}", date=promised, statutory=statutory)


def words_of(topic: str, case: Case, detail: Mapping[str, Any], values: dict[str, Any]) -> Words | None:
    """The letter of an event about the clock, ``detail`` being its step's; None for an event of another kind."""
    match topic:
        case "cases.suspended":
            return _suspended(case.course.specials[-1], case, values)
        case "cases.resumed":
            return _resumed(case.course.specials[-1], case, values)
        case "cases.extended":
            return _extended(case, values)
        case "cases.date_moved":
            return _moved(detail, case, values)
        case "cases.inspected":
            return _inspected(inspection_of(detail), values)
        case "cases.rectified" if "overturned" in detail:
            return _overturned(str(detail["reason"]), case, values)
        case "cases.rectified":
            was = str(detail.get("was", {}).get("state", ""))
            return _rectified(str(detail.get("reason", "")), values, correcting=was == State.CORRECTING)
    return None


def _suspended(special: Special, case: Case, values: dict[str, Any]) -> Words:
    more = {"name": special.name, "date": _day(case, "promise_due"), "limits": by_when(case), **values}
    return (
        N_("您的申请进入特别程序：{item}", **values),
        N_counted(
            "受理编码 {code}。需要进行{name}，约 {n} 个工作日，这段时间不计入办理时限。估计{limits}。"
            "原因：{reason}",
            special.days,
            reason=special.reason,
            **more,
        ),
        N_counted(
            "【{mark}】您的“{item}”申请需要{name}，约 {n} 个工作日，期间不计时限，受理编码 {code}。",
            special.days,
            **more,
        ),
    )


def _resumed(special: Special, case: Case, values: dict[str, Any]) -> Words:
    more = {"name": special.name, "date": _day(case, "promise_due"), "limits": by_when(case), **values}
    return (
        N_("您的申请恢复计时：{item}", **values),
        N_(
            "受理编码 {code}。{name}已结束：{result} 停止的天数已顺延，{limits}。",
            result=special.result,
            **more,
        ),
        N_("【{mark}】您的“{item}”申请{name}已结束，恢复计时，最晚 {date} 办结，受理编码 {code}。", **more),
    )


def _extended(case: Case, values: dict[str, Any]) -> Words:
    assert case.course.extension is not None
    more = {
        "days": case.course.extension.in_words,
        "date": _day(case, "promise_due"),
        "limits": by_when(case),
        **values,
    }
    return (
        N_("您的申请延期办理：{item}", **values),
        N_(
            "受理编码 {code}。经批准延长 {days}，{limits}。理由：{reason}",
            reason=case.course.extension.reason,
            **more,
        ),
        N_(
            "【{mark}】您的“{item}”申请经批准延长 {days}，最晚 {date} 办结，受理编码 {code}。",
            **more,
        ),
    )


def _moved(detail: Mapping[str, Any], case: Case, values: dict[str, Any]) -> Words:
    """Where nothing but her own time was moved, the letter tells of that; the rest stands on her page."""
    notice, dates = str(detail.get("notice", "")), detail.get("dates", {})
    hers = {name: date.fromisoformat(days[1]) for name, days in dates.items() if name.startswith(_HERS)}
    if hers and len(hers) == len(dates):
        return _lengthened(notice, "correction" in hers, min(hers.values()), values)
    due: date | None = clock.city_day(case.due) if case.due else None
    more = {"date": f"{due:%Y-%m-%d}" if due else "", **values}
    return (
        N_("您的申请最晚日期有变：{item}", **values),
        N_(
            "受理编码 {code}。放假安排有变（{notice}），工作日随之调整，现在最晚 {date}。天数没有变。",
            notice=notice,
            **more,
        ),
        N_("【{mark}】放假安排有变，您的“{item}”申请现在最晚 {date}，受理编码 {code}。", **more),
    )


#: By which names a step tells that it moved a limit of the applicant's own.
_HERS = ("correction", "follow_up:")


def _lengthened(notice: str, corrects: bool, until: date, values: dict[str, Any]) -> Words:
    """She has more days for what she has to hand in."""
    more = {"date": f"{until:%Y-%m-%d}", **values}
    body, short = (
        (
            N_(
                "受理编码 {code}。放假安排有变（{notice}），补正的最后一天随之改为 {date}。天数没有变。",
                notice=notice,
                **more,
            ),
            N_(
                "【{mark}】放假安排有变，您的“{item}”申请补正的最后一天改为 {date}，受理编码 {code}。", **more
            ),
        )
        if corrects
        else (
            N_(
                "受理编码 {code}。放假安排有变（{notice}），后补材料的最后一天随之改为 {date}。天数没有变。",
                notice=notice,
                **more,
            ),
            N_(
                "【{mark}】放假安排有变，您的“{item}”申请后补材料的最后一天改为 {date}，受理编码 {code}。",
                **more,
            ),
        )
    )
    return (N_("您的申请最晚日期有变：{item}", **values), body, short)


def _inspected(record: Inspection, values: dict[str, Any]) -> Words:
    assert record.conclusion is not None
    more = {
        "conclusion": CONCLUSION_WORDS[record.conclusion],
        "n": len(record.found(PointFinding.UNMET)),
        **values,
    }
    return (
        N_("现场核查结论：{item}", **values),
        N_(
            "受理编码 {code}。{conclusion}，不符合的项目 {n} 项。记录和不符合的项目在“我的办件”查看；"
            "这不是最后的决定，承办部门会继续办理。",
            **more,
        ),
        N_(
            "【{mark}】您的“{item}”申请已完成现场核查：{conclusion}，受理编码 {code}。详情见“我的办件”。",
            **more,
        ),
    )


def _overturned(reason: str, case: Case, values: dict[str, Any]) -> Words:
    """The decision was taken back on reconsideration: the case goes on, or waits for her once more."""
    hers = case.state is State.CORRECTING
    date = f"{clock.city_day(case.due):%Y-%m-%d}" if case.due else ""
    return (
        N_("经行政复议，您的申请恢复办理：{item}", **values),
        N_(
            "受理编码 {code}。您不用重新申请；请在 {date} 当日或之前到“我的办件”按说明补正并提交。{reason}",
            date=date,
            reason=reason,
            **values,
        )
        if hers
        else N_(
            "受理编码 {code}。您不用重新申请；期限从次日起重新计算，最晚 {date}。{reason}",
            date=date,
            reason=reason,
            **values,
        ),
        N_(
            "【{mark}】您的“{item}”申请经行政复议恢复办理，受理编码 {code}。请最晚 {date} 到“我的办件”补正。",
            date=date,
            **values,
        )
        if hers
        else N_(
            "【{mark}】您的“{item}”申请经行政复议恢复办理，受理编码 {code}，您不用重新申请。最晚 {date}。",
            date=date,
            **values,
        ),
    )


def _rectified(reason: str, values: dict[str, Any], *, correcting: bool) -> Words:
    if correcting:
        return (
            N_("更正：{item}", **values),
            N_(
                "受理编码 {code}。此前要求您补正有误，现予更正：您不用补正，申请按原来提交的内容继续办理，"
                "受理期限照常计算；您已填写的补正内容会保留。原因：{reason}",
                reason=reason,
                **values,
            ),
            N_(
                "【{mark}】您的“{item}”申请此前要求补正有误，已更正并继续办理，受理编码 {code}，您不用补正。",
                **values,
            ),
        )
    return (
        N_("更正：{item}", **values),
        N_(
            "受理编码 {code}。此前的状态有误，现予更正，继续办理，您不用重新申请。原因：{reason}",
            reason=reason,
            **values,
        ),
        N_(
            "【{mark}】您的“{item}”申请此前的状态有误，已更正并继续办理，受理编码 {code}，您不用重新申请。",
            **values,
        ),
    )
