"""The real-name level that an item asks 实名等级: who has less is led to raise it, and her draft waits."""

from __future__ import annotations

import msgspec
import pytest

from tests import filling, make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import StepUpNeeded

#: An item of L2.
ITEM = "driving_licence_reissue"


async def test_an_item_of_l2_is_not_submitted_at_l1(city: Database, owner: Resident, web: Client) -> None:
    """By the verb and by the page; the same draft goes through at L2.

    How it can fail (tried): leave out ``must_reach``.
    """
    await city.sibling().run("UPDATE identity.account SET level = 1 WHERE id = $1", owner.actor.id)
    low = msgspec.structs.replace(owner.actor, level=1)
    case_id = await cases.start(city, low, item=ITEM, now=clock.now())
    sheet = await cases.sheet(city, low, case_id=case_id)
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(clock.now()))
    await make.answered(city, case_id, sheet.form, answers)
    with pytest.raises(StepUpNeeded) as refused:
        await cases.submit(city, low, case_id=case_id, key=None, now=clock.now())
    assert refused.value.level == 2
    await log_in(web, city, low)
    shown = await web.get(f"/apply/{ITEM}/{case_id}/review")
    token = shown.text.partition('name="_csrf" value="')[2].partition('"')[0]
    told = await web.post(f"/apply/{ITEM}/{case_id}/submit", data={"_csrf": token, "_key": "level-asked"})
    assert told.status_code == 403 and "实名等级 L2" in told.text
    assert await make.state(city, case_id) == "draft"
    await city.sibling().run("UPDATE identity.account SET level = 2 WHERE id = $1", owner.actor.id)
    await cases.submit(
        city, msgspec.structs.replace(low, level=2), case_id=case_id, key=None, now=clock.now()
    )
    assert await make.state(city, case_id) != "draft"
