"""The rule's finding as tables and advice show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from tongban.cases.actions import Opened
from tongban.cases.model.asked import meter
from tongban.cases.model.cautions import unregistered_words
from tongban.cases.model.facts import ACCOUNT, Heard, discreet, stated_unregistered
from tongban.cases.model.kept_residence import KEPT
from tongban.kit import clock, forms
from tongban.kit.forms import Form, Prefilled
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.rules import Outcome, Trace, Truth

_RESULTS = {Truth.TRUE: "met", Truth.FALSE: "unmet", Truth.UNKNOWN: "unknown"}


def rule_rows(finding: Outcome | None, form: Form, facts: Mapping[str, Heard]) -> list[dict[str, Any]]:
    """One row a condition that looks at a fact: what was asked, result, value, source, time.

    A register that is silent is named, with the time at which it was asked. Of several that would do, those not
    met are ``spare`` once one is: they settle nothing.
    """
    return [] if finding is None else [_row(*leaf, form, facts) for leaf in _leaves(finding.trace, None)]


def _leaves(trace: Trace, choice: Trace | None) -> Iterator[tuple[Trace, Trace | None]]:
    """The leaves below ``trace``, each with the choice among which one is enough, if it belongs to one.

    What must not hold is asked as its rule asks it: "no home of your own", met where the register knows none.
    """
    if trace.op == "not" and not trace.parts[0].parts:
        yield _turned(trace, trace.parts[0]), choice
        return
    if not trace.parts and trace.fact is not None:
        yield trace, choice
    for part in trace.parts:
        yield from _leaves(part, trace if trace.op == "any" else choice)


def _turned(trace: Trace, leaf: Trace) -> Trace:
    return msgspec.structs.replace(
        leaf, label=trace.label, result=trace.result, basis=trace.basis or leaf.basis, holds_from=None
    )


def _row(leaf: Trace, choice: Trace | None, form: Form, facts: Mapping[str, Heard]) -> dict[str, Any]:
    spare = choice is not None and choice.result is Truth.TRUE and leaf.result is not Truth.TRUE
    told = facts.get((leaf.fact or "").partition(".")[0])
    return {
        "condition": leaf.label,
        "basis": N_("任一即可：{choice}", choice=choice.label) if choice else leaf.basis,
        "result": "spare" if spare else _RESULTS[leaf.result],
        "value": _value(leaf, form),
        "source": leaf.source or (told and told.source),
        "when": _when(leaf, told),
    }


def _when(leaf: Trace, told: Heard | None) -> Message | str:
    """When the value was read; when the register was asked in vain."""
    if told is not None and (told.outcome == "down" or told.unanswered_at is not None):
        asked = f"{clock.city_time(told.asked_at()):%m-%d %H:%M}"
        if leaf.as_of is None:
            return N_("{time} 查询，未应答", time=asked)
        return N_("{read} 的数据；{time} 再查，未应答", read=_minute(leaf.as_of), time=asked)
    return _minute(leaf.as_of) if leaf.as_of else ""


def _minute(instant: datetime) -> str:
    return f"{clock.city_time(instant):%Y-%m-%d %H:%M}"


def conditions(finding: Outcome | None) -> list[dict[str, Any]]:
    """The rule's conditions one level down, as an applicant counts them: label, result, and what met it."""
    if finding is None:
        return []
    return [
        {"label": part.label, "result": _RESULTS[part.result], "met_by": _met_by(part)}
        for part in finding.trace.conditions
    ]


def _met_by(part: Trace) -> Text | None:
    """Of several that would do, the one that does."""
    if part.op != "any":
        return None
    return next((one.label for one in part.parts if one.result is Truth.TRUE), None)


def _since(leaf: Trace, months: int) -> Message:
    """How long it is since a day: an age in years, anything else in months."""
    if (leaf.fact or "").endswith(".birth_date"):
        return N_("{day} 出生，{years} 周岁", day=leaf.value, years=months // 12)
    if months == 1:
        return N_("{day} 起，1 个月", day=leaf.value)
    return N_("{day} 起，{months} 个月", day=leaf.value, months=months)


def _value(leaf: Trace, form: Form) -> Message | Text | str:
    if leaf.result is Truth.UNKNOWN:
        return N_("登记库暂无应答，稍后自动重新核对")
    if leaf.value is None:
        return N_("登记库中没有记录")
    if (shown := discreet(form, leaf.fact, leaf.value)) != leaf.value:
        return str(shown)  # the rule's own words have the value in them
    if leaf.says is not None:
        return leaf.says
    if leaf.months is not None:
        return _since(leaf, leaf.months)
    if isinstance(leaf.value, bool):
        return N_("是") if leaf.value else N_("否")
    for field in form.fields:
        # A code of the register reads as the form puts it: leased → 租赁住房.
        if field.ui.prefill and leaf.fact == f"{field.ui.prefill.resource}.{field.ui.prefill.field}":
            return field.in_words(leaf.value)
    return str(leaf.value)


def differences(form: Form, stated: Mapping[str, Any], settled: Mapping[str, Any]) -> list[Message]:
    """Where the applicant had to state what a silent register then told otherwise: both, for the officer's eye."""
    said, told = forms.mask(form, stated), forms.mask(form, settled)
    return [
        N_(
            "{label}：申请人填写“{said}”，登记为“{told}”",
            label=field.ui.label,
            said=field.in_words(said[field.name]),
            told=field.in_words(told[field.name]),
        )
        for field in form.asked(settled)
        if stated.get(field.name) not in (None, "", settled.get(field.name))
    ]


def unregistered(opened: Opened) -> Message | None:
    """That a register has no record of the firm, so that the applicant stated who it is; None where nobody did."""
    found = stated_unregistered(opened.form, opened.stated, opened.facts)
    return unregistered_words(found.values()) if found else None


#: What a register answered, by its outcome.
_ANSWERED: dict[str, Message] = {
    "found": N_("有记录"),
    "none": N_("没有记录"),
    "down": N_("没有应答"),
}


def answered(facts: Mapping[str, Heard]) -> list[Message]:
    """What each register that was asked has answered so far, in their order."""
    return [
        N_("{source}{answer}", source=one.source, answer=_ANSWERED[one.outcome])
        for name, one in facts.items()
        if name not in (ACCOUNT, KEPT)
    ]


def fetched(opened: Opened) -> list[tuple[Text, Message]]:
    """The materials that the organ fetches itself 免提交, each with what came of it."""
    situation = opened.version.situation(opened.stated)
    return [
        (one.name, _fetched(opened.facts.get(one.source)))
        for one in opened.version.materials
        if one.route in ("licence", "shared") and one.needed(situation)
    ]


def asked_anyway(opened: Opened) -> list[tuple[Text, Message]]:
    """What the applicant was asked for at her submission although nothing should be, each with why."""
    told = next((found for one in opened.events if (found := meter(one.detail)) is not None), None)
    return [(one.name, one.words) for one in told.asked] if told else []


def _fetched(told: Heard | None) -> Message:
    if told is None:
        return N_("没有自动调取，请人工核对")
    words = {"source": told.source, "day": f"{clock.city_time(told.asked_at()):%Y-%m-%d %H:%M}"}
    if told.outcome == "none":
        return N_("{source}没有记录（{day}），请核对", **words)
    if told.outcome == "down":
        return N_("{source}没有应答（{day}），可重新核对", **words)
    return N_("已从{source}取得（{day}）", **words)


def filled_here(
    form: Form, answers: Mapping[str, Any], prefilled: Mapping[str, Prefilled], section: str | None
) -> tuple[list[Text], bool]:
    """Which questions of a page (``section``, None: all) the house has filled, by name; whether some are a register's
    own, which cannot be changed there."""
    found = [
        (field, prefilled[field.name])
        for field in form.asked(answers)
        if field.name in prefilled and section in (None, field.ui.section)
    ]
    shown = [
        (field, known)
        for field, known in found
        if known.state == "filled"
        and known.value not in (None, "", [])
        and (not field.ui.editable or answers.get(field.name) == known.value)
    ]
    locked = any(not field.ui.editable and known.resource != ACCOUNT for field, known in shown)
    return [field.ui.label for field, _ in shown], locked


def verdict_of(finding: Outcome | None) -> str:
    """``true``, ``false`` or ``unknown``."""
    return str(finding.verdict) if finding else "unknown"


def unmet(finding: Outcome | None) -> list[Text]:
    """The conditions that are not met, at the highest level where one can act on them."""
    if finding is None or finding.verdict is not Truth.FALSE:
        return []
    return [part.label for part in finding.trace.conditions if part.result is Truth.FALSE]


def _later(finding: Outcome | None) -> list[Message]:
    """Of the conditions not met, those that time alone will meet: from which day, by the registered one."""
    return [
        N_("按登记日期，“{label}”从 {day} 起满足。", label=part.label, day=part.holds_from)
        for part in (finding.trace.conditions if finding else ())
        if part.holds_from is not None
    ]


def advice(finding: Outcome | None) -> dict[str, Any]:
    """What the applicant is told before she submits: tone, words, and the conditions not met."""
    verdict = verdict_of(finding)
    if verdict == "true":
        return {"tone": "ok", "words": N_("申领条件已初步核对，均满足。"), "unmet": []}
    if verdict == "false":
        return {
            "tone": "warn",
            "words": N_(
                "按登记信息，目前还不满足申领条件。草稿已保存，您可以等条件满足后再提交；如认为登记有误，也可以现在提交并由工作人员核实。"
            ),
            "unmet": unmet(finding),
            "later": _later(finding),
        }
    return {
        "tone": "info",
        "words": N_("有登记库暂时没有应答。您可以照常提交，系统稍后自动核对，无需您补交材料。"),
        "unmet": [],
    }
