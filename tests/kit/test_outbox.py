"""The outbox: news written with its change, claimed by one worker, handled once, never lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tongban.kit import outbox, sweeps
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import bucket_of, new_id

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HERE, LOST = Part("SELECT 1 AS one"), Part("SELECT 1 AS one WHERE false")
SUBJECT = new_id(900)


async def announce(
    db: Database, *topics: str, subject: UUID = SUBJECT, at: datetime = NOW, guard: Part = HERE
) -> None:
    await write(
        db,
        guard,
        *(
            outbox.announcing(topic, subject=subject, reference="ref", payload={"n": 1}, now=at)
            for topic in topics
        ),
    )


async def row(db: Database) -> dict[str, Any]:
    found = await db.row("SELECT * FROM kit.outbox")
    assert found is not None
    return dict(found)


async def test_news_lies_in_its_subjects_bucket_and_comes_out_whole(db: Database) -> None:
    await announce(db, "t.done")
    assert (await row(db))["bucket"] == bucket_of(SUBJECT) == 900
    (event,) = await outbox.claim(db, now=NOW)
    assert (event.topic, event.subject, event.reference, event.payload, event.at, event.attempts) == (
        "t.done",
        SUBJECT,
        "ref",
        {"n": 1},
        NOW,
        1,
    )
    await outbox.finish(db, [event])
    assert await db.value("SELECT count(*) FROM kit.outbox") == 0


async def test_a_lost_guard_announces_nothing(db: Database) -> None:
    await announce(db, "t.done", guard=LOST)
    assert await outbox.claim(db, now=NOW) == []


async def test_news_is_not_out_before_its_time(db: Database) -> None:
    await announce(db, "t.done", at=NOW + timedelta(minutes=1))
    assert await outbox.claim(db, now=NOW) == []


async def test_a_claimed_event_is_nobody_elses_until_the_lease_ends(db: Database) -> None:
    await announce(db, "t.done")
    (first,) = await outbox.claim(db, now=NOW)
    assert await outbox.claim(db, now=NOW + outbox.LEASE - timedelta(seconds=1)) == []
    (again,) = await outbox.claim(db, now=NOW + outbox.LEASE)
    assert again.id == first.id and again.attempts == 2


async def test_workers_at_once_share_the_work(db: Database) -> None:
    for place in range(200):
        await announce(db, f"t.{place}", subject=new_id(place))
    batches = await asyncio.gather(*(outbox.claim(db, now=NOW) for _ in range(5)))
    found = [event.id for batch in batches for event in batch]
    while rest := await outbox.claim(db, now=NOW):
        found += [event.id for event in rest]
    assert len(found) == len(set(found)) == 200
    assert all(len(batch) <= outbox.BATCH for batch in batches)


async def test_a_claim_does_not_wait_for_another_that_is_under_way(db: Database, dsn: str) -> None:
    for place in range(3):
        await announce(db, f"t.{place}", subject=new_id(place))
    other = await asyncpg.connect(dsn)
    try:
        async with other.transaction():
            await other.execute("SELECT FROM kit.outbox WHERE topic = 't.0' FOR UPDATE")
            found = await asyncio.wait_for(outbox.claim(db, now=NOW), 3)
    finally:
        await other.close()
    assert [event.topic for event in found] == ["t.1", "t.2"]


async def test_a_batch_is_in_order_of_announcement(db: Database) -> None:
    for place in (3, 1, 2):
        await announce(db, f"t.{place}", at=NOW - timedelta(seconds=10 - place))
    assert [event.topic for event in await outbox.claim(db, now=NOW)] == ["t.1", "t.2", "t.3"]


async def test_postponed_news_comes_later_with_a_doubling_wait(db: Database) -> None:
    await announce(db, "t.done")
    at, waits = NOW, []
    for _ in range(11):
        (event,) = await outbox.claim(db, now=at)
        await outbox.postpone(db, event, reason="x" * 1000, now=at)
        due = (await row(db))["due_at"]
        waits.append((due - at).total_seconds())
        assert await outbox.claim(db, now=due - timedelta(milliseconds=1)) == []
        at = due
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert (await row(db))["last_error"] == "x" * 500


async def test_an_outage_of_days_and_kills_without_number_lose_nothing(db: Database) -> None:
    await announce(db, "t.done")
    at = NOW
    for place in range(60):
        (event,) = await outbox.claim(db, now=at)
        if place % 2:  # every other worker is killed: its lease runs out and nobody postpones
            await outbox.postpone(db, event, reason="away", now=at)
        at += timedelta(hours=1)
    assert event.attempts == 60
    assert (await row(db))["due_at"] - (at - timedelta(hours=1)) == outbox.LONGEST_WAIT
    (again,) = await outbox.claim(db, now=at + timedelta(days=9))
    assert again.id == event.id
    assert await outbox.backlog(db) == outbox.Backlog(1, NOW)
    assert await outbox.troubles(db) == [outbox.Trouble("t.done", "away", False, 1, NOW)]


async def test_what_is_given_up_is_kept_with_its_reason_until_it_is_sent_again(db: Database) -> None:
    await announce(db, "t.done", "t.other")
    done, other = await outbox.claim(db, now=NOW)
    await outbox.give_up(db, done, reason="refused", now=NOW)
    await outbox.finish(db, [other])
    assert await outbox.claim(db, now=NOW + timedelta(days=9)) == []
    assert await outbox.backlog(db) == outbox.Backlog(0, None)
    assert await outbox.troubles(db) == [outbox.Trouble(done.topic, "refused", True, 1, NOW)]
    (kept,) = await outbox.given_up(db)
    assert kept == done
    assert await write(db, outbox.sending_again(kept, now=NOW)) is not None
    assert await write(db, outbox.sending_again(kept, now=NOW)) is None, "it is not given up any more"
    (again,) = await outbox.claim(db, now=NOW)
    assert (again.id, again.payload, again.attempts) == (done.id, {"n": 1}, 2)
    assert await outbox.troubles(db) == [] and await outbox.given_up(db) == []


async def test_an_effect_and_its_mark_are_one_and_happen_once(db: Database) -> None:
    await announce(db, "t.done")
    (event,) = await outbox.claim(db, now=NOW)
    effect = outbox.announcing("t.effect", subject=SUBJECT, reference="x", now=NOW)
    results = await asyncio.gather(
        *(
            write(db, HERE, effect_of(event), outbox.handling(event, "room.jobs.on", now=NOW))
            for _ in range(4)
        ),
        return_exceptions=True,
    )
    assert effect.sql
    failed = [one for one in results if isinstance(one, BaseException)]
    assert len(failed) == 3
    assert all(
        isinstance(one, asyncpg.UniqueViolationError) and outbox.already_handled(one) for one in failed
    )
    assert await db.value("SELECT count(*) FROM kit.outbox WHERE topic = 't.effect'") == 1
    assert await outbox.handled(db, [event]) == {(event.id, "room.jobs.on")}


def effect_of(event: outbox.Event) -> Part:
    return outbox.announcing("t.effect", subject=event.subject, reference=event.reference, now=NOW)


async def test_two_handlers_of_one_event_have_a_mark_each(db: Database) -> None:
    await announce(db, "t.done")
    (event,) = await outbox.claim(db, now=NOW)
    for handler in ("a", "b"):
        await write(db, HERE, outbox.handling(event, handler, now=NOW))
    assert await outbox.handled(db, [event]) == {(event.id, "a"), (event.id, "b")}
    await sweeps.MARKS(db, look=False, before=NOW + timedelta(days=99))
    assert len(await outbox.handled(db, [event])) == 2, (
        "the event waits still: an effect must not happen twice"
    )
    await outbox.finish(db, [event])
    await sweeps.MARKS(db, look=False, before=NOW)
    assert len(await outbox.handled(db, [event])) == 2
    await sweeps.MARKS(db, look=False, before=NOW + timedelta(seconds=1))
    assert await outbox.handled(db, [event]) == set()


@pytest.mark.parametrize("name", ["number_index_pkey", None])
def test_another_violation_is_no_mark(name: str | None) -> None:
    error = asyncpg.UniqueViolationError("x")
    error.constraint_name = name
    assert not outbox.already_handled(error)
