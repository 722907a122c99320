"""The page of the API in a real browser: on a phone and a desk, in both languages, with scripts and without."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from tests.chromium import chromium
from tests.journeys.browser import DESKTOP, PHONE, Walker
from tests.journeys.house import House
from tests.web.test_api_schema import operations
from tests.web.test_english import CHINESE, chinese

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300), pytest.mark.xdist_group("api-page")]
#: In the ordinary run two that differ in everything; all eight in the soak.
BROWSERS = (
    list(itertools.product((PHONE, DESKTOP), ("zh", "en"), (True, False)))
    if os.environ.get("TONGBAN_MATRIX") == "whole"
    else [(PHONE, "zh", True), (DESKTOP, "en", False)]
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize(("width", "language", "script"), BROWSERS)
def test_the_page_can_be_read(
    house: House, browser: Browser, tmp_path: Path, width: int, language: str, script: bool
) -> None:
    walker = Walker(browser, house.base, width=width, language=language, script=script, pictures=tmp_path)
    try:
        page = walker.to("/", "home")
        walker.press("footer a[href='/api']", "folded", arrives="/api$")
        page.locator("#cases\\.open_draft summary").click()
        walker.judge("one operation")
        assert page.locator("#cases\\.open_draft .code").first.is_visible()
        assert page.locator(".code__copy").first.is_visible() is script
        # The type of an answer leads to its record; with scripts that is unfolded.
        page.locator("#cases\\.open_draft a[href='#Opened']").first.click()
        if script:
            page.locator("#Opened .members").wait_for(state="visible")
        assert page.locator("#Opened .members").is_visible() is script
        for folded in page.locator("details:not([open]) > summary").all()[:4]:
            folded.click()
        walker.judge("unfolded")
    finally:
        walker.close()


def test_the_code_that_is_copied_is_what_is_shown(house: House, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], base_url=house.base)
    try:
        page = context.new_page()
        page.goto(f"http://localhost:{house.port}/api#catalogue.search")
        block = page.locator("#catalogue\\.search .code").first
        block.locator(".code__copy").click()
        assert page.evaluate("navigator.clipboard.readText()") == block.locator("code").inner_text()
    finally:
        context.close()


def test_the_page_has_every_operation_and_every_link_leads_somewhere(house: House) -> None:
    answer = httpx.get(f"{house.base}/api")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=\"", answer.text)
    for method, path in operations():
        assert f">{method}<" in answer.text and f">{path}<" in answer.text
    ids = re.findall(r'\sid="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', answer.text)) <= set(ids)
    page = house.visitor().visit("/api")
    for link in sorted({one for one in page.links if one.startswith("/problems")}):
        assert page.client.get(link).status_code == 200, link


def test_in_english_only_the_examples_hold_chinese(house: House) -> None:
    shown = httpx.get(f"{house.base}/api?lang=en").text
    assert chinese(shown) == []
    examples = re.findall(r"<pre.*?</pre>", shown, flags=re.DOTALL)
    assert CHINESE.search("".join(examples)), "the examples are the demo city's"


def test_the_document_speaks_the_readers_language(house: House) -> None:
    zh, en = (httpx.get(f"{house.base}/api/openapi.json?lang={one}").json() for one in ("zh", "en"))
    assert zh["paths"].keys() == en["paths"].keys()
    assert (zh["info"]["title"], en["info"]["title"]) == ("通办开放接口", "Tongban API")
    assert en["servers"] == [{"url": f"http://localhost:{house.port}"}]
    assert "Open a draft" in httpx.get(f"{house.base}/api?lang=en").text
