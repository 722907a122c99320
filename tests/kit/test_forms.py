"""Forms: what is typed becomes values, every fault has its sentence, secrets are sealed and masked."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.sample_form import ANSWERS, SCHEMA, TYPED, words
from tongban.kit import forms
from tongban.kit.forms import BadForm, Form, Prefilled, compile_form
from tongban.kit.i18n import Text, use_language
from tongban.kit.keys import Keys, SealBroken, ensure, load

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def form() -> Form:
    return compile_form(SCHEMA)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder: Path = tmp_path_factory.mktemp("data")
    ensure(folder)
    return load(folder)


def without(*names: str, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in ANSWERS.items() if name not in names} | more


def said(form: Form, answers: dict[str, Any]) -> dict[str, str]:
    return {name: str(words) for name, words in forms.check(form, answers, today=TODAY).items()}


def test_what_was_typed_becomes_values(form: Form) -> None:
    assert forms.parse(form, TYPED) == ANSWERS
    assert forms.check(form, ANSWERS, today=TODAY) == {}


def test_what_nobody_can_see_does_not_come_along(form: Form) -> None:
    answers = forms.parse(
        form,
        TYPED
        | {
            "id_number": "\u202d11010519491231002X\u202c",
            "phone": "\ufeff138\u200b00138000",
            "address": "幸福路\x0012号\u200b301室",
            "since-day": "2\u200b4",
            "note": "第一行\r\n\x1b第二行\ud800",
        },
    )
    assert answers == ANSWERS


def test_what_is_no_value_stays_as_typed_and_is_told(form: Form) -> None:
    answers = forms.parse(form, TYPED | {"children": "两个", "since-month": "13", "since-day": ""})
    assert answers["children"] == "两个"
    assert form.by_name["since"].date_parts(answers["since"]) == {"year": "2026", "month": "13", "day": ""}
    faults = said(form, answers)
    assert list(faults) == ["children", "since"]
    assert faults["children"] == "子女人数应为整数，例如 3。"
    assert faults["since"].startswith("居住起始日期不是有效的日期")


def test_an_empty_post_names_every_required_question_once(form: Form) -> None:
    answers = forms.parse(form, {})
    assert said(form, answers) == {
        "name": "请填写姓名。",
        "id_number": "请填写公民身份号码。",
        "phone": "请填写手机号码。",
        "ground": "请选择“申领理由”。",
        "address": "请填写居住地址。",
        "since": "请填写居住起始日期。",
        "promise": "请阅读并勾选“以上内容属实”。",
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("id_number", "110105491231002", "15位的一代身份证号码已停止使用，请填写18位号码。"),
        ("id_number", "110105194912310021", "公民身份号码的校验码不符，请逐位对照身份证检查。"),
        ("id_number", "11010519490230002X", "公民身份号码第7至14位不是有效的出生日期，请检查。"),
        ("id_number", "1101", "公民身份号码应为18位，请对照身份证检查。"),
        ("phone", "12345", "手机号码应为11位手机号码，例如 13800138000。"),
        ("ground", "love", "请从列出的选项中选择申领理由。"),
        ("children", 21, "子女人数不能大于 20。"),
        ("children", -1, "子女人数不能小于 0。"),
        ("children", 1.5, "子女人数应为整数，例如 3。"),
        ("address", "x" * 21, "居住地址最多 20 个字，请缩短。"),
        ("address", "路", "居住地址至少要有 5 个字。"),
        ("address", "", "请填写居住地址。"),
        ("since", "2026-02-30", "居住起始日期不是有效的日期，请按年、月、日填写，例如 2026 年 5 月 24 日。"),
        ("promise", False, "请阅读并勾选“以上内容属实”。"),
        ("surprise", 1, "这份表单没有“surprise”这一项。"),
    ],
)
def test_each_fault_has_its_sentence(form: Form, name: str, value: Any, sentence: str) -> None:
    assert said(form, without(**{name: value})) == {name: sentence}


def test_of_two_faults_of_a_field_the_clearer_is_told() -> None:
    schema = copy.deepcopy(SCHEMA)
    schema["properties"]["id_number"] |= {"minLength": 18, "maxLength": 18, "pattern": "^3"}
    faults = said(compile_form(schema), without(id_number="110105491231002"))
    assert faults == {"id_number": "15位的一代身份证号码已停止使用，请填写18位号码。"}
    other = copy.deepcopy(schema)
    other["properties"]["address"]["pattern"] = "路"
    faults = said(compile_form(other), without(address="弄"))
    assert faults["address"] == "居住地址的格式不正确，请检查后重新填写。"


def test_a_form_may_bring_its_own_sentences() -> None:
    schema = copy.deepcopy(SCHEMA)
    schema["properties"]["address"]["x-ui"]["errors"] = {
        "minLength": words("请写到门牌号。", "Down to the number.")
    }
    faults = forms.check(compile_form(schema), without(address="路边"), today=TODAY)
    assert str(faults["address"]) == "请写到门牌号。"
    with use_language("en"):
        assert str(faults["address"]) == "Down to the number."


def test_a_question_that_is_not_asked_is_neither_required_nor_kept(form: Form) -> None:
    assert said(form, without("employer", ground="study")) == {"school": "请填写学校名称。"}
    assert forms.check(form, without("employer", ground="study", school="示范大学"), today=TODAY) == {}
    assert "employer" not in forms.parse(form, TYPED | {"ground": "study"})


def test_a_question_behind_a_hidden_one_is_hidden_too() -> None:
    schema = copy.deepcopy(SCHEMA)
    schema["properties"]["note"]["x-ui"]["when"] = {"field": "employer", "is": ["x"]}
    form = compile_form(schema)
    assert "note" not in {field.name for field in form.asked({"ground": "study", "employer": "x"})}
    assert "note" in {field.name for field in form.asked({"ground": "work", "employer": "x"})}


def test_a_register_that_is_away_does_not_block(form: Form) -> None:
    assert "name" in forms.check(form, without("name"), today=TODAY)
    assert forms.check(form, without("name"), today=TODAY, later={"name"}) == {}
    assert "phone" in forms.check(form, without("name", phone="1"), today=TODAY, later={"name", "phone"}), (
        "typed is looked at"
    )


AT = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
REGISTER = Text("人口库", "Population register")


def test_prefill_reads_only_the_fields_it_needs_and_names_its_source(form: Form) -> None:
    assert forms.prefill_plan(form) == {"population": {"name", "id_number"}}
    person = {"name": "王芳", "id_number": None, "religion": "x"}
    known = forms.prefilled_from(form, "population", person, source=REGISTER, as_of=AT)
    assert known == {
        "name": Prefilled("王芳", REGISTER, AT, "filled", "population"),
        "id_number": Prefilled(None, REGISTER, AT, "asked", "population", answered=True),
    }
    assert forms.starting_answers(form, known) == {"name": "王芳"}


def test_what_a_question_cannot_take_is_no_answer_to_it() -> None:
    """How it can fail (tried): fill in the district of another city, and the form is refused for what nobody typed."""
    for editable, taken in ((True, None), (False, "love")):
        schema = copy.deepcopy(SCHEMA)
        place = {"resource": "population", "field": "ground"}
        schema["properties"]["ground"]["x-ui"] |= {"prefill": place, "editable": editable}
        form = compile_form(schema)
        for told, filled in (("love", taken), ("work", "work")):
            known = forms.prefilled_from(form, "population", {"ground": told}, source=REGISTER, as_of=AT)
            assert known["ground"].value == filled if filled else "ground" not in known, (editable, told)


def test_a_register_that_is_away_asks_or_checks_later(form: Form) -> None:
    known = forms.prefilled_from(form, "population", None, source=REGISTER, as_of=None, state="later")
    assert {value.state for value in known.values()} == {"later"}
    known = forms.prefilled_from(form, "population", None, source=REGISTER, as_of=None)
    assert {value.state for value in known.values()} == {"asked"}
    assert forms.overlay(form, {"name": "李明"}, known) == {"name": "李明"}


def test_what_may_not_be_edited_cannot_be_posted(form: Form) -> None:
    known = forms.prefilled_from(
        form, "population", {"name": "王芳", "id_number": "11010519491231002X"}, source=REGISTER, as_of=AT
    )
    merged = forms.overlay(form, {"name": "黑客", "id_number": "typed", "ground": "work"}, known)
    assert merged == {"name": "王芳", "id_number": "typed", "ground": "work"}
    assert forms.overlay(form, {}, known) == {"name": "王芳"}, "what was blanked stays blank"


def test_sensitive_answers_are_sealed_each_in_its_place(form: Form, keys: Keys) -> None:
    stored = forms.seal_answers(form, ANSWERS, keys, b"case-1")
    text = repr(stored)
    for name in ("name", "id_number", "phone"):
        assert str(ANSWERS[name]) not in text
    assert stored["address"] == ANSWERS["address"]
    assert forms.open_answers(form, stored, keys, b"case-1") == ANSWERS
    with pytest.raises(SealBroken):
        forms.open_answers(form, stored, keys, b"case-2")
    stored["name"], stored["phone"] = stored["phone"], stored["name"]
    with pytest.raises(SealBroken):
        forms.open_answers(form, stored, keys, b"case-1")


def test_masks(form: Form, keys: Keys) -> None:
    hidden = forms.mask(form, ANSWERS)
    assert hidden["name"] == "王*芳"
    assert hidden["id_number"] == "1101**********002X"
    assert hidden["phone"] == "138****8000"
    assert hidden["address"] == ANSWERS["address"]
    assert forms.mask(form, forms.seal_answers(form, ANSWERS, keys, b"c"))["name"] == "••••"


def test_a_summary_speaks_both_languages(form: Form) -> None:
    person, stay = forms.summary(form, ANSWERS, "en", masked=True)
    assert (person.title, person.lines[1].label, person.lines[1].value) == (
        *("About you", "ID number"),
        "1101**********002X",
    )
    assert [(line.label, line.value) for line in stay.lines][:4] == [
        ("Ground", "Stable work"),
        ("Employer", "示范软件有限公司"),
        ("Address", "幸福路12号301室"),
        ("Living there since", "2026-05-24"),
    ]
    chinese = {line.name: line.value for part in forms.summary(form, ANSWERS, "zh") for line in part.lines}
    assert chinese["since"] == "2026-05-24"
    assert chinese["promise"] == "是"
    assert chinese["ground"] == "稳定就业"
    assert chinese["id_number"] == "11010519491231002X"


def test_the_same_content_is_the_same_form_in_whatever_order_it_is_kept(form: Form) -> None:
    shuffled = {name: SCHEMA[name] for name in sorted(SCHEMA, reverse=True)}
    shuffled["properties"] = {name: SCHEMA["properties"][name] for name in sorted(SCHEMA["properties"])}
    assert compile_form(shuffled) is form
    changed = copy.deepcopy(SCHEMA)
    changed["properties"]["note"]["x-ui"]["label"]["zh"] = "说明"
    assert compile_form(changed).hash != form.hash


def broken(path: str, value: Any) -> dict[str, Any]:
    schema = copy.deepcopy(SCHEMA)
    place = schema
    *steps, last = path.split("/")
    for step in steps:
        place = place[step]
    place[last] = value
    return schema


@pytest.mark.parametrize(
    ("path", "value", "words_"),
    [
        ("type", "array", "object with properties"),
        ("required", ["nobody"], "names no question"),
        ("x-ui/order", ["name"], "x-ui.order"),
        ("x-ui/colour", "red", "colour"),
        ("properties/name/x-ui/labl", "x", "labl"),
        ("properties/name/type", "object", "type must be"),
        ("properties/name/pattern", "(", "not a JSON Schema"),
        ("properties/name/x-ui/section", "none", "no section"),
        ("properties/name/x-ui/widget", "checkbox", "boolean"),
        ("properties/name/x-ui/widget", "date", "go together"),
        ("properties/ground/enum", ["work"], "options"),
        ("properties/name/x-ui/when", {"field": "note", "is": ["x"]}, "earlier question"),
        ("properties/name/x-ui/when", {"field": "nobody", "is": ["x"]}, "names no question"),
        ("properties/children/x-ui/sensitive", True, "only a text"),
    ],
)
def test_a_bad_form_is_refused_when_it_is_made(path: str, value: Any, words_: str) -> None:
    with pytest.raises(BadForm, match=words_):
        compile_form(broken(path, value))


@given(st.dictionaries(st.sampled_from([*TYPED, "x", "since"]), st.text(max_size=30)))
def test_nothing_that_is_posted_breaks_the_form(posted: dict[str, str]) -> None:
    form = compile_form(SCHEMA)
    answers = forms.parse(form, posted)
    assert set(answers) <= set(form.by_name)
    faults = forms.check(form, answers, today=TODAY)
    assert all(str(sentence) for sentence in faults.values())
    assert (faults == {}) == (forms.check(form, answers, today=TODAY) == {})
    forms.summary(form, answers, "en", masked=True)
    again = forms.parse(
        form, {name: form.by_name[name].typed(value) for name, value in answers.items() if value is not False}
    )
    assert again == answers, "what is shown again is read the same"


def test_a_pattern_s_own_words_name_the_field_in_english_too() -> None:
    """In the summary of faults "8 to 20 digits" alone does not say of what."""
    own = {"zh": "票据号码是 8 至 20 位数字。", "en": "8 to 20 digits."}
    ui = {"label": {"zh": "票据号码", "en": "Receipt"}, "element": "X", "errors": {"pattern": own}}
    rule = {"type": "string", "pattern": "^[0-9]{8,20}$", "x-ui": ui}
    form = forms.compile_form({"type": "object", "properties": {"number": rule}})
    told = forms.check(form, {"number": "1"}, today=TODAY)["number"]
    assert told == Text("票据号码是 8 至 20 位数字。", "Receipt: 8 to 20 digits.")
    rule["x-ui"]["errors"]["pattern"]["en"] = "A receipt has 8 to 20 digits."
    form = forms.compile_form({"type": "object", "properties": {"number": dict(rule)}})
    assert forms.check(form, {"number": "1"}, today=TODAY)["number"].en == "A receipt has 8 to 20 digits."
