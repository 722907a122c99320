"""forms.html: what the schema says is what the page shows, and what was typed is shown again."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.kit.sample_form import ANSWERS, SCHEMA
from tongban.kit import forms
from tongban.kit.forms import Prefilled, compile_form
from tongban.kit.i18n import Text, use_language
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
    later = shown(environment, {}, prefilled={"name": Prefilled(None, REGISTER, None, "later")})
    assert 'name="name"' not in later and "提交后由系统核对" in later


def test_the_page_speaks_english(environment: Any) -> None:
    with use_language("en"):
        page = shown(environment, ANSWERS)
    assert "Living there since" in page and "Stable work" in page
    assert "居住起始日期" not in page
