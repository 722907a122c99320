"""reveal: the officer sees masked answers in full, once, for a reason, with a ledger row that names the fields."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import audit, cases
from tongban.audit.store.ledger import unlawful_readings
from tongban.cases.actions import reveal
from tongban.cases.model import NoSuchCase
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor

HOUR = timedelta(hours=1)


async def rows(city: Database, case_id: UUID) -> list[Any]:
    return await city.sibling().rows(
        "SELECT * FROM audit.ledger WHERE reference = $1 AND action = 'cases.reveal'", str(case_id)
    )


async def shown(web: Client, at: str, **fields: str) -> Any:
    token = (await web.get("/api/v1/session")).json()["csrf"]
    return await web.post(f"{at}/show", data={"_csrf": token, **fields})


async def test_the_page_masks_until_it_is_asked_to_show(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    case_id = await make.submitted(city, owner)
    at = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    first = (await web.get(at)).text
    assert owner.number not in first and f'action="{at}/show#whole"' in first
    for missing in ({}, {"why": "curious"}):
        refused = await shown(web, at, **missing)
        assert refused.status_code == 422 and owner.number not in refused.text
        assert 'href="#why"' in refused.text and f'action="{at}/show#whole"' in refused.text
    assert await rows(city, case_id) == []
    answer = await shown(web, at, why="contact")
    assert answer.status_code == 200 and owner.number in answer.text
    assert answer.headers["cache-control"] == "no-store"
    (row,) = await rows(city, case_id)
    assert (row["kind"], row["purpose"], row["subject"]) == ("read", case_id, owner.actor.id)
    assert {"name", "id_number", "phone"} <= set(row["detail"]["fields"])
    assert row["detail"]["why"] == "contact"
    assert owner.number not in (await web.get(at)).text
    assert await unlawful_readings(city, since=clock.now() - HOUR, until=clock.now() + HOUR) == 0
    assert owner.actor.id is not None
    (read, *_) = [
        one
        for one in await audit.readings_of(city, subject=owner.actor.id, limit=9, reference=str(case_id))
        if one.action == "cases.reveal"
    ]
    (said,) = await audit.shown_readings(city, owner.actor, [read])
    assert str(said["what"]) == "查看未遮盖的完整内容：联系申请人核实" and officer.name in str(said["who"])


async def test_an_ended_case_is_shown_under_its_ground_only(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    case_id = await make.submitted(city, owner)
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    at = f"/desk/{owner.actor.id}/{case_id}"
    await log_in(web, city, officer)
    assert owner.number not in (await shown(web, at)).text and await rows(city, case_id) == []
    assert owner.number in (await shown(web, at, ground="complaint")).text
    (row,) = await rows(city, case_id)
    assert row["purpose"] != case_id and row["detail"]["ground"] == "complaint"
    assert await unlawful_readings(city, since=clock.now() - HOUR, until=clock.now() + HOUR) == 0


async def test_another_departments_officer_and_the_applicant_are_refused(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor, web: Client
) -> None:
    case_id = await make.submitted(city, owner)
    assert owner.actor.id is not None
    await log_in(web, city, elsewhere)
    answer = await shown(web, f"/desk/{owner.actor.id}/{case_id}", why="contact")
    assert answer.status_code == 404 and owner.number not in answer.text
    opened = await cases.open_case(city, officer, case_id=case_id, subject=owner.actor.id, now=clock.now())
    with pytest.raises(NoSuchCase):
        await reveal(city, elsewhere, opened, why="contact", now=clock.now())
    with pytest.raises(NotAllowed):
        await reveal(city, owner.actor, opened, why="contact", now=clock.now())
    assert await rows(city, case_id) == []
