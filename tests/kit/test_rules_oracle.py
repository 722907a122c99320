"""Our rule tables against another engine: zen-engine answers random tables, and each condition of them, alike.

zen has no third value. Its expressions say it in numbers (0 false, 1 unknown, 2 true): all is ``min``, any is ``max``,
not is ``2 - x``, and a fact that nobody knows is 1.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import zen
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.kit.i18n import Text
from tongban.kit.rules import (
    All,
    AnyOf,
    Compare,
    Condition,
    Exists,
    Fact,
    Not,
    Trace,
    Truth,
    answer,
    answering,
    replayed,
    rule_table,
    truthing_of,
)

TODAY = date(2026, 11, 24)
SOURCE = Text("测试", "Test")
WORDS = {"zh": "词", "en": "Words"}
NUMBER = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

#: Facts of one kind each, so that both engines can compare what they find.
WORD_FACTS, NUMBER_FACTS, YES_FACTS = ("w1", "w2"), ("n1", "n2"), ("y1",)
words = st.sampled_from(["a", "b", "c"])
numbers = st.integers(0, 2)


def compared(names: tuple[str, ...], signs: tuple[str, ...], values: st.SearchStrategy[Any]) -> Any:
    return st.tuples(st.sampled_from(names), st.sampled_from(signs), values).map(
        lambda one: {"op": "compare", "fact": one[0], "is": one[1], "value": one[2], "label": WORDS}
    )


leaves = (
    compared(WORD_FACTS, ("eq", "ne"), words)
    | compared(NUMBER_FACTS, ("eq", "ne", "lt", "le", "gt", "ge"), numbers)
    | compared(YES_FACTS, ("eq", "ne"), st.booleans())
    | compared(WORD_FACTS, ("in",), st.lists(words, min_size=1, max_size=2))
    | st.sampled_from(WORD_FACTS + NUMBER_FACTS).map(
        lambda name: {"op": "exists", "fact": name, "label": WORDS}
    )
)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda of: {"op": "all", "of": of, "label": WORDS})
        | st.lists(inner, min_size=1, max_size=3).map(lambda of: {"op": "any", "of": of, "label": WORDS})
        | inner.map(lambda of: {"op": "not", "of": of, "label": WORDS})
    ),
    max_leaves=8,
)
days = st.sampled_from([None, "2026-01-01", "2026-11-24", "2026-11-25"])
rows = st.tuples(trees, days, days).filter(lambda row: not (row[1] and row[2]) or row[1] <= row[2])
ABSENT = "absent"
values = st.fixed_dictionaries(
    {
        **dict.fromkeys(WORD_FACTS, st.sampled_from(["a", "b", "c", None, ABSENT])),
        **dict.fromkeys(NUMBER_FACTS, st.sampled_from([0, 1, 2, None, ABSENT])),
        **dict.fromkeys(YES_FACTS, st.sampled_from([True, False, None, ABSENT])),
    }
).map(lambda told: {name: value for name, value in told.items() if value != ABSENT})


def spelt(condition: Condition) -> str:
    """The condition as an expression of zen."""
    match condition:
        case All(of=of):
            return f"min([{', '.join(map(spelt, of))}])"
        case AnyOf(of=of):
            return f"max([{', '.join(map(spelt, of))}])"
        case Not(of=of):
            return f"(2 - {spelt(of)})"
        case Exists(fact=name):
            return f"(known.{name} ? (facts.{name} == null ? 0 : 2) : 1)"
        case Compare(fact=name, comparison=sign, value=value):
            held = f"facts.{name} {SIGNS.get(sign, sign)} {json.dumps(value)}"
            return f"(known.{name} ? (facts.{name} == null ? 0 : ({held} ? 2 : 0)) : 1)"
    raise AssertionError(condition)


def pairs(condition: Condition, trace: Trace) -> list[tuple[Condition, Trace]]:
    """Each condition with its trace."""
    inner = (
        condition.of
        if isinstance(condition, All | AnyOf)
        else (condition.of,)
        if isinstance(condition, Not)
        else ()
    )
    assert len(inner) == len(trace.parts)
    return [
        (condition, trace),
        *(pair for one in zip(inner, trace.parts, strict=True) for pair in pairs(*one)),
    ]


def differences(rows: list[tuple[Any, str | None, str | None]], known: dict[str, Any]) -> list[str]:
    """Where the two engines differ on a table, row by row and condition by condition."""
    table = rule_table(
        {
            "key": "random",
            "title": WORDS,
            "rows": [
                {"key": f"r{place}", "when": when, "then": {"does": "eligible"}, "text": WORDS}
                | ({"valid_from": first} if first else {})
                | ({"valid_until": last} if last else {})
                for place, (when, first, last) in enumerate(rows)
            ],
        }
    )
    facts = {name: Fact(value, SOURCE) for name, value in known.items()}
    outcome = answer(table, facts, today=TODAY)
    assert replayed(table, outcome) == outcome
    every = (*WORD_FACTS, *NUMBER_FACTS, *YES_FACTS)
    world = {
        "known": {name: name in known for name in every},
        "facts": {name: known.get(name) for name in every},
    }
    found = []
    for row, (_, first, last), said in zip(table.rows, rows, outcome.rows, strict=True):
        in_force = (first or "") <= TODAY.isoformat() <= (last or "9999")
        if not in_force:
            if said.result is not Truth.FALSE or said.trace is not None:
                found.append(f"{row.key}: not in force, and said {said.result}")
            continue
        assert said.trace is not None
        for condition, trace in pairs(row.when, said.trace):
            theirs, bare = (
                zen.evaluate_expression(spelt(condition), world),
                truthing_of(condition)(facts, TODAY),
            )
            if theirs != NUMBER[trace.result] or bare is not trace.result:
                found.append(f"{spelt(condition)}: {theirs}, {trace.result}, {bare}")
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, min_size=1, max_size=4), values)
def test_another_engine_says_the_same(rows: list[Any], known: dict[str, Any]) -> None:
    """How it can fail (tried): let one unknown part settle all of them."""
    assert differences(rows, known) == []


def test_every_comparison_of_small_values() -> None:
    """How it can fail (tried): take ``gt`` for ``ge``."""
    rows = [
        ({"op": "compare", "fact": "n1", "is": sign, "value": value, "label": WORDS}, None, None)
        for sign in SIGNS
        for value in range(3)
    ]
    for known in ({}, {"n1": None}, {"n1": 0}, {"n1": 1}, {"n1": 2}):
        assert differences(rows, known) == []


@pytest.mark.parametrize(
    ("sign", "otherwise"),
    [("eq", "ne"), ("ne", "eq"), ("lt", "le"), ("le", "lt"), ("gt", "ge"), ("ge", "gt")],
)
def test_an_operator_that_is_wrong_is_found(
    monkeypatch: pytest.MonkeyPatch, sign: str, otherwise: str
) -> None:
    """How it can fail: compare nothing in :func:`differences`."""
    comparisons = answering._COMPARISONS
    monkeypatch.setitem(comparisons, sign, comparisons[otherwise])
    when = {"op": "compare", "fact": "n1", "is": sign, "value": 1, "label": WORDS}
    assert differences([(when, None, None)], {"n1": 1})


@pytest.mark.parametrize("op", ["all", "any", "not"])
def test_a_connective_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch, op: str) -> None:
    """How it can fail: as above."""
    leaf = {"op": "exists", "fact": "w1", "label": WORDS}
    missing = {"op": "exists", "fact": "w2", "label": WORDS}
    if op == "not":
        monkeypatch.setitem(answering._NEGATED, Truth.UNKNOWN, Truth.TRUE)
        when: dict[str, Any] = {"op": "not", "of": missing, "label": WORDS}
    else:
        joined = answering._joined
        monkeypatch.setattr(
            answering,
            "_joined",
            lambda op, condition, parts, settles, rest: joined(op, condition, parts, rest, settles),
        )
        when = {"op": op, "of": [leaf, missing], "label": WORDS}
    assert differences([(when, None, None)], {"w1": "a"})
