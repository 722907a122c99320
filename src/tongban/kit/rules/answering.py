"""Answering conditions: each is compiled once to a function that answers it and tells how.

There are two such functions of a condition. One leaves the whole trace, which is shown and kept; the other gives the
bare truth, for whoever asks what would be if (the guided questionnaires) and throws the answer away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import msgspec

from tongban.kit.i18n import Text
from tongban.kit.rules.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Exists,
    Fact,
    MonthsSince,
    Not,
    Outcome,
    RuleSet,
    Trace,
    Truth,
)
from tongban.kit.rules.months import day_told, months_after, months_between

Facts = Mapping[str, Fact]
Tracing = Callable[[Facts, date], Trace]
Truthing = Callable[[Facts, date], Truth]

_encoder = msgspec.json.Encoder(order="deterministic")
_TRUE, _FALSE, _UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
_NEGATED = {_TRUE: _FALSE, _FALSE: _TRUE, _UNKNOWN: _UNKNOWN}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": eq,
    "ne": ne,
    "lt": lt,
    "le": le,
    "gt": gt,
    "ge": ge,
    "in": lambda left, right: left in right,
}


def evaluate(rules: RuleSet, facts: Facts, *, today: date) -> Outcome:
    """Answer every condition of the rule on the facts as they stand ``today`` (a city day)."""
    found = vars(rules)  # what was compiled lies beside the hash, and dies with the rule set
    tracing = found.get("tracing")
    if tracing is None:
        tracing = found["tracing"] = tracing_of(rules.root)
    trace = tracing(facts, today)
    return Outcome(trace.result, trace, rules.hash, today)


def tracing_of(condition: Condition) -> Tracing:
    """The function that answers a condition with its trace."""
    match condition:
        case All(of=of):
            return _joined("all", condition, [tracing_of(part) for part in of], _FALSE, _TRUE)
        case AnyOf(of=of):
            return _joined("any", condition, [tracing_of(part) for part in of], _TRUE, _FALSE)
        case Not(of=part):
            return _denied(condition, tracing_of(part))
        case Exists():
            return _existing(condition)
        case Compare():
            return _comparing_traced(condition)
        case MonthsSince():
            return _months(condition)


def truthing_of(condition: Condition) -> Truthing:
    """The function that answers a condition and leaves no trace; it stops where the answer is settled."""
    match condition:
        case All(of=of):
            return _bare([truthing_of(part) for part in of], _FALSE, _TRUE)
        case AnyOf(of=of):
            return _bare([truthing_of(part) for part in of], _TRUE, _FALSE)
        case Not(of=part):
            inner = truthing_of(part)
            return lambda facts, today: _NEGATED[inner(facts, today)]
        case Exists(fact=name):
            return _found(name, lambda value, _: _truth(value is not None))
        case Compare(fact=name):
            compared = _comparing(condition)
            return _found(name, lambda value, today: _FALSE if value is None else compared(value, today))
        case MonthsSince(fact=name, at_least=at_least):
            return _found(name, lambda value, today: _long_ago(value, today, at_least))


def _joined(
    op: str, condition: All | AnyOf, parts: list[Tracing], settles: Truth, otherwise: Truth
) -> Tracing:
    """All of them or any: one part that ``settles`` it does so, without one an unknown part leaves it unknown."""
    label, basis = condition.label, condition.basis

    def answer(facts: Facts, today: date) -> Trace:
        answers = []
        result = otherwise
        for part in parts:
            one = part(facts, today)
            answers.append(one)
            found = one.result
            if found is not otherwise and result is not settles:
                result = found
        return Trace(op, label, result, basis, None, None, None, None, None, None, None, tuple(answers))

    return answer


def _denied(condition: Not, inner: Tracing) -> Tracing:
    label, basis = condition.label, condition.basis

    def answer(facts: Facts, today: date) -> Trace:
        part = inner(facts, today)
        result = _NEGATED[part.result]
        return Trace("not", label, result, basis, None, None, None, None, None, None, None, (part,))

    return answer


def _existing(condition: Exists) -> Tracing:
    name, label, basis = condition.fact, condition.label, condition.basis
    nobody_knows = Trace("exists", label, _UNKNOWN, basis, name)

    def answer(facts: Facts, today: date) -> Trace:
        fact = facts.get(name)
        if fact is None:
            return nobody_knows
        value = fact.value
        return Trace("exists", label, _truth(value is not None), basis, name, value, fact.source, fact.as_of)

    return answer


def _comparing_traced(condition: Compare) -> Tracing:
    """The source says that there is none: nothing to compare, and nothing that anybody could still find."""
    name, label, basis = condition.fact, condition.label, condition.basis
    compare, wanted, words = _COMPARISONS[condition.comparison], condition.value, condition.says
    plain = _plain(words)
    nobody_knows = Trace("compare", label, _UNKNOWN, basis, name)

    def answer(facts: Facts, today: date) -> Trace:
        fact = facts.get(name)
        if fact is None:
            return nobody_knows
        value = fact.value
        if value is None:
            return Trace("compare", label, _FALSE, basis, name, None, fact.source, fact.as_of)
        says = None
        try:
            result = _TRUE if compare(value, wanted) else _FALSE
            if words:
                says = plain.get((type(value), value)) or _said(words, value)
        except TypeError:  # also for a value that is no key
            result = _compared(compare, value, wanted)
            says = _said(words, value) if words else None
        return Trace("compare", label, result, basis, name, value, fact.source, fact.as_of, None, says)

    return answer


def _months(condition: MonthsSince) -> Tracing:
    name, label, basis, at_least = condition.fact, condition.label, condition.basis, condition.at_least
    op = "months_since"
    nobody_knows = Trace(op, label, _UNKNOWN, basis, name)

    def answer(facts: Facts, today: date) -> Trace:
        fact = facts.get(name)
        if fact is None:
            return nobody_knows
        value = fact.value
        if value is None:
            return Trace(op, label, _FALSE, basis, name, None, fact.source, fact.as_of)
        day = day_told(value)
        months = None if day is None else months_between(day, today)
        result = _UNKNOWN if months is None else _truth(months >= at_least)
        holds_from = None
        if result is _FALSE and day is not None and day.year < 9000:  # an odd entry has no such day
            holds_from = months_after(day, at_least)
        return Trace(op, label, result, basis, name, value, fact.source, fact.as_of, months, None, holds_from)

    return answer


def _bare(parts: list[Truthing], settles: Truth, otherwise: Truth) -> Truthing:
    def answer(facts: Facts, today: date) -> Truth:
        result = otherwise
        for part in parts:
            one = part(facts, today)
            if one is settles:
                return settles
            if one is _UNKNOWN:
                result = _UNKNOWN
        return result

    return answer


def _found(name: str, judged: Callable[[Any, date], Truth]) -> Truthing:
    def answer(facts: Facts, today: date) -> Truth:
        fact = facts.get(name)
        return _UNKNOWN if fact is None else judged(fact.value, today)

    return answer


def _long_ago(value: Any, today: date, at_least: int) -> Truth:
    if value is None:
        return _FALSE
    day = day_told(value)
    return _UNKNOWN if day is None else _truth(months_between(day, today) >= at_least)


def _comparing(condition: Compare) -> Callable[[Any, date], Truth]:
    compare, wanted = _COMPARISONS[condition.comparison], condition.value
    return lambda value, _: _compared(compare, value, wanted)


def _compared(compare: Callable[[Any, Any], bool], value: Any, wanted: Any) -> Truth:
    """Values that cannot be compared (a register's odd entry) leave it unknown: a person must look."""
    try:
        return _TRUE if compare(value, wanted) else _FALSE
    except TypeError:
        return _UNKNOWN


def _plain(words: Mapping[str, Text]) -> dict[tuple[type, Any], Text]:
    """The words of values that need nothing put into them, by type and value: true is not 1."""
    plain: dict[tuple[type, Any], Text] = {}
    for spelt, said in words.items():
        if not _has_place(said) and spelt != "*":
            plain[str, spelt] = said
            if spelt in ("true", "false"):
                plain[bool, spelt == "true"] = said
    return plain


def _said(words: Mapping[str, Text], value: Any) -> Text | None:
    said = words.get(_encoder.encode(value).decode().strip('"'), words.get("*"))
    if said is None or not _has_place(said):
        return said
    return Text(said.zh.replace("{value}", str(value)), said.en.replace("{value}", str(value)))


def _has_place(said: Text) -> bool:
    return "{value}" in said.zh or "{value}" in said.en


def _truth(holds: bool) -> Truth:
    return _TRUE if holds else _FALSE
