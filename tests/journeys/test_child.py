"""A mother files for her child on her phone: from the child's number to the receipt; every page is judged."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest

from tests.chromium import chromium
from tests.journeys.browser import PHONE, Walker
from tests.journeys.house import PATIENCE_SECONDS, House
from tests.journeys.test_browser import pictures
from tests.journeys.test_five_items import _files
from tongban.demo import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]

#: What somebody else was told of this case, where the link leads through the power by which she acts.
_TOLD_ANOTHER = """
SELECT link FROM notices.inbox WHERE recipient <> $1 AND link LIKE '/my/acting/%?next=%' || $2
"""


def test_a_mother_files_for_her_child(house: House) -> None:
    house.heal()
    mother = next(one for one in house.world.get("/cast/demo").json() if one["key"] == "work")
    child = next(
        one
        for one in house.world.get("/cast/children").json()
        if one["parent_id_number"] == mother["id_number"]
    )
    with chromium() as browser:
        walker = Walker(browser, house.base, width=PHONE, language="zh", script=True, pictures=pictures())
        page = walker.to("/login?next=/my/acting", "login")
        after = house.newest(mother["phone"])
        page.fill("[name=account]", mother["phone"])
        page.fill("[name=password]", PASSWORD)
        walker.press("form[action='/login'] button[type=submit]", "code", arrives=r"/login/code")
        page.fill("[name=code]", house.message(mother["phone"], after))
        walker.press("main form[method=post] button[type=submit]", "acting", arrives=r"/my/acting")
        page.click("a[href='/my/acting/child']")
        page.fill("[name=name]", child["name"])
        page.fill("[name=id_number]", child["id_number"])
        walker.tick("consent")
        walker.press(
            "form[action='/my/acting/child'] button[type=submit]", "power", arrives=r"/my/acting/[0-9a-f-]+"
        )
        assert child["name"] in page.inner_text("main")
        walker.press("form[action='/my/acting/switch'] button[type=submit]", "my-child", arrives=r"/my")
        assert "您正在代" in page.inner_text("body")
        # A child may not have everything: what is for grown-ups says so before anything is filled in.
        walker.to("/apply/clean_record", "not-for-children")
        assert "未满 18 周岁" in page.inner_text("main")
        code = _files(walker, "social_card", "/search?q=" + quote("社保卡"))
        row = house.sql(
            """SELECT c.id, c.applicant, e.detail FROM cases."case" c JOIN cases.event e ON e.case_id = c.id
            WHERE c.short_code = $1 AND e.move = 'submit'""",
            code,
        )[0]
        assert '"agent_kind": "guardian"' in row["detail"]
        until = time.monotonic() + PATIENCE_SECONDS
        while not house.sql(_TOLD_ANOTHER, row["applicant"], str(row["id"])):
            assert time.monotonic() < until, "the mother is told in her own inbox"
            time.sleep(0.2)
        walker.close()
