"""Conditions over facts, the rule set that they make, and the trace that answering it leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
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
        return hash_of(self)

    @cached_property
    def facts(self) -> frozenset[str]:
        """The names of all facts that the rule asks for."""
        return frozenset(facts_of(self.root))


class Trace(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):  # a tree: no circle to collect
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

    @property
    def facts(self) -> dict[str, Fact]:
        """The facts that were known, as the trace tells them."""
        return facts_in(self.trace)

    def missing(self) -> tuple[str, ...]:
        """The facts whose absence left a condition unknown."""
        unknown = (leaf.fact for leaf in self.trace.leaves() if leaf.result is Truth.UNKNOWN and leaf.fact)
        return tuple(dict.fromkeys(unknown))


class BadRules(ValueError):  # noqa: N818 - named for what it is
    """The data are no rule set; the message says where. Met on publishing, not on deciding."""


def facts_in(*traces: Trace) -> dict[str, Fact]:
    """The facts that were known when these traces were made: what a source told, with source and time."""
    return {
        leaf.fact: Fact(leaf.value, leaf.source, leaf.as_of)
        for trace in traces
        for leaf in trace.leaves()
        if leaf.fact is not None and leaf.source is not None
    }


_encoder = msgspec.json.Encoder(order="deterministic")


def hash_of(table: Any) -> str:
    """SHA-256 of a rule set's or rule table's content, in hexadecimal."""
    return hashlib.sha256(_encoder.encode(table)).hexdigest()


def rule_set(data: Mapping[str, Any]) -> RuleSet:
    """The rule set that data describe; raises BadRules."""
    try:
        rules = msgspec.convert(data, RuleSet)
    except msgspec.ValidationError as wrong:
        raise BadRules(str(wrong)) from wrong
    checked(rules.root)
    return rules


def checked(root: Condition) -> None:
    """Raises BadRules where a condition compares what cannot be compared."""
    for condition in conditions_of(root):
        if isinstance(condition, Compare) and (condition.comparison == "in") != isinstance(
            condition.value, list
        ):
            raise BadRules(f"{condition.fact}: 'in' takes a list and nothing else does")
        if isinstance(condition, MonthsSince) and condition.at_least < 0:
            raise BadRules(f"{condition.fact}: months cannot be negative")


def conditions_of(condition: Condition) -> Iterator[Condition]:
    """The condition and all inside it."""
    yield condition
    if isinstance(condition, All | AnyOf):
        for part in condition.of:
            yield from conditions_of(part)
    elif isinstance(condition, Not):
        yield from conditions_of(condition.of)


def facts_of(root: Condition) -> Iterator[str]:
    """The facts that it looks at, as often as it does."""
    for condition in conditions_of(root):
        if isinstance(condition, Compare | MonthsSince | Exists):
            yield condition.fact
