"""A real Chromium at a width and a language, with or without scripts, that judges every page it is on."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as TooLate

from tests.chromium import PATIENCE_SECONDS, judging, violations

PHONE, DESKTOP = 390, 1280
#: Chromium itself reports an answer of 4xx as an error; those are the house's refusals, judged by their pages.
_STATUS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
#: What axe looks at in a page: its elements with what they are and say of themselves. Names and numbers of cases, and
#: which words stand in it, make no other page of it.
_SHAPE = """() => [...document.querySelectorAll("*")].map((one) => one.tagName + [...one.attributes]
  .filter(({ name }) => !["href", "src", "value", "content", "nonce"].includes(name))
  .map(({ name, value }) => name + "=" + value.replace(/[0-9a-f-]{16,}|[0-9]+/g, "#"))
  .join(" ") + [...one.childNodes].some((text) => text.nodeType === 3 && text.data.trim())).join()"""
#: What axe measures of each element against all that lies around it, and takes two thirds of its time for. It hangs on
#: components and styles, and is asked of each component (ui/test_in_browser.py) and each page (page_matrix.py); of the
#: pages on a journey in the soak.
_MEASURED = () if os.environ.get("TONGBAN_MATRIX") == "whole" else ("color-contrast", "target-size")
#: The shapes in which axe has found nothing, by how they were looked at: it takes longer than all else.
_CLEAN: set[tuple[object, ...]] = set()


class Walker:
    """Somebody at a browser. Each page that she comes to is judged: accessible, quiet, no wider than her screen.

    Its pictures are taken where TONGBAN_PICTURES names a folder.
    """

    @property
    def session(self) -> str:
        """The cookie of whoever is logged in at this browser."""
        return next(one["value"] for one in self.context.cookies() if one["name"] == "tongban_session")

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
        self.page.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.said: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        # axe needs scripts: where the walker has none, a second browser looks at the same address.
        self._judge = None if script else self._context(browser, script=True).new_page()
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
        return judging(context) if script else context

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
        if os.environ.get("TONGBAN_PICTURES"):
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
        shape = (self.width, self.touch, self.script, self.page.evaluate(_SHAPE))
        if shape in _CLEAN:
            return []
        page = self.page
        if self._judge is not None:
            page = self._judge
            page.context.clear_cookies()
            page.context.add_cookies(self.context.cookies())  # type: ignore[arg-type]
            page.goto(self.page.url)
        faults = violations(page, but=_MEASURED)
        if not faults:
            _CLEAN.add(shape)
        return faults

    def close(self) -> None:
        self.context.close()
        if self._judge is not None:
            self._judge.context.close()
