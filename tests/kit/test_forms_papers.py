"""Questions for identity papers: each format forgives how a number is typed and says what is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.kit.sample_form import ui
from tongban.kit import forms
from tongban.kit.forms import Form, compile_form

TODAY = date(2026, 11, 24)


def asking(format_: str) -> Form:
    return compile_form(
        {
            "type": "object",
            "required": ["paper"],
            "properties": {
                "paper": {
                    "type": "string",
                    "format": format_,
                    "x-ui": ui("证件号码", "Number", "DE00009", sensitive=True),
                }
            },
        }
    )


def answered(form: Form, typed: str) -> tuple[dict[str, Any], dict[str, str]]:
    answers = forms.parse(form, {"paper": typed})
    return answers, {name: str(words) for name, words in forms.check(form, answers, today=TODAY).items()}


@pytest.mark.parametrize(
    ("format_", "typed", "kept", "masked"),
    [
        ("cn-passport", " ea 1234567", "EA1234567", "E******67"),
        ("passport", "c01x00t47", "C01X00T47", "C******47"),
        ("hk-macao-permit", "ｈ12345678", "H12345678", "H******78"),
        ("taiwan-permit", "0123 4567", "01234567", "0*****67"),
        ("foreign-residence", "911124198108030024", "911124198108030024", "911*************24"),
        ("identity-paper", "11010519491231002x", "11010519491231002X", "1101**********002X"),
        ("identity-paper", "m12345678", "M12345678", "M******78"),
    ],
)
def test_a_number_is_forgiven_how_it_is_typed(format_: str, typed: str, kept: str, masked: str) -> None:
    form = asking(format_)
    answers, faults = answered(form, typed)
    assert (answers, faults) == ({"paper": kept}, {})
    assert form.by_name["paper"].masked(kept) == masked


@pytest.mark.parametrize(
    ("format_", "typed", "words"),
    [
        ("cn-passport", "EI1234567", "1或2个字母加7或8位数字"),
        ("passport", "X1", "5至15位字母和数字"),
        ("hk-macao-permit", "C12345678", "字母H或M加8位数字"),
        ("taiwan-permit", "1234567", "应为8位数字"),
        ("foreign-residence", "911124198108030025", "9开头的18位号码"),
        ("identity-paper", "110105194912310021", "不是任何一种身份证件的号码"),
        ("identity-paper", "110105491231002", "不是任何一种身份证件的号码"),
    ],
)
def test_each_format_has_its_sentence(format_: str, typed: str, words: str) -> None:
    _, faults = answered(asking(format_), typed)
    assert words in faults["paper"] and faults["paper"].startswith("证件号码")
