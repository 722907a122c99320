"""A kitchen lies within its premises: told on the page, to programs, and where a correction breaks it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from tests import filling, make
from tests.cases.inspecting import officer_at
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.kit import clock
from tongban.kit.db import Database

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
ITEM = "food_business"
SMALL = {"place_area": 46.5, "kitchen_area": 60, "staff_count": 3, "health_checked": 4}


async def a_draft(db: Database, who: Resident, **more: Any) -> UUID:
    case_id = await cases.start(db, who.actor, item=ITEM, now=clock.now())
    sheet = await cases.sheet(db, who.actor, case_id=case_id)
    given = {**sheet.answers, "business_form": "catering", "food_scope": ["hot"], **more}
    answers = filling.filled(sheet.form, given, today=clock.city_day(clock.now()))
    await make.answered(db, case_id, sheet.form, answers)
    return case_id


def token_of(text: str) -> str:
    return text.split('name="_csrf" value="')[1].split('"', maxsplit=1)[0]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "食品处理区面积（60.00 平方米）不能大于经营场所面积（46.50 平方米），请核对这两项。"),
        (
            "en",
            "(60.00 m²) must not be more than &#39;Area of the premises&#39; (46.50 m²); please check both.",
        ),
    ],
)
async def test_the_page_marks_both_fields_and_names_them(
    web: Client, city: Database, owner: Resident, language: str, said: str
) -> None:
    case_id = await a_draft(city, owner, **SMALL)
    web.cookies.set("tongban_language", language)
    await log_in(web, city, owner.actor)
    at = f"/apply/{ITEM}/{case_id}"
    shown = (await web.get(f"{at}?section=premises")).text
    posted = {"_csrf": token_of(shown), "_section": "premises", "place_area": "46.5", "kitchen_area": "60"}
    answer = await web.post(at, data=posted)
    assert answer.status_code == 422
    assert re.search(rf'id="kitchen_area-error">.*?{re.escape(said)}', answer.text)
    assert 'id="place_area-error"' in answer.text and 'href="#place_area"' in answer.text, (
        "either may be wrong"
    )
    assert 'href="#kitchen_area"' in answer.text and 'value="60"' in answer.text


async def test_a_program_is_told_at_the_fields(web: Client, city: Database, owner: Resident) -> None:
    case_id = await a_draft(city, owner, **SMALL)
    await log_in(web, city, owner.actor)
    told = (await web.get(f"/api/v1/cases/{case_id}/faults")).json()["faults"]
    assert told == {
        "/place_area": "经营场所面积（46.50 平方米）不能小于食品处理区面积（60.00 平方米），请核对这两项。",
        "/kitchen_area": "食品处理区面积（60.00 平方米）不能大于经营场所面积（46.50 平方米），请核对这两项。",
        "/staff_count": "从业人数（3 人）不能小于持有效健康证明的人数（4 人），请核对这两项。",
        "/health_checked": "持有效健康证明的人数（4 人）不能大于从业人数（3 人），请核对这两项。",
    }
    schema = (await web.get(f"/api/v1/items/{ITEM}/form")).json()["properties"]
    assert schema["kitchen_area"]["x-at_most"] == ["place_area"]
    assert schema["health_checked"]["x-at_most"] == ["staff_count"]


async def test_a_correction_that_breaks_it_opens_what_it_broke(
    web: Client, city: Database, owner: Resident
) -> None:
    case_id = await a_draft(city, owner, place_area=46.5, kitchen_area=14)
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=clock.now())
    officer = await officer_at(city, (await make.row(city, case_id))["department"])
    stated = (await cases.progress(city, owner.actor, case_id=case_id)).stated
    await cases.ask_correction(
        city, officer, case_id=case_id, said={"place_area": "与租赁合同不一致，请核对。"}, now=clock.now()
    )
    await log_in(web, city, owner.actor)
    at = f"/my/cases/{case_id}/correct"
    shown = (await web.get(at)).text
    assert 'name="place_area"' in shown and 'name="kitchen_area"' not in shown
    answer = await web.post(at, data={"_csrf": token_of(shown), "place_area": "10", "_go": "send"})
    assert answer.status_code == 422 and 'id="kitchen_area-error"' in answer.text
    assert re.search(r'name="kitchen_area"[^>]*value="14"', answer.text), "open, with what it was"
    posted = {"_csrf": token_of(answer.text), "place_area": "10", "kitchen_area": "9.5"}
    answer = await web.post(at, data={**posted, "_go": "send"})
    assert answer.status_code == 303, answer.text
    after = (await cases.progress(city, owner.actor, case_id=case_id)).stated
    assert after == stated | {"place_area": 10, "kitchen_area": 9.5}
