"""A newcomer at her phone finds, files and follows five different items, each in another way; every page is judged.

The ordinary run takes three of the five, `make soak` all.
"""

from __future__ import annotations

import os
import re
from urllib.parse import quote

import pytest

from tests.chromium import chromium
from tests.conftest import CITY
from tests.journeys import filling_pages
from tests.journeys.browser import PHONE, Walker
from tests.journeys.house import PASSWORD, House, Person
from tests.journeys.test_browser import pictures
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import forms

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(420)]

#: How she looks for it, and what it is: by Chinese words, initials, a synonym, a theme, English.
WAYS = [
    ("clean_record", "/search?q=" + quote("无犯罪记录")),
    ("medical_elsewhere", "/search?q=ydjy"),
    ("minimum_living", "/search?q=" + quote("低保")),
    ("passport", "/search?theme=personal.travel"),
    ("seal_filing", "/search?q=seal"),
][:: 1 if os.environ.get("TONGBAN_MATRIX") == "whole" else 2]


def test_different_items_on_a_phone(house: House) -> None:
    house.heal()
    person = house.person()
    with chromium() as browser:
        walker = Walker(browser, house.base, width=PHONE, language="zh", script=True, pictures=pictures())
        _enrols(house, walker, person)
        codes = [_files(walker, code, search) for code, search in WAYS]
        assert len(set(codes)) == len(WAYS)
        page = walker.to("/my/cases", "my-cases")
        shown = page.inner_text("main")
        assert all(_name(code) in shown for code, _ in WAYS), shown
        walker.close()


def _enrols(house: House, walker: Walker, person: Person) -> None:
    page = walker.to("/enrol?next=/my", "enrol")
    after = house.newest(person["phone"])
    for name in ("name", "id_number", "phone"):
        page.fill(f"[name={name}]", person[name])
    page.fill("[name=password]", PASSWORD)
    walker.tick("agree")
    walker.press("main form[method=post] .btns button", "code", arrives=r"/enrol/code")
    page.fill("[name=code]", house.message(person["phone"], after))
    walker.press("main form[method=post] button[type=submit]", "my", arrives=r"/my")
    house.raise_level(walker.session)


def _name(code: str) -> str:
    return draft_of(CITY / "items" / f"{code}.yaml", CityFiles(CITY)).name.zh


def _files(walker: Walker, code: str, search: str) -> str:
    """From the search to the case's page; gives the short code."""
    page = walker.to(search, f"search-{code}")
    page.click(f"a[href='/items/{code}']")
    page.wait_for_url(re.compile(f"/items/{code}"))
    walker.judge(f"guide-{code}")
    page.click(f"a[href='/apply/{code}'] >> nth=0")
    page.wait_for_url(re.compile(f"/apply/{code}$"))
    walker.judge(f"notice-{code}")
    walker.press("main form[method=post] button[type=submit]", f"form-{code}", arrives=f"/apply/{code}/")
    form = forms.compile_form(draft_of(CITY / "items" / f"{code}.yaml", CityFiles(CITY)).form)
    for _ in range(6):
        _answers(walker, form)
        page.click("button[name=_go][value=check]")
        page.wait_for_load_state("load")
        if page.url.endswith("/check"):
            break
    assert page.url.endswith("/check"), page.inner_text("main")[:1500]
    walker.judge(f"check-{code}")
    walker.press(
        "form[action$='/submit'] button[type=submit]", f"case-{code}", arrives=r"/my/cases/[0-9a-f-]+\?new=1"
    )
    found = re.search(r"\b\d{19}\b", page.inner_text("body"))
    assert found, page.inner_text("main")[:600]
    return found[0]


def _answers(walker: Walker, form: forms.Form) -> None:
    page = walker.page
    for name in filling_pages.missing_rows(page, form):
        page.click(f"[value='add:{name}']")
        page.wait_for_load_state("load")
    filling_pages.fill(walker, form)
    for name in filling_pages.missing_files(page, form):
        page.set_input_files(f"input[type=file][name='{name}']", filling_pages.PAPER)
        page.click(f"[value='upload:{name}']")
        page.wait_for_load_state("load")
