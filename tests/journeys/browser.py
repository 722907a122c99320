"""A real Chromium at a width and a language, with or without scripts, that judges every page it is on."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text()
#: WCAG 2.2 AA and what comes before it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, DESKTOP = 390, 1280
#: Chromium itself reports an answer of 4xx as an error; those are the house's refusals, judged by their pages.
_STATUS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser, or the one that CHROMIUM names. Without one the test fails."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "Chromium is missing: apt-get install chromium, or name one in CHROMIUM"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


class Walker:
    """Somebody at a browser. Each page that she comes to is judged: accessible, quiet, no wider than her screen."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        *,
        width: int,
        language: str,
        script: bool,
        pictures: Path,
        touch: bool = False,
    ) -> None:
        self.base, self.width, self.language, self.script, self.pictures = (
            base,
            width,
            language,
            script,
            pictures,
        )
        self.touch = touch
        self.context = self._context(browser, script=script)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.said: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        # axe needs scripts: where the walker has none, a second browser looks at the same address.
        self._judge = None if script else self._context(browser, script=True)
        self.seen: list[str] = []

    def _context(self, browser: Browser, *, script: bool) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": self.width, "height": 844 if self.width == PHONE else 900},
            java_script_enabled=script,
            has_touch=self.touch,
            is_mobile=self.touch,
            locale="en" if self.language == "en" else "zh-CN",
        )
        context.add_cookies([{"name": "tongban_language", "value": self.language, "url": self.base}])
        return context

    def _heard(self, message: Any) -> None:
        if message.type == "error" and not _STATUS.match(message.text):
            self.said.append(f"{self.page.url}: {message.text}")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)

    def to(self, path: str, name: str) -> Page:
        """Open an address and judge what is there."""
        self.page.goto(self.base + path)
        return self.judge(name)

    def press(self, selector: str, name: str, *, arrives: str) -> Page:
        """Press a button or link that leads to another page (a pattern of its path), and judge that page."""
        self.page.click(selector)
        try:
            self.page.wait_for_url(re.compile(re.escape(self.base) + arrives))
        except TooLate as late:
            words = self.page.inner_text("main")[:600]
            raise AssertionError(f"{selector} led to {self.path}, not {arrives}: {words}") from late
        return self.judge(name)

    def tick(self, name: str, value: str = "yes") -> None:
        """Choose an answer by its words, as a finger does: the label lies over the box."""
        box = self.page.locator(f"[name={name}][value={value}]")
        self.page.click(f"label[for='{box.get_attribute('id')}']")
        assert box.is_checked()

    def judge(self, name: str) -> Page:
        """Take the page's picture and fail for what is wrong with it."""
        self.page.wait_for_load_state("load")
        label = f"{len(self.seen):02}-{name}-{self.width}-{self.language}{'' if self.script else '-noscript'}"
        self.seen.append(f"{name} {self.path}")
        self.page.screenshot(path=self.pictures / f"{label}.png", full_page=True)
        sideways = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert sideways <= 0, f"{label}: scrolls {sideways} px sideways"
        assert self.page.title().strip(" -"), label
        assert self.page.locator("h1:visible").count() == 1 or "desk" in name, f"{label}: not one h1"
        faults = self._axe()
        assert faults == [], f"{label} {self.path}: {faults}"
        assert self.said == [], (label, self.said)
        return self.page

    def _axe(self) -> list[Any]:
        if self._judge is None:
            return violations(self.page)
        self._judge.clear_cookies()
        self._judge.add_cookies(self.context.cookies())  # type: ignore[arg-type]
        page = self._judge.new_page()
        try:
            page.goto(self.page.url)
            return violations(page)
        finally:
            page.close()

    def close(self) -> None:
        self.context.close()
        if self._judge is not None:
            self._judge.close()


def violations(page: Page) -> list[Any]:
    """What axe finds on a page: rule, element, what is wrong."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        (rule["id"], node["html"][:200], node["failureSummary"][:300])
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
