"""Three-valued rules: Kleene's laws, months as the law counts them, the permit's own rule and its trace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit.i18n import Text
from tongban.kit.rules import BadRules, Fact, Outcome, Truth, evaluate, months_after, months_between, rule_set

TODAY = date(2026, 11, 24)
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
LABEL = {"zh": "条件", "en": "Condition"}


def said(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


#: 居住证暂行条例 (State Council Decree 663) art. 2.
PERMIT: dict[str, Any] = {
    "key": "residence-permit",
    "title": said("居住证申领条件", "Conditions for a residence permit"),
    "root": {
        "op": "all",
        "label": said("符合申领条件", "May have a permit"),
        "basis": said("居住证暂行条例第二条", "Residence Permit Regulation, art. 2"),
        "of": [
            {
                "op": "months_since",
                "fact": "residence.since",
                "at_least": 6,
                "label": said("居住登记满半年", "Registered for half a year"),
            },
            {
                "op": "any",
                "label": said("有一项理由", "One of three grounds"),
                "of": [
                    {
                        "op": "compare",
                        "fact": "work.state",
                        "is": "eq",
                        "value": "employed",
                        "label": said("合法稳定就业", "Stable work"),
                    },
                    {"op": "exists", "fact": "home", "label": said("合法稳定住所", "Stable home")},
                    {"op": "exists", "fact": "study", "label": said("连续就读", "Continuous study")},
                ],
            },
        ],
    },
}
RESIDENCE = Text("居住登记库", "Residence register")
AT = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)


def fact(value: Any) -> Fact:
    return Fact(value, RESIDENCE, AT)


def verdict(root: dict[str, Any], facts: Mapping[str, Fact] | None = None, today: date = TODAY) -> Truth:
    rules = rule_set({"key": "k", "title": LABEL, "root": root})
    return evaluate(rules, facts or {}, today=today).verdict


def constant(truth: Truth) -> dict[str, Any]:
    """A condition with a known answer, on the facts of :data:`FACTS`."""
    return {"op": "exists", "fact": truth.value, "label": LABEL}


FACTS = {"true": fact(1), "false": fact(None)}


def join(op: str, *parts: dict[str, Any]) -> dict[str, Any]:
    return {"op": op, "label": LABEL, "of": list(parts)}


def deny(part: dict[str, Any]) -> dict[str, Any]:
    return {"op": "not", "label": LABEL, "of": part}


truths = st.sampled_from(list(Truth))
trees = st.recursive(
    truths.map(constant),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: join("all", *parts))
        | st.lists(inner, max_size=3).map(lambda parts: join("any", *parts))
        | inner.map(deny)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        *[(T, T, T, T), (T, U, U, T), (T, F, F, T)],
        *[(U, T, U, T), (U, U, U, U), (U, F, F, U)],
        *[(F, T, F, T), (F, U, F, U), (F, F, F, F)],
    ],
)
def test_kleenes_tables(left: Truth, right: Truth, both: Truth, either: Truth) -> None:
    assert verdict(join("all", constant(left), constant(right)), FACTS) == both
    assert verdict(join("any", constant(left), constant(right)), FACTS) == either


@given(trees, trees, trees)
def test_kleenes_laws(a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]) -> None:
    def same(left: dict[str, Any], right: dict[str, Any]) -> None:
        assert verdict(left, FACTS) == verdict(right, FACTS)

    same(deny(deny(a)), a)
    same(deny(join("all", a, b)), join("any", deny(a), deny(b)))
    same(deny(join("any", a, b)), join("all", deny(a), deny(b)))
    same(join("all", a, b), join("all", b, a))
    same(join("all", a, join("all", b, c)), join("all", a, b, c))
    same(join("any", a, join("any", b, c)), join("any", a, b, c))
    same(join("all", a, join("any", b, c)), join("any", join("all", a, b), join("all", a, c)))
    same(join("all", a, join("any", a, b)), a)


@given(trees, truths.filter(lambda truth: truth is not U))
def test_learning_a_fact_never_turns_a_settled_verdict(tree: dict[str, Any], learned: Truth) -> None:
    before = verdict(tree, FACTS)
    after = verdict(tree, FACTS | {"unknown": fact(1 if learned is T else None)})
    assert before in (U, after)


def test_the_permit_with_all_facts() -> None:
    facts = {"residence.since": fact("2026-05-24"), "work.state": fact("employed"), "home": fact(None)}
    outcome = evaluate(rule_set(PERMIT), facts, today=TODAY)
    assert outcome.verdict is T
    rows = [(leaf.label.zh, leaf.result, leaf.value) for leaf in outcome.trace.leaves()]
    assert rows == [
        ("居住登记满半年", T, "2026-05-24"),
        ("合法稳定就业", T, "employed"),
        ("合法稳定住所", F, None),
        ("连续就读", U, None),
    ]
    months = outcome.trace.leaves()[0]
    assert (months.months, months.source, months.as_of) == (6, RESIDENCE, AT)
    assert outcome.trace.basis == Text("居住证暂行条例第二条", "Residence Permit Regulation, art. 2")
    assert outcome.missing() == ("study",)
    assert rule_set(PERMIT).facts == {"residence.since", "work.state", "home", "study"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"residence.since": "2026-05-25", "home": 1}, F),  # a day short
        ({"residence.since": "2026-06-24", "home": 1}, F),  # five months
        ({"residence.since": None, "home": 1}, F),  # not registered at all
        ({"home": 1}, U),  # the register is away
        ({"residence.since": "2026-05-24"}, U),  # no ground known yet
        ({"residence.since": "2026-05-24", "work.state": "ended", "home": None}, U),
        ({"residence.since": "2026-05-24", "work.state": "ended", "home": None, "study": None}, F),
        ({"residence.since": "2026-11-01", "study": None}, F),  # settled without the grounds
        ({"residence.since": "soon", "home": 1}, U),  # an odd entry is for a person to read
        ({"residence.since": "2027-01-01", "home": 1}, F),
    ],
)
def test_the_permit(facts: dict[str, Any], expected: Truth) -> None:
    known = {name: fact(value) for name, value in facts.items()}
    assert evaluate(rule_set(PERMIT), known, today=TODAY).verdict is expected


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-05-24", "2026-11-24", 6),
        ("2026-05-24", "2026-11-23", 5),
        ("2026-05-31", "2026-11-30", 6),  # no 31st: the month's last day
        ("2025-08-31", "2026-02-28", 6),
        ("2025-08-31", "2026-02-27", 5),
        ("2023-08-31", "2024-02-28", 5),  # a leap year goes to the 29th
        ("2023-08-31", "2024-02-29", 6),
        ("2024-02-29", "2025-02-28", 12),
        ("2026-11-24", "2026-11-24", 0),
        ("2026-11-24", "2026-05-24", -6),
    ],
)
def test_months(start: str, end: str, months: int) -> None:
    assert months_between(date.fromisoformat(start), date.fromisoformat(end)) == months


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 2000))
def test_months_only_grow_and_each_begins_on_the_day_or_the_months_end(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    step = months_between(start, end + timedelta(days=1)) - months_between(start, end)
    assert step in (0, 1)
    if step:
        reached = end + timedelta(days=1)
        assert reached.day == start.day or (reached + timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    ("comparison", "value", "known", "expected"),
    [
        ("eq", 3, 3, T),
        ("ne", 3, 4, T),
        ("lt", 3, 2, T),
        ("le", 3, 3, T),
        ("gt", 3, 3, F),
        ("ge", "2026-01-01", "2026-05-24", T),
        ("in", ["a", "b"], "b", T),
        ("in", ["a", "b"], "c", F),
        ("lt", 3, "many", U),
        ("eq", 3, None, F),
    ],
)
def test_comparisons(comparison: str, value: Any, known: Any, expected: Truth) -> None:
    root = {"op": "compare", "fact": "x", "is": comparison, "value": value, "label": LABEL}
    assert verdict(root, {"x": fact(known)}) is expected
    assert verdict(root) is U


def test_the_hash_names_the_content_not_the_spelling() -> None:
    rules = rule_set(PERMIT)
    respelt = {name: PERMIT[name] for name in reversed(list(PERMIT))}
    assert rule_set(respelt).hash == rules.hash
    assert rules.hash == "3ca95f05c3c9971b994f85b6a8054eb4d6d7f93d94e101e4a7b654e963781994"
    altered = msgspec.json.decode(msgspec.json.encode(PERMIT))
    altered["root"]["of"][0]["at_least"] = 5
    assert rule_set(altered).hash != rules.hash
    assert evaluate(rules, {}, today=TODAY).rules == rules.hash


@pytest.mark.parametrize(
    ("value", "said"), [(True, "在职"), (False, "不在职"), (7, "连续 7 个月"), ("3", "三"), (None, None)]
)
def test_a_value_is_put_into_the_rules_words(value: Any, said: str | None) -> None:
    words = {"true": "在职", "false": "不在职", "*": "连续 {value} 个月", "3": "三"}
    root = {
        "op": "compare",
        "fact": "x",
        "is": "eq",
        "value": 1,
        "label": LABEL,
        "says": {spelt: {"zh": text, "en": text} for spelt, text in words.items()},
    }
    rules = rule_set({"key": "k", "title": LABEL, "root": root})
    (leaf,) = evaluate(rules, {"x": fact(value)}, today=TODAY).trace.leaves()
    assert (leaf.says and leaf.says.zh) == said


def test_an_outcome_comes_back_from_its_record_unchanged() -> None:
    facts = {"residence.since": fact("2026-05-24"), "home": fact({"kind": "own"})}
    outcome = evaluate(rule_set(PERMIT), facts, today=TODAY)
    kept = msgspec.json.decode(msgspec.json.encode(outcome))
    assert msgspec.convert(kept, Outcome) == outcome


@pytest.mark.parametrize(
    "root",
    [
        {"op": "maybe", "label": LABEL},
        {"op": "exists", "label": LABEL},
        {"op": "exists", "fact": "x"},
        {"op": "exists", "fact": "x", "label": LABEL, "colour": "red"},
        {"op": "compare", "fact": "x", "is": "like", "value": 1, "label": LABEL},
        {"op": "compare", "fact": "x", "is": "in", "value": "abc", "label": LABEL},
        {"op": "compare", "fact": "x", "is": "eq", "value": [1], "label": LABEL},
        {"op": "months_since", "fact": "x", "at_least": -1, "label": LABEL},
        {"op": "all", "label": LABEL, "of": [{"op": "not", "label": LABEL}]},
    ],
)
def test_a_bad_rule_is_refused_when_it_is_made(root: dict[str, Any]) -> None:
    with pytest.raises(BadRules):
        rule_set({"key": "k", "title": LABEL, "root": root})


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)), st.integers(1, 60))
def test_the_day_from_which_months_are_over_is_the_first_such_day(start: date, months: int) -> None:
    day = months_after(start, months)
    assert months_between(start, day) >= months
    assert months_between(start, day - timedelta(days=1)) < months


def test_months_that_are_not_over_say_from_when_they_are() -> None:
    rules = rule_set(
        {
            "key": "stay",
            "title": LABEL,
            "root": {"op": "months_since", "fact": "stay.since", "at_least": 6, "label": LABEL},
        }
    )
    source = Text("登记库", "Register")
    for since, day in (
        ("2026-08-31", date(2027, 2, 28)),
        ("2026-05-24", None),
        (None, None),
        ("9999-12-31", None),
    ):
        trace = evaluate(rules, {"stay.since": Fact(since, source)}, today=TODAY).trace
        assert trace.holds_from == day, since
