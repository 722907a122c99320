"""What is refused of a guided questionnaire: names that are none, circles, dead ends to come, rows nobody reaches."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.catalogue.guided import TODAY, WORDS
from tongban.catalogue.model import Questionnaire, lint_guided, next_question, questionnaire_of, result
from tongban.kit.i18n import Text
from tongban.kit.rules import BadRules, Fact

SOURCE = Text("人口库", "Population register")


def question(key: str, **more: Any) -> dict[str, Any]:
    options = [{"value": value, "text": WORDS} for value in ("yes", "no")]
    return {"key": key, "text": WORDS, "why": WORDS, "options": options, **more}


def row(key: str, item: str = "one", **more: Any) -> dict[str, Any]:
    return {"key": key, "then": {"does": "offer", "of": item}, "text": WORDS, **more}


def guided(*, questions: list[Any], rows: list[Any]) -> Questionnaire:
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


def broken(draft: Questionnaire) -> dict[str, str]:
    return {
        finding.rule: f"{finding.field} {finding.message.en}"
        for finding in lint_guided(draft, ("one", "two"), today=TODAY)
    }


YES, NO = {"a": "yes"}, {"a": "no"}
LOCAL = {"op": "compare", "fact": "population.is_local_hukou", "is": "eq", "value": True, "label": WORDS}


def test_what_is_refused_and_where() -> None:
    """How it can fail (tried): look at today alone, and the dead end to come passes; ask no registers, and
    the contradiction passes.
    """
    good = guided(questions=[question("a")], rows=[row("r", when=YES), row("s", "two", when=NO)])
    assert broken(good) == {}

    unknown = guided(questions=[question("a")], rows=[row("r", "three", when=YES), row("s", "two", when=NO)])
    assert broken(unknown) == {"GUIDE-1": "rows.r There is no item three."}
    with pytest.raises(BadRules, match="no option 'perhaps'"):
        guided(questions=[question("a")], rows=[row("r", when={"a": "perhaps"})])
    with pytest.raises(BadRules, match="two rows have this key"):
        guided(questions=[question("a")], rows=[row("r", when=YES), row("r", when=NO)])
    with pytest.raises(BadRules, match="words are in zh and en"):
        guided(
            questions=[question("a")], rows=[row("r") | {"text": {"zh": "水", "en": "Water", "power": None}}]
        )

    circle = guided(
        questions=[question("a", when={"b": "yes"}), question("b", when=YES)],
        rows=[row("r", when=YES), row("s", when=NO)],
    )
    assert broken(circle) == {"GUIDE-3": "questions.a Questions wait: a → b → a."}

    needless = guided(questions=[question("a"), question("b")], rows=[row("r", when=YES), row("s", when=NO)])
    assert broken(needless)["GUIDE-6"].startswith("questions.b")
    never = guided(
        questions=[question("a"), question("b", when=YES)],
        rows=[row("r"), row("s", "two", when={"a": "no", "b": "yes"}), row("t", "two", when=YES)],
    )
    assert "rows.s" in broken(never)["GUIDE-6"] or "questions.b" in broken(never)["GUIDE-6"]

    many = [question(f"q{place}") for place in range(15)]
    any_of = {"op": "any", "label": WORDS, "of": []}
    for one in many:
        any_of["of"].append(
            {"op": "compare", "fact": f"answer.{one['key']}", "is": "eq", "value": "yes", "label": WORDS}
        )
    assert set(broken(guided(questions=many, rows=[row("r", when=any_of)]))) == {"GUIDE-7"}

    ends = guided(
        questions=[question("a")],
        rows=[row("r", when=YES, valid_until="2026-12-31"), row("s", "two", when=NO)],
    )
    assert set(broken(ends)) == {"GUIDE-4"}, "a dead end that comes with the year is one"
    over = guided(
        questions=[question("a")],
        rows=[
            row("r", when=YES),
            row("s", "two", when=NO),
            row("t", "two", when=YES, valid_until="2026-11-23"),
        ],
    )
    assert broken(over) == {}, "a row that is over may be kept"

    told = guided(
        questions=[question("a")], rows=[row("r", when=YES), row("s", "two", when=NO), row("l", when=LOCAL)]
    )
    assert broken(told) == {}
    nothing = {"key": "n", "when": LOCAL, "then": {"does": "nothing"}, "text": WORDS}
    both = guided(questions=[question("a")], rows=[row("r", when=YES), row("s", "two", when=NO), nothing])
    assert set(broken(both)) == {"GUIDE-5"}, "only where a register says so, and that is enough"


def test_a_register_that_is_silent_leaves_a_perhaps_and_a_row_that_is_over_says_so() -> None:
    """How it can fail (tried): count an unknown row as one that does not hold."""
    draft = guided(
        questions=[question("a")],
        rows=[
            row("r", when=YES, valid_until="2026-11-23"),
            row("s", when=YES, valid_from="2026-11-24"),
            row("t", when=NO),
            row("l", "two", when=LOCAL),
        ],
    )
    assert next_question(draft, {}, today=TODAY) is None, "whichever answer, the same item follows"
    silent = result(draft, {}, today=TODAY)
    assert [one.item for one in silent.items] == ["one"]
    assert [one.key for one in silent.items[0].rules] == ["s", "t"], "either of them brings it"
    assert [one.key for one in silent.perhaps] == ["l"]
    traces = {trace.key: trace for trace in silent.outcome.rows}
    assert (traces["r"].validity, traces["r"].trace) == ("over", None)
    spoke = result(draft, {"population.is_local_hukou": Fact(True, SOURCE)}, today=TODAY)
    assert [one.item for one in spoke.items] == ["one", "two"]
    assert spoke.perhaps == ()
    assert msgspec.json.decode(msgspec.json.encode(spoke.outcome), type=type(spoke.outcome)) == spoke.outcome
