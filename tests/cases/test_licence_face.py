"""What a licence states besides holder and number, how it is numbered, and what a firm's looks like."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.cases import held
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit.sample_paper import text_of
from tongban import cases, licences
from tongban.cases.model.numbers import licence_number
from tongban.catalogue import Numbering
from tongban.kit.db import Database
from tongban.kit.pdf import press

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
RULE = Numbering(prefix="JY", field="business_form", digits={"catering": "2"}, serial=6)


async def stated(db: Database, who: Resident) -> dict[str, str]:
    """What the licence that stands states, as its holder reads it."""
    assert who.actor.id is not None
    [face] = [one for one in await licences.library(db, who.actor.id, now=MONDAY) if one.stands]
    return {one.label.zh: one.words.zh for one in face.facts}


async def test_a_food_licence_says_what_is_allowed_where_and_keeps_it(
    city: Database, owner: Resident, web: Client
) -> None:
    first = await held.granted(
        city, owner, "food_business", now=MONDAY, business_form="catering", food_scope=["hot", "cold"]
    )
    row = await held.licence_of(city, owner, first)
    assert re.fullmatch(r"JY2\d{13}", str(row.number))
    said = await stated(city, owner)
    assert said["经营项目"] == "热食类食品制售、冷食类食品制售"
    assert said["主体业态"] == "餐饮服务经营者"
    assert {"经营场所地址", "法定代表人（负责人）"} <= said.keys()
    paper = await cases.my_paper(city, owner.actor, case_id=first, kind="approval", step=None, now=MONDAY)
    printed = text_of((await press.printed(paper)).content).replace(" ", "").replace("\n", "")
    assert "证照载明的事项" in printed and "热食类食品制售、冷食类食品制售" in printed
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/licences/{row.id}")).text
    assert "热食类食品制售、冷食类食品制售" in page and "licence__photo" not in page
    changed = await held.granted(
        *(city, owner, "food_business_change"),
        now=MONDAY + timedelta(days=30),
        about=first,
        changes=["food_scope"],
        new_food_scope=["hot", "drinks"],
    )
    new = await stated(city, owner)
    assert new == {**said, "经营项目": "热食类食品制售、自制饮品制售"}
    again = await cases.start(
        *(city, owner.actor), item="food_business_reissue", about=changed, now=MONDAY + timedelta(days=31)
    )
    sheet = await cases.sheet(city, owner.actor, case_id=again)
    asked = sheet.form.by_name["legal_representative"]
    assert sheet.answers[asked.name] == said["法定代表人（负责人）"] and not asked.ui.editable, (
        "not asked again"
    )


@pytest.mark.parametrize(("serial", "number"), [(1, "JY23101060000018"), (999_999, "JY23101069999994")])
def test_a_number_by_rule_ends_with_its_check_digit(serial: int, number: str) -> None:
    """The digits of GB/T 17710 (ISO 7064 MOD 11,10), counted apart."""
    assert licence_number(RULE, digit="2", district="310106", serial=serial) == number
    with pytest.raises(ValueError, match="all its numbers"):
        licence_number(RULE, digit="2", district="310106", serial=1_000_000)
