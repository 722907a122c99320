"""What a change of an item touches, for who maintains items."""

from __future__ import annotations

import msgspec
import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import reform
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty


async def test_it_counts_running_cases_and_names_bundles(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    """How it can fail (tried): count drafts too, leave the duty out of the row, look for bundles by their own code,
    take letters for every item in."""
    writer = msgspec.structs.replace(officer, duties=frozenset({Duty.CATALOGUE}))
    with pytest.raises(NotAllowed):
        await reform.impact(city, msgspec.structs.replace(officer, duties=frozenset()), "residence_permit")
    await make.draft(city, owner)
    before = await reform.impact(city, writer, "residence_permit")
    assert before.cases == 0
    await make.submitted(city, owner)
    city.count = 0
    after = await reform.impact(city, writer, "residence_permit")
    assert city.count == 2, "two statements beside reference data"
    assert (after.cases, after.versions) == (1, {1: 1})
    assert after.questions > after.prefilled > 0
    food = await reform.impact(city, writer, "food_business")
    assert "restaurant" in " ".join(code for code, _ in food.bundles)
    assert [one.act for one in food.approvals] == ["adjust"]
    assert {one.use for one in food.letters} == {"refuse", "suspend"}, "of this item alone"
    await log_in(web, city, writer)
    answer = await web.get("/desk/reform/impact/food_business")
    assert answer.status_code == 200, answer.text
    for words in ("/bundles/restaurant", "调整", "/desk/catalogue/food_business"):
        assert words in answer.text
    assert (await web.get("/desk/reform/impact/nothing")).status_code == 404
