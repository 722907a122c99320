"""Two people at browsers of their own: one gives the other a power, and takes it back while she fills a form in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.chromium import chromium
from tests.journeys.browser import DESKTOP, PHONE, Walker
from tests.journeys.house import ITEM, House, Person
from tests.journeys.test_browser import pictures
from tongban.kit import clock

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
HUB = "/my/acting"


def test_a_power_is_taken_back_under_a_filled_form(house: House) -> None:
    house.heal()
    she, agent = house.person(), house.person()
    with chromium() as browser:
        gives = Walker(browser, house.base, width=DESKTOP, language="zh", script=False, pictures=pictures())
        acts = Walker(browser, house.base, width=PHONE, language="zh", script=True, pictures=pictures())
        for walker, person in ((gives, she), (acts, agent)):
            sits_down(house, walker, person)
        power = _gives(gives, agent)
        acts.to(f"{HUB}/{power}", "acting-offer")
        acts.press(f"form[action='{HUB}/{power}/accept'] button", "acting-accepted", arrives=f"{HUB}/{power}")
        acts.press(f"main form[action='{HUB}/switch'] button", "acting-switched", arrives="/my$")
        assert "您正在代" in acts.page.inner_text(".acting")
        acts.to(f"/apply/{ITEM}", "acting-notice")
        acts.press("main form[method=post] button[type=submit]", "acting-form", arrives=f"/apply/{ITEM}/")
        draft = acts.path
        assert she["name"] in acts.page.inner_text("main")
        acts.page.fill("[name=phone]", "13800138000")
        gives.to(f"{HUB}/{power}", "acting-before-the-end")
        revoke = gives.page.locator(f"form[action='{HUB}/{power}/revoke'] button")
        assert not revoke.is_visible(), "one slip of the finger takes nothing back"
        gives.page.click("summary:has-text('撤回授权')")
        gives.press(f"form[action='{HUB}/{power}/revoke'] button", "acting-revoked", arrives=f"{HUB}/{power}")
        acts.page.click("button[name=_go][value=check]")
        acts.page.wait_for_selector("h1:has-text('授权已经结束')")
        page = acts.judge("acting-ended")
        typed = page.locator("main textarea").evaluate_all("all => all.map(one => one.value)")
        assert "13800138000" in typed and "已经撤回给您的授权" in page.inner_text("main")
        acts.press(f"main form[action='{HUB}/switch'] button", "acting-herself", arrives="/my$")
        assert not acts.page.locator(".acting").count()
        page = gives.to(draft, "acting-her-draft")
        assert page.input_value("[name=phone]") != "13800138000", "what was refused was kept nowhere"
        gives.close()
        acts.close()


def sits_down(house: House, walker: Walker, person: Person) -> None:
    """She opens her account, as other journeys judge page by page, and sits down at this browser."""
    jar = house.enrol(person).client.cookies.jar
    walker.context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": walker.base} for one in jar]
    )


def _gives(walker: Walker, agent: Person) -> str:
    """By the form, wrong at first; gives the power's id."""
    page = walker.to(HUB, "acting-nobody-yet")
    walker.press(f"a[href='{HUB}/offer']", "acting-form-of-a-power", arrives=f"{HUB}/offer")
    page.fill("[name=name]", agent["name"])
    page.fill("[name=id_number]", agent["id_number"])
    walker.press("main form button", "acting-incomplete", arrives=f"{HUB}/offer")
    assert page.input_value("[name=name]") == agent["name"]
    walker.tick("scope", "all")
    until = clock.city_day(clock.now()) + timedelta(days=60)
    for part in ("year", "month", "day"):
        page.fill(f"[name=until-{part}]", str(getattr(until, part)))
    walker.press("main form button", "acting-offered", arrives=rf"{HUB}\?done=offered")
    found = re.search(rf'href="{HUB}/([0-9a-f-]{{36}})"', page.content())
    assert found, page.inner_text("main")
    return found[1]
