"""Letters about a licence that one holds: renewed by silence, not made after all, decided about by its issuer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases.model import Case
from tongban.cases.model.on_licence import Decided, called_off_of, decided_of
from tongban.kit.i18n import N_, Message
from tongban.licences import State

#: Title, body and text message.
Words = tuple[Message, Message, Message]


def words_of(topic: str, case: Case, detail: Mapping[str, Any], values: dict[str, Any]) -> Words | None:
    """The letter of an event about a held licence, ``detail`` being its step's; None for an event of another kind."""
    match topic:
        case "cases.deemed_renewed":
            return _deemed_renewed(detail, values)
        case "cases.called_off":
            return _called_off(detail, values)
        case "cases.licence_decided":
            return _decided(detail, values)
    return None


def _called_off(detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    why = called_off_of(detail).in_words() if detail else ""
    return (
        N_("不再制证，申请已终止：{item}", **values),
        N_(
            "受理编码 {code}。{why} 终止办理告知书在“我的办件”的文书里，写明理由和救济途径。",
            why=why,
            **values,
        ),
        N_(
            "【{mark}】您的“{item}”申请已准予，但不再制证，已终止办理，受理编码 {code}。理由请登录后在“我的办件”查看。",
            **values,
        ),
    )


def _decided(detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    decided = decided_of(detail) if detail else None
    licence = decided.licence if decided else values["item"]
    if decided is not None and decided.back is not None:
        return _back(decided, values)
    if decided is not None and decided.against:
        return (
            N_("关于您的{licence}的决定书已出具", licence=licence),
            N_(
                "受理编码 {code}。决定书写明事实、依据和救济途径，可以在“我的办件”或者证照页下载。"
                "不服的，60 日内可以从“我的证照”里的这张证照在网上申请行政复议。",
                **values,
            ),
            N_(
                "【{mark}】签发机关对您的“{item}”证照作出了决定，受理编码 {code}。决定书在“我的证照”下载；"
                "不服的，60 日内可以从那里申请行政复议。",
                **values,
            ),
        )
    return (
        N_("关于您的{licence}的决定书已出具", licence=licence),
        N_(
            "受理编码 {code}。决定书写明事实、依据和救济途径，可以在“我的办件”或者证照页下载。",
            **values,
        ),
        N_(
            "【{mark}】签发机关对您的“{item}”证照作出了决定，受理编码 {code}。决定书请登录后在“我的证照”下载。",
            **values,
        ),
    )


#: What a licence can be used for again, by how it stands after a decision about it was overturned.
_STANDS_AGAIN = {
    State.VALID: N_("证照恢复有效，可以继续使用；交回了实体证件的，请向签发机关领回。"),
    State.SUSPENDED: N_("证照恢复到那以前的“暂停使用”，恢复使用以前仍不能使用。"),
    State.EXPIRED: N_("证照的有效期已经届满，不能再用；需要这项许可的，请按首次申请办理。"),
}


def _back(decided: Decided, values: dict[str, Any]) -> Words:
    assert decided.back is not None
    stands = _STANDS_AGAIN[decided.back]
    return (
        N_("行政复议改变了对您的{licence}的决定", licence=decided.licence),
        N_("受理编码 {code}。{stands}{reason}", stands=stands, reason=decided.reason, **values),
        N_(
            "【{mark}】行政复议改变了对您的“{item}”证照的决定，受理编码 {code}。{stands}",
            stands=stands,
            **values,
        ),
    )


def _deemed_renewed(detail: Mapping[str, Any], values: dict[str, Any]) -> Words:
    until = str(detail.get("until", ""))
    return (
        N_("视为准予延续：{item}", **values),
        N_(
            "受理编码 {code}。有效期届满（{until}）前没有作出决定，依照《行政许可法》第五十条视为准予延续。"
            "新证正在制作，原证在此期间继续有效，您不用做什么。",
            until=until,
            **values,
        ),
        N_(
            "【{mark}】您的“{item}”申请到期没有决定，依法视为准予延续，受理编码 {code}。"
            "新证制好后再通知您，原证继续有效。",
            **values,
        ),
    )
