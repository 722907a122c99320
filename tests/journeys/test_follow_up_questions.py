"""A question that hangs on an answer comes with it: at once with scripts, else with the next page, as no fault."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import DESKTOP, Walker, chromium
from tests.journeys.house import House
from tests.journeys.test_browser import pictures
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

ITEM = "minimum_living"


def drafted(house: House) -> Visitor:
    house.heal()
    page = house.enrol(house.person())
    return page.visit(f"/apply/{ITEM}").post(f"/apply/{ITEM}")


def test_it_comes_and_goes_with_the_answer_and_nothing_typed_is_touched(house: House) -> None:
    visitor = drafted(house)
    with chromium() as browser:
        walker = Walker(browser, house.base, width=DESKTOP, language="zh", script=True, pictures=pictures())
        for one in visitor.client.cookies.jar:
            walker.context.add_cookies([{"name": one.name, "value": one.value or "", "url": house.base}])
        page = walker.to(visitor.path, "opened")
        version = page.input_value("[name=_version]")
        assert page.locator("#household_members").count() == 0
        walker.tick("household", "together")
        expect(page.locator("[value='add:household_members']")).to_be_visible()
        page.click("[value='add:household_members']")
        page.fill("[name='household_members.0.member']", "李小明")
        walker.tick("owns", "yes")
        expect(page.locator("[value='add:properties']")).to_be_visible()
        assert page.input_value("[name='household_members.0.member']") == "李小明"
        assert page.locator(".field--error").count() == 0
        assert page.input_value("[name=_version]") != version
        walker.tick("owns", "no")
        expect(page.locator("[value='add:properties']")).to_have_count(0)
        walker.tick("owns", "yes")
        page.click("button[name=_go][value=later]")  # waits for the answer under way, is no second tab
        page.wait_for_url(f"{house.base}/my/cases")
        page.goto(house.base + visitor.path)
        assert page.input_value("[name='household_members.0.member']") == "李小明"
        assert page.locator("[value='add:properties']").count() == 1
        walker.close()


def test_without_scripts_the_next_page_asks_and_blames_nobody(house: House) -> None:
    page = drafted(house)
    case = page.path.rsplit("/", 1)[-1]
    page.post(case, household="together", _go="check")
    assert page.status == 422 and "还有几个问题需要填写" in page.text
    assert "add:household_members" in page.html and 'href="#household_members"' not in page.html
    page.post(case, _go="check")
    assert page.status == 422 and 'href="#household_members"' in page.html, (
        "seen and left empty: now it is told"
    )
