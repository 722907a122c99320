"""Random questionnaires, and an oracle that tries every combination of answers."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

from hypothesis import strategies as st

from tongban.catalogue.model.asking import effects
from tongban.catalogue.model.questionnaire import ANSWER, Questionnaire, questionnaire_of
from tongban.kit.i18n import Text
from tongban.kit.rules import Fact, Truth, truthing_of

TODAY = date(2026, 11, 24)
WORDS = {"zh": "词", "en": "Words"}
WHO = Text("测试", "Test")
ITEMS = ("one", "two", "three")


def _leaf(keys: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(st.sampled_from(keys), st.sampled_from(["a", "b", "c"])).map(
        lambda said: {"op": "compare", "is": "eq", "fact": ANSWER + said[0], "value": said[1], "label": WORDS}
    )


def _conditions(keys: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    def joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=1, max_size=3)
        return (
            several.map(lambda of: {"op": "all", "of": of, "label": WORDS})
            | several.map(lambda of: {"op": "any", "of": of, "label": WORDS})
            | inner.map(lambda of: {"op": "not", "of": of, "label": WORDS})
        )

    return st.recursive(_leaf(keys), joined, max_leaves=4)


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """Up to four questions of two or three answers, some asked on a condition, and up to five rows."""
    keys = [f"q{place}" for place in range(draw(st.integers(1, 4)))]
    questions = []
    for place, key in enumerate(keys):
        values = ["a", "b", "c"][: draw(st.integers(2, 3))]
        one = {
            "key": key,
            "text": WORDS,
            "why": WORDS,
            "options": [{"value": v, "text": WORDS} for v in values],
        }
        if place and draw(st.booleans()):
            one["when"] = draw(_conditions(keys[:place]))
        questions.append(one)
    rows = []
    for place in range(draw(st.integers(1, 5))):
        item = draw(st.sampled_from(ITEMS))
        then = draw(
            st.sampled_from(
                [
                    {"does": "offer", "of": item},
                    {"does": "offer", "of": item, "situation": {"kind": "x"}},
                    {"does": "exempt", "of": "card", "item": item, "by": "licence"},
                    {"does": "nothing"},
                ]
            )
        )
        rows.append({"key": f"r{place}", "when": draw(_conditions(keys)), "then": then, "text": WORDS})
    return questionnaire_of(
        {
            "key": "k",
            "title": WORDS,
            "summary": WORDS,
            "mark": "synthetic",
            "questions": questions,
            "rows": rows,
        }
    )


def combinations(guided: Questionnaire) -> list[dict[str, str]]:
    """Every combination of answers, also to questions that would not be asked."""
    keys = [question.key for question in guided.questions]
    options = [[option.value for option in question.options] for question in guided.questions]
    return [dict(zip(keys, values, strict=True)) for values in product(*options)]


def truth_of(guided: Questionnaire, answers: dict[str, str]) -> frozenset[Any]:
    """What holds with all these answers, worked out the simple way."""
    facts: dict[str, Fact] = {}
    for question in guided.questions:  # the random ones hang on earlier questions only
        asked = truthing_of(question.when)(facts, TODAY) is not Truth.FALSE
        facts[ANSWER + question.key] = Fact(answers[question.key] if asked else None, WHO)
    held = {row.key for row in guided.rows if truthing_of(row.when)(facts, TODAY) is Truth.TRUE}
    return frozenset(
        effect
        for effect, parts in effects(guided.rows).items()
        if all(any(row.key in held for row in rows) for rows in parts)
    )
