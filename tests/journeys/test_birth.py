"""A mother files 出生一件事 in one form at her phone, from the home page on, and sees its parts finish side by side.

Nobody knows her before: she answers the bundle's questions, enrols, comes back to what she needs, fills in the form
page by page and sends it once. The officers decide over HTTP; what she sees is judged in Chromium, 390 px wide.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.chromium import chromium
from tests.journeys.browser import PHONE, Walker
from tests.journeys.house import PASSWORD, House, Person
from tests.journeys.test_browser import pictures
from tongban.kit import clock
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
#: Nothing of this needs L2: the certificate and the registration side by side, the vaccination record after the one.
QUESTIONS = {"hukou": "no", "resident": "no", "certificate": "no", "registered": "no", "insured": "no"}
TAPPED = {
    "marital_status": "single",
    "applicant_relation": "mother",
    "child_sex": "女",
    "application_kind": "first",
    "collection": "courier",
    "declaration": "yes",
}
TYPED = {"child_name": "示范宝", "child_birth_place": "示范市妇幼保健院", "child_count": "0"}
ADDRESS = "delivery_address"


def test_a_birth_in_one_form_at_a_phone(house: House) -> None:
    """How it can fail (tried): a part that waits is a draft to be gone on with on the home page.

    What it was when it was first walked: the result's button posted at once, and a newcomer stood at a log-in without
    a way to enrol; the delivery address came with the next page only, and empty; the day of birth was asked twice; the
    last day of acceptance was called the promise.
    """
    house.heal()
    mother = house.person("local_hukou")
    clinic = house.at_desk(f"clinic-{mother.district}")
    with chromium() as browser:
        walker = Walker(browser, house.base, width=PHONE, language="zh", script=True, pictures=pictures())
        _asks(house, walker, mother)
        run = _fills(walker)
        page = walker.page
        # Who left in the middle finds the whole, not one of its parts, on the home page and among her cases.
        page.goto(house.base)
        expect(page.locator(".todo")).to_contain_text("出生一件事")
        page.goto(f"{house.base}/my/cases")
        assert page.locator(f"a[href='{run}']").count() == 3
        page.goto(house.base + run)
        _sends(walker, run)
        page.goto(f"{house.base}/my/cases")
        expect(page.locator(f"main .row:has(a[href='{run}'])")).to_contain_text("轮到时自动提交")
        for name in ("出生医学证明签发", "生育登记"):
            page.goto(house.base + run)
            _decided(house, walker, clinic, name)
        _until(house, walker, run, "预防接种建档", r"\d{19}")
        _decided(house, walker, house.at_desk("health-310000"), "预防接种建档")
        _until(house, walker, run, "预防接种建档", "已办成")
        walker.to(run, "birth-done")
        expect(page.locator("main")).to_contain_text("看办成的证照")
        assert "3 项中已办成 3 项" in page.inner_text("body")
        page.click("main a[href='/my/licences']")
        expect(page.locator("main")).to_contain_text("出生医学证明")
        walker.close()


def _asks(house: House, walker: Walker, mother: Person) -> None:
    """From the home page to what she needs, by the questions; there she enrols, and stands at the same answers."""
    page = walker.page
    page.goto(house.base)
    page.click("a[href='/bundles/birth']")
    page.click("a[href='/bundles/birth/guide'] >> nth=0")
    while page.locator("main button[name=_go]").count():
        asked = page.locator("main button[name=_go]").get_attribute("value") or ""
        walker.tick(asked, QUESTIONS[asked])
        before = page.url
        page.click("main button[name=_go]")
        page.wait_for_url(lambda url, stood=before: url != stood)
    walker.judge("birth-result")
    page.click("a:has-text('登录后开始填写') >> nth=0")
    page.click("a[href^='/enrol?next=']")
    after = house.newest(mother["phone"])
    for name in ("name", "id_number", "phone"):
        page.fill(f"[name={name}]", mother[name])
    page.fill("[name=password]", PASSWORD)
    walker.tick("agree")
    page.click("main form[method=post] .btns button")
    page.fill("[name=code]", house.message(mother["phone"], after))
    page.click("main form[method=post] button[type=submit] >> nth=0")
    page.wait_for_url(re.compile("/bundles/birth/guide"))
    page.click("form[action='/bundles/birth'] button >> nth=0")
    page.wait_for_url(re.compile("/my/bundles/[0-9a-f-]+/form"))


def _fills(walker: Walker) -> str:
    """The one form page by page, each question once; gives the run's address, with the check before her."""
    page, days = walker.page, 0
    run = walker.path.partition("/form")[0]
    while "/check" not in walker.path:
        days += page.locator("input[name$='-day']").count()
        for name, value in TAPPED.items():
            if page.locator(f"input[name={name}]").count():
                walker.tick(name, value)
        for name, text in TYPED.items():
            if page.locator(f"[name={name}]").count():
                page.fill(f"[name={name}]", text)
        if page.locator("[name=child_birth_date-year]").count():
            for part, text in zip(
                ("year", "month", "day"), f"{clock.city_day(clock.now())}".split("-"), strict=True
            ):
                page.fill(f"[name=child_birth_date-{part}]", text)
        if page.locator("[name=collection]").count():
            # It comes as soon as the choice is made, with what the register of residence knows.
            expect(page.locator(f"[name={ADDRESS}]")).not_to_have_value("")
            walker.judge("birth-form")
        before = page.url
        page.click("main .btns button[name=_go] >> nth=0")
        page.wait_for_url(lambda url, stood=before: url != stood)
    assert days == 1, "the day of birth stands for the date due of the registration too"
    return run


def _sends(walker: Walker, run: str) -> None:
    page = walker.page
    while "/check" not in walker.path:
        before = page.url
        page.click("main .btns button[name=_go] >> nth=0")
        page.wait_for_url(lambda url, stood=before: url != stood)
    walker.judge("birth-check")
    walker.press("form[action$='/send'] button", "birth-sent", arrives=f"{run}.*")
    expect(page.locator("main")).to_contain_text("已一次提交")
    assert _line(walker, "出生医学证明签发").locator(".sub").inner_text().count("最晚受理") == 1


def _line(walker: Walker, name: str) -> Any:
    return walker.page.locator(".lane__one", has=walker.page.locator(".lane__name", has_text=name))


def _until(house: House, walker: Walker, run: str, name: str, words: str) -> None:
    """Reload the progress page until a part says so."""
    for _ in range(200):
        walker.page.goto(house.base + run)
        if re.search(words, _line(walker, name).inner_text()):
            return
        walker.page.wait_for_timeout(200)
    raise AssertionError(f"{name} did not come to {words}: {walker.page.inner_text('main')}")


def _decided(house: House, walker: Walker, officer: Visitor, name: str) -> None:
    """The department accepts and grants a part, over HTTP, by the number that the progress page tells."""
    found = re.search(r"\d{19}", _line(walker, name).inner_text())
    assert found, name
    officer.visit(f"/desk?q={found[0]}")
    desk = officer.path
    for move in ("accept", "approve"):
        officer.visit(desk)
        ticks = dict(re.findall(r'name="(seen-\w+)" value="([^"]*)"', officer.html))
        officer.post("/recheck", to=f"{desk}/{move}", **(ticks if move == "approve" else {}))
        assert officer.status == 200, f"{move}: {officer.status} {officer.text[:600]}"
