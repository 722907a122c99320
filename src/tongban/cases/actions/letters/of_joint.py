"""Letters about applying together: to the others what waits for their word, to the first applicant what they said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tongban.cases.model import Case, Ended, State
from tongban.cases.model.follow_up import listed
from tongban.kit import clock
from tongban.kit.i18n import N_, Message, Text, both

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


def no_more(case: Case, item: Text, *, signed: bool, mark: str) -> Words:
    """To one of the others: nothing waits for her word any more; what she has ``signed`` is void."""
    return (
        N_("不用再确认：{item}", **_values(case, item, mark)),
        N_(
            "{name}的“{item}”申请已退回修改，您之前的确认作废。修改后再提交时，会重新请您确认。",
            **_values(case, item, mark),
        )
        if signed
        else N_(
            "{name}的“{item}”申请已退回修改，现在不用您确认。修改后再提交时，会重新请您确认。",
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
    more = {
        **values,
        "who": _who(case, detail),
        "reason": str(detail.get("reason", "")),
        "changed": _changed(detail),
        "date": _due(case),
    }
    if topic in _OF_ALL:
        return _OF_ALL[topic](more)
    if topic == "cases.correction_returned":
        return _correction_returned(detail, more)
    if topic == "cases.withdrawn" and detail.get("all"):
        return _withdrawn_by_all(more)
    return _withdrawn(more) if topic == "cases.withdrawn" and detail.get("told") else None


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


def _withdrawn_by_all(more: dict[str, Any]) -> Words:
    return (
        N_("申请已撤回：{item}", **more),
        N_("受理编码 {code}。全体申请人都要求撤回，部门不再办理。如仍需办理，可重新申请。", **more),
        N_(
            "【{mark}】全体申请人都要求，“{item}”申请已撤回，受理编码 {code}。如仍需办理，可重新申请。",
            **more,
        ),
    )


def _correction_laid(more: dict[str, Any]) -> Words:
    return (
        N_("补正的改动等共同申请人确认：{item}", **more),
        N_(
            "受理编码 {code}。您已按期交来补正。改动的内容（{changed}）要请其他共同申请人在 {date} 当日或之前确认，"
            "都确认后才提交给部门。要再改的，可以在“我的办件”取回。",
            **more,
        ),
        N_(
            "【{mark}】您对“{item}”的补正已交来，改动的内容等共同申请人最晚 {date} 确认后提交，受理编码 {code}。",
            **more,
        ),
    )


def _correction_returned(detail: Mapping[str, Any], more: dict[str, Any]) -> Words:
    """To the first applicant: her correction has not gone to the department, and why."""
    match detail["ended"]:
        case Ended.REFUSED:
            title = N_("{who}没有确认补正的改动：{item}", **more)
            why = N_("共同申请人{who}没有确认，原因：{reason}", **more)
        case Ended.LAPSED:
            title = N_("到期没有全部确认补正的改动：{item}", **more)
            why = N_("共同申请人到期没有全部确认。")
        case _:
            title = N_("您已取回补正修改：{item}", **more)
            why = N_("您已取回修改，之前对改动的确认作废。")
    return (
        title,
        N_(
            "受理编码 {code}。{why} 您的补正没有提交，部门手里仍是原来的内容；您改过的内容都在。"
            "请在 {date} 当日或之前改好再提交。",
            why=why,
            **more,
        ),
        N_(
            "【{mark}】您对“{item}”的补正没有提交，改过的内容都在。最晚 {date} 改好再交，受理编码 {code}。",
            **more,
        ),
    )


def _changed(detail: Mapping[str, Any]) -> Text:
    return listed(Text(**one) for one in detail.get("changed", ()))


def _due(case: Case) -> str:
    return f"{clock.city_day(case.due):%Y-%m-%d}" if case.due else ""


def link_for(topic: str, case: Case) -> str:
    """Where the letter to one of the others leads: to what waits for her word, else to the case."""
    return f"/my/confirmations/{case.id}" if topic == "cases.correction_laid" else f"/my/cases/{case.id}"


def to_other(
    topic: str, case: Case, item: Text, detail: Mapping[str, Any], *, mark: str, acted: bool
) -> Words | None:
    """The letter of an event to one of the others, where the first applicant's own would not be true of her: what only
    the first one does, has done, or gets. None where it is true of all of them; ``acted`` is who made the step."""
    made = None if acted else _TO_OTHERS.get(topic)
    more = {
        "changed": _changed(detail),
        "item": item,
        "mark": mark,
        "code": case.short_code or "",
        "name": case.applicant_masked,
        "date": _due(case),
    }
    return made(more) if made else None


def _correction_asked(more: dict[str, Any]) -> Words:
    return (
        N_("共同申请需要补正：{item}", **more),
        N_(
            "受理编码 {code}。部门要求补正，由申请人{name}在 {date} 当日或之前改好并提交，您现在不用操作。"
            "改动了您确认过的内容的，提交前会请您确认。补正期间不计办理时限。",
            **more,
        ),
        N_(
            "【{mark}】您共同申请的“{item}”需要补正，受理编码 {code}。由{name}最晚 {date} 改好，有改动会请您确认。",
            **more,
        ),
    )


def _laid_before(more: dict[str, Any]) -> Words:
    return (
        N_("请您确认补正的改动：{item}", **more),
        N_(
            "受理编码 {code}。申请人{name}补正时改动了您确认过的内容：{changed}。请在 {date} 当日或之前登录，"
            "核对改动前后的内容，同意的确认，不同意的说明原因。您确认之前不会提交给部门。",
            **more,
        ),
        N_(
            "【{mark}】{name}补正“{item}”时有改动，请最晚 {date} 登录后在“待我确认”核对；不同意可以不确认。",
            **more,
        ),
    )


def _laid_no_more(more: dict[str, Any]) -> Words:
    return (
        N_("不用再确认补正的改动：{item}", **more),
        N_(
            "受理编码 {code}。{name}的补正没有提交，部门手里仍是您确认过的内容。"
            "{name}再提交补正时，有改动的会重新请您确认。",
            **more,
        ),
        N_("【{mark}】“{item}”补正的改动现在不用确认，部门手里仍是原来的内容。受理编码 {code}。", **more),
    )


def _corrected(more: dict[str, Any]) -> Words:
    return (
        N_("共同申请已补正：{item}", **more),
        N_(
            "受理编码 {code}。申请人{name}已提交补正。承办部门将在 {date} 当日或之前决定是否受理，逾期未告知的，"
            "依法视为受理。",
            **more,
        ),
        N_(
            "【{mark}】{name}已提交“{item}”共同申请的补正，受理编码 {code}。最晚 {date} 告知是否受理。",
            **more,
        ),
    )


def _approved(more: dict[str, Any]) -> Words:
    return (
        N_("您的申请已获准：{item}", **more),
        N_("受理编码 {code}。正在制证，完成后电子证照会放入申请人{name}的“我的证照”。", **more),
        N_("【{mark}】您的“{item}”申请已获准，受理编码 {code}。正在制证，制好后再通知您。", **more),
    )


def _closed(more: dict[str, Any]) -> Words:
    return (
        N_("共同申请的证照已制好：{item}", **more),
        N_("受理编码 {code}。已经办结，电子证照已放入申请人{name}的“我的证照”。", **more),
        N_("【{mark}】您共同申请的“{item}”已办结，受理编码 {code}。电子证照在{name}的“我的证照”。", **more),
    )


def _delivered(more: dict[str, Any]) -> Words:
    return (
        N_("办理结果已送达：{item}", **more),
        N_("受理编码 {code}。由谁签收，见“我的办件”文书里的送达回证；有疑问的，请尽快联系承办部门。", **more),
        N_("【{mark}】您共同申请的“{item}”办理结果已送达，受理编码 {code}。由谁签收见“我的办件”。", **more),
    )


_OF_ALL: dict[str, Callable[[dict[str, Any]], Words]] = {
    "cases.signed": _signed,
    "cases.unsigned": _unsigned,
    "cases.dissented": _dissented,
    "cases.lapsed": _lapsed,
    "cases.withdrawal_asked": _withdrawal_asked,
    "cases.correction_laid": _correction_laid,
}
_TO_OTHERS: dict[str, Callable[[dict[str, Any]], Words]] = {
    "cases.correction_asked": _correction_asked,
    "cases.correction_laid": _laid_before,
    "cases.correction_returned": _laid_no_more,
    "cases.corrected": _corrected,
    "cases.approved": _approved,
    "cases.closed": _closed,
    "cases.delivered": _delivered,
}
#: Letters that speak to the first applicant alone, of what she alone has done or may do.
_HERS = frozenset(
    {"cases.supplied", "cases.asked_again", "cases.taken_in", "cases.recusal_decided", "timer.cases.reminder"}
)


def only_hers(topic: str, case: Case, detail: Mapping[str, Any]) -> bool:
    """Whether the event's letter is the first applicant's, so that the others get a copy that says so."""
    return (
        topic in _HERS
        or topic.startswith("cases.hearing_")
        or (topic == "cases.accepted" and "follow_up" in detail)
        or (topic == "cases.rectified" and case.state is State.CORRECTING)
    )


def copied(title: Text, body: Text, case: Case, item: Text, *, mark: str) -> tuple[Text, Text, Text]:
    """Title, body and text message of a copy 抄送 to one of the others of what was written to the first applicant."""
    more = {"mark": mark, "item": item, "code": case.short_code or "", "name": case.applicant_masked}
    of, words = (
        both(N_("抄送：")),
        both(N_("这是发给申请人{name}的通知，抄送给您，文中的“您”指{name}。", **more)),
    )
    sms = N_(
        "【{mark}】您共同申请的“{item}”有新的通知，已发给{name}，受理编码 {code}。详见“我的办件”。", **more
    )
    return (
        Text(f"{of.zh}{title.zh}", f"{of.en}{title.en}"),
        Text(f"{words.zh}{body.zh}", f"{words.en} {body.en}"),
        both(sms),
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
