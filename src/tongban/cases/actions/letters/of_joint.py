"""Letters about applying together: to the others what waits for their word, to the first applicant what they said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases.model import Case
from tongban.kit import clock
from tongban.kit.i18n import N_, Message, Text

#: Title, body and text message.
Words = tuple[Message, Message, Message]


def asked(case: Case, item: Text, *, mark: str) -> Words:
    """To one of the others: please look and confirm, or say why not."""
    return (
        N_("请您确认：{item}", **_values(case, item, mark)),
        N_(
            "{name}填写了“{item}”申请，您是共同申请人。请在 {date} 当日或之前登录核对，同意的确认，"
            "不同意的可以不确认并说明原因。您确认之前不会提交给部门。",
            **_values(case, item, mark),
        ),
        N_(
            "【{mark}】{name}填写了“{item}”申请，您是共同申请人。请最晚 {date} 登录后在“待我确认”核对；"
            "不同意可以不确认。",
            **_values(case, item, mark),
        ),
    )


def no_more(case: Case, item: Text, *, mark: str) -> Words:
    """To one of the others: nothing waits for her word any more."""
    return (
        N_("不用再确认：{item}", **_values(case, item, mark)),
        N_(
            "{name}的“{item}”申请已退回修改，您之前的确认作废。修改后再提交时，会重新请您确认。",
            **_values(case, item, mark),
        ),
        N_(
            "【{mark}】{name}的“{item}”申请已退回修改，现在不用确认。再提交时会重新通知您。",
            **_values(case, item, mark),
        ),
    )


def words_of(topic: str, case: Case, detail: Mapping[str, Any], values: dict[str, Any]) -> Words | None:
    """The letter of an event among joint applicants; None for another.

    ``detail`` is its step's; ``told`` in it says that the letter is to somebody else than who acted.
    """
    more = {**values, "who": _who(case, detail), "reason": str(detail.get("reason", ""))}
    match topic:
        case "cases.signed":
            return _signed(more)
        case "cases.unsigned":
            return _unsigned(more)
        case "cases.dissented":
            return _dissented(more)
        case "cases.lapsed":
            return _lapsed(more)
        case "cases.withdrawal_asked":
            return _withdrawal_asked(more)
        case "cases.withdrawn" if detail.get("told"):
            return _withdrawn(more)
    return None


def _signed(more: dict[str, Any]) -> Words:
    return (
        N_("{who}已确认：{item}", **more),
        N_("共同申请人{who}已核对并确认。还有人没有确认，全部确认后就提交给部门。", **more),
        N_("【{mark}】{who}已确认您的“{item}”申请，还在等其他共同申请人。", **more),
    )


def _unsigned(more: dict[str, Any]) -> Words:
    return (
        N_("{who}撤回了确认：{item}", **more),
        N_("共同申请人{who}撤回了之前的确认。您填写的内容没有变化，仍在等其确认。", **more),
        N_("【{mark}】{who}撤回了对“{item}”申请的确认，仍在等其确认。", **more),
    )


def _dissented(more: dict[str, Any]) -> Words:
    return (
        N_("{who}没有确认：{item}", **more),
        N_("原因：{reason} 草稿已退回给您，填写的内容都在。改好后可以重新提交。", **more),
        N_("【{mark}】{who}没有确认您的“{item}”申请，草稿已退回，内容都在。原因见“我的办件”。", **more),
    )


def _lapsed(more: dict[str, Any]) -> Words:
    return (
        N_("到期没有全部确认：{item}", **more),
        N_("30 天内共同申请人没有全部确认。草稿已退回给您，填写的内容都在，需要时可以重新提交。", **more),
        N_("【{mark}】您的“{item}”申请到期没有全部确认，草稿已退回，内容都在。", **more),
    )


def _withdrawal_asked(more: dict[str, Any]) -> Words:
    return (
        N_("{who}要求撤回申请：{item}", **more),
        N_(
            "受理编码 {code}。这个事项要全体申请人都要求撤回才能撤回。同意的，请在“我的办件”点“撤回申请”；"
            "不同意的不用操作，办理不停。",
            **more,
        ),
        N_(
            "【{mark}】{who}要求撤回“{item}”申请，受理编码 {code}。全体申请人都要求才能撤回，详见“我的办件”。",
            **more,
        ),
    )


def _withdrawn(more: dict[str, Any]) -> Words:
    return (
        N_("申请已撤回：{item}", **more),
        N_("受理编码 {code}。{who}撤回了这份共同申请，部门不再办理。如仍需办理，可重新申请。", **more),
        N_("【{mark}】{who}撤回了“{item}”申请，受理编码 {code}。如仍需办理，可重新申请。", **more),
    )


def _who(case: Case, detail: Mapping[str, Any]) -> str:
    """Who acted, masked: one of the others by her seat, else the first applicant."""
    seat = detail.get("seat")
    return case.joint.signers[seat].name if case.joint and seat is not None else case.applicant_masked


def _values(case: Case, item: Text, mark: str) -> dict[str, Any]:
    until = case.joint.until if case.joint else case.opened_at
    return {
        "item": item,
        "mark": mark,
        "name": case.applicant_masked,
        "date": f"{clock.city_day(until):%Y-%m-%d}",
    }
