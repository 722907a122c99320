"""Long forms: a page changes its own section and nothing else, the overview knows what is done."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from tests.kit.sample_form import ANSWERS, EVERY_ANSWER, EVERY_KIND, EVERY_TYPED, FILE, SCHEMA
from tongban.kit import forms
from tongban.kit.forms import BadForm, Form, Paging, compile_form

TODAY = date(2026, 11, 24)


def paged(schema: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy(schema)
    made["x-ui"]["paged"] = True
    return made


@pytest.fixture(scope="module")
def form() -> Form:
    return compile_form(paged(EVERY_KIND))


def pages(form: Form, answers: dict[str, Any], at: str = "") -> Paging:
    faults = forms.check(form, answers, today=TODAY)
    found = forms.paging(form, [field.name for field in form.asked(answers)], faults, at=at)
    assert found is not None
    return found


def test_a_page_changes_its_own_section_alone(form: Form) -> None:
    posted = EVERY_TYPED | {"_section": "place", "firm": "黑客有限公司", "area": "78.2", "_go": "next"}
    assert forms.parse(form, posted, kept=EVERY_ANSWER) == EVERY_ANSWER | {"area": 78.2}
    blanked = forms.parse(form, {"_section": "place", "_go": "later"}, kept=EVERY_ANSWER)
    assert set(EVERY_ANSWER) - set(blanked) == form.names_in("place") & set(EVERY_ANSWER)
    assert forms.parse(form, {"_section": "papers"}, kept=EVERY_ANSWER)["proofs"] == [FILE]


def test_pages_make_the_whole_form_one_after_the_other(form: Form) -> None:
    answers: dict[str, Any] = {}
    for section in form.sections:
        page = {
            name: text for name, text in EVERY_TYPED.items() if form.names_in(section.key) & {named(name)}
        }
        answers = forms.parse(form, page | {"_section": section.key}, kept=answers | {"proofs": [FILE]})
    assert answers == EVERY_ANSWER


def named(posted: str) -> str:
    return posted.partition(".")[0].partition("-")[0]


def test_what_a_page_hides_elsewhere_is_dropped(form: Form) -> None:
    page = forms.posted(form, EVERY_ANSWER) | {"_section": "firm", "has_agent": "agent", "agent": "李明"}
    answers = forms.parse(form, page, kept=EVERY_ANSWER)
    assert answers["agent"] == "李明" and "share" not in answers


def test_the_overview_knows_what_is_done_and_opens_what_is_not(form: Form) -> None:
    fresh = pages(form, {})
    assert (fresh.at, fresh.before, fresh.after, fresh.number, fresh.done) == ("firm", "", "place", 1, 0)
    some = EVERY_ANSWER | {"costs": [{"what": "rent"}]}
    assert [(page.key, page.done) for page in pages(form, some).pages] == [
        *(("firm", True), ("place", True)),
        *(("money", False), ("papers", True)),
    ]
    assert pages(form, some).at == "money"
    assert (pages(form, some, "place").before, pages(form, some, "place").after) == ("firm", "money")
    assert pages(form, EVERY_ANSWER).at == "papers" and pages(form, EVERY_ANSWER).after == ""
    assert pages(form, some, "nonsense").at == "money"
    faults = forms.check(form, some | {"area": 0}, today=TODAY)
    assert set(forms.faults_at(form, faults, "place")) == {"area"}
    assert "costs.0.amount" in forms.faults_at(form, faults, "money")


def test_a_section_that_is_not_asked_has_no_page() -> None:
    schema = paged(SCHEMA)
    schema["x-ui"]["sections"][1]["when"] = {"field": "children", "at_least": 1}
    form = compile_form(schema)
    assert [page.key for page in pages(form, ANSWERS).pages] == ["person", "stay"]
    assert [page.key for page in pages(form, ANSWERS | {"children": 0}).pages] == ["person"]


def test_a_form_of_one_page_has_no_pages() -> None:
    form = compile_form(SCHEMA)
    assert forms.paging(form, form.by_name, ()) is None
    assert forms.parse(form, {"_section": "person"}, kept=ANSWERS) == {"promise": False}, (
        "and posts all of itself"
    )


def test_pages_need_sections() -> None:
    schema = paged(SCHEMA)
    del schema["x-ui"]["sections"]
    for rule in schema["properties"].values():
        rule["x-ui"].pop("section")
    with pytest.raises(BadForm, match="pages are sections"):
        compile_form(schema)
