"""A material that follows after acceptance, in the running house: without scripts, and each page in two browsers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.chromium import chromium
from tests.journeys.browser import DESKTOP, PHONE
from tests.journeys.house import House
from tests.journeys.page_matrix import Cell, Looker, Place
from tongban.demo import PASSWORD
from tongban.tour import food
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

PHONE_CELL, DESK_CELL = Cell(PHONE, "zh", True, "elder"), Cell(DESKTOP, "en", True, "dark")


def officer(house: House) -> Visitor:
    """The officer who examines food licences in the district of the café."""
    told = subprocess.run(
        [sys.executable, "-P", "-m", "tongban", "demo", "--logins", food.ACCOUNT, "--json"],
        env={**house.environment, "DATABASE_URL": house.dsn},
        capture_output=True,
        check=True,
    )
    phone = next(one["phone"] for one in json.loads(told.stdout) if one["login"] == food.ACCOUNT)
    house.a_minute_passes()
    page, after = house.visitor(), house.newest(phone)
    page.visit("/staff/login").post("/staff/login", account=food.ACCOUNT, password=PASSWORD)
    page.post("/staff/login/code", code=house.message(phone, after))
    assert page.path.startswith("/desk"), (page.status, page.text[:600])
    return page


def filed(house: House) -> tuple[Visitor, str, str]:
    """A café's application without its rules, which its owner promises on the check page; owner, case, her name."""
    person = house.person()
    owner = house.enrol(person)
    owner.visit(f"/apply/{food.FOOD}").post(f"/apply/{food.FOOD}")
    case = owner.path.rsplit("/", 1)[-1]
    home = f"/apply/{food.FOOD}/{case}"
    food._answers(owner, case, {**food.CAFE, "phone": person["phone"]})
    owner.visit(f"{home}?section=papers")
    owner.send(case, "file_layout", "plan.jpg", food._plan(), "image/jpeg", _go="upload:file_layout")
    owner.visit(f"{home}?section=papers").post(case, declaration="yes", _go="later")
    owner.visit(f"{home}/check").post("/promise")
    assert owner.path == f"{home}/check", (owner.status, owner.text[:600])
    owner.post("/submit")
    assert owner.path == f"/my/cases/{case}", (owner.status, owner.text[:600])
    return owner, case, str(person["name"])


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_it_is_promised_handed_in_and_looked_at(house: House, browser: Browser) -> None:
    house.heal()
    owner, case, name = filed(house)
    examiner = officer(house)
    desk = house.desk_path(owner, examiner, case)
    examiner.post("/recheck", to=f"{desk}/accept")
    (who,) = re.findall(r'class="top__who"[^>]*>([^<]+)<', examiner.html)
    data = (name, f"{name[0]}*{name[-1]}", who)
    mine = f"/my/cases/{case}"
    hers = Place("resident", owner, f"{mine}/supply")
    looked_at(house, browser, PHONE_CELL, [Place("resident", owner, mine), hers], *data)
    looked_at(house, browser, DESK_CELL, [hers], *data)
    owner.visit(f"{mine}/supply")
    owner.send("/supply", "file_rules", "rules.jpg", food._plan(), "image/jpeg", _go="upload:file_rules")
    assert owner.status == 200 and "rules.jpg" in owner.text, owner.text[:600]
    owner.visit(f"{mine}/supply").post("/supply", _go="send")
    assert owner.path == mine and "补交材料凭证" in owner.text, owner.text[:900]
    came = Place("officer", examiner, f"{desk}/supply")
    looked_at(house, browser, PHONE_CELL, [came], *data)
    looked_at(house, browser, DESK_CELL, [Place("officer", examiner, desk), came], *data)
    examiner.visit(f"{desk}/supply").post("/supply", _go="take_in")
    assert "已核收" in examiner.text, examiner.text[:600]
    looked_at(house, browser, PHONE_CELL, [hers], *data)  # now both say how it stands
    looked_at(house, browser, DESK_CELL, [came], *data)
    house.until(owner, "/my/inbox", lambda page: "您补交的材料已核收" in page.text, "the letter")


def looked_at(house: House, browser: Browser, cell: Cell, places: list[Place], *data: str) -> None:
    """Each page in such a browser, with axe."""
    looker = Looker(browser, house.base, cell, (*data, *map(str, food.CAFE.values()), *GIVEN))
    for place in places:
        looker.look(place)
    looker.close()
    assert looker.faults == [], "\n".join(looker.faults)


#: What a café's case says in Chinese on an English page, since people wrote it.
GIVEN = ("咖啡机", "吧台", "冷藏柜", "后厨")
