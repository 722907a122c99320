"""tell: a letter and a text message for each step, once, however often the news is handed over."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import pytest

from tests import make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases.actions import tell
from tongban.cases.model import MOVES, NoSuchCase
from tongban.kit import clock, outbox
from tongban.kit.db import Database
from tongban.kit.ids import new_id
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor
from tongban.worker import drain_once


def news(topic: str, who: Resident, case_id: UUID) -> Event:
    assert who.actor.id is not None
    return make.event(topic, subject=who.actor.id, reference=case_id)


async def inbox(city: Database, who: Resident) -> list[dict[str, str]]:
    rows = await city.sibling().rows(
        "SELECT * FROM notices.inbox WHERE recipient = $1 ORDER BY at, id", who.actor.id
    )
    return [dict(row) for row in rows]


TOPICS = sorted({edge.event for edge in MOVES if edge.event})


@pytest.mark.parametrize("topic", TOPICS)
async def test_every_event_of_the_life_cycle_has_its_letter_in_both_languages(
    city: Database, owner: Resident, topic: str
) -> None:
    case_id = await make.submitted(city, owner)
    await tell(city, event=news(topic, owner, case_id), now=clock.now())
    (letter,) = await inbox(city, owner)
    code = (await make.row(city, case_id))["short_code"]
    for words in (letter["body_zh"], letter["body_en"]):
        assert code in words and "{" not in words
    assert letter["title_zh"] != letter["title_en"] and letter["body_zh"] != letter["body_en"]
    assert letter["link"] == f"/my/cases/{case_id}"
    assert await city.value("SELECT count(*) FROM kit.outbox WHERE topic = 'notices.sms'") == 1


async def test_the_same_news_at_four_workers_tells_once(city: Database, owner: Resident) -> None:
    case_id = await make.submitted(city, owner)
    event = news("cases.submitted", owner, case_id)
    results = await asyncio.gather(
        *(tell(city, event=event, now=clock.now()) for _ in range(4)), return_exceptions=True
    )
    assert results.count(None) == 1
    for one in results:
        assert one is None or (isinstance(one, asyncpg.UniqueViolationError) and outbox.already_handled(one))
    assert len(await inbox(city, owner)) == 1
    assert await city.value("SELECT count(*) FROM kit.outbox WHERE topic = 'notices.sms'") == 1


async def test_the_words_reach_her_phone_through_the_worker(
    city: Database, owner: Resident, officer: Actor, outside: Sandbox
) -> None:
    case_id = await make.submitted(city, owner)
    while await drain_once(city):
        pass
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    while await drain_once(city):
        pass
    heard = outside.http.get("/sms/v1/messages", params={"phone": owner.phone}).json()
    texts = [message["text"] for message in heard]
    code = (await make.row(city, case_id))["short_code"]
    assert len(texts) == 2 and all(code in text for text in texts)
    assert any(make.REASON in text for text in texts)


async def test_a_case_that_is_not_there_is_said_so(city: Database, owner: Resident) -> None:
    with pytest.raises(NoSuchCase):
        await tell(city, event=news("cases.submitted", owner, new_id(owner.actor.bucket)), now=clock.now())
