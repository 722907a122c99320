"""Letters about a booking to apply in person: it is kept until a day, and what is filed is no application before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases.model import Case
from tongban.kit import clock
from tongban.kit.i18n import N_, Message

#: Title, body and text message.
Words = tuple[Message, Message, Message]


def words_of(topic: str, case: Case, detail: Mapping[str, Any], values: dict[str, Any]) -> Words | None:
    """The letter of a filing, or of its correction, while the booking stands; None for any other event."""
    booked = case.course.booked
    if booked is None or case.accept_due is None or topic not in ("cases.submitted", "cases.corrected"):
        return None
    dates = {"day": f"{booked.on:%Y-%m-%d}", "end": f"{clock.city_day(case.accept_due):%Y-%m-%d}"}
    asked = booked.unit == "working"
    return (
        _title(topic, values, to_others=bool(detail.get("told"))),
        N_(
            "受理编码 {code}。预约 {day} 到场，保留到 {end}。到场即为申请，受理和办结的期限从到场那天起算；"
            "到期没有到场的，预约作废，可以重新预约。",
            **dates,
            **values,
        )
        if asked
        else N_(
            "受理编码 {code}。请在 {end} 当日或之前到场。到场即为申请，受理和办结的期限从到场那天起算；"
            "到期没有到场的，这次填写作废，可以重新填写。",
            **dates,
            **values,
        ),
        N_("【{mark}】“{item}”已预约 {day} 到场，受理编码 {code}。预约保留到 {end}。", **dates, **values)
        if asked
        else N_(
            "【{mark}】“{item}”已填写，受理编码 {code}。请在 {end} 当日或之前到场办理。", **dates, **values
        ),
    )


def _title(topic: str, values: dict[str, Any], *, to_others: bool) -> Message:
    if topic == "cases.submitted":
        return N_("已收到您的预约：{item}", **values)
    if to_others:
        return N_("共同申请已补正：{item}", **values)
    return N_("已收到您的补正：{item}", **values)
