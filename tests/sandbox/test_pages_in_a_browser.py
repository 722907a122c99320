"""The sandbox's pages in a real Chromium at phone width: axe finds nothing, no sideways scroll."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.chromium import chromium

from .conftest import Sandbox

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
PHONE = "13800005001"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/phone", f"/phone/{PHONE}", "/phone/13999999999?still=1"])
def test_page_is_clean(sandbox: Sandbox, browser: Browser, path: str, scheme: str) -> None:
    text = "【通办】验证码 483920，编号 310115000000261124000017310115000000261124000017"
    message = {"msg_id": str(uuid.uuid4()), "phone": PHONE, "text": text, "template": "code"}
    assert sandbox.post("/sms/v1/send", message).status_code == 202
    page = browser.new_page(
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,  # for axe's own script; the page brings none
    )
    page.goto(f"http://127.0.0.1:{sandbox.port}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run()")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
    page.close()
