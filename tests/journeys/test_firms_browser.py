"""An agent of two firms at her phone: she goes from one to the other in one step, and files for each in its name."""

from __future__ import annotations

import re

import pytest

from tests.chromium import chromium
from tests.journeys.browser import PHONE, Walker
from tests.journeys.house import House
from tests.journeys.test_browser import SUBMIT, pictures
from tongban.demo import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
#: The demo city's agent of two firms.
AGENT = "13800005012"
ITEM = "food_business"


def test_an_agent_of_two_firms_files_for_each_in_its_own_name(house: House) -> None:
    house.heal()
    with chromium() as browser:
        agent = Walker(browser, house.base, width=PHONE, language="zh", script=True, pictures=pictures())
        _logs_in(house, agent)
        page = agent.to("/my/acting", "acting")
        firms = page.locator("#held .row__words a").all_inner_texts()
        assert len(firms) == 2, firms
        drafts = {}
        for firm in firms:
            agent.to("/my/acting", "acting-again")
            agent.press(f"button[aria-label='代其办理：{firm}']", "switched", arrives="/my$")
            assert firm in page.inner_text(".acting")
            agent.to("/my/firm", "firm")
            assert firm in page.inner_text("main")
            agent.to(f"/apply/{ITEM}", "notice-of-firm")
            agent.press(SUBMIT, "form-of-firm", arrives=rf"/apply/{ITEM}/[0-9a-f-]+.*")
            assert firm in page.inner_text(".acting") and firm in page.content()
            drafts[firm] = re.findall(r"[0-9a-f-]{36}", agent.path)[0]
        assert len(set(drafts.values())) == 2
        # What was begun for one is not there for the other.
        status = page.goto(f"{house.base}/my/cases/{drafts[firms[0]]}")
        assert status is not None and status.status == 404
        agent.close()


def _logs_in(house: House, agent: Walker) -> None:
    page = agent.to("/login", "log-in")
    assert page.locator("a[href^='/login/firm']").count() == 1
    agent.to("/login/firm", "log-in-firm")
    page.fill("[name=certificate]", "no certificate")
    page.fill("[name=signature]", "x")
    page.click(SUBMIT)
    page.wait_for_selector(".errors")
    assert page.input_value("[name=certificate]") == "no certificate"
    agent.judge("log-in-firm-refused")
    agent.to("/login", "log-in")
    page.fill("[name=account]", AGENT)
    page.fill("[name=password]", PASSWORD)
    after = house.newest(AGENT)
    agent.press(SUBMIT, "code", arrives="/login/code.*")
    page.fill("[name=code]", house.message(AGENT, after))
    agent.press(SUBMIT, "in", arrives="/.*")
