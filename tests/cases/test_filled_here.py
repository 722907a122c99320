"""What a form says of values that registers filled in: only where one was, and which."""

from __future__ import annotations

import re

from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.make import ITEM
from tongban import cases
from tongban.kit import clock
from tongban.kit.db import Database


async def test_the_form_names_what_was_filled_on_the_page_where_it_was(
    web: Client, city: Database, owner: Resident
) -> None:
    """A page said so before as soon as one of its questions could have been filled."""
    case_id = await cases.start(city, owner.actor, item="food_business", now=clock.now())
    sheet = await cases.sheet(city, owner.actor, case_id=case_id)
    await log_in(web, city, owner.actor)
    told: dict[str, list[str]] = {}
    for section in sheet.form.sections:
        page = (await web.get(f"/apply/food_business/{case_id}?section={section.key}")).text
        # The note beside the form calls the buttons by the names that they have here.
        (called,) = re.findall(r"点“(.*?)”或“(.*?)”就存为草稿", page)
        assert all(f"<span>{name}</span>" in page for name in called), called
        said = re.search(r"已为您填好：(.*?)。请逐项核对", page)
        told[section.key] = said[1].split("、") if said else []
        sources = page.count('class="known__words"><span>') + page.count("预填（")
        assert len(told[section.key]) == sources, (section.key, told, sources)
        assert told[section.key] or "登记信息有误？" not in page
        assert all(page.count(label) > 1 for label in told[section.key])
    assert any(told.values()) and not all(told.values()), told


async def test_what_a_register_knows_wrongly_is_corrected_online(
    web: Client, city: Database, owner: Resident
) -> None:
    """How it can fail (tried): the card names the hotline alone."""
    case_id = await cases.start(city, owner.actor, item=ITEM, now=clock.now())
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/apply/{ITEM}/{case_id}")).text
    assert 'href="/my/data/wrong"' in page.split("登记信息有误？")[1]
