"""The style pages in a real Chromium: axe (WCAG 2.2 AA), no sideways scroll, the content policy, keys."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.chromium import judging, violations
from tests.ui import gallery
from tongban.kit.web.pages import UI

#: A form that was refused, a desk with its queue and an open case, and a licence whose code changes.
FORM = """{% extends "base.html" %}{% block title %}表单{% endblock %}{% block main %}
{{ c.error_summary([("phone", "请输入 11 位手机号码")]) }}
{{ c.field_text("phone", "联系电话", "138", error="请输入 11 位手机号码") }}
{{ c.field_textarea("reason", "理由", "短", limit=5) }}{{ c.field_password("word", "密码") }}
{{ c.field_radios("way", "领证方式", [("a", "邮寄"), ("b", "自取")]) }}{{ c.button("提交") }}{% endblock %}"""
DESK = """{% set layout = "staff" %}{% extends "base.html" %}{% block title %}办件 {{ open }}{% endblock %}
{% block main %}
{% set rows = [] %}{% for number, who in [("1", "赵*梅"), ("2", "陈*"), ("3", "王*强")] %}{% do rows.append(
{"href": "?actor=officer&open=" ~ number, "current": open == number, "colour": "green", "lamp_text": "绿灯",
 "title": "居住证申领", "who": who, "left": "剩 2 日", "number": number}) %}{% endfor %}
<div class="desk desk--open">{% call c.panel("待办") %}{{ c.queue(rows) }}{% endcall %}
{% call c.panel() %}{{ c.desk_head("办件 " ~ open) }}{% call c.action_bar() %}<form method="post">{{ csrf_field() }}
{{ c.button("不予", "danger", key="R", name="do", value="refuse") }}
{{ c.button("准予", key="P", name="do", value="approve") }}</form>{% endcall %}{% endcall %}</div>{% endblock %}"""
LICENCE = """{% extends "base.html" %}{% block title %}亮证{% endblock %}{% block main %}
{% call c.ticket("居住证", "李文静", "3206", "有效", seconds=60, caption="60 秒后自动换新码") %}
{{ c.icon("qr", "二维码") }}{% endcall %}{% endblock %}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery.serving(form=FORM, desk=DESK, ticket=LICENCE) as address:
        yield address


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[dict[int, tuple[Page, list[str]]]]:
    """One by its width, for pages that are only looked at, with its console's errors; what the pages share is fetched,
    and axe compiled, once in each."""
    made = {}
    for width in (390, 1280):
        context = browser.new_context(viewport={"width": width, "height": 844})
        made[width] = _heard(judging(context))
    yield made
    for page, _ in made.values():
        page.context.close()


def opened(browser: Browser, url: str, *, width: int, script: bool = True) -> tuple[Page, list[str]]:
    """A page in a window of its own, and the list that its console errors go to."""
    context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=script)
    page, said = _heard(context)
    page.goto(url)
    return page, said


def _heard(context: BrowserContext) -> tuple[Page, list[str]]:
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


#: Colours do not hang on the width; large letters do, and need most room on a phone. On a desk the whole house's pages
#: are seen with them (journeys/page_matrix.py). Words and colours are those of the first look: axe judges them there,
#: and in large letters in the soak.
LOOKS = [
    (390, "theme=light", True),
    (1280, "theme=dark", True),
    (390, "theme=light&elder=1", os.environ.get("TONGBAN_MATRIX") == "whole"),
]


@pytest.mark.parametrize(("width", "look", "judged"), LOOKS)
@pytest.mark.parametrize("name", gallery.PAGES)
def test_page_is_accessible_and_fits(
    windows: dict[int, tuple[Page, list[str]]], address: str, name: str, width: int, look: str, judged: bool
) -> None:
    page, said = windows[width]
    said.clear()
    page.goto(f"{address}/{name}?{look}")
    faults = violations(page) if judged else []
    sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert faults == []
    assert sideways <= 0
    assert said == []


@pytest.mark.parametrize("name", gallery.PAGES)
def test_page_fits_in_english(windows: dict[int, tuple[Page, list[str]]], address: str, name: str) -> None:
    page, _ = windows[390]
    page.goto(f"{address}/{name}?lang=en")
    sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert sideways <= 0


def test_buttons_and_tabs_are_large_enough(browser: Browser, address: str) -> None:
    for name, selector, least in (
        ("form", ".btn, .choice, .input", 44),
        ("forms", ".btn:not([hidden]), .choice, .input, .file", 44),
        ("form", ".dock a", 48),
        ("desk?actor=officer", ".actions .btn", 40),
    ):
        page, _ = opened(browser, f"{address}/{name}", width=390)
        heights = page.eval_on_selector_all(
            selector, "all => all.map(one => one.getBoundingClientRect().height)"
        )
        page.context.close()
        assert heights and min(heights) >= least, (name, min(heights))


def test_summary_takes_the_focus_and_leads_to_the_field(browser: Browser, address: str) -> None:
    page, _ = opened(browser, f"{address}/form", width=1280)
    assert page.evaluate("document.activeElement.className") == "errors"
    page.click(".errors a")
    assert page.evaluate("document.activeElement.id") == "phone"
    page.context.close()


def test_a_key_never_decides_by_itself(browser: Browser, address: str) -> None:
    page, _ = opened(browser, f"{address}/desk?actor=officer", width=1440)
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.value") == "approve"
    assert page.url.endswith("/desk?actor=officer")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "top-search"
    page.keyboard.type("pp")
    assert page.input_value("#top-search") == "pp"
    page.context.close()


def test_page_is_complete_without_scripts(browser: Browser, address: str) -> None:
    page, said = opened(browser, f"{address}/ticket", width=390, script=False)
    assert page.inner_text(".ticket__life p") == "60 秒后自动换新码"
    assert page.locator(".ticket__qr svg").is_visible()
    assert said == []
    page.context.close()


def test_a_key_never_decides_when_the_button_stands_outside_its_form(browser: Browser, address: str) -> None:
    page, _ = opened(browser, f"{address}/desk?actor=officer", width=1440)
    page.evaluate("document.querySelector('.actions form').id = 'decision'")
    page.evaluate(
        "document.querySelector('.actions__btns').append(...document.querySelectorAll('.actions .btn'))"
    )
    page.evaluate(
        "document.querySelectorAll('.actions .btn').forEach(one => one.setAttribute('form', 'decision'))"
    )
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.value") == "refuse"
    assert page.url.endswith("/desk?actor=officer")
    page.context.close()


def test_walking_the_queue_keeps_the_page(browser: Browser, address: str) -> None:
    page, said = opened(browser, f"{address}/desk?actor=officer", width=1440)
    page.evaluate("window.kept = true")
    page.click("text=陈*")
    page.locator("h1", has_text="办件 2").wait_for()
    page.keyboard.press("j")
    page.locator("h1", has_text="办件 3").wait_for()
    page.go_back()
    page.locator("h1", has_text="办件 2").wait_for()
    assert page.evaluate("window.kept") is True
    assert page.title().startswith("办件 2")
    assert said == []
    page.context.close()


def test_the_queue_is_plain_links_without_scripts(browser: Browser, address: str) -> None:
    page, _ = opened(browser, f"{address}/desk?actor=officer", width=1440, script=False)
    page.click("text=陈*")
    assert page.url.endswith("&open=2")
    assert page.inner_text("h1") == "办件 2"
    page.context.close()


def test_a_password_is_shown_and_hidden_again(browser: Browser, address: str) -> None:
    page, said = opened(browser, f"{address}/form", width=390)
    page.fill("#word", "geheim")
    page.get_by_role("button", name="显示密码").click()
    assert page.get_attribute("#word", "type") == "text"
    page.get_by_role("button", name="隐藏密码").click()
    assert page.get_attribute("#word", "type") == "password"
    assert said == []
    page.context.close()
    page, _ = opened(browser, f"{address}/form", width=390, script=False)
    assert not page.locator(".password__show").is_visible(), "without scripts it would do nothing"
    page.context.close()


def test_how_much_may_still_be_typed_is_counted(browser: Browser, address: str) -> None:
    page, _ = opened(browser, f"{address}/form", width=390)
    assert page.inner_text("#reason-info") == "还可以输入 4 个字"
    page.fill("#reason", "一二三四五六七")
    assert page.inner_text("#reason-info") == "超出 2 个字，请删减"
    page.context.close()
    page, _ = opened(browser, f"{address}/form", width=390, script=False)
    assert page.inner_text("#reason-info") == "最多 5 个字"
    page.context.close()


def test_a_date_in_a_row_stands_in_one_line(browser: Browser) -> None:
    """However narrow the row: a browser breaks a date behind its hyphens.

    How it can fail (tried): show the date without ``time``; take the rule off it.
    """
    line = '{% call c.rows() %}{{ c.case_row("/", "x", _("有效至 %(day)s", day="2026-12-28"|time)) }}{% endcall %}'
    css = (UI / "static" / "app.css").read_text()
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for width in (150, 170, 190, 210):
        html = gallery.made(line, gallery.Look("en"))
        page.set_content(f'<html lang="en"><style>{css}</style><div style="width:{width}px">{html}</div>')
        assert page.evaluate("document.querySelector('time').getClientRects().length") == 1, width
    page.close()
