"""Rules as data, answered in three values, each answer with its full trace.

A rule set is a tree of conditions over facts. A fact that nobody knows makes a condition unknown, never
false (Kleene's strong logic): the officer then sees what is missing instead of a refusal. Every node is
evaluated, also where the verdict is settled already, because the trace is shown and kept.
"""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

import msgspec

from tongban.kit.i18n import Text

Comparison = Literal["eq", "ne", "lt", "le", "gt", "ge", "in"]


class Truth(StrEnum):
    """A condition's answer."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class Fact(msgspec.Struct, frozen=True):
    """What a source says: ``value`` None means that it says "there is none".

    A fact that is absent from the facts is unknown: its source was away or has not been asked.
    """

    value: Any
    source: Text
    as_of: datetime | None = None


class _Condition(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="op",
    forbid_unknown_fields=True,
    omit_defaults=True,  # a rule that says nothing new keeps its hash when conditions learn to say more
):
    """What all conditions carry: the sentence that a person reads, and the law that it rests on."""

    label: Text
    basis: Text | None = None


class All(_Condition, frozen=True, kw_only=True, tag="all"):
    """Every part must hold; without parts it holds."""

    of: tuple[Condition, ...]


class AnyOf(_Condition, frozen=True, kw_only=True, tag="any"):
    """One part must hold; without parts it does not."""

    of: tuple[Condition, ...]


class Not(_Condition, frozen=True, kw_only=True, tag="not"):
    """The part must not hold."""

    of: Condition


class Compare(_Condition, frozen=True, kw_only=True, rename={"comparison": "is"}, tag="compare"):
    """The fact's value stands so to ``value``; ``in`` takes a list. A known "none" stands so to nothing.

    ``says`` puts values into words for whoever reads the trace: by the value as JSON spells it, ``*`` for any
    other, with ``{value}`` in its place: ``{"true": …, "*": {"zh": "{value} 个月", "en": "{value} months"}}``.
    """

    fact: str
    comparison: Comparison
    value: Any
    says: dict[str, Text] = {}


class MonthsSince(_Condition, frozen=True, kw_only=True, tag="months_since"):
    """At least so many whole calendar months lie between the fact's day and today."""

    fact: str
    at_least: int


class Exists(_Condition, frozen=True, kw_only=True, tag="exists"):
    """The source has an entry, whatever it says."""

    fact: str


Condition = All | AnyOf | Not | Compare | MonthsSince | Exists


class RuleSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A rule table 规则 as published with an item's version."""

    key: str
    title: Text
    root: Condition

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the rule's content: a decision names the very rule that it followed."""
        return hashlib.sha256(_encoder.encode(self)).hexdigest()

    @cached_property
    def facts(self) -> frozenset[str]:
        """The names of all facts that the rule asks for."""
        return frozenset(_facts_of(self.root))


class Trace(msgspec.Struct, frozen=True, omit_defaults=True):
    """One condition as it was answered: result, value used (in the rule's words), its source and time, law, parts.

    ``holds_from`` is the day from which months that are not over yet will be.
    """

    op: str
    label: Text
    result: Truth
    basis: Text | None = None
    fact: str | None = None
    value: Any = None
    source: Text | None = None
    as_of: datetime | None = None
    months: int | None = None
    says: Text | None = None
    holds_from: date | None = None
    parts: tuple[Trace, ...] = ()

    @property
    def conditions(self) -> tuple[Trace, ...]:
        """The conditions one level down, as people count them: none of an item that has no rule."""
        return self.parts or ((self,) if self.fact is not None else ())

    def leaves(self) -> list[Trace]:
        """The conditions that look at a fact, in order: the rows of the officer's table."""
        if self.parts:
            return [leaf for part in self.parts for leaf in part.leaves()]
        return [] if self.fact is None else [self]


class Outcome(msgspec.Struct, frozen=True):
    """The verdict on one day, with the whole trace and the rule's hash: kept in the case as it is."""

    verdict: Truth
    trace: Trace
    rules: str
    today: date

    def missing(self) -> tuple[str, ...]:
        """The facts whose absence left a condition unknown."""
        unknown = (leaf.fact for leaf in self.trace.leaves() if leaf.result is Truth.UNKNOWN and leaf.fact)
        return tuple(dict.fromkeys(unknown))


class BadRules(ValueError):  # noqa: N818 - named for what it is
    """The data are no rule set; the message says where. Met on publishing, not on deciding."""


_encoder = msgspec.json.Encoder(order="deterministic")
_RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
_NEGATED = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "in": lambda left, right: left in right,
}


def rule_set(data: Mapping[str, Any]) -> RuleSet:
    """The rule set that data describe; raises BadRules."""
    try:
        rules = msgspec.convert(data, RuleSet)
    except msgspec.ValidationError as wrong:
        raise BadRules(str(wrong)) from wrong
    for condition in _conditions(rules.root):
        if isinstance(condition, Compare) and (condition.comparison == "in") != isinstance(
            condition.value, list
        ):
            raise BadRules(f"{condition.fact}: 'in' takes a list and nothing else does")
        if isinstance(condition, MonthsSince) and condition.at_least < 0:
            raise BadRules(f"{condition.fact}: months cannot be negative")
    return rules


def evaluate(rules: RuleSet, facts: Mapping[str, Fact], *, today: date) -> Outcome:
    """Answer every condition of the rule on the facts as they stand ``today`` (a city day)."""
    trace = _answer(rules.root, facts, today)
    return Outcome(trace.result, trace, rules.hash, today)


def months_between(start: date, end: date) -> int:
    """Whole calendar months from ``start`` to ``end``; negative when ``end`` lies before.

    民法典 art. 202: a period of months ends on the same day of the last month, and where that month has
    no such day, on its last day. So 24 May to 24 November are six months, and so are 31 August to
    28 February (29 in a leap year).
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    complete = end.day >= start.day or end.day == monthrange(end.year, end.month)[1]
    return months if complete else months - 1


def months_after(start: date, months: int) -> date:
    """The first day on which so many months from ``start`` are over, as :func:`months_between` counts them."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _answer(condition: Condition, facts: Mapping[str, Fact], today: date) -> Trace:
    match condition:
        case Compare() | MonthsSince() | Exists():
            return _leaf(condition, facts.get(condition.fact), today)
        case All(of=of):
            parts = tuple([_answer(part, facts, today) for part in of])
            result = min([part.result for part in parts], key=_RANK.__getitem__, default=Truth.TRUE)
            return Trace("all", condition.label, result, condition.basis, parts=parts)
        case AnyOf(of=of):
            parts = tuple([_answer(part, facts, today) for part in of])
            result = max([part.result for part in parts], key=_RANK.__getitem__, default=Truth.FALSE)
            return Trace("any", condition.label, result, condition.basis, parts=parts)
        case Not(of=part):
            inner = _answer(part, facts, today)
            return Trace("not", condition.label, _NEGATED[inner.result], condition.basis, parts=(inner,))


def _leaf(condition: Compare | MonthsSince | Exists, fact: Fact | None, today: date) -> Trace:
    op = condition.__struct_config__.tag
    name = condition.fact
    if fact is None:
        return Trace(str(op), condition.label, Truth.UNKNOWN, condition.basis, name)
    months = says = holds_from = None
    if isinstance(condition, Exists):
        result = _truth(fact.value is not None)
    elif fact.value is None:
        # The source says that there is none: nothing to compare, and nothing that anybody could still find.
        result = Truth.FALSE
    elif isinstance(condition, Compare):
        result = _compared(condition, fact.value)
        says = _said(condition.says, fact.value)
    else:
        day = _day(fact.value)
        months = None if day is None else months_between(day, today)
        result = Truth.UNKNOWN if months is None else _truth(months >= condition.at_least)
        if result is Truth.FALSE and day is not None and day.year < 9000:  # an odd entry has no such day
            holds_from = months_after(day, condition.at_least)
    return Trace(
        *(str(op), condition.label, result, condition.basis, name),
        value=fact.value,
        source=fact.source,
        as_of=fact.as_of,
        months=months,
        says=says,
        holds_from=holds_from,
    )


def _said(words: Mapping[str, Text], value: Any) -> Text | None:
    if not words:
        return None
    said = words.get(_encoder.encode(value).decode().strip('"'), words.get("*"))
    return said and Text(said.zh.replace("{value}", str(value)), said.en.replace("{value}", str(value)))


def _compared(condition: Compare, value: Any) -> Truth:
    """Values that cannot be compared (a register's odd entry) leave it unknown: a person must look."""
    try:
        return _truth(_COMPARISONS[condition.comparison](value, condition.value))
    except TypeError:
        return Truth.UNKNOWN


def _truth(holds: bool) -> Truth:
    return Truth.TRUE if holds else Truth.FALSE


def _day(value: Any) -> date | None:
    """The day that a fact tells, None for what is none: also for an instant, whose day needs a zone."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _conditions(condition: Condition) -> Iterator[Condition]:
    yield condition
    if isinstance(condition, All | AnyOf):
        for part in condition.of:
            yield from _conditions(part)
    elif isinstance(condition, Not):
        yield from _conditions(condition.of)


def _facts_of(root: Condition) -> Iterator[str]:
    for condition in _conditions(root):
        if isinstance(condition, Compare | MonthsSince | Exists):
            yield condition.fact
