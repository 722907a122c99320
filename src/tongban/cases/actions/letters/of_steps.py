"""What each step tells the applicant, in her inbox and by text message: words in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from tongban.cases.actions.letters import (
    of_booking,
    of_cancelled,
    of_follow_up,
    of_hearing,
    of_held,
    of_joint,
    of_reconsideration,
    of_report,
    of_time,
)
from tongban.cases.model import Case
from tongban.cases.model.linked import remedies_of
from tongban.catalogue import ItemVersion
from tongban.kit import clock
from tongban.kit.i18n import N_, Message, Text, both
from tongban.regions import ReconsiderationOrgan

#: Characters of a reason that an SMS gives; the whole stands in the inbox and on the case's page.
REASON_IN_SMS = 40


class Letter(msgspec.Struct, frozen=True):
    """A notice 通知: its title and its words, and what the SMS says of them."""

    title: Text
    body: Text
    sms: Text


def in_both(words: of_joint.Words) -> Letter:
    """Title, body and text message in both languages."""
    return Letter(*map(both, words))


def may_change(words: Letter, case: Case, calendar: clock.Calendar) -> Letter:
    """The letter; where it names a date of the case, or of its hearing, that is provisional with a word of that, in the
    SMS in short."""
    until = case.correction.until if case.correction else None
    dues = (case.due, case.accept_due, case.promise_due, case.statutory_due, until)
    days = {clock.city_day(due) for due in dues if due is not None}
    return provisional(words, days | (case.hearing.last_days if case.hearing else set()), calendar)


def provisional(words: Letter, days: Iterable[date], calendar: clock.Calendar) -> Letter:
    """The letter, which says that those of these days that it names may move, where a year has no notice yet."""
    named = [day for day in days if f"{day:%Y-%m-%d}" in words.body.zh]
    said = clock.may_move(clock.unannounced(calendar, named))
    if said is None:
        return words
    return Letter(
        words.title,
        both(N_("{words}{more}", words=words.body, more=said)),
        both(N_("{words}日期为暂定。", words=words.sms)),
    )


def _date(case: Case, name: str) -> str:
    instant = getattr(case, name)
    return f"{clock.city_day(instant):%Y-%m-%d}" if instant else ""


def _until(case: Case) -> str:
    return f"{clock.city_day(case.correction.until):%Y-%m-%d}" if case.correction else ""


def brief(reason: str) -> str:
    """A reason as an SMS gives it: in one line, cut at :data:`REASON_IN_SMS`, ended like a sentence."""
    words = " ".join(reason.split())
    if len(words) > REASON_IN_SMS:
        return words[: REASON_IN_SMS - 2].rstrip() + "……"
    return words if words.endswith(("。", "！", "？", "…", ".", "!", "?")) else f"{words}。"


def letter(
    topic: str,
    case: Case,
    version: ItemVersion,
    *,
    mark: str,
    organ: ReconsiderationOrgan | None,
    detail: Mapping[str, Any] | None = None,
) -> Letter:
    """The letter for a case's event, signed ``mark`` where it goes out by SMS; raises KeyError for another topic.

    ``organ`` reconsiders what the case's department decides, None before one has it; ``detail`` is that of the step
    that the event tells of.
    """
    undecided = topic in ("cases.not_accepted", "cases.terminated")
    remedies = remedies_of(version, organ, undecided=undecided) if organ else None
    values = {
        "item": version.applied_for,
        "code": case.short_code or "",
        "remedies": remedies.letter if remedies else "",
        "mark": mark,
    }
    if (own := of_reconsideration.words_of(topic, case, version, organ, values)) is not None:
        return in_both(own)
    for kind in (
        *(of_booking, of_time, of_joint, of_hearing),
        *(of_follow_up, of_held, of_report, of_cancelled),
    ):
        words = kind.words_of(topic, case, detail or {}, values)
        if words is not None:
            return in_both(words)
    reason, short = case.reason or "", brief(case.reason or "")
    made: dict[str, tuple[Message, Message, Message]] = {
        "cases.submitted": (
            N_("已收到您的申请：{item}", **values),
            N_(
                "受理编码 {code}。承办部门将在 {date} 当日或之前决定是否受理，逾期未告知的，依法视为受理。",
                date=_date(case, "accept_due"),
                **values,
            ),
            N_(
                "【{mark}】已收到您的“{item}”申请，受理编码 {code}。最晚 {date} 告知是否受理，进度见“我的办件”。",
                date=_date(case, "accept_due"),
                **values,
            ),
        ),
        "cases.correction_asked": (
            N_("您的申请需要补正：{item}", **values),
            N_(
                "受理编码 {code}。请在 {date} 当日或之前按“我的办件”里逐项的说明改好并提交；其余内容不用重填，"
                "补正期间不计办理时限。",
                date=_until(case),
                **values,
            ),
            N_(
                "【{mark}】您的“{item}”申请需要补正，受理编码 {code}。最晚 {date} 到“我的办件”按说明修改，"
                "其余内容不用重填。",
                date=_until(case),
                **values,
            ),
        ),
        "cases.corrected": (
            N_("已收到您的补正：{item}", **values),
            N_(
                "受理编码 {code}。承办部门将在 {date} 当日或之前决定是否受理，逾期未告知的，依法视为受理。",
                date=_date(case, "accept_due"),
                **values,
            ),
            N_(
                "【{mark}】已收到您对“{item}”申请的补正，受理编码 {code}。最晚 {date} 告知是否受理。",
                date=_date(case, "accept_due"),
                **values,
            ),
        ),
        "cases.granted": (
            N_("您的申请已办结：{item}", **values),
            N_("受理编码 {code}。已准予办理，结果在“我的办件”查看。", **values),
            N_(
                "【{mark}】您的“{item}”申请已准予并办结，受理编码 {code}。结果请登录后在“我的办件”查看。",
                **values,
            ),
        ),
        "cases.accepted": (
            N_("您的申请已受理：{item}", **values),
            N_(
                "受理编码 {code}。承诺最晚 {date} 办结（按工作日计算）。",
                date=_date(case, "promise_due"),
                **values,
            ),
            N_(
                "【{mark}】您的“{item}”申请已受理，受理编码 {code}。最晚 {date} 办结，进度见“我的办件”。",
                date=_date(case, "promise_due"),
                **values,
            ),
        ),
        "cases.not_accepted": (
            N_("您的申请不予受理：{item}", **values),
            N_("受理编码 {code}。理由：{reason} {remedies}", reason=reason, **values),
            N_(
                "【{mark}】您的“{item}”申请不予受理，受理编码 {code}。理由：{reason}全文请登录后在“我的办件”查看。",
                reason=short,
                **values,
            ),
        ),
        "cases.transferred": (
            N_("您的申请已转交：{item}", **values),
            N_(
                "受理编码 {code}。登记显示由另一个部门办理，已直接转交，您不用再跑一次，最晚办结日不变。",
                **values,
            ),
            N_(
                "【{mark}】您的“{item}”申请已转交有管辖权的部门，受理编码 {code}。您不用做什么，最晚办结日不变。",
                **values,
            ),
        ),
        "cases.succeeded": (
            N_("您的申请改由新的部门办理：{item}", **values),
            N_(
                "受理编码 {code}。因机构调整，您的申请由承接的部门继续办理。您不用做什么，最晚办结日不变。",
                **values,
            ),
            N_(
                "【{mark}】因机构调整，您的“{item}”申请由承接的部门继续办理，受理编码 {code}。您不用做什么，日期不变。",
                **values,
            ),
        ),
        "cases.approved": (
            N_("您的申请已获准：{item}", **values),
            N_("受理编码 {code}。正在制证，完成后电子证照会出现在“我的证照”。", **values),
            N_("【{mark}】您的“{item}”申请已获准，受理编码 {code}。正在制证，制好后再通知您。", **values),
        ),
        "cases.refused": (
            N_("您的申请未获准：{item}", **values),
            N_("受理编码 {code}。理由：{reason} {remedies}", reason=reason, **values),
            N_(
                "【{mark}】您的“{item}”申请未获准，受理编码 {code}。理由：{reason}{remedies}",
                reason=short,
                **(values | {"remedies": remedies.sms if remedies else ""}),
            ),
        ),
        "cases.withdrawn": (
            N_("您已撤回申请：{item}", **values),
            N_("受理编码 {code}。如仍需办理，可重新申请。", **values),
            N_("【{mark}】您已撤回“{item}”申请，受理编码 {code}。如仍需办理，可重新申请。", **values),
        ),
        "cases.delivered": (
            N_("办理结果已送达：{item}", **values),
            N_(
                "受理编码 {code}。送达回证在“我的办件”的文书里；如不是您本人领取，请尽快联系承办部门。",
                **values,
            ),
            N_(
                "【{mark}】您的“{item}”办理结果已送达，受理编码 {code}。如不是您本人领取，请联系承办部门。",
                **values,
            ),
        ),
        "cases.terminated": (
            N_("您的申请已终止：{item}", **values),
            N_(
                "受理编码 {code}。已终止办理。理由：{reason}以后可以重新申请。{remedies}",
                reason=reason,
                **values,
            ),
            N_(
                "【{mark}】您的“{item}”申请已终止办理，受理编码 {code}。理由：{reason}",
                reason=short,
                **values,
            ),
        )
        if reason
        else (
            N_("您的申请已终止：{item}", **values),
            N_(
                "受理编码 {code}。到期没有收到补正，这次申请已终止。材料备齐后可以重新申请。{remedies}",
                **values,
            ),
            N_(
                "【{mark}】您的“{item}”申请到期没有补正，已终止，受理编码 {code}。材料备齐后可以重新申请。",
                **values,
            ),
        ),
        "cases.closed": (
            N_("您的证照已制好：{item}", **values),
            N_("受理编码 {code}。电子证照已放入“我的证照”，可随时出示和核验。", **values),
            N_(
                "【{mark}】您的“{item}”申请已办结，受理编码 {code}。电子证照已放入“我的证照”，可随时出示。",
                **values,
            ),
        ),
    }
    title, body, sms = made[topic]
    return Letter(both(title), both(body), both(sms))
