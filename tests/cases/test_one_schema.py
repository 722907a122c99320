"""One schema drives page, API, desk and receipt: a question added in the city's files alone stands in all four."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests import filling, make
from tests.cases.printing import printed
from tests.cases.test_every_item import officer_at
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.conftest import CITY
from tests.kit.sample_paper import text_of
from tongban import cases, catalogue
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import use_language
from tongban.kit.policy import SYSTEM

pytestmark = [
    pytest.mark.usefixtures("no_press"),
    pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning"),
]
ITEM = "clean_record"
ELEMENT = """
  - code: DE-PARROT
    field: parrot
    group: matter
    rule: {type: string, enum: [grey, green]}
    ui:
      label: {zh: 鹦鹉的颜色, en: Colour of the parrot}
      widget: radios
      options: [{value: grey, label: {zh: 灰的, en: Ash grey}}, {value: green, label: {zh: 绿的, en: Leaf green}}]
"""


@pytest.fixture
async def published(city: Database, tmp_path: Path) -> None:
    """The item in a version that asks one thing more: a data element and its name under ``asks``, no code."""
    folder = tmp_path / "city"
    shutil.copytree(CITY, folder)
    elements = folder / "elements.yaml"
    elements.write_text(elements.read_text().replace("\nelements:\n", f"\nelements:\n{ELEMENT}", 1))
    item = folder / "items" / f"{ITEM}.yaml"
    item.write_text(item.read_text().replace("\nasks:\n", "\nasks:\n  - parrot\n", 1))
    draft = draft_of(item, CityFiles(folder))
    await catalogue.publish(city, SYSTEM, draft=draft, area_code="021", now=clock.now())


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("language", "label", "chosen"),
    [("zh", "鹦鹉的颜色", "灰的"), ("en", "Colour of the parrot", "Ash grey")],
)
async def test_a_field_of_the_city_stands_in_all_four(
    web: Client, city: Database, owner: Resident, language: str, label: str, chosen: str
) -> None:
    now = clock.now()
    web.cookies.set("tongban_language", language)
    await log_in(web, city, owner.actor)
    case_id = await cases.start(city, owner.actor, item=ITEM, now=now)

    page = (await web.get(f"/apply/{ITEM}/{case_id}")).text
    assert label in page and chosen in page and re.search(r'type="radio"[^>]* name="parrot"', page)

    schema = (await web.get(f"/api/v1/items/{ITEM}/form")).json()["properties"]["parrot"]
    assert schema["enum"] == ["grey", "green"] and label in str(schema)

    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(now))
    assert answers["parrot"] == "grey"
    await make.answered(city, case_id, sheet.form, answers)
    with use_language(language):  # type: ignore[arg-type]
        await cases.submit(city, owner.actor, case_id=case_id, key=None, now=now)
    receipt = text_of(await printed(city, owner, case_id, "receipt"))
    assert label.replace(" ", "") in receipt and chosen.replace(" ", "") in receipt

    row = await make.row(city, case_id)
    await log_in(web, city, await officer_at(city, row["department"]))
    desk = await web.get(f"/desk/{row['applicant']}/{case_id}", follow_redirects=True)
    assert label in desk.text and chosen in desk.text
    told = (await web.get(f"/api/v1/desk/cases/{row['applicant']}/{case_id}")).json()
    assert told["answers"]["parrot"] == "grey"
