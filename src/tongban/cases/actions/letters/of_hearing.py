"""Letters about a hearing 听证: the right and its limit, time and place, the record, the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tongban.cases.actions.letters.of_time import Words, by_when
from tongban.cases.model import Case
from tongban.cases.model.hearing import Hearing
from tongban.cases.model.hearing_ends import ended_words
from tongban.cases.model.hearing_parts import OFF_WORDS
from tongban.kit import clock
from tongban.kit.i18n import N_


def words_of(topic: str, case: Case, detail: Mapping[str, Any], values: dict[str, Any]) -> Words | None:
    """The letter of an event about a hearing, ``detail`` being its step's; None for an event of another kind."""
    made = _LETTERS.get(topic)
    if made is None:
        return None
    hearing = msgspec.convert(detail["hearing"], Hearing) if "hearing" in detail else case.hearing
    return made(case, hearing or Hearing(), detail, values)


def _due(case: Case) -> str:
    return f"{clock.city_day(case.promise_due):%Y-%m-%d}" if case.promise_due else ""


def _told(_case: Case, hearing: Hearing, _detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    assert hearing.told is not None
    more = {"date": f"{hearing.told.until:%Y-%m-%d}", **values}
    return (
        N_("您有权要求听证：{item}", **values),
        N_(
            "受理编码 {code}。部门拟作出不利于您的决定，事实、理由写在听证告知书上。要求听证的，请在 {date} 当日或之前"
            "到“我的办件”提出，不收费用；不要求的，可以明确放弃。",
            **more,
        ),
        N_(
            "【{mark}】您的“{item}”申请拟作不利决定，您有权要求听证，最晚 {date} 到“我的办件”提出，受理编码 {code}。",
            **more,
        ),
    )


def _others(_case: Case, hearing: Hearing, detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    one = hearing.other(detail.get("seat", 0))
    more = {"who": one.masked if one else "", **values}
    return (
        N_("已告知利害关系人：{item}", **values),
        N_(
            "受理编码 {code}。您的申请与{who}有直接利害关系，部门已依法告知其有权要求听证；其答复或者期满之前不作决定，"
            "办理期限照常计算。您自己的权利不变。",
            **more,
        ),
        N_("【{mark}】您的“{item}”申请，部门已告知利害关系人有权要求听证，受理编码 {code}。", **more),
    )


def _asked(_case: Case, hearing: Hearing, detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    assert hearing.begun is not None
    begun = hearing.begun
    more = {"date": f"{begun.hold_by:%Y-%m-%d}", "asked": f"{begun.on:%Y-%m-%d}", **values}
    if detail.get("seat"):
        return (
            N_("利害关系人要求听证：{item}", **values),
            N_(
                "受理编码 {code}。利害关系人要求听证，部门最晚 {date} 举行，至少提前 7 个工作日通知您时间和地点。"
                "办理时限从提出（{asked}）的次日起停止计算。",
                **more,
            ),
            N_(
                "【{mark}】利害关系人对“{item}”要求听证，最晚 {date} 举行，时间地点另行通知，受理编码 {code}。",
                **more,
            ),
        )
    return (
        N_("已收到您的听证申请：{item}", **values),
        N_(
            "受理编码 {code}。部门最晚 {date} 举行听证，至少提前 7 个工作日通知时间和地点。从次日起停止计算办理时限。",
            **more,
        ),
        N_(
            "【{mark}】已收到您对“{item}”的听证申请，最晚 {date} 举行，时间地点另行通知，受理编码 {code}。",
            **more,
        ),
    )


def _waived(_case: Case, _hearing: Hearing, _detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    return (
        N_("您已放弃听证：{item}", **values),
        N_(
            "受理编码 {code}。部门将继续办理并作出决定；对决定不服的，仍可申请行政复议或者提起诉讼。",
            **values,
        ),
        N_("【{mark}】您已放弃对“{item}”的听证，部门将继续办理，受理编码 {code}。", **values),
    )


def _dropped(case: Case, hearing: Hearing, detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    more = {"date": _due(case), "limits": by_when(case), **values}
    if detail.get("seat"):
        return _dropped_by_other(hearing, more, values)
    return (
        N_("您已撤回听证申请：{item}", **values),
        N_("受理编码 {code}。从次日起恢复计时，停止的天数已顺延，{limits}。", **more),
        N_("【{mark}】您已撤回对“{item}”的听证申请，恢复计时，最晚 {date} 办结，受理编码 {code}。", **more),
    )


def _dropped_by_other(hearing: Hearing, more: dict[str, Any], values: dict[str, Any]) -> Words:
    """The interested person who had asked has taken her request back; the applicant's own right may still run."""
    subject = N_("利害关系人撤回了听证申请：{item}", **values)
    sms = N_(
        "【{mark}】利害关系人撤回申请，“{item}”的听证不再举行，恢复计时，最晚 {date} 办结，受理编码 {code}。",
        **more,
    )
    told, ended = hearing.told, hearing.ended
    if told is None or ended is None or not hearing.awaits_word or ended.on > told.until:
        body = N_("受理编码 {code}。听证不再举行，恢复计时，停止的天数已顺延，{limits}。", **more)
        return subject, body, sms
    body = N_(
        "受理编码 {code}。听证不再举行，恢复计时，停止的天数已顺延，{limits}。您自己的权利不变，"
        "最晚 {until} 可以要求听证。",
        until=f"{told.until:%Y-%m-%d}",
        **more,
    )
    return subject, body, sms


def _left(_case: Case, hearing: Hearing, detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    """Who asked with others has taken the request back: it is held for those, and the clock stands still as before."""
    if detail.get("seat"):
        return (
            N_("利害关系人撤回了听证申请，听证照常举行：{item}", **values),
            N_(
                "受理编码 {code}。还有其他人要求听证，听证照常举行，时间和地点不因此改变，办理时限仍停止计算；"
                "您自己的权利不变。",
                **values,
            ),
            N_("【{mark}】一位利害关系人撤回申请，“{item}”的听证照常举行，受理编码 {code}。", **values),
        )
    return (
        N_("您已撤回听证申请，听证照常举行：{item}", **values),
        N_(
            "受理编码 {code}。利害关系人也要求了听证，听证照常举行，办理时限仍停止计算。您不能再要求听证，可以不出席。",
            **values,
        ),
        N_(
            "【{mark}】您已撤回对“{item}”的听证申请；利害关系人也要求了，听证照常举行，受理编码 {code}。",
            **values,
        ),
    )


def _fixed(_case: Case, hearing: Hearing, _detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    sitting = hearing.sitting
    assert sitting is not None
    more = {
        "at": f"{clock.city_time(sitting.at):%Y-%m-%d %H:%M}",
        "place": sitting.place,
        "who": sitting.presider_name,
        **values,
    }
    return (
        N_("听证的时间和地点：{item}", **values),
        N_(
            "受理编码 {code}。听证定于 {at} 在{place}举行，由{who}主持。无正当理由不出席的，视为放弃；"
            "认为主持人应当回避的，请在“我的办件”申请。",
            **more,
        ),
        N_("【{mark}】“{item}”的听证定于 {at} 在{place}举行，请准时出席，受理编码 {code}。", **more),
    )


def _unfixed(_case: Case, hearing: Hearing, detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    sitting = hearing.sitting
    assert sitting is not None and sitting.off is not None
    more = {
        "at": f"{clock.city_time(sitting.at):%Y-%m-%d %H:%M}",
        "why": OFF_WORDS[sitting.off],
        "notice": detail.get("notice", ""),
        **values,
    }
    return (
        N_("听证不在原定时间举行：{item}", **values),
        N_(
            "受理编码 {code}。{why}（{notice}）。原定 {at} 的听证不在那时举行，请不要前往；新的时间和地点至少提前"
            " 7 个工作日通知。",
            **more,
        ),
        N_(
            "【{mark}】因放假安排有变，“{item}”原定 {at} 的听证改期，请不要前往，时间地点另行通知，受理编码 {code}。",
            **more,
        ),
    )


def _recusal(_case: Case, _hearing: Hearing, detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    more = {"who": detail.get("presider", ""), "reason": detail.get("reason", ""), **values}
    if detail.get("granted"):
        return (
            N_("主持人回避，听证另行通知：{item}", **values),
            N_(
                "受理编码 {code}。{who}不再主持本件的听证，时间、地点和新的主持人另行通知。理由：{reason}",
                **more,
            ),
            N_("【{mark}】“{item}”的听证主持人回避，时间地点另行通知，受理编码 {code}。", **more),
        )
    if 0 not in detail.get("pleaded", (0,)):
        return (
            N_("利害关系人申请主持人回避，没有同意：{item}", **values),
            N_("受理编码 {code}。听证仍由{who}主持，时间和地点不变。理由：{reason}", **more),
            N_("【{mark}】“{item}”的听证仍由原主持人主持，时间地点不变，受理编码 {code}。", **more),
        )
    return (
        N_("回避申请没有同意：{item}", **values),
        N_("受理编码 {code}。听证仍由{who}主持，时间和地点不变。理由：{reason}", **more),
        N_("【{mark}】“{item}”的听证仍由原主持人主持，时间地点不变，受理编码 {code}。", **more),
    )


def _held(_case: Case, hearing: Hearing, _detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    assert hearing.record is not None
    more = {"date": f"{hearing.record.sign_by:%Y-%m-%d}", **values}
    return (
        N_("请确认听证笔录：{item}", **values),
        N_(
            "受理编码 {code}。请在 {date} 当日或之前到“我的办件”核对笔录：属实的确认，不属实的写明理由。"
            "到期没有答复的，记明情况，笔录照样生效。",
            **more,
        ),
        N_("【{mark}】最晚 {date} 到“我的办件”确认“{item}”的听证笔录，受理编码 {code}。", **more),
    )


def _ended(case: Case, hearing: Hearing, _detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    result = ended_words(hearing, own=True) if hearing.ended else ""
    more = {"result": result, "date": _due(case), "limits": by_when(case), **values}
    return (
        N_("听证已结束，恢复计时：{item}", **values),
        N_(
            "受理编码 {code}。{result}。停止的天数已顺延，{limits}；听证笔录在“我的办件”的文书里。",
            **more,
        ),
        N_("【{mark}】“{item}”的听证已结束，恢复计时，最晚 {date} 办结，受理编码 {code}。", **more),
    )


_Made = Callable[[Case, Hearing, Mapping[str, Any], dict[str, Any]], Words]
_LETTERS: dict[str, _Made] = {
    "cases.hearing_told": _told,
    "cases.interested_told": _others,
    "cases.hearing_asked": _asked,
    "cases.hearing_waived": _waived,
    "cases.hearing_dropped": _dropped,
    "cases.hearing_left": _left,
    "cases.hearing_fixed": _fixed,
    "cases.hearing_unfixed": _unfixed,
    "cases.recusal_decided": _recusal,
    "cases.hearing_held": _held,
    "cases.hearing_missed": _ended,
    "cases.hearing_ended": _ended,
}
