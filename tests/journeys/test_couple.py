"""A couple files the marriage registration jointly, each at a phone of his or her own; every page is judged."""

from __future__ import annotations

import re

import pytest

from tests.chromium import chromium
from tests.conftest import CITY
from tests.journeys import filling_pages
from tests.journeys.browser import PHONE, Walker
from tests.journeys.house import House, Person
from tests.journeys.test_browser import pictures
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import forms

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(420)]
ITEM = "marriage"


def test_a_couple_files_jointly(house: House) -> None:
    house.heal()
    she, he = house.person(), house.person()
    with chromium() as browser:
        first, second = (
            Walker(browser, house.base, width=PHONE, language="zh", script=True, pictures=pictures())
            for _ in range(2)
        )
        _enrols(house, first, she)
        case = _fills_in(first, he)
        assert "等待共同申请人确认" in first.page.inner_text("main")
        # He has no account yet: it waits for him until he enrols.
        _enrols(house, second, he)
        _until_told(second, "请您确认：结婚登记")
        at = f"/my/confirmations/{case}"
        page = second.to(at, "couple-to-confirm")
        assert she["id_number"] not in page.content() and he["name"] in page.inner_text("main")
        page.fill("[name=reason]", "登记日期我来不了，请改一天。")
        second.press("form[action$='/refuse'] button", "couple-refused", arrives=r"/my/confirmations$")
        # She reads why, finds everything as it was, and asks him again.
        page = first.to(f"/my/cases/{case}", "couple-draft-again")
        assert "请改一天" in page.inner_text("main")
        assert page.input_value("[name=spouse_name]") == he["name"]
        page.click("button[name=_go][value=check]")
        page.wait_for_url(re.compile("/check$"))
        _sends(first)
        _until_open(second, at)
        second.tick("agree")
        second.press("form[action$='/sign'] button", "couple-filed", arrives=r"/my/cases/[0-9a-f-]+\?new=1")
        code = re.search(r"\b\d{19}\b", second.page.inner_text("body"))
        page = first.to(f"/my/cases/{case}", "couple-first-follows")
        assert code and code[0] in page.inner_text("body")
        assert code[0] in second.to("/my/cases", "couple-his-cases").inner_text("main")
        second.close()
        first.close()


def _enrols(house: House, walker: Walker, person: Person) -> None:
    """She opens her account, as other journeys judge page by page, and sits down at this browser."""
    jar = house.enrol(person).client.cookies.jar
    walker.context.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": walker.base} for one in jar]
    )


def _fills_in(walker: Walker, other: Person) -> str:
    """From the guide to the others' word; gives the case's id."""
    page = walker.to(f"/items/{ITEM}", "couple-guide")
    assert "一方填写并提交" in page.inner_text("#together")
    page = walker.to(f"/apply/{ITEM}", "couple-notice")
    walker.press("main form[method=post] button[type=submit]", "couple-form", arrives=f"/apply/{ITEM}/")
    form = forms.compile_form(draft_of(CITY / "items" / f"{ITEM}.yaml", CityFiles(CITY)).form)
    page.fill("[name=spouse_name]", other["name"])
    page.fill("[name=spouse_id]", other["id_number"])
    for _ in range(6):
        filling_pages.fill(walker, form)
        for name in filling_pages.missing_files(page, form):
            page.set_input_files(f"input[type=file][name='{name}']", filling_pages.PAPER)
            page.click(f"[value='upload:{name}']")
            page.wait_for_load_state("load")
        page.click("button[name=_go][value=check]")
        page.wait_for_load_state("load")
        if page.url.endswith("/check"):
            break
    assert page.url.endswith("/check"), page.inner_text("main")[:1500]
    walker.judge("couple-check")
    return _sends(walker)


def _sends(walker: Walker) -> str:
    walker.press(
        "form[action$='/submit'] button[type=submit]", "couple-waits", arrives=r"/my/cases/[0-9a-f-]+\?new=1"
    )
    found = re.search(r"/my/cases/([0-9a-f-]{36})", walker.page.url)
    assert found
    return found[1]


def _until_told(walker: Walker, title: str) -> None:
    for _ in range(100):
        walker.page.goto(f"{walker.base}/my/inbox")
        if title in walker.page.inner_text("main"):
            return
        walker.page.wait_for_timeout(200)
    raise AssertionError(walker.page.inner_text("main"))


def _until_open(walker: Walker, at: str) -> None:
    for _ in range(100):
        walker.page.goto(f"{walker.base}{at}")
        if walker.page.locator("[name=agree]").count():
            return
        walker.page.wait_for_timeout(200)
    raise AssertionError(walker.page.inner_text("main"))
