"""A long form of several pages, without scripts: each page is kept by itself, and the check waits for all."""

from __future__ import annotations

import pytest

from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

ITEM = "high_tech"


def test_page_after_page(house: House) -> None:
    page = house.enrol(house.person("eligible_work"))
    page.visit(f"/apply/{ITEM}").post(f"/apply/{ITEM}")
    case = page.path.rsplit("/", 1)[-1]
    home = f"/apply/{ITEM}/{case}"
    page.visit(f"{home}?section=technology")
    assert "第 2 页，共 5 页" in page.text and page.form(case).fields["_section"] == "technology"
    assert "phone" not in page.form(case).fields and 'name="phone"' not in page.html
    page.post(case, _go="next")
    assert page.status == 422 and page.form(case).fields["_section"] == "technology", (
        "what is wrong here is told here"
    )
    assert 'href="#phone"' not in page.html
    page.post(case, _go="back")
    assert page.status == 200 and page.form(case).fields["_section"] == "firm"
    page.visit(f"{home}?section=confirm").post(case, phone="13900000000", _go="later")
    other = house.window(page).visit(f"{home}?section=confirm")
    assert other.form(case).fields["phone"] == "13900000000"
    other.visit(f"{home}/check")
    assert other.status == 422 and other.form(case).fields["_section"] != "confirm"
    assert "已完成" in other.text and "待填写" in other.text
