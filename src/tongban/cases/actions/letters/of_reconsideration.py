"""Letters of a reconsideration 行政复议: what became of the decision, and the court for what is left; its stay; that it
was withdrawn or ended; a correction that its law takes for given up when it does not come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tongban.cases.model import Case, Move
from tongban.cases.model.linked import (
    OF_A_DECISION,
    once_accepted,
    once_withdrawn,
    paper_contested,
    remedies_of,
)
from tongban.cases.model.rulings import ruling_of
from tongban.catalogue import ItemVersion
from tongban.kit import clock, forms
from tongban.kit.i18n import N_, Message, N_counted
from tongban.regions import ReconsiderationOrgan

#: Title, body and text message.
Words = tuple[Message, Message, Message]
_MOVES = {"cases.granted": Move.GRANT, "cases.refused": Move.REFUSE}
_UNCORRECTED = frozenset({"cases.correction_asked", "cases.terminated"})


def words_of(
    topic: str,
    case: Case,
    version: ItemVersion,
    organ: ReconsiderationOrgan | None,
    values: Mapping[str, Any],
) -> Words | None:
    """The letter of the decision on a reconsideration, which ``organ`` made, of its stay or its end by her, or of a
    correction that counts as given up when it does not come; None for another event and for a case of another item."""
    words = _of_correction(topic, case, version, values) if topic in _UNCORRECTED else None
    if words is not None:
        return words
    if version.about != OF_A_DECISION:
        return None
    if topic in _RUNNING:
        return _RUNNING[topic](case, values)
    if topic not in _MOVES or organ is None:
        return None
    about = paper_contested(forms.compile_form(version.form), case.answers)
    found = ruling_of(_MOVES[topic], case.ruling, on_licence=bool(about))
    return (
        N_("行政复议决定：{ruling}", ruling=found.words, **values),
        N_(
            "受理编码 {code}。{organ}决定{ruling}。{follows}理由：{reason} {remedies}"
            "行政复议决定书在“我的办件”的文书里。",
            organ=organ.name,
            ruling=found.words,
            follows=found.follows,
            reason=case.reason or "",
            **values,
        ),
        N_(
            "【{mark}】您的行政复议（受理编码 {code}），{organ}已作出决定：{ruling}。{remedies}",
            organ=organ.name,
            ruling=found.words,
            **{**values, "remedies": remedies_of(version, organ).sms},
        ),
    )


def _of_correction(topic: str, case: Case, version: ItemVersion, values: Mapping[str, Any]) -> Words | None:
    """Asked to put it right, or not put right in time; None for one that an officer has ended with a reason,
    and where its law does not count it as given up."""
    if version.clock.uncorrected != "given_up" or case.correction is None:
        return None
    told = {
        **values,
        "date": f"{clock.city_day(case.correction.until):%Y-%m-%d}",
        "basis": version.clock.correction_basis,
    }
    if topic == "cases.correction_asked":
        return (
            N_("您的申请需要补正：{item}", **values),
            N_(
                "受理编码 {code}。请在 {date} 当日或之前按“我的办件”里逐项的说明改好并提交；其余内容不用重填，"
                "补正期间不计办理时限。无正当理由逾期不补正的，视为放弃申请（{basis}）。",
                **told,
            ),
            N_(
                "【{mark}】您的“{item}”申请需要补正，受理编码 {code}。最晚 {date} 到“我的办件”按说明修改，"
                "逾期视为放弃申请。",
                **told,
            ),
        )
    if case.reason:
        return None
    return (
        N_("您的申请已终止：{item}", **values),
        N_(
            "受理编码 {code}。到期没有收到补正，依照{basis}，视为放弃申请，这次申请已终止。"
            "在申请期限内，材料备齐后可以重新申请。{remedies}",
            **told,
        ),
        N_("【{mark}】您的“{item}”申请到期没有补正，视为放弃，已终止，受理编码 {code}。", **told),
    )


def _stayed(case: Case, values: Mapping[str, Any]) -> Words:
    special = case.course.specials[-1]
    more = {**values, "name": special.name, "reason": special.reason, "date": _due(case)}
    return (
        N_("您的行政复议中止审理", **values),
        N_counted(
            "受理编码 {code}。有下列情形，中止审理：{name}，约 {n} 个工作日，这段时间不计入审理期限，"
            "估计最晚 {date} 作出决定。原因：{reason}",
            special.days,
            **more,
        ),
        N_counted(
            "【{mark}】您的行政复议（受理编码 {code}）中止审理：{name}，约 {n} 个工作日，期间不计入审理期限。",
            special.days,
            **more,
        ),
    )


def _taken_up(case: Case, values: Mapping[str, Any]) -> Words:
    special = case.course.specials[-1]
    more = {**values, "name": special.name, "result": special.result, "date": _due(case)}
    return (
        N_("您的行政复议恢复审理", **values),
        N_(
            "受理编码 {code}。中止的原因（{name}）已消除：{result} 中止的时间已顺延，最晚 {date} 作出决定。",
            **more,
        ),
        N_("【{mark}】您的行政复议（受理编码 {code}）恢复审理，最晚 {date} 作出决定。", **more),
    )


def _withdrawn(case: Case, values: Mapping[str, Any]) -> Words | None:
    """Withdrawn after acceptance; before it, as any other application."""
    meaning = once_withdrawn(case.accepted_at)
    if meaning is None:
        return None
    return (
        N_("您已撤回行政复议申请", **values),
        N_("受理编码 {code}。{meaning}", meaning=meaning, **values),
        N_(
            "【{mark}】您已撤回行政复议申请（受理编码 {code}），不得再以同一事实和理由申请，详见“我的办件”。",
            **values,
        ),
    )


def _ended(case: Case, values: Mapping[str, Any]) -> Words | None:
    """Ended by an officer, which is after acceptance, with her reason; in any other way as any application."""
    if case.accepted_at is None or not case.reason:
        return None
    return (
        N_("您的行政复议已终止"),
        N_(
            "受理编码 {code}。已终止办理。理由：{reason}{again}{remedies}",
            reason=case.reason,
            again=once_accepted(case.accepted_at),
            **values,
        ),
        N_("【{mark}】您的行政复议（受理编码 {code}）已终止办理，理由和以后的途径见“我的办件”。", **values),
    )


def _due(case: Case) -> str:
    return f"{clock.city_day(case.promise_due):%Y-%m-%d}" if case.promise_due else ""


_RUNNING: dict[str, Callable[[Case, Mapping[str, Any]], Words | None]] = {
    "cases.suspended": _stayed,
    "cases.resumed": _taken_up,
    "cases.withdrawn": _withdrawn,
    "cases.terminated": _ended,
}
