"""An 80-year-old without a phone is helped at the desk: from the card in the officer's hand to the desk again."""

from __future__ import annotations

import re

import pytest

from tests.chromium import chromium
from tests.journeys.browser import DESKTOP, Walker
from tests.journeys.house import ITEM, House
from tests.journeys.test_browser import _sits_down, pictures

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(180)]


def test_who_has_no_phone_is_helped_at_the_desk(house: House) -> None:
    house.heal()
    person = house.person()
    officer = house.new_officer(person.district)
    with chromium() as browser:
        walker = Walker(browser, house.base, width=DESKTOP, language="zh", script=True, pictures=pictures())
        _sits_down(walker, officer)
        page = walker.to("/desk/assist", "assist")
        page.fill("[name=id_number]", person["id_number"])
        page.fill("[name=name]", person["name"])
        page.select_option("[name=item]", ITEM)
        walker.tick("seen")
        walker.press(
            "form[action='/desk/assist'] button[type=submit]", "consent", arrives=r"/desk/assist/[0-9a-f-]+"
        )
        number = re.search(r"BB\d{8}[0-9A-F]{8}", page.inner_text("main"))
        assert number and page.request.get(f"{page.url}/consent.pdf").body().startswith(b"%PDF")
        walker.tick("signed")
        walker.press("form[action$='/signed'] button[type=submit]", "notice", arrives=f"/apply/{ITEM}")
        assert "窗口帮办" in page.inner_text(".acting")
        walker.press("main form[method=post] button[type=submit]", "form", arrives=f"/apply/{ITEM}/")
        assert person["name"] in page.inner_text("main"), "the form knows her facts"
        walker.press(".acting form button[type=submit]", "desk-again", arrives=r"/desk/assist")
        draft = house.sql(
            """SELECT p.basis, p.state FROM identity.power p JOIN cases."case" c ON c.applicant = p.principal
            WHERE p.kind = 'assisted' AND c.state = 'draft' AND p.basis = $1""",
            number[0],
        )
        assert [row["state"] for row in draft] == ["renounced"], "the draft is hers, the help is over"
        walker.close()
