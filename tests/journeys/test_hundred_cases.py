"""An officer works a hundred cases from the keyboard: no pointer is touched, and each case is where she put it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.chromium import chromium
from tests.conftest import HOME
from tests.journeys.browser import DESKTOP, Walker
from tests.journeys.house import House
from tests.journeys.test_browser import pictures

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.soak, pytest.mark.timeout(420)]
COUNT = 100
QUEUED = 300
#: The address of the case that is open, as the queue has it; null between its pages.
OPEN = "(document.querySelector('[data-queue] a[aria-current]')?.getAttribute('href') ?? null)"
REASON = "经核对，申请的理由与登记不符，不予受理。"


def _submitted(house: House, folder: Path) -> str:
    """A hundred people of one district submit their drafts; gives the district."""
    out = folder / "people.jsonl"
    subprocess.run(
        [sys.executable, "-m", "bench.crowd", "--count", str(COUNT), "--out", str(out)],
        env={**house.environment, "DATABASE_URL": house.dsn},
        cwd=HOME,
        check=True,
        capture_output=True,
        timeout=180,
    )
    people = [json.loads(line) for line in out.read_text().splitlines()]
    with httpx.Client(base_url=house.base, timeout=60) as client:
        for person in people:
            answer = client.post(
                f"/apply/residence_permit/{person['case']}/submit",
                data={"_csrf": person["csrf"], "_key": f"hundred-{person['case']}"},
                headers={"cookie": f"tongban_session={person['cookie']}"},
            )
            assert answer.status_code == 303, answer.text[:400]
    [row] = house.sql('SELECT DISTINCT district FROM cases."case" WHERE id = $1', people[0]["case"])
    return str(row["district"])


def test_a_hundred_cases_by_keys_alone(house: House, tmp_path: Path) -> None:
    house.heal()
    district = _submitted(house, tmp_path)
    before = _states(house, district)
    officer = house.officer(district)
    with chromium() as browser:
        walker = Walker(browser, house.base, width=DESKTOP, language="zh", script=True, pictures=pictures())
        walker.context.add_cookies(
            [
                {"name": one.name, "value": one.value or "", "url": walker.base}
                for one in officer.client.cookies.jar
            ]
        )
        page = walker.to("/desk", "desk-hundred")
        page.evaluate("addEventListener('pointerdown', () => { window.touched = true })")
        for turn in range(COUNT):
            _onward(walker)
            if turn % 25 == 24:
                _decline(walker)
                continue
            _press(walker, "a", "已受理")
            if turn % 10 == 9:
                _press(walker, "p", "已准予")
        assert page.evaluate("window.touched") is None
        walker.judge("desk-after-a-hundred")
        walker.close()
    gone = before["submitted"] - _states(house, district)["submitted"]
    after = _states(house, district)
    assert gone == COUNT
    assert after["not_accepted"] - before["not_accepted"] == COUNT // 25
    assert (
        after["issuing"] + after["closed"] - before["issuing"] - before["closed"] >= COUNT // 10 - COUNT // 50
    )


def _onward(walker: Walker) -> None:
    """J until a case waits to be accepted: the queue holds the cases of other tests too, and those already accepted."""
    page = walker.page
    for _ in range(QUEUED):
        before = page.evaluate(OPEN)
        page.keyboard.press("j")
        page.wait_for_function(f"before => {OPEN} !== before", arg=before)
        if page.locator("[data-key=A]").count():
            return
    raise AssertionError(f"no case to accept within {QUEUED} rows: {page.url}")


def _press(walker: Walker, key: str, words: str) -> None:
    """Choose a button by its letter and press it with Enter; the page says what came of it."""
    page = walker.page
    page.locator(f"[data-key={key.upper()}]").wait_for()
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.locator(".notice[role=status]", has_text=words).first.wait_for()


def _decline(walker: Walker) -> None:
    """A refusal needs its reason: the field is reached by Tab from the button, and left by Escape."""
    page = walker.page
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    page.locator("[name=reason][aria-invalid]").wait_for()
    for _ in range(40):
        if page.evaluate("document.activeElement?.name") == "reason":
            break
        page.keyboard.press("Tab")
    page.keyboard.type(REASON)
    page.keyboard.press("Escape")
    _press(walker, "x", "不予受理")


def _states(house: House, district: str) -> Counter[str]:
    rows = house.sql(
        'SELECT state, count(*) AS n FROM cases."case" WHERE district = $1 GROUP BY state', district
    )
    return Counter({row["state"]: row["n"] for row in rows})
