"""What each step tells the applicant, in her inbox and by text message: words in both languages."""

from __future__ import annotations

import msgspec

from tongban.cases.model import Case
from tongban.kit import clock
from tongban.kit.i18n import N_, Message, Text, both


class Letter(msgspec.Struct, frozen=True):
    """A notice 通知: its title and its words."""

    title: Text
    body: Text


def _date(case: Case, name: str) -> str:
    instant = getattr(case, name)
    return f"{clock.city_day(instant):%Y-%m-%d}" if instant else ""


def _letter(title: Message, body: Message) -> Letter:
    return Letter(both(title), both(body))


def letter(topic: str, case: Case, item: Text) -> Letter:
    """The letter for a case's event; raises KeyError for a topic that has none."""
    code = case.short_code or ""
    made: dict[str, tuple[Message, Message]] = {
        "cases.submitted": (
            N_("已收到您的申请：{item}", item=item),
            N_(
                "受理编码 {code}。承办部门将在 {date} 前决定是否受理，逾期未告知的，自收到之日起即为受理。",
                code=code,
                date=_date(case, "accept_due"),
            ),
        ),
        "cases.accepted": (
            N_("您的申请已受理：{item}", item=item),
            N_(
                "受理编码 {code}。承诺最晚 {date} 前办结（按工作日计算）。",
                code=code,
                date=_date(case, "promise_due"),
            ),
        ),
        "cases.not_accepted": (
            N_("您的申请不予受理：{item}", item=item),
            N_("受理编码 {code}。理由：{reason}", code=code, reason=case.reason or ""),
        ),
        "cases.transferred": (
            N_("您的申请已转交：{item}", item=item),
            N_(
                "受理编码 {code}。居住登记显示由另一个部门办理，已直接转交，您不用再跑一次，最晚办结日不变。",
                code=code,
            ),
        ),
        "cases.approved": (
            N_("您的申请已获准：{item}", item=item),
            N_("受理编码 {code}。正在制证，完成后电子证照会出现在“我的证照”。", code=code),
        ),
        "cases.refused": (
            N_("您的申请未获准：{item}", item=item),
            N_(
                "受理编码 {code}。理由：{reason} 如不服，可在 60 日内申请行政复议，或在 6 个月内提起行政诉讼。",
                code=code,
                reason=case.reason or "",
            ),
        ),
        "cases.withdrawn": (
            N_("您已撤回申请：{item}", item=item),
            N_("受理编码 {code}。如仍需办理，可重新申请。", code=code),
        ),
        "cases.closed": (
            N_("您的证照已制好：{item}", item=item),
            N_("受理编码 {code}。电子证照已放入“我的证照”，可随时出示和核验。", code=code),
        ),
    }
    return _letter(*made[topic])
