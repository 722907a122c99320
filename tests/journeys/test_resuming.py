"""A photo from a phone that loses its line: the rest follows after a reload and a kill, and it is the same file."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Request, expect

from tests.chromium import chromium
from tests.journeys.browser import PHONE, Walker
from tests.journeys.house import House
from tests.journeys.test_browser import pictures
from tests.kit import sample_files
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
ITEM, FIELD = "lease_filing", "file_lease"
#: After so many pieces the line breaks.
PIECES = 3


def kill_web_processes(house: House) -> int:
    """The processes that answer requests are killed; their parent starts others. Gives how many there were."""
    serving: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if str(house.place) in (entry / "environ").read_text(errors="replace") and b"serve" in (
                entry / "cmdline"
            ).read_bytes().split(b"\0"):
                serving[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    answering = [pid for pid, parent in serving.items() if parent in serving]
    for pid in answering:
        os.kill(pid, signal.SIGKILL)
    return len(answering)


def answers_again(visitor: Visitor) -> None:
    """Wait until other processes are there."""
    until = time.monotonic() + 60
    while True:
        with suppress(httpx.HTTPError):
            if visitor.visit("/livez").status == 200:
                return
        assert time.monotonic() < until, "nobody answers after the kill"
        time.sleep(0.2)


def sent(page: Page) -> list[int]:
    """Where each piece that the page sends begins, as it goes on."""
    starts: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            starts.append(int(request.headers["upload-offset"]))

    page.on("request", note)
    return starts


def test_an_upload_goes_on_after_a_lost_line_a_reload_and_a_kill(house: House, tmp_path: Path) -> None:
    photo = tmp_path / "平面图.jpg"
    photo.write_bytes(sample_files.photo(2600, 2200))
    resident = house.enrol(house.person())
    resident.visit(f"/apply/{ITEM}").post(f"/apply/{ITEM}")
    case = resident.path.rsplit("/", 1)[-1]
    with chromium() as browser:
        phone = Walker(browser, house.base, width=PHONE, language="zh", script=True, pictures=pictures())
        phone.context.add_cookies(
            [{"name": a.name, "value": a.value or "", "url": phone.base} for a in resident.client.cookies.jar]
        )
        page = phone.to(f"/apply/{ITEM}/{case}", "form-with-files")
        starts = sent(page)
        told = page.locator(f"fieldset:has(#{FIELD}) [role=status]")
        page.set_input_files(f"#{FIELD}", photo)
        page.route(
            "**/uploads/*", lambda route: route.continue_() if len(starts) <= PIECES else route.abort()
        )
        page.click(f"button[value='upload:{FIELD}']")
        expect(told).to_contain_text("网络中断")
        expect(page.get_by_role("button", name="继续上传")).to_be_visible()
        page.screenshot(path=phone.pictures / "resuming-torn.png", full_page=True)
        assert kill_web_processes(house) > 0
        page.unroute("**/uploads/*")
        answers_again(resident)
        first = starts[PIECES - 1]
        starts.clear()
        page.reload()
        expect(told).to_contain_text(re.compile("平面图.jpg 上次传到 [1-9]"))
        page.screenshot(path=phone.pictures / "resuming-again.png", full_page=True)
        page.set_input_files(f"#{FIELD}", photo)
        page.get_by_role("button", name="继续上传").click()
        page.wait_for_url(re.compile(f"#{FIELD}"))
        assert starts and min(starts) >= first > 0, "what had come was not sent again"
        link = page.locator(".files__file a")
        expect(link).to_have_text("平面图.jpg")
        came = resident.client.get(str(link.get_attribute("href")))
        assert came.content == photo.read_bytes()
        phone.said.clear()
        phone.judge("form-with-file")
        expect(page.locator("[data-coming]")).to_be_hidden()
        phone.close()
