"""Tables: rows come, go and are lost nowhere; every cell is checked, sealed, masked and summed in its place."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.kit.sample_form import EVERY_ANSWER, EVERY_KIND, EVERY_TYPED, FILE
from tongban.kit import forms, papers
from tongban.kit.acting import Eyes
from tongban.kit.forms import BadForm, Form, compile_form
from tongban.kit.i18n import use_language
from tongban.kit.keys import Keys, SealBroken, ensure, load

TODAY = date(2026, 11, 24)
ROW = EVERY_ANSWER["costs"][0]


@pytest.fixture(scope="module")
def form() -> Form:
    return compile_form(EVERY_KIND)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder: Path = tmp_path_factory.mktemp("data")
    ensure(folder)
    return load(folder)


def said(form: Form, *rows: Any) -> dict[str, str]:
    answers = EVERY_ANSWER | {"costs": list(rows)}
    return {path: str(words) for path, words in forms.check(form, answers, today=TODAY).items()}


def costs(form: Form, go: str, **typed: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = forms.parse(form, typed | {"_go": go}).get("costs", [])
    return rows


def cell(number: int, name: str, text: str) -> dict[str, str]:
    return {f"costs.{number}": "", f"costs.{number}.{name}": text}


def test_a_row_is_added_behind_the_others_and_nothing_typed_is_lost(form: Form) -> None:
    answers = forms.parse(form, EVERY_TYPED | {"_go": "add:costs"}, kept={"proofs": [FILE]})
    assert answers == EVERY_ANSWER | {"costs": [*EVERY_ANSWER["costs"], {}, {}]}
    press = forms.pressed(form, {"_go": "add:costs"})
    assert press is not None and press.anchor(answers) == "costs.3.what"


def test_the_first_row_may_be_added_where_none_is(form: Form) -> None:
    assert costs(form, "add:costs") == [{}]
    assert costs(form, "add:costs", **cell(0, "payee", "李明")) == [{"payee": "李明", "invoiced": False}, {}]


def test_a_row_is_taken_by_the_number_that_the_page_showed(form: Form) -> None:
    typed = cell(0, "payee", "甲") | cell(2, "payee", "乙") | cell(5, "payee", "丙")
    assert [row["payee"] for row in costs(form, "remove:costs:2", **typed)] == ["甲", "丙"]
    assert [row["payee"] for row in costs(form, "remove:costs:5", **typed)] == ["甲", "乙"]
    for nonsense in (
        "remove:costs:1",
        "remove:costs:",
        "remove:costs:-1",
        "remove:costs:x",
        "remove:nobody:0",
    ):
        assert len(costs(form, nonsense, **typed)) == 3, nonsense


def test_no_more_rows_than_the_form_takes(form: Form) -> None:
    typed = {name: text for number in range(4) for name, text in cell(number, "payee", "李明").items()}
    assert len(costs(form, "add:costs", **typed)) == 4
    assert len(costs(form, "check", **typed)) == 4


def test_ten_thousand_rows_are_not_read(form: Form) -> None:
    typed = {f"costs.{number}.payee": "李明" for number in range(10_000)}
    rows = costs(form, "check", **typed)
    assert len(rows) == 5, "one more than may be, so that the check says it"
    assert said(form, *([ROW] * 5)) == {"costs": "费用明细最多 4 行，请删去多余的行。"}


def test_blank_rows_stay_while_one_types_and_go_when_one_goes_on(form: Form) -> None:
    typed = cell(0, "payee", "李明") | cell(1, "payee", "  ")
    for go in ("add:costs", "later", "update", "upload:proofs"):
        assert {} in costs(form, go, **typed), go
    for go in ("check", "next"):
        assert costs(form, go, **typed) == [{"payee": "李明", "invoiced": False}], go


def test_columns_and_rows_that_nobody_drew_are_dropped(form: Form) -> None:
    typed = cell(0, "payee", "李明") | {
        "costs.0.admin": "1",
        "costs.x.payee": "甲",
        "costs.-1.payee": "甲",
        "costs.٣.payee": "甲",
        "costs.123456789.payee": "甲",
        "costs..payee": "甲",
        "costs.0": "甲",
        "costs": "[{}]",
        "costs.0.payee.deep": "甲",
    }
    assert costs(form, "check", **typed) == [{"payee": "李明", "invoiced": False}]


def test_each_cell_has_its_sentence_in_the_order_of_the_page(form: Form) -> None:
    wrong = [
        ROW | {"amount": "十元", "payee_id": "1", "what": "love"},
        {"what": "other", "spent_on": "2026-11-25"},
    ]
    assert said(form, *wrong) == {
        "costs.0.what": "请从列出的选项中选择费用明细第 1 行的用途。",
        "costs.0.payee_id": "费用明细第 1 行的收款人身份证号码应为18位，请对照身份证检查。",
        "costs.0.amount": "费用明细第 1 行的金额应为金额，最多两位小数，例如 1,234.50。",
        "costs.1.detail": "请填写费用明细第 2 行的说明。",
        "costs.1.spent_on": "费用明细第 2 行的支付日期不能晚于今天（2026-11-24）。",
        "costs.1.payee": "请填写费用明细第 2 行的收款人。",
        "costs.1.payee_id": "请填写费用明细第 2 行的收款人身份证号码。",
        "costs.1.amount": "请填写费用明细第 2 行的金额。",
    }
    with use_language("en"):
        assert said(form, ROW | {"amount": 0}) == {
            "costs.0.amount": "'Amount (Costs, row 1)' must be 0.01 yuan or more."
        }


def test_a_column_that_is_not_asked_is_neither_required_nor_looked_at(form: Form) -> None:
    assert said(form, ROW | {"detail": "x" * 99}) == {}
    assert said(form, ROW | {"what": "other"}) == {"costs.0.detail": "请填写费用明细第 1 行的说明。"}
    assert said(form, ROW | {"what": "other", "detail": "x" * 31}) == {
        "costs.0.detail": "费用明细第 1 行的说明最多 30 个字，请缩短。"
    }
    assert costs(form, "check", **(cell(0, "what", "rent") | cell(0, "detail", "x"))) == [
        {"what": "rent", "invoiced": False}
    ]


def test_no_two_rows_say_the_same_where_the_column_says_once() -> None:
    schema = copy.deepcopy(EVERY_KIND)
    columns = schema["properties"]["costs"]["items"]["properties"]
    columns["payee_id"]["x-ui"]["once"] = columns["detail"]["x-ui"]["once"] = True
    once = compile_form(schema)
    other = ROW | {"payee_id": "310101199003078811"}
    assert papers.id_number_holds(other["payee_id"]) and said(once, ROW, other) == {}
    assert said(once, ROW, other, ROW, ROW) == {
        "costs.2.payee_id": "费用明细第 3 行的收款人身份证号码与第 1 行相同，请改正或者删去一行。",
        "costs.3.payee_id": "费用明细第 4 行的收款人身份证号码与第 1 行相同，请改正或者删去一行。",
    }
    with use_language("en"):
        [told] = said(once, ROW, ROW).values()
        assert "row 2" in told.lower() and "row 1" in told.lower()
    unasked = ROW | {"what": "rent", "detail": "同样"}  # the detail is asked of other costs only
    assert said(once, unasked, other | {"what": "rent", "detail": "同样"}) == {}
    for none in ({}, [], {"payee_id": []}, {"payee_id": {}}):
        said(once, none, none)


def test_rows_that_are_none_are_refused_and_break_nothing(form: Form) -> None:
    assert said(form, ROW, "x") == {"costs.1": "费用明细的内容类型不对，请重新填写。"}
    assert said(form, ROW | {"admin": 1}) == {"costs.0.admin": "这份表单没有“costs.0.admin”这一项。"}
    for broken in ("x", 1, {"what": "rent"}, [["x"]], [None]):
        answers = EVERY_ANSWER | {"costs": broken}
        assert forms.check(form, answers, today=TODAY), broken
        forms.summary(form, answers, masked=True)
        forms.posted(form, answers)


def test_sensitive_cells_are_sealed_each_in_its_row(form: Form, keys: Keys) -> None:
    stored = forms.seal_answers(form, EVERY_ANSWER, keys, b"case-1")
    assert "李明" not in repr(stored) and "11010519491231002X" not in repr(stored)
    assert stored["costs"][0]["amount"] == 123450
    assert forms.open_answers(form, stored, keys, b"case-1") == EVERY_ANSWER
    moved = copy.deepcopy(stored)
    moved["costs"].reverse()
    with pytest.raises(SealBroken):
        forms.open_answers(form, moved, keys, b"case-1")
    with pytest.raises(SealBroken):
        forms.open_answers(form, stored, keys, b"case-2")


def test_masks_cover_cells(form: Form, keys: Keys) -> None:
    hidden = forms.mask(form, EVERY_ANSWER)["costs"][1]
    assert (hidden["payee"], hidden["payee_id"], hidden["amount"]) == ("欧**明", "1101**********002X", 10)
    own = forms.mask(form, EVERY_ANSWER, eyes=Eyes.OWNER)["costs"][1]
    assert (own["payee"], own["payee_id"]) == ("欧阳小明", "1101**********002X")
    sealed = forms.mask(form, forms.seal_answers(form, EVERY_ANSWER, keys, b"c"))
    assert sealed["costs"][0]["payee"] == "••••"
    assert EVERY_ANSWER["costs"][1]["payee"] == "欧阳小明", "what was given is not changed"


def test_a_summary_has_the_table_with_its_sums(form: Form) -> None:
    line = next(
        line
        for part in forms.summary(form, EVERY_ANSWER, masked=True)
        for line in part.lines
        if line.name == "costs"
    )
    assert line.value == "2 行"
    assert line.table is not None
    assert line.table.heads == ("用途", "说明", "支付日期", "收款人", "收款人身份证号码", "金额", "已开票")
    assert line.table.rows[0] == ("租金", "", "2026-03-05", "李*", "1101**********002X", "1,234.50 元", "是")
    assert line.table.numbers == (5,)
    assert line.table.totals == ("", "", "", "", "", "1,234.60 元", "")


def test_what_is_no_amount_yet_counts_nothing(form: Form) -> None:
    rows = [ROW, ROW | {"amount": "十元"}, {}]
    assert [total for _, total in form.by_name["costs"].totals(rows)] == ["1,234.50 元"]
    assert [total for _, total in form.by_name["costs"].totals(None)] == ["0.00 元"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"maxItems": 1000}, "maxItems must say how many"),
        ({"items": "x"}, "items of a table are an object"),
        (
            {"items": {"type": "object", "properties": {}, "required": ["x"]}},
            "x-ui.columns and properties differ",
        ),
    ],
)
def test_a_table_that_is_written_wrong_is_refused(change: dict[str, Any], words: str) -> None:
    schema = copy.deepcopy(EVERY_KIND)
    schema["properties"]["costs"] |= change
    with pytest.raises(BadForm, match=words):
        compile_form(schema)


def test_a_column_looks_at_earlier_columns_of_its_row_only() -> None:
    schema = copy.deepcopy(EVERY_KIND)
    column = schema["properties"]["costs"]["items"]["properties"]["detail"]["x-ui"]
    for name, words in (("staff", "names no question"), ("amount", "earlier question")):
        column["when"] = {"field": name, "is": [1]}
        with pytest.raises(BadForm, match=rf"costs\.detail: when .*{words}"):
            compile_form(copy.deepcopy(schema))


_NAMES = st.sampled_from(
    [
        *EVERY_TYPED,
        *(
            f"costs.{n}.{name}"
            for n in range(7)
            for name in ("what", "amount", "payee", "invoiced", "spent_on", "x")
        ),
    ]
)
_TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["rent", "other", "agent", "1,234.5", "3", "2026", "12", "yes", "\x00", "😀"]),
)


@settings(max_examples=300, deadline=None)
@example({"founded-year": "0-"}, "check")
@given(
    st.dictionaries(_NAMES, _TEXTS, max_size=25),
    st.sampled_from(["check", "add:costs", "remove:costs:1", "later"]),
)
def test_whatever_is_posted_is_shown_and_read_the_same(posted: dict[str, str], go: str) -> None:
    form = compile_form(EVERY_KIND)
    answers = forms.parse(form, posted | {"_go": go}, kept={"proofs": [FILE]})
    assert set(answers) <= set(form.by_name) and answers["proofs"] == [FILE]
    assert all(str(words) for words in forms.check(form, answers, today=TODAY).values())
    forms.summary(form, answers, "en", masked=True)
    shown = forms.posted(form, answers)
    assert "\x00" not in repr(shown)
    assert forms.parse(form, shown | {"_go": "later"}, kept=answers) == (
        answers if "costs" in answers else answers | {"costs": [{}]}
    ), "the blank row that the page offers is the only one that comes along"
