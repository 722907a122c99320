"""Letters about materials that follow after acceptance 容缺后补: what is due and when, what came, what did not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tongban.cases.model import Case
from tongban.cases.model.follow_up import OVERDUE, day_of, listed
from tongban.kit.i18n import N_, Message, Text

#: Title, body and text message.
Words = tuple[Message, Message, Message]


def words_of(topic: str, case: Case, detail: Mapping[str, Any], values: dict[str, Any]) -> Words | None:
    """The letter of an event about such materials, ``detail`` being its step's; None for an event of another kind."""
    more = {**values, "names": _names(detail.get("materials", ()))}
    match topic:
        case "cases.accepted" if "follow_up" in detail:
            return _accepted(case, detail["follow_up"], values)
        case "cases.supplied":
            return _supplied(detail.get("left", ()), more)
        case "cases.taken_in":
            return _taken_in(more)
        case "cases.asked_again":
            until = day_of(_until(detail["materials"]))
            return _asked_again({**more, "words": detail["words"], "date": until})
        case "timer.cases.reminder":
            return _reminded(case, values)
        case "cases.terminated" if detail.get("ground") == OVERDUE:
            return _ended({**more, "date": day_of(_until(detail["materials"]))})
    return None


def _names(told: Iterable[Mapping[str, Any]]) -> Text:
    return listed(Text(**one["name"]) for one in told)


def _until(told: Iterable[Mapping[str, Any]]) -> datetime:
    """The end that comes first."""
    return min(datetime.fromisoformat(one["until"]) for one in told)


def _accepted(case: Case, told: list[dict[str, Any]], values: dict[str, Any]) -> Words:
    promise = day_of(case.promise_due) if case.promise_due else ""
    more = {**values, "names": _names(told), "until": day_of(_until(told)), "promise": promise}
    return (
        N_("您的申请已容缺受理，请补交材料：{item}", **values),
        N_(
            "受理编码 {code}。已受理，承诺最晚 {promise} 办结。您承诺后补的材料请最晚 {until} 到“我的办件”补交："
            "{names}。到期没有补交的，终止办理。",
            **more,
        ),
        N_(
            "【{mark}】您的“{item}”申请已容缺受理，受理编码 {code}。请最晚 {until} 到“我的办件”补交：{names}。",
            **more,
        ),
    )


def _supplied(left: list[dict[str, Any]], more: dict[str, Any]) -> Words:
    title = N_("已收到您补交的材料：{item}", **more)
    if left:
        still = {**more, "left": _names(left), "date": day_of(_until(left))}
        return (
            title,
            N_("受理编码 {code}。已收到：{names}。还要最晚 {date} 补交：{left}。", **still),
            N_(
                "【{mark}】已收到您为“{item}”补交的材料，受理编码 {code}。还要最晚 {date} 补交：{left}。",
                **still,
            ),
        )
    return (
        title,
        N_("受理编码 {code}。已收到：{names}。承诺后补的材料都已交来，由部门查看。", **more),
        N_("【{mark}】已收到您为“{item}”补交的材料，受理编码 {code}。承诺后补的都已交来。", **more),
    )


def _taken_in(more: dict[str, Any]) -> Words:
    return (
        N_("您补交的材料已核收：{item}", **more),
        N_("受理编码 {code}。{names}符合要求，不用再交。", **more),
        N_("【{mark}】您为“{item}”补交的材料已核收：{names}，受理编码 {code}。", **more),
    )


def _asked_again(more: dict[str, Any]) -> Words:
    return (
        N_("补交的材料需要重交：{item}", **more),
        N_("受理编码 {code}。{names}：{words} 请最晚 {date} 到“我的办件”重新提交，期限没有变。", **more),
        N_(
            "【{mark}】您为“{item}”补交的{names}需要重交，受理编码 {code}。最晚 {date}，原因见“我的办件”。",
            **more,
        ),
    )


def _reminded(case: Case, values: dict[str, Any]) -> Words:
    waits = case.follow_up.outstanding if case.follow_up else ()
    until = min(one.until for one in waits)
    more = {
        **values,
        "date": day_of(until),
        "names": listed(one.name for one in waits if one.until == until),
    }
    return (
        N_("请最晚 {date} 补交材料：{item}", **more),
        N_(
            "受理编码 {code}。还没有收到您承诺后补的材料：{names}。最晚 {date} 到“我的办件”补交，"
            "到期没有补交的，终止办理。",
            **more,
        ),
        N_("【{mark}】请最晚 {date} 为“{item}”补交：{names}，到期终止办理。受理编码 {code}。", **more),
    )


def _ended(more: dict[str, Any]) -> Words:
    return (
        N_("您的申请已终止：{item}", **more),
        N_(
            "受理编码 {code}。到 {date} 没有收到您承诺后补的材料：{names}，已终止办理。材料备齐后可以重新申请。"
            "{remedies}",
            **more,
        ),
        N_(
            "【{mark}】您的“{item}”申请到期没有补交{names}，已终止办理，受理编码 {code}。备齐后可以重新申请。",
            **more,
        ),
    )
