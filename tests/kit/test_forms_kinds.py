"""Every kind of question on its way from the keyboard to the desk: money, numbers, choices, dates, codes."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.sample_form import EVERY_ANSWER, EVERY_KIND, EVERY_TYPED, FILE, ui
from tongban.kit import forms
from tongban.kit.forms import BadForm, Field, Form, compile_form, numbers
from tongban.kit.i18n import use_language

TODAY = date(2026, 11, 24)
KEPT = {"proofs": [FILE]}


@pytest.fixture(scope="module")
def form() -> Form:
    return compile_form(EVERY_KIND)


def said(form: Form, **changed: Any) -> dict[str, str]:
    answers = {name: value for name, value in (EVERY_ANSWER | changed).items() if value is not None}
    return {path: str(words) for path, words in forms.check(form, answers, today=TODAY).items()}


def lines(form: Form, answers: dict[str, Any], **how: Any) -> dict[str, forms.SummaryLine]:
    return {line.name: line for part in forms.summary(form, answers, **how) for line in part.lines}


def alone(name: str, rule: dict[str, Any]) -> Field:
    """One question without a form around it."""
    return compile_form({"type": "object", "properties": {name: rule}}).by_name[name]


def test_everything_typed_becomes_its_value_and_holds(form: Form) -> None:
    assert forms.parse(form, EVERY_TYPED, kept=KEPT) == EVERY_ANSWER
    assert forms.check(form, EVERY_ANSWER, today=TODAY) == {}


def test_what_the_page_shows_is_read_the_same(form: Form) -> None:
    assert forms.parse(form, forms.posted(form, EVERY_ANSWER), kept=EVERY_ANSWER) == EVERY_ANSWER


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1,234.50", 123450),
        ("１，２３４．５０", 123450),
        ("￥1234.5元", 123450),
        (" 人民币 1 234 元 ", 123400),
        ("1234。5", 123450),
        ("0.01", 1),
        ("-0.50", -50),
        ("9999999999999.99", 999999999999999),
    ],
)
def test_an_amount_is_read_as_fen(form: Form, typed: str, fen: int) -> None:
    assert forms.parse(form, EVERY_TYPED | {"rent": typed})["rent"] == fen


@pytest.mark.parametrize(
    "typed",
    [
        "1.234",
        "1,23",
        "12,34.5",
        "很多",
        "1e5",
        "1_000",
        "0x1f",
        "١٢",
        "½",
        "--1",
        "1.2.3",
        "99999999999999.99",
    ],
)
def test_what_is_no_amount_stays_as_typed_and_is_told(form: Form, typed: str) -> None:
    answers = forms.parse(form, EVERY_TYPED | {"rent": typed}, kept=KEPT)
    assert answers["rent"] == typed
    told = {path: str(words) for path, words in forms.check(form, answers, today=TODAY).items()}
    assert told == {"rent": "月租金应为金额，最多两位小数，例如 1,234.50。"}


def test_limits_of_money_are_told_in_yuan(form: Form) -> None:
    assert said(form, rent=0) == {"rent": "月租金不能小于 0.01 元。"}
    assert said(form, rent=10**8 + 1) == {"rent": "月租金不能大于 1,000,000.00 元。"}
    with use_language("en"):
        assert said(form, rent=0) == {"rent": "'Monthly rent' must be 0.01 yuan or more."}


def test_money_and_units_are_shown_as_people_write_them(form: Form) -> None:
    shown = lines(form, EVERY_ANSWER)
    assert shown["rent"].value == "12,345.60 元"
    assert shown["area"].value == "80.50 平方米"
    assert shown["staff"].value == "12 人"
    assert shown["share"].value == "37.5%"
    assert lines(form, EVERY_ANSWER, wanted="en")["rent"].value == "12,345.60 yuan"


def test_decimals_are_kept_exactly(form: Form) -> None:
    for typed in ("0.07", "0.29", "1234.56", "4999.99"):
        answers = forms.parse(form, EVERY_TYPED | {"area": typed}, kept=KEPT)
        assert str(answers["area"]) == typed
        assert forms.check(form, answers, today=TODAY) == {}
    assert numbers.total([0.1, 0.2, 0.3]) == 0.6
    assert said(form, area=80.123) == {"area": "租赁面积最多 2 位小数。"}
    assert said(form, area=0) == {"area": "租赁面积应大于 0.00 平方米。"}
    assert said(form, area=5001) == {"area": "租赁面积不能大于 5,000.00 平方米。"}
    assert said(form, staff=501) == {"staff": "吸纳就业人数不能大于 500 人。"}
    assert said(form, staff="十二") == {"staff": "吸纳就业人数应为整数，例如 3。"}


def test_a_number_may_carry_its_unit_and_commas(form: Form) -> None:
    for typed in ("80.5平方米", "80.5 平方米", "80.5m²", "８０．５", "80。5"):
        assert forms.parse(form, EVERY_TYPED | {"area": typed})["area"] == 80.5, typed
    assert forms.parse(form, EVERY_TYPED | {"area": "1,080.5"})["area"] == 1080.5
    for typed in ("平方米", "80.5平方", "8 0,5", "1e2", "nan", "inf", "1" * 16):
        assert isinstance(forms.parse(form, EVERY_TYPED | {"area": typed})["area"], str), typed


def test_choices_are_several_of_a_list(form: Form) -> None:
    assert forms.parse(form, {"support": "", "support-2": "renovation"})["support"] == ["renovation"]
    assert "support" not in forms.parse(form, {"support": "rent", "support-1": "", "support-2": "love"})
    assert said(form, support=None, rent=None) == {"support": "请选择“申请哪些补贴”。"}
    assert said(form, support=["rent", "renovation", "equipment"]) == {
        "support": "申请哪些补贴最多选择 2 项。"
    }
    assert said(form, support=["rent", "love"]) == {"support": "请从列出的选项中选择申请哪些补贴。"}
    assert said(form, support=["rent", "rent"]) == {"support": "申请哪些补贴中有重复的内容，请删去一项。"}
    assert said(form, support="rent", rent=None) == {"support": "申请哪些补贴的内容类型不对，请重新填写。"}
    assert lines(form, EVERY_ANSWER)["support"].value == "场地租金、设备"
    assert lines(form, EVERY_ANSWER, wanted="en")["support"].value == "Rent, Equipment"


@pytest.mark.parametrize(
    ("name", "day", "sentence"),
    [
        ("founded", "2026-11-25", "成立日期不能晚于今天（2026-11-24）。"),
        ("founded", "2021-11-23", "成立日期不能早于 2021-11-24。"),
        ("born", "2008-11-25", "法定代表人应年满 18 周岁。"),
        ("lease_from", "2019-12-31", "租期起不能早于 2020-01-01。"),
        ("lease_to", "2025-12-31", "租期止不能早于租期起（2026-01-01）。"),
        ("lease_to", "2036-12-31", "租期止不能晚于 2036-11-21。"),
        ("month", "2026-12", "从哪个月起不能晚于今天（2026-11-24）。"),
        ("month", "2026-13", "从哪个月起不是有效的年月，请按年、月填写，例如 2026 年 5 月。"),
        ("lease_to", "2026-02-30", "租期止不是有效的日期，请按年、月、日填写，例如 2026 年 5 月 24 日。"),
    ],
)
def test_dates_keep_to_their_limits(form: Form, name: str, day: str, sentence: str) -> None:
    assert said(form, **{name: day}) == {name: sentence}


def test_the_days_of_the_limits_themselves_hold(form: Form) -> None:
    held = {
        "founded": "2026-11-24",
        "born": "2008-11-24",
        "lease_from": "2020-01-01",
        "lease_to": "2020-01-01",
    }
    assert said(form, **held, month="2026-11") == {}
    assert said(form, lease_from="2026-0x-01") == {
        "lease_from": "租期起不是有效的日期，请按年、月、日填写，例如 2026 年 5 月 24 日。"
    }, "a limit that is no date limits nothing"


def test_eighteen_years_after_a_leap_day() -> None:
    rule = {
        "type": "string",
        "format": "date",
        "x-ui": ui("生日", "Birth", "E", widget="date", not_after="today-18y"),
    }
    form = compile_form({"type": "object", "properties": {"born": rule}})
    leap = date(2024, 2, 29)
    assert forms.check(form, {"born": "2006-02-28"}, today=leap) == {}
    assert "born" in forms.check(form, {"born": "2006-03-01"}, today=leap)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("plate", "沪 a·12345", "沪A12345"),
        ("plate", "沪ＡＤ12345", "沪AD12345"),
        ("plate", "沪A1234学", "沪A1234学"),
        ("opens_at", "９：05", "09:05"),
        ("opens_at", "23:59", "23:59"),
        ("postcode", "２００ ０４０", "200040"),
        ("month", "", "2026-05"),
    ],
)
def test_codes_are_tidied_and_hold(form: Form, name: str, typed: str, value: str) -> None:
    answers = forms.parse(form, EVERY_TYPED | ({name: typed} if typed else {}), kept=KEPT)
    assert answers[name] == value
    assert forms.check(form, answers, today=TODAY) == {}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("plate", "沪I12345", "企业车辆号牌应为机动车号牌号码，例如 沪A12345。"),
        ("plate", "A12345", "企业车辆号牌应为机动车号牌号码，例如 沪A12345。"),
        ("opens_at", "24:00", "可查看场地的时间应为24小时制的时间，例如 09:30。"),
        ("postcode", "20004", "邮政编码应为6位邮政编码，例如 200001。"),
        ("email", "wang", "电子邮箱应为电子邮箱地址，例如 name@example.com。"),
        ("uscc", "91310115MA1K35XX70", "统一社会信用代码的校验码不符，请逐位对照营业执照检查。"),
        (
            "uscc",
            "91310115MA1K35",
            "统一社会信用代码应为18位数字和大写字母（没有I、O、S、V、Z），请对照营业执照检查。",
        ),
    ],
)
def test_codes_that_do_not_hold_are_told(form: Form, name: str, value: str, sentence: str) -> None:
    assert said(form, **{name: value}) == {name: sentence}


def test_a_statement_stands_with_its_tick(form: Form) -> None:
    assert said(form, promise=False) == {"promise": "请阅读并勾选“我已阅读并作出上述承诺”。"}
    line = lines(form, EVERY_ANSWER)["promise"]
    assert line.value == "是" and line.statement.startswith("本企业承诺：")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"type": "number", "x-ui": ui("额", "A", "E", widget="money")}, "money is an integer"),
        (
            {"type": "string", "x-ui": ui("额", "A", "E", unit={"zh": "人", "en": "people"})},
            "unit or a total",
        ),
        (
            {"type": "string", "x-ui": ui("额", "A", "E", statement={"zh": "x", "en": "x"})},
            "above a checkbox",
        ),
        ({"type": "string", "x-ui": ui("额", "A", "E", not_before="today")}, "limit a date"),
        ({"type": "array", "x-ui": ui("额", "A", "E")}, "an array is shown by"),
        ({"type": "string", "x-ui": ui("额", "A", "E", widget="choices")}, "an array is shown by"),
        (
            {"type": "array", "items": {"type": "string"}, "x-ui": ui("额", "A", "E", widget="choices")},
            "need an enum",
        ),
        ({"type": "string", "format": "year-month", "x-ui": ui("额", "A", "E")}, "go together"),
        (
            {
                "type": "string",
                "format": "date",
                "x-ui": ui("额", "A", "E", widget="date", not_after="someday"),
            },
            "names no question 'someday'",
        ),
        (
            {
                "type": "string",
                "format": "date",
                "x-ui": ui("额", "A", "E", widget="date", not_after="today+9999y"),
            },
            "out of the calendar",
        ),
    ],
)
def test_a_kind_that_is_written_wrong_is_refused(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(BadForm, match=words):
        alone("amount", rule)


def test_a_name_that_would_not_fit_a_path_is_refused() -> None:
    schema = copy.deepcopy(EVERY_KIND)
    schema["properties"]["a.b"] = schema["properties"].pop("note")
    schema["x-ui"]["order"][-2] = "a.b"
    with pytest.raises(BadForm, match="small letters"):
        compile_form(schema)


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_every_amount_is_read_as_it_is_shown(fen: int) -> None:
    assert numbers.read_fen(numbers.shown_yuan(fen)) == fen


@given(st.decimals(-(10**8), 10**8, places=4, allow_nan=False, allow_infinity=False))
def test_every_decimal_is_read_as_it_is_shown(value: Any) -> None:
    read = numbers.read(f"{value:f}")
    assert read is not None
    assert numbers.read(numbers.shown(read)) == read
    assert numbers.read(numbers.shown(read, places=6, grouped=True)) == read
