"""Conditions join, look back and hide whole sections; what is reopened may change, and nothing else."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import msgspec
import pytest

from tests.kit.sample_form import EVERY_ANSWER, EVERY_KIND, EVERY_TYPED, FILE, SCHEMA
from tongban.kit import forms
from tongban.kit.forms import BadForm, Form, Prefilled, When, compile_form
from tongban.kit.i18n import Text

TODAY = date(2026, 11, 24)
KEPT = EVERY_ANSWER


@pytest.fixture(scope="module")
def form() -> Form:
    return compile_form(EVERY_KIND)


def with_when(name: str, when: dict[str, Any]) -> dict[str, Any]:
    schema = copy.deepcopy(EVERY_KIND)
    schema["properties"][name]["x-ui"]["when"] = when
    return schema


@pytest.mark.parametrize(
    ("when", "answers", "holds"),
    [
        ({"field": "a", "is": ["x", "y"]}, {"a": "y"}, True),
        ({"field": "a", "is": ["x"]}, {}, False),
        ({"field": "a", "is_not": ["x"]}, {"a": "y"}, True),
        ({"field": "a", "is_not": ["x"]}, {}, False),
        ({"not": {"field": "a", "is": ["x"]}}, {}, True),
        ({"field": "a", "at_least": 3}, {"a": 3}, True),
        ({"field": "a", "at_least": 3}, {"a": 2.9}, False),
        ({"field": "a", "at_least": 1}, {"a": True}, False),
        ({"field": "a", "at_least": 1}, {"a": "三"}, False),
        ({"field": "a", "at_most": 3}, {"a": 4}, False),
        ({"field": "a", "includes": "x"}, {"a": ["x", "y"]}, True),
        ({"field": "a", "includes": "x"}, {"a": "xyz"}, False),
        ({"all": [{"field": "a", "is": [1]}, {"field": "b", "is": [2]}]}, {"a": 1, "b": 2}, True),
        ({"all": [{"field": "a", "is": [1]}, {"field": "b", "is": [2]}]}, {"a": 1}, False),
        ({"any": [{"field": "a", "is": [1]}, {"not": {"field": "b", "is": [2]}}]}, {"b": 2}, False),
        ({"any": [{"field": "a", "is": [1]}, {"field": "b", "is": [2]}]}, {"b": 2}, True),
        ({"field": "a", "is": [True]}, {"a": True}, True),
    ],
)
def test_a_condition_holds_or_not(when: dict[str, Any], answers: dict[str, Any], holds: bool) -> None:
    condition = msgspec.convert(when, When)
    assert condition.is_whole()
    assert condition.holds(answers) is holds


@pytest.mark.parametrize(
    ("when", "words_"),
    [
        ({"field": "has_agent"}, "one field in one way"),
        ({"field": "has_agent", "is": ["x"], "at_least": 1}, "one field in one way"),
        ({"is": ["x"]}, "one field in one way"),
        ({"all": []}, "one field in one way"),
        ({"all": [{"field": "has_agent"}]}, "one field in one way"),
        ({"all": [{"field": "has_agent", "is": ["x"]}], "any": []}, "one field in one way"),
        ({"not": {"field": "note", "is": ["x"]}}, "earlier question"),
        ({"any": [{"field": "nobody", "is": ["x"]}]}, "names no question"),
        ({"field": "has_agent", "was": ["x"]}, "unknown field"),
    ],
)
def test_a_condition_that_is_written_wrong_is_refused(when: dict[str, Any], words_: str) -> None:
    with pytest.raises(BadForm, match=words_):
        compile_form(with_when("staff", when))


def test_a_hidden_question_is_dropped_and_not_required(form: Form) -> None:
    assert "agent" not in forms.parse(form, EVERY_TYPED)
    asked = forms.parse(form, EVERY_TYPED | {"has_agent": "agent", "agent": ""}, kept=KEPT)
    told = forms.check(form, asked, today=TODAY)
    assert [str(sentence) for sentence in told.values()] == ["请填写代理人姓名。"]
    assert "share" not in asked, "share hangs on two answers, one of which changed"
    without = forms.parse(form, EVERY_TYPED | {"support-1": ""}, kept=KEPT)
    assert "rent" not in without and forms.check(form, without, today=TODAY) == {}


def test_a_section_is_hidden_as_a_whole() -> None:
    schema = copy.deepcopy(SCHEMA)
    schema["x-ui"]["sections"][1]["when"] = {"field": "children", "at_least": 1}
    form = compile_form(schema)
    few = {"name": "王芳", "id_number": "11010519491231002X", "phone": "13800138000", "children": 0}
    assert forms.check(form, few, today=TODAY) == {}
    assert [part.key for part in forms.summary(form, few)] == ["person"]
    told = forms.check(form, few | {"children": 1, "ground": "work"}, today=TODAY)
    assert set(told) == {"employer", "address", "since", "promise"}, "and a condition inside it still holds"


def test_what_hangs_on_a_hidden_question_is_hidden_whatever_joins_it() -> None:
    schema = copy.deepcopy(SCHEMA)
    schema["properties"]["note"]["x-ui"]["when"] = {"any": [{"field": "employer", "is_not": ["x"]}]}
    form = compile_form(schema)
    names = {field.name for field in form.asked({"ground": "study", "employer": "y"})}
    assert "note" not in names
    assert "note" in {field.name for field in form.asked({"ground": "work", "employer": "y"})}


def test_only_what_is_reopened_changes(form: Form) -> None:
    posted = EVERY_TYPED | {"area": "78.2", "firm": "黑客有限公司", "staff": "1", "costs.0.amount": "1"}
    answers = forms.parse(form, posted, kept=KEPT, only={"area"})
    assert answers == KEPT | {"area": 78.2}
    assert forms.parse(form, {}, kept=KEPT, only={"area"}) == {
        name: value for name, value in KEPT.items() if name != "area"
    }, "a reopened question may be blanked"
    assert forms.parse(form, {"_go": "remove:costs:0"}, kept=KEPT, only={"area"})["costs"] == KEPT["costs"]
    assert forms.parse(form, {"_go": f"drop:proofs:{FILE['file']}"}, kept=KEPT, only={"area"})["proofs"] == [
        FILE
    ]


def test_what_a_reopened_answer_newly_asks_is_open_too(form: Form) -> None:
    posted = EVERY_TYPED | {"has_agent": "agent", "agent": "李明"}
    answers = forms.parse(form, posted, kept=KEPT, only={"has_agent"})
    expected = {name: value for name, value in KEPT.items() if name != "share"}
    assert answers == expected | {"has_agent": "agent", "agent": "李明"}
    assert forms.reopened(form, answers, kept=KEPT, only={"has_agent"}) == {"has_agent", "agent"}
    assert forms.reopened(form, KEPT, kept=KEPT, only={"has_agent"}) == {"has_agent"}


def test_a_question_that_was_asked_before_stays_shut(form: Form) -> None:
    kept = KEPT | {"has_agent": "agent", "agent": "李明"}
    answers = forms.parse(form, forms.posted(form, kept) | {"agent": "黑客"}, kept=kept, only={"has_agent"})
    assert answers["agent"] == "李明"
    assert "agent" not in forms.reopened(form, answers, kept=kept, only={"has_agent"})


def test_a_register_does_not_change_what_stays_shut() -> None:
    schema = copy.deepcopy(EVERY_KIND)
    for name in ("firm", "address"):
        schema["properties"][name]["x-ui"] |= {
            "prefill": {"resource": "firms", "field": name},
            "editable": False,
        }
    form = compile_form(schema)
    source = Text("企业库", "Firms")
    known = {name: Prefilled("新的" + name, source, None) for name in ("firm", "address")}
    merged = forms.overlay(form, KEPT, known, kept=KEPT, only={"firm"})
    assert merged["firm"] == "新的firm" and merged["address"] == KEPT["address"]
    assert forms.overlay(form, KEPT, known)["address"] == "新的address"
