"""Somebody of 82 without a phone is helped at the desk: from her card in the officer's hand to the receipt."""

from __future__ import annotations

import re

import pytest

from tests.chromium import chromium
from tests.journeys.browser import DESKTOP, Walker
from tests.journeys.house import House, Person
from tests.journeys.test_browser import _sits_down, pictures

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]


#: What old people without a phone come for.
ITEM = "elderly_allowance"


def test_who_has_no_phone_is_helped_at_the_desk(house: House) -> None:
    house.heal()
    elder = Person(house.world.post("/cast/elder", json={"by": "journeys"}).json())
    officer = house.new_officer(elder.district)
    with chromium() as browser:
        walker = Walker(browser, house.base, width=DESKTOP, language="zh", script=True, pictures=pictures())
        _sits_down(walker, officer)
        number = _consents(walker, elder)
        case = _files(walker, elder)
        walker.press(".acting form button[type=submit]", "desk-again", arrives=r"/desk/assist")
        assert walker.page.request.get(f"{house.base}/my/cases/{case}").status in (403, 404), "hers again"
        walker.close()
    [row] = house.sql(
        """SELECT p.state AS help, c.state, c.applicant = p.principal AS hers FROM identity.power p
        JOIN cases."case" c ON c.applicant = p.principal WHERE p.kind = 'assisted' AND p.basis = $1""",
        number,
    )
    assert (row["help"], row["state"] != "draft", row["hers"]) == ("renounced", True, True)


def _consents(walker: Walker, elder: Person) -> str:
    """Her card is seen, the consent is printed and signed; gives its number."""
    page = walker.to("/desk/assist", "assist")
    page.fill("[name=id_number]", elder["id_number"])
    page.fill("[name=name]", elder["name"])
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
    return number[0]


def _files(walker: Walker, elder: Person) -> str:
    """The form knows her; her daughter's phone is entered, and the receipt says who helped. Gives the case."""
    page = walker.page
    walker.press("main form[method=post] button[type=submit]", "form", arrives=f"/apply/{ITEM}/")
    assert elder["name"] in page.inner_text("main"), "the form knows her facts"
    family = elder["lives_with"]
    for name, value in {
        "bank": "示范银行",
        "bank_account": "6222000000000000001",
        "phone": family["phone"],
        "helper_name": family["name"],
        "helper_phone": family["phone"],
    }.items():
        page.fill(f"[name={name}]", value)
    walker.tick("declaration")
    walker.press("button[name=_go][value=check]", "check", arrives=f"/apply/{ITEM}/.*/check")
    walker.press("form[action$='/submit'] button[type=submit]", "receipt", arrives="/my/cases/")
    assert "窗口帮办" in page.inner_text(".acting")
    return walker.path.rsplit("/", 1)[-1]
