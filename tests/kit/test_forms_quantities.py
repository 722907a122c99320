"""A number held against another answer: within its row or its form, looking back, money to money."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.sample_form import ui
from tongban.kit import forms
from tongban.kit.forms import BadForm, Form, compile_form
from tongban.kit.i18n import use_language

TODAY = date(2026, 11, 24)
SQUARE = {"zh": "平方米", "en": "m²"}


def number(label: str, english: str, **more: Any) -> dict[str, Any]:
    return {"type": "number", "multipleOf": 0.01, "x-ui": ui(label, english, "E", unit=SQUARE, **more)}


def money(label: str, english: str, **more: Any) -> dict[str, Any]:
    return {"type": "integer", "x-ui": ui(label, english, "E", widget="money", **more)}


def form_of(**properties: dict[str, Any]) -> Form:
    return compile_form({"type": "object", "properties": properties, "x-ui": {"order": list(properties)}})


SHOP = form_of(
    raw=number("专间面积", "Raw room"),
    leased={"type": "boolean", "x-ui": ui("租用", "Leased", "E", widget="checkbox")},
    whole=number("场所面积", "Premises", when={"field": "leased", "is": [True]}),
    kitchen=number("处理区面积", "Kitchen", at_least=["raw"], at_most=["whole"]),
    lines={
        "type": "array",
        "maxItems": 5,
        "items": {
            "type": "object",
            "properties": {"gross": money("总额", "Gross"), "net": money("净额", "Net", at_most=["gross"])},
        },
        "x-ui": ui("明细", "Lines", "E", widget="table", columns=["gross", "net"]),
    },
)


def told(answers: dict[str, Any]) -> dict[str, str]:
    return {path: str(words) for path, words in forms.check(SHOP, answers, today=TODAY).items()}


def test_the_other_question_and_its_answer_are_named_in_both_languages() -> None:
    beyond = {"leased": True, "whole": 46.5, "kitchen": 50, "lines": [{"gross": 100, "net": 100}]}
    assert told(beyond) == {
        "whole": "场所面积（46.50 平方米）不能小于处理区面积（50.00 平方米），请核对这两项。",
        "kitchen": "处理区面积（50.00 平方米）不能大于场所面积（46.50 平方米），请核对这两项。",
    }
    with use_language("en"):
        assert told(beyond) == {
            "whole": "'Premises' (46.50 m²) must not be less than 'Kitchen' (50.00 m²); please check both.",
            "kitchen": "'Kitchen' (50.00 m²) must not be more than 'Premises' (46.50 m²); please check both.",
        }
    shut = forms.check(SHOP, beyond, today=TODAY, fixed={"whole"})
    assert list(shut) == ["kitchen"], "what cannot be answered now is not told to be put right"
    assert told({"raw": 8, "kitchen": 7.99}) == {
        "raw": "专间面积（8.00 平方米）不能大于处理区面积（7.99 平方米），请核对这两项。",
        "kitchen": "处理区面积（7.99 平方米）不能小于专间面积（8.00 平方米），请核对这两项。",
    }
    assert told({"lines": [{"gross": 100, "net": 100}, {"gross": 99, "net": 100}]}) == {
        "lines.1.gross": "明细第 2 行的总额（0.99 元）不能小于净额（1.00 元），请核对这两项。",
        "lines.1.net": "明细第 2 行的净额（1.00 元）不能大于总额（0.99 元），请核对这两项。",
    }


@pytest.mark.parametrize(
    "answers",
    [
        {"kitchen": 50},
        {"whole": 1, "kitchen": 50},  # not asked: it is not leased
        {"leased": True, "whole": "很大", "kitchen": 50},
        {"leased": True, "whole": 50, "kitchen": 50},
        {"lines": [{"net": 100}, {"gross": 1}]},
    ],
)
def test_where_the_other_is_not_asked_or_not_answered_nothing_is_compared(answers: dict[str, Any]) -> None:
    assert [path for path, words in told(answers).items() if "这两项" in words] == []


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_every_pair_is_compared_in_the_decimals_that_were_typed(kitchen: int, whole: int) -> None:
    typed = {"leased": "yes", "kitchen": f"{kitchen / 100:.2f}", "whole": f"{whole / 100:.2f}"}
    answers = forms.parse(SHOP, typed)
    assert (forms.check(SHOP, answers, today=TODAY) == {}) == (kitchen <= whole)


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"a": number("甲", "A", at_most=["b"])}, "a: at_most names no question 'b'"),
        ({"a": number("甲", "A", at_most=["a"])}, "a: at_most must name an earlier question"),
        ({"a": number("甲", "A", at_least=["b"]), "b": number("乙", "B")}, "at_least must name an earlier"),
        (
            {"a": money("甲", "A"), "b": number("乙", "B", at_most=["a"])},
            "b: at_most holds money against money",
        ),
        (
            {"a": number("甲", "A"), "b": money("乙", "B", at_most=["a"])},
            "b: at_most holds money against money",
        ),
        (
            {"a": {"type": "string", "x-ui": ui("甲", "A", "E")}, "b": number("乙", "B", at_most=["a"])},
            "b: at_most must name a number, and 'a' is none",
        ),
        ({"a": {"type": "string", "x-ui": ui("甲", "A", "E", at_most=["a"])}}, "limit a number"),
        ({"a": number("甲", "A"), "b": number("乙", "B", at_most="a")}, "b.x-ui: Expected `array`"),
        (
            {
                "a": money("甲", "A"),
                "t": {
                    "type": "array",
                    "maxItems": 2,
                    "items": {"type": "object", "properties": {"b": money("乙", "B", at_most=["a"])}},
                    "x-ui": ui("表", "T", "E", widget="table"),
                },
            },
            "t.b: at_most names no question 'a'",
        ),
        (
            {
                "a": number("甲", "A"),
                "b": {
                    "type": "string",
                    "format": "date",
                    "x-ui": ui("乙", "B", "E", widget="date", not_after="a"),
                },
            },
            "b: not_after must name a date, and 'a' is none",
        ),
    ],
)
def test_a_limit_that_names_the_wrong_question_is_refused(properties: dict[str, Any], words: str) -> None:
    with pytest.raises(BadForm, match=words):
        form_of(**properties)


def test_programs_are_told_what_a_number_is_held_against() -> None:
    schema = forms.json_schema(SHOP)["properties"]
    assert (schema["kitchen"]["x-at_least"], schema["kitchen"]["x-at_most"]) == (["raw"], ["whole"])
    assert schema["lines"]["items"]["properties"]["net"]["x-at_most"] == ["gross"]


def test_an_answer_that_a_correction_leaves_beyond_its_limit_is_open_too() -> None:
    """Tried with a question that shuts again once its new answer fits: the second post lost the kitchen."""
    kept = {"leased": True, "whole": 46.5, "kitchen": 14, "lines": [{"gross": 2, "net": 1}]}

    def put_right(**posted: str) -> tuple[dict[str, Any], frozenset[str]]:
        answers = forms.parse(SHOP, posted, kept=kept, only={"whole"})
        return answers, forms.reopened(SHOP, answers, kept=kept, only={"whole"})

    assert put_right(whole="40", kitchen="1") == (kept | {"whole": 40}, {"whole"})
    assert put_right(whole="10") == (kept | {"whole": 10}, {"whole", "kitchen"}), (
        "its input was not there yet"
    )
    assert put_right(whole="10", kitchen="9") == (kept | {"whole": 10, "kitchen": 9}, {"whole", "kitchen"})
    assert forms.check(SHOP, put_right(whole="10", kitchen="9")[0], today=TODAY) == {}
