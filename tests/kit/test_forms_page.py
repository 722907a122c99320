"""forms.html: what the schema says is what the page shows, and what was typed is shown again."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.kit.sample_form import ANSWERS, EVERY_ANSWER, EVERY_KIND, FILE, SCHEMA
from tongban.kit import forms
from tongban.kit.acting import Eyes
from tongban.kit.forms import Prefilled, compile_form
from tongban.kit.i18n import N_, Text, use_language
from tongban.kit.web import pages

PAGE = '{% import "forms.html" as forms %}{{ forms.render(form, answers, prefilled, errors, wrong_href) }}'
AT = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
REGISTER = Text("人口库", "Population register")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Any:
    # The app's own environment comes back after the test.
    monkeypatch.setattr(pages, "_plugged", [])
    return pages.plug_templates([])


def shown(environment: Any, answers: dict[str, Any], **more: Any) -> str:
    context = {"prefilled": {}, "errors": {}, "wrong_href": None} | more
    return html.unescape(
        environment.from_string(PAGE).render(form=compile_form(SCHEMA), answers=answers, **context)
    )


def test_each_asked_question_has_its_input(environment: Any) -> None:
    page = shown(environment, {"ground": "study"})
    for name in (
        "name",
        "id_number",
        "phone",
        "ground",
        "school",
        "address",
        "since-year",
        "note",
        "promise",
    ):
        assert f'name="{name}"' in page, name
    assert 'name="employer"' not in page
    assert "个人信息" in page and "居住情况" in page
    assert 'type="tel"' in page and 'autocomplete="tel-national"' in page
    assert "选填" in page


def test_every_input_has_a_label_of_its_own(environment: Any) -> None:
    page = shown(environment, ANSWERS)
    ids = set(re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', page))
    assert ids and ids == set(re.findall(r'<label[^>]* for="([^"]+)"', page))


def test_what_was_typed_and_what_is_wrong_stand_together(environment: Any) -> None:
    answers = ANSWERS | {"phone": "12345", "since": "2026-13-", "address": '"><script>'}
    form = compile_form(SCHEMA)
    errors = forms.check(form, answers, today=date(2026, 11, 24))
    context: dict[str, Any] = {"prefilled": {}, "wrong_href": None, "errors": errors}
    raw = environment.from_string(PAGE).render(form=form, answers=answers, **context)
    assert "<script>" not in raw
    page = html.unescape(raw)
    assert 'value="12345"' in page
    assert "手机号码应为11位手机号码" in page
    assert re.search(r'name="since-month"[^>]*value="13"', page)
    assert 'aria-invalid="true"' in page


def test_a_known_value_shows_with_source_time_and_a_way_to_dispute(environment: Any) -> None:
    known = {"name": Prefilled("王芳", REGISTER, AT)}
    page = shown(environment, {}, prefilled=known, wrong_href="/cases/1/dispute?field=")
    assert "王芳" in page  # her own name, to her: what others see is masked by mask()
    assert "人口库" in page and "2026-11-24 09:12" in page
    assert 'href="/cases/1/dispute?field=name"' in page
    assert 'name="name"' not in page


def test_an_editable_known_value_can_be_typed_over(environment: Any) -> None:
    known = {"id_number": Prefilled("11010519491231002X", REGISTER, AT)}
    page = shown(environment, {"id_number": "11010519491231002X"}, prefilled=known)
    assert 'value="11010519491231002X"' in page
    assert "已从人口库预填" in page


def test_a_source_that_is_away_asks_or_waits(environment: Any) -> None:
    asked = shown(environment, {}, prefilled={"name": Prefilled(None, REGISTER, None, "asked")})
    assert 'name="name"' in asked and "人口库暂时没有提供这一项" in asked
    silent = Prefilled(None, REGISTER, None, "asked", "population", answered=True)
    assert "人口库没有您的这一项记录" in shown(environment, {}, prefilled={"name": silent})
    later = shown(environment, {}, prefilled={"name": Prefilled(None, REGISTER, None, "later")})
    assert 'name="name"' not in later and "提交后由系统核对" in later


def test_the_page_speaks_english(environment: Any) -> None:
    with use_language("en"):
        page = shown(environment, ANSWERS)
    assert "Living there since" in page and "Stable work" in page
    assert "居住起始日期" not in page


class Inputs(HTMLParser):
    """What a browser would post of a page: every input outside the template of a new row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.posted: dict[str, str] = {}
        self.ids: set[str] = set()
        self.buttons: list[str] = []
        self._skipping = False
        self._text: str | None = None
        self._select: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._skipping = True
        if self._skipping:
            return
        self.ids |= {of["id"]} if "id" in of else set()
        if tag == "button":
            self.buttons.append(of.get("value", ""))
        elif tag == "input" and of.get("type") != "file":
            if of.get("type") not in ("checkbox", "radio") or "checked" in of:
                self.posted[of["name"]] = of["value"]
        elif tag == "textarea":
            self._text = of["name"]
        elif tag == "select":
            self._select, self.posted[of["name"]] = of["name"], ""
        elif tag == "option" and "selected" in of and self._select:
            self.posted[self._select] = of["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._skipping = False

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            # A browser drops the line break behind the opening tag.
            self.posted[self._text], self._text = data.removeprefix("\n"), None


EVERY_PAGE = (
    '{% import "forms.html" as forms %}'
    "{{ forms.render(form, answers, {}, errors, None, only, said, file_href, thumb_href) }}"
)


def every(environment: Any, answers: dict[str, Any], **more: Any) -> str:
    context: dict[str, Any] = {
        "errors": {},
        "only": None,
        "said": {},
        "file_href": None,
        "thumb_href": None,
    } | more
    return str(
        environment.from_string(EVERY_PAGE).render(form=compile_form(EVERY_KIND), answers=answers, **context)
    )


def test_the_page_posts_what_the_form_expects_of_it(environment: Any) -> None:
    form = compile_form(EVERY_KIND)
    wrong = EVERY_ANSWER | {
        "rent": '"><b>',
        "costs": [{"what": "other", "amount": "<x>"}, {}],
        "lease_to": "2026-13-",
    }
    for answers in (EVERY_ANSWER, {}, wrong):
        found = Inputs(every(environment, answers)).posted
        expected = forms.posted(form, answers)
        # A choice among radios that is not made yet posts nothing.
        assert found | {"has_agent": found.get("has_agent", "")} == expected


def test_an_error_of_a_cell_leads_to_its_input(environment: Any) -> None:
    form = compile_form(EVERY_KIND)
    wrong = EVERY_ANSWER | {
        "costs": [{"what": "other"}, {"spent_on": "2027-01-01"}],
        "proofs": [],
        "support": [],
    }
    errors = forms.check(form, wrong, today=date(2026, 11, 24))
    page = every(environment, wrong, errors=errors)
    assert {"costs.0.detail", "costs.1.spent_on", "proofs", "support"} <= set(errors)
    assert set(errors) <= Inputs(page).ids
    assert html.escape("请填写费用明细第 1 行的说明。") in page


def test_the_first_button_takes_no_row_away(environment: Any) -> None:
    """Enter in a text field presses the first button of a form."""
    assert Inputs(every(environment, EVERY_ANSWER)).buttons[0] == ""


def test_rows_and_files_have_their_buttons(environment: Any) -> None:
    shown = Inputs(every(environment, EVERY_ANSWER)).buttons
    assert {
        "add:costs",
        "remove:costs:0",
        "remove:costs:1",
        "upload:proofs",
        f"drop:proofs:{FILE['file']}",
    } <= set(shown)
    full = every(environment, EVERY_ANSWER | {"proofs": [FILE, FILE], "costs": EVERY_ANSWER["costs"] * 2})
    assert "upload:proofs" not in Inputs(full).buttons
    assert '<div class="rows__add" hidden>' in full and 'id="proofs"' in full


def test_a_file_is_named_with_pages_size_and_link(environment: Any) -> None:
    page = every(
        environment,
        EVERY_ANSWER,
        file_href=lambda name, file: f"/files/{name}/{file.file}",
        thumb_href=lambda name, file: f"/thumbs/{file.file}",
    )
    assert f'href="/files/proofs/{FILE["file"]}"' in page and f'src="/thumbs/{FILE["file"]}"' in page
    assert "2 页，1.4 MB" in page and "PDF、JPEG、PNG，每个不超过 10 MB，最多 2 个。" in page


def test_what_is_not_reopened_is_text_and_the_officer_speaks_at_the_rest(environment: Any) -> None:
    page = every(environment, EVERY_ANSWER, only={"area"}, said={"area": N_("请核对面积。")})
    assert set(Inputs(page).posted) == {"area"}
    assert "请核对面积。" in page and "12,345.60 元" in page and "租赁合同.pdf" in page
    assert "1101**********002X" in page and "11010519491231002X" not in page


def test_a_sheet_for_the_printer_has_it_all(environment: Any) -> None:
    source = (
        '{% import "forms.html" as forms %}{{ forms.paper("申请表", sections, [("编码", "1")], "申请人") }}'
    )
    sections = forms.summary(compile_form(EVERY_KIND), EVERY_ANSWER, masked=True, eyes=Eyes.OWNER)
    page = environment.from_string(source).render(sections=sections)
    for words in (
        "1. 企业",
        "4. 附件和承诺",
        "1,234.60 元",
        "合计",
        "租赁合同.pdf",
        "本企业承诺",
        "（签名或盖章）：",
        "编码",
    ):
        assert words in page, words
