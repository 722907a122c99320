"""A program's answers are read by the same rules as typed ones; what cannot be read is told by its path."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kit.sample_form import EVERY_ANSWER, EVERY_KIND, FILE, SCHEMA
from tongban.kit import forms
from tongban.kit.forms import AnswersMalformed, Form, compile_form
from tongban.kit.i18n import use_language

TODAY = date(2026, 11, 24)
KEPT = {"proofs": [FILE]}


@pytest.fixture(scope="module")
def form() -> Form:
    return compile_form(EVERY_KIND)


def refused(form: Form, body: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(AnswersMalformed) as told:
        forms.take(form, body, kept=KEPT)
    assert (told.value.status, told.value.code) == (422, "answers-malformed")
    return {path: str(words) for path, words in told.value.fields.items()}


def test_answers_come_and_go_as_json(form: Form) -> None:
    body = msgspec.json.decode(msgspec.json.encode(EVERY_ANSWER))
    assert forms.take(form, body, kept=KEPT) == EVERY_ANSWER


def test_texts_are_tidied_as_typed_ones_are(form: Form) -> None:
    taken = forms.take(
        form,
        {
            "firm": " 示范　软件\u200b ",
            "uscc": "９１310115ma1k35xx7n",
            "founded": "2024-3-1",
            "plate": "沪a·12345",
            "note": "第一行\r\n\x00第二行",
            "email": "  ",
            "postcode": None,
            "staff": 3.0,
        },
    )
    assert taken == {
        "firm": "示范 软件",
        "uscc": "91310115MA1K35XX7N",
        "founded": "2024-03-01",
        "plate": "沪A12345",
        "note": "第一行\n第二行",
        "staff": 3,
    }
    assert type(taken["staff"]) is int


def test_what_cannot_be_read_is_told_by_its_path(form: Form) -> None:
    body = {
        "nobody": 1,
        "firm": 5,
        "rent": "1,234.50",
        "staff": 3.5,
        "area": True,
        "promise": "yes",
        "support": "rent",
        "costs": [{"amount": 12.5, "admin": 1}, "x", {"payee": ["x"]}],
        "support_": None,
    }
    assert refused(form, body) == {
        "nobody": "这份表单没有“nobody”这一项。",
        "support_": "这份表单没有“support_”这一项。",
        "firm": "企业名称应为文本。",
        "area": "租赁面积应为数字。",
        "support": "申请哪些补贴应为数组。",
        "staff": "吸纳就业人数应为整数。",
        "rent": "月租金应为以分为单位的整数。",
        "costs.0.admin": "这份表单没有“costs.0.admin”这一项。",
        "costs.0.amount": "费用明细第 1 行的金额应为以分为单位的整数。",
        "costs.1": "费用明细第 2 行应为对象。",
        "costs.2.payee": "费用明细第 3 行的收款人应为文本。",
        "promise": "我已阅读并作出上述承诺应为true 或 false。",
    }
    with use_language("en"):
        assert refused(form, {"rent": "1"}) == {"rent": "'Monthly rent' must be a whole number, in fen."}


def test_numbers_past_what_json_carries_are_refused(form: Form) -> None:
    for number in (10**15, -(10**15), 1e300, float("inf")):
        assert set(refused(form, {"rent": number})) == {"rent"}
        assert set(refused(form, {"area": number})) == {"area"}


def test_files_are_chosen_among_those_of_the_draft(form: Form) -> None:
    other = FILE | {"file": "0198c0de-0000-7000-8000-000000000002"}
    kept = {"proofs": [FILE, other]}
    assert forms.take(form, {}, kept=kept)["proofs"] == [FILE, other]
    assert forms.take(form, {"proofs": [{"file": other["file"], "size": 1}]}, kept=kept)["proofs"] == [other]
    assert "proofs" not in forms.take(form, {"proofs": []}, kept=kept)
    for forged in ({"file": "0198c0de-0000-7000-8000-000000000009"}, FILE["file"], {}, None):
        assert refused(form, {"proofs": [FILE, forged]}) == {
            "proofs.1": "租赁合同和发票中没有这个文件，请先上传。"
        }
    assert refused(form, {"proofs": FILE["file"]}) == {"proofs": "租赁合同和发票应为数组。"}


def test_what_is_hidden_is_dropped_and_what_is_left_is_checked(form: Form) -> None:
    taken = forms.take(
        form, EVERY_ANSWER | {"agent": "x", "costs": [{"what": "rent", "detail": "x"}, {}]}, kept=KEPT
    )
    assert "agent" not in taken and taken["costs"] == [{"what": "rent"}]
    assert "costs.0.amount" in forms.check(form, taken, today=TODAY)
    many = forms.take(form, {"costs": [{"what": "rent"}] * 10_000, "support": ["rent"] * 10_000})
    assert len(many["costs"]) == 5 and len(many["support"]) == 4
    assert {"costs", "support"} <= set(forms.check(form, many, today=TODAY))


def test_the_public_schema_says_what_is_taken_and_nothing_of_the_house(form: Form) -> None:
    schema = forms.json_schema(form)
    assert jsonschema_rs.meta.is_valid(schema)
    assert jsonschema_rs.Draft202012Validator(schema).is_valid(EVERY_ANSWER)
    assert not jsonschema_rs.Draft202012Validator(schema).is_valid(EVERY_ANSWER | {"nobody": 1})
    rent, costs = schema["properties"]["rent"], schema["properties"]["costs"]
    assert rent["title"] == "月租金" and rent["x-title"] == {"zh": "月租金", "en": "Monthly rent"}
    assert rent["x-unit"] == {"zh": "分", "en": "fen"}
    assert rent["x-when"] == {"field": "support", "includes": "rent"} and rent["x-required"] is True
    assert "rent" not in schema["required"] and "firm" in schema["required"]
    assert costs["items"]["properties"]["spent_on"]["x-not_after"] == "today"
    assert costs["items"]["x-order"] == [column.name for column in form.by_name["costs"].columns]
    text = repr(schema) + repr(forms.json_schema(compile_form(SCHEMA)))
    for secret in ("prefill", "population", "sensitive", "mask", "x-ui", "editable", "errors"):
        assert secret not in text, secret
    assert (
        copy.deepcopy(EVERY_KIND) == EVERY_KIND
        and form.schema["properties"]["proofs"] == EVERY_KIND["properties"]["proofs"]
    )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["what", "amount", "file", "x"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*EVERY_KIND["properties"], "x"]), _JSON, max_size=8))
def test_whatever_comes_is_read_or_refused(body: dict[str, Any]) -> None:
    form = compile_form(EVERY_KIND)
    taken, told = {}, {}
    try:
        taken = forms.take(form, body, kept=KEPT)
    except AnswersMalformed as refused_:
        told = refused_.fields
    assert all(str(words) for words in told.values())
    assert told or forms.take(form, taken, kept=KEPT) == taken, "read again it is the same"
    assert all(str(words) for words in forms.check(form, taken, today=TODAY).values())
    forms.summary(form, taken, masked=True)
    forms.posted(form, taken)


@pytest.mark.parametrize(
    ("typed", "kept"), [("6222 0212 3456 7890", "6222021234567890"), ("６２２２ 0212", "62220212")]
)
def test_a_number_typed_with_blanks_as_printed_is_taken(typed: str, kept: str) -> None:
    ui = {"label": {"zh": "卡号", "en": "Card"}, "element": "X"}
    card = {"type": "string", "pattern": r"^\d{8,21}$", "x-ui": ui}
    words = {"type": "string", "pattern": r"^[\p{L}\p{N}\p{P}\p{Zs}]*$", "x-ui": ui}
    schema = {"type": "object", "properties": {"card": card, "address": words}}
    form = forms.compile_form(schema)
    answers = forms.parse(form, {"card": typed, "address": "示范路 1 号"})
    assert answers == {"card": kept, "address": "示范路 1 号"}


@pytest.mark.parametrize("name", ["示范（上海）科技有限公司", "阿依古丽·买买提", "O'Neil & Co. 3-M", "𠮷田"])
def test_a_name_as_registers_have_it_is_taken(name: str) -> None:
    assert forms.check(_naming(), {"name": name}, today=TODAY) == {}


@pytest.mark.parametrize("name", ["<b>王芳</b>", "王芳😀", "a>b"])
def test_a_name_with_signs_that_no_register_takes_is_refused_in_words(name: str) -> None:
    told = forms.check(_naming(), {"name": name}, today=TODAY)["name"]
    assert str(told).startswith("姓名只能用文字、数字")


def _naming() -> forms.Form:
    ui = {"label": {"zh": "姓名", "en": "Name"}, "element": "X"}
    rule = {"type": "string", "format": "name", "x-ui": ui}
    return forms.compile_form({"type": "object", "properties": {"name": rule}})
