"""The system's Chromium for the tests, and axe in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

#: How long a page may take to come to what is expected of it; five seconds, as playwright has it, are short under load.
PATIENCE_SECONDS = 60
expect.set_options(timeout=PATIENCE_SECONDS * 1000)

#: axe as each page of a window finds it, to be called where it is judged: a browser compiles it once for all pages of
#: one window. To send it with each page took a fifth of all that axe takes.
_AXE = f"window.layAxe = () => {{{(Path(__file__).parent / 'vendor' / 'axe.min.js').read_text()}}};"
#: WCAG 2.2 AA and what comes before it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Each window has an address bar that nobody sees, whose pages of its own take as long as a page of ours; the second
#: line are playwright's own, which a switch of the same name would put out of force.
_WITHOUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("DestroyProfileOnBrowserClose", "HttpsUpgrades", "MediaRouter", "OptimizationHints", "PaintHolding"),
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser, or the one that CHROMIUM names. Without one the test fails."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "Chromium is missing: apt-get install chromium, or name one in CHROMIUM"
    with sync_playwright() as playwright:
        arguments = [f"--disable-features={','.join(_WITHOUT)}"]
        arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def judging(context: BrowserContext) -> BrowserContext:
    """The same window, before its first page: axe can judge what is opened in it."""
    context.add_init_script(_AXE)
    return context


def violations(page: Page, *, but: Sequence[str] = ()) -> list[Any]:
    """What axe finds on a page of a window that is :func:`judging`: rule, element, what is wrong; ``but``: rules that
    are not asked here."""
    found = page.evaluate(
        "([tags, rules]) => { layAxe(); return axe.run({runOnly: tags, rules, resultTypes: ['violations']}); }",
        [RULES, {rule: {"enabled": False} for rule in but}],
    )
    return [
        (rule["id"], node["html"][:200], node["failureSummary"][:300])
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
