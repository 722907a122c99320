"""The gallery in a real Chromium: axe (WCAG 2.2 AA), no sideways scroll, the content policy, keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.ui import gallery

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery.serving() as address:
        yield address


def opened(browser: Browser, url: str, *, width: int, script: bool = True) -> tuple[Page, list[str]]:
    """A page and the list that its console errors go to."""
    context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=script)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    return page, said


@pytest.mark.parametrize("look", ["theme=light", "theme=dark", "theme=light&elder=1"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", gallery.PAGES)
def test_page_is_accessible_and_fits(
    browser: Browser, address: str, name: str, width: int, look: str
) -> None:
    page, said = opened(browser, f"{address}/{name}?{look}", width=width)
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    faults = [
        (rule["id"], node["html"][:160], node["failureSummary"])
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.context.close()
    assert faults == []
    assert sideways <= 0
    assert said == []


@pytest.mark.parametrize("name", gallery.PAGES)
def test_page_fits_in_english(browser: Browser, address: str, name: str) -> None:
    page, _ = opened(browser, f"{address}/{name}?lang=en", width=390)
    sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.context.close()
    assert sideways <= 0


def test_buttons_and_tabs_are_large_enough(browser: Browser, address: str) -> None:
    for name, selector, least in (
        ("form", ".btn, .choice, .input", 44),
        ("home", ".dock a", 48),
        ("desk", ".btn", 40),
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
    page, _ = opened(browser, f"{address}/desk", width=1440)
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.value") == "approve"
    assert page.url.endswith("/desk")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "top-search"
    page.keyboard.type("pp")
    assert page.input_value("#top-search") == "pp"
    page.context.close()


def test_page_is_complete_without_scripts(browser: Browser, address: str) -> None:
    page, said = opened(browser, f"{address}/licence", width=390, script=False)
    assert page.inner_text(".ticket__life p") == "60 秒后自动换新码"
    assert page.locator(".ticket__qr svg").is_visible()
    assert said == []
    page.context.close()


def test_a_key_never_decides_when_the_button_stands_outside_its_form(browser: Browser, address: str) -> None:
    page, _ = opened(browser, f"{address}/desk", width=1440)
    page.evaluate("document.querySelector('.actions form').id = 'decision'")
    page.evaluate(
        "document.querySelector('.actions__btns').append(...document.querySelectorAll('.actions .btn'))"
    )
    page.evaluate(
        "document.querySelectorAll('.actions .btn').forEach(one => one.setAttribute('form', 'decision'))"
    )
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.value") == "refuse"
    assert page.url.endswith("/desk")
    page.context.close()


def test_walking_the_queue_keeps_the_page(browser: Browser, address: str) -> None:
    page, said = opened(browser, f"{address}/desk", width=1440)
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
    page, _ = opened(browser, f"{address}/desk", width=1440, script=False)
    page.click("text=陈*")
    assert page.url.endswith("/desk?open=2")
    assert page.inner_text("h1") == "办件 2"
    page.context.close()
