"""Letters to interested persons 利害关系人: the right of their own, the hearing, the decision with what can be done.

They tell of the application its item, its department and what :class:`Matter` holds; no reference, no number. The text
message names neither applicant nor place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tongban.cases.actions.letters.of_time import Words
from tongban.cases.model.hearing import Hearing
from tongban.cases.model.hearing_ends import ended_words
from tongban.cases.model.hearing_parts import OFF_WORDS
from tongban.cases.model.interested import Interested
from tongban.cases.model.matter import Matter
from tongban.kit import clock
from tongban.kit.i18n import N_, Message, Text


def words_to(
    topic: str, hearing: Hearing, one: Interested, detail: Mapping[str, Any], values: dict[str, Any]
) -> Words | None:
    """What an event tells her, ``detail`` being its step's; None for what does not concern her.

    ``values`` are ``item``, ``about`` (see :func:`about_words`), ``organ``, ``government`` (who reconsiders what the
    organ decides) and ``mark``. Who has given her right up hears of the decision only.
    """
    if topic in _ENDS:
        return _ENDS[topic](values)
    made = _LETTERS.get(topic) if one.heard else None
    return made(hearing, one, detail, values) if made else None


def about_words(item: Text, about: Matter) -> Message:
    """Which application it is: the item, whose it is, and the place."""
    words = {"item": item, "who": about.applicant, "address": about.address}
    return (
        N_("{who}的“{item}”申请（{address}）", **words)
        if about.address
        else N_("{who}的“{item}”申请", **words)
    )


def _told(
    _hearing: Hearing, one: Interested, detail: Mapping[str, Any], values: dict[str, Any]
) -> Words | None:
    if detail.get("seat") != one.seat or one.until is None:
        return None
    more = {"date": f"{one.until:%Y-%m-%d}", **values}
    return (
        N_("一项决定可能影响您的利益，您有权要求听证：{item}", **values),
        N_(
            "{organ}拟就{about}作出决定，可能直接影响您的利益。要求听证的，请在 {date} 当日或之前提出，"
            "不收费用；不要求的，可以明确放弃。",
            **more,
        ),
        N_(
            "【{mark}】{organ}拟就一份“{item}”申请作决定，可能影响您的利益，您有权要求听证，"
            "最晚 {date} 到“消息”里提出。",
            **more,
        ),
    )


def _asked(hearing: Hearing, _one: Interested, _detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    assert hearing.begun is not None
    more = {"date": f"{hearing.begun.hold_by:%Y-%m-%d}", **values}
    return (
        N_("将举行听证：{item}", **values),
        N_("{organ}最晚 {date} 就这份申请举行听证，您可以参加；至少提前 7 个工作日通知时间和地点。", **more),
        N_("【{mark}】就“{item}”将举行听证，最晚 {date}，您可以参加，时间地点另行通知。", **more),
    )


def _fixed(hearing: Hearing, _one: Interested, _detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    sitting = hearing.sitting
    assert sitting is not None
    at = f"{clock.city_time(sitting.at):%Y-%m-%d %H:%M}"
    more = {"at": at, "place": sitting.place, "who": sitting.presider_name, **values}
    return (
        N_("听证的时间和地点：{item}", **values),
        N_(
            "听证定于 {at} 在{place}举行，由{who}主持。要求听证而无正当理由不出席的，视为放弃；"
            "认为主持人应当回避的，请到“消息”里申请。",
            **more,
        ),
        N_("【{mark}】“{item}”的听证定于 {at} 在{place}举行，您可以参加。", **more),
    )


def _unfixed(hearing: Hearing, _one: Interested, _detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    sitting = hearing.sitting
    assert sitting is not None and sitting.off is not None
    at = f"{clock.city_time(sitting.at):%Y-%m-%d %H:%M}"
    more = {"at": at, "why": OFF_WORDS[sitting.off], **values}
    return (
        N_("听证不在原定时间举行：{item}", **values),
        N_(
            "{why}。原定 {at} 的听证不在那时举行，请不要前往；新的时间和地点至少提前 7 个工作日通知。",
            **more,
        ),
        N_("【{mark}】因放假安排有变，“{item}”原定 {at} 的听证改期，请不要前往，时间地点另行通知。", **more),
    )


def _recusal(
    _hearing: Hearing, one: Interested, detail: Mapping[str, Any], values: dict[str, Any]
) -> Words | None:
    if not detail.get("granted"):
        return _kept_on(detail, values) if one.seat in detail.get("pleaded", ()) else None
    return (
        N_("主持人回避，听证另行通知：{item}", **values),
        N_("原定的主持人不再主持听证，时间、地点和新的主持人另行通知，请不要前往原定的听证。", **values),
        N_("【{mark}】“{item}”的听证主持人回避，请不要前往，时间地点另行通知。", **values),
    )


def _kept_on(detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    more = {"who": detail.get("presider", ""), "reason": detail.get("reason", ""), **values}
    return (
        N_("回避申请没有同意：{item}", **values),
        N_("听证仍由{who}主持，时间和地点不变。理由：{reason}", **more),
        N_("【{mark}】“{item}”的听证仍由原主持人主持，时间地点不变。", **more),
    )


def _held(hearing: Hearing, _one: Interested, _detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    assert hearing.record is not None
    more = {"date": f"{hearing.record.sign_by:%Y-%m-%d}", **values}
    return (
        N_("请确认听证笔录：{item}", **values),
        N_(
            "请在 {date} 当日或之前核对笔录：属实的确认，不属实的写明理由。到期没有答复的，记明情况。", **more
        ),
        N_("【{mark}】最晚 {date} 到“消息”里确认“{item}”的听证笔录。", **more),
    )


def _ended(hearing: Hearing, _one: Interested, _detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    more = {"result": ended_words(hearing) if hearing.ended else "", **values}
    return (
        N_("听证已结束：{item}", **values),
        N_("{result}。{organ}作出决定后另行通知您。", **more),
        N_("【{mark}】“{item}”的听证已结束，决定作出后另行通知您。", **more),
    )


def _granted(values: dict[str, Any]) -> Words:
    return (
        N_("已作出准予的决定：{item}", **values),
        N_(
            "{organ}对与您有利害关系的{about}作出了准予的决定。不服的，可以自知道决定之日起 60 日内向"
            "{government}申请行政复议，或者 6 个月内向有管辖权的人民法院起诉。",
            **values,
        ),
        N_(
            "【{mark}】{organ}对与您有关的“{item}”申请作出了准予的决定；不服的，60 日内可以向{government}"
            "申请行政复议。",
            **values,
        ),
    )


def _refused(values: dict[str, Any]) -> Words:
    return (
        N_("已作出不予办理的决定：{item}", **values),
        N_(
            "{organ}对与您有利害关系的{about}作出了不予办理的决定。不服的，可以自知道决定之日起 60 日内向"
            "{government}申请行政复议，或者 6 个月内向有管辖权的人民法院起诉。",
            **values,
        ),
        N_(
            "【{mark}】{organ}对与您有关的“{item}”申请作出了不予办理的决定；不服的，60 日内可以向{government}"
            "申请行政复议。",
            **values,
        ),
    )


def _over(values: dict[str, Any]) -> Words:
    return (
        N_("申请已终止，不再作决定：{item}", **values),
        N_("与您有利害关系的{about}已经终止办理，不再作决定，听证也不再举行。", **values),
        N_("【{mark}】与您有关的“{item}”申请已终止，不再作决定。", **values),
    )


_Made = Callable[[Hearing, Interested, Mapping[str, Any], dict[str, Any]], Words | None]
_LETTERS: dict[str, _Made] = {
    "cases.interested_told": _told,
    "cases.hearing_asked": _asked,
    "cases.hearing_fixed": _fixed,
    "cases.hearing_unfixed": _unfixed,
    "cases.recusal_decided": _recusal,
    "cases.hearing_held": _held,
    "cases.hearing_dropped": _ended,
    "cases.hearing_missed": _ended,
    "cases.hearing_ended": _ended,
}
#: What ends the matter for her, whatever she has said before.
_ENDS: dict[str, Callable[[dict[str, Any]], Words]] = {
    "cases.approved": _granted,
    "cases.granted": _granted,
    "cases.deemed_renewed": _granted,
    "cases.refused": _refused,
    "cases.withdrawn": _over,
    "cases.terminated": _over,
}
