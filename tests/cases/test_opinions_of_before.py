"""What a chain has said before a reconsideration took the decision back stands on the desk as of before."""

from __future__ import annotations

from tests import make
from tests.cases import reconsidering
from tests.cases.conftest import Desk
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases import jobs
from tongban.cases.model.rulings import Ruling
from tongban.kit import clock
from tongban.kit.db import Database


async def test_what_was_said_before_a_reconsideration_is_marked_as_of_before(
    city: Database, owner: Resident, at: Desk, web: Client
) -> None:
    now = clock.now()
    said = {"case_id": at.case, "favour": "approve", "reason": make.NOTE}
    await cases.propose(city, at.examiner, **said, now=now)
    await cases.endorse(city, at.reviewer, case_id=at.case, now=now)
    ending = {"ground": "object_gone", "reason": make.REASON}
    await cases.terminate_at_desk(city, at.everything, case_id=at.case, now=now, **ending)
    asked = await reconsidering.filed(city, owner, "reconsideration", at.case, now=now)
    news = await reconsidering.decided(city, asked, Ruling.REVOKE, now=now)
    await jobs.apply_outcome(city, news, now=clock.now())
    await log_in(web, city, at.examiner)
    page = (await web.get(f"/desk/{owner.actor.id}/{at.case}")).text
    assert page.count("（行政复议之前的意见）") == 2
    await cases.propose(city, at.examiner, **said, now=clock.now())
    assert "行政复议之前" not in (await web.get(f"/desk/{owner.actor.id}/{at.case}")).text
