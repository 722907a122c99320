"""A question that hangs on an answer comes with it: at once with scripts, else with the next page, as no fault."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys.browser import DESKTOP, Walker
from tests.journeys.house import House
from tests.journeys.test_browser import pictures
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

ITEM = "minimum_living"


def drafted(house: House) -> Visitor:
    house.heal()
    page = house.enrol(house.person())
    return page.visit(f"/apply/{ITEM}").post(f"/apply/{ITEM}")


def opened(browser: Browser, house: House) -> Walker:
    """A draft of hers in a browser with scripts."""
    visitor = drafted(house)
    walker = Walker(browser, house.base, width=DESKTOP, language="zh", script=True, pictures=pictures())
    for one in visitor.client.cookies.jar:
        walker.context.add_cookies([{"name": one.name, "value": one.value or "", "url": house.base}])
    walker.to(visitor.path, "opened")
    return walker


def test_it_comes_and_goes_with_the_answer_and_nothing_typed_is_touched(
    house: House, browser: Browser
) -> None:
    walker = opened(browser, house)
    page, draft = walker.page, walker.page.url
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
    page.goto(draft)
    assert page.input_value("[name='household_members.0.member']") == "李小明"
    assert page.locator("[value='add:properties']").count() == 1
    walker.close()


def test_a_row_added_while_the_answer_is_under_way_stays(house: House, browser: Browser) -> None:
    walker = opened(browser, house)
    page = walker.page
    walker.tick("household", "together")
    page.click("[value='add:household_members']")
    page.fill("[name='household_members.0.member']", "李小明")
    held: list[Route] = []
    page.route("**/apply/**", lambda route: held.append(route))  # noqa: PLW0108 - held.append takes no mark
    walker.tick("owns", "yes")
    page.click("[value='add:household_members']")
    page.fill("[name='household_members.1.member']", "王小红")
    while not held:  # the browser tells of it when it comes to it
        page.wait_for_timeout(20)
    [asked] = held
    asked.continue_()
    expect(page.locator("[value='add:properties']")).to_be_visible()
    page.unroute("**/apply/**")
    assert page.input_value("[name='household_members.0.member']") == "李小明"
    assert page.input_value("[name='household_members.1.member']") == "王小红"
    page.locator("[data-rows=household_members] button[value^='remove:']").first.click()
    walker.tick("owns", "no")
    expect(page.locator("[value='add:properties']")).to_have_count(0)
    assert page.locator("[name='household_members.0.member']").count() == 0
    assert page.input_value("[name='household_members.1.member']") == "王小红"
    walker.close()


def test_an_answer_ticked_by_mistake_brings_back_what_it_took_away(house: House, browser: Browser) -> None:
    walker = opened(browser, house)
    page, draft = walker.page, walker.page.url
    walker.tick("owns", "yes")
    walker.tick("household", "together")
    page.click("[value='add:household_members']")
    for number, name in enumerate(("李小明", "王小红")):
        if number:
            page.click("[value='add:household_members']")
        page.fill(f"[name='household_members.{number}.member']", name)
    walker.tick("household", "alone")
    expect(page.locator("[value='add:household_members']")).to_have_count(0)
    walker.tick("household", "together")
    expect(page.locator("[name='household_members.1.member']")).to_have_value("王小红")
    page.click("button[name=_go][value=later]")
    page.wait_for_url(f"{house.base}/my/cases")
    page.goto(draft)
    assert page.input_value("[name='household_members.0.member']") == "李小明"
    assert page.input_value("[name='household_members.1.member']") == "王小红"
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
