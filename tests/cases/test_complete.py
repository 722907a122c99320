"""complete: the licence stands, the case is closed, once; and the whole way through the worker."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from tests import make
from tests.cast import Resident
from tongban import cases, licences
from tongban.cases.actions import complete
from tongban.cases.model import NotPossibleNow
from tongban.kit import clock, outbox
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor
from tongban.licences import jobs as licences_jobs
from tongban.worker import drain_once


def issued(owner: Resident, case_id: UUID) -> Event:
    assert owner.actor.id is not None
    return make.event("licences.issued", subject=owner.actor.id, reference=case_id, licence="L1")


async def test_the_case_closes_with_purpose_and_news(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.approved(city, owner, officer)
    now, before = clock.now(), city.count
    await complete(city, event=issued(owner, case_id), now=now)
    assert city.count - before == 2
    row = await make.row(city, case_id)
    assert (row["state"], row["closed_at"]) == ("closed", now)
    assert await make.purposes(city, case_id) == [("draft", False), ("case", False)]
    assert (await make.news(city, case_id))[-1] == "cases.closed"
    step = (await make.steps(city, case_id))[-1]
    assert (step["move"], step["actor_role"], step["detail"]["licence"]) == ("complete", "system", "L1")


async def test_the_same_news_delivered_twice_closes_it_once(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.approved(city, owner, officer)
    news = issued(owner, case_id)
    await complete(city, event=news, now=clock.now())
    before = await make.everything(city, case_id)
    await complete(city, event=news, now=clock.now())
    assert await make.everything(city, case_id) == before


async def test_the_same_news_at_two_workers_at_once_closes_it_once(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.approved(city, owner, officer)
    news = issued(owner, case_id)
    results = await asyncio.gather(
        *(complete(city, event=news, now=clock.now()) for _ in range(4)), return_exceptions=True
    )
    for one in results:
        handled = isinstance(one, asyncpg.UniqueViolationError) and outbox.already_handled(one)
        assert one is None or handled or isinstance(one, cases.actions.moving.MovedOn), one
    assert [one["move"] for one in await make.steps(city, case_id)].count("complete") == 1
    assert (await make.news(city, case_id)).count("cases.closed") == 1


async def test_a_case_that_was_not_approved_is_not_closed(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    before = await make.everything(city, case_id)
    with pytest.raises(NotPossibleNow):
        await complete(city, event=issued(owner, case_id), now=clock.now())
    assert await make.everything(city, case_id) == before


async def test_from_the_approval_to_the_card_through_the_worker(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """Nothing by hand: outbox, card maker, serials, licence, letter, text message."""
    case_id = await make.approved(city, owner, officer)
    give_up = clock.now() + timedelta(seconds=40)
    while await make.state(city, case_id) != "closed":
        assert clock.now() < give_up, await make.news(city, case_id)
        await drain_once(city)
        await licences_jobs.send_batches(city, now=clock.now())
        await licences_jobs.collect_cards(city, now=clock.now())
        await asyncio.sleep(0.05)
    while await drain_once(city):
        pass
    assert owner.actor.id is not None
    (licence,) = await licences.library(city, owner.actor.id)
    assert licence.state is licences.State.VALID and licence.identifier
    letters = await city.rows(
        "SELECT title_zh FROM notices.inbox WHERE recipient = $1 ORDER BY at, id", owner.actor.id
    )
    assert len(letters) == 4  # received, accepted, approved, card made
    assert await city.value("SELECT count(*) FROM kit.outbox") == 0
    versions = [one["version"] for one in await make.steps(city, case_id)]
    assert versions == list(range(versions[0], versions[0] + 4))
