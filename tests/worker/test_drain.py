"""Draining the outbox: order, failure, repetition, and two workers at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import asyncpg
import pytest

from tests.worker.listening import TOPIC, Listener, announce, effects, until, waiting
from tongban import worker
from tongban.kit import clock, outbox
from tongban.kit.db import Database, connect
from tongban.kit.ids import new_id
from tongban.up import doctor
from tongban.up.events import retried
from tongban.worker import drain_once


async def test_all_listeners_of_an_event_run_and_it_is_gone(
    db: Database, listen: Callable[..., None]
) -> None:
    listen(Listener("a"), Listener("b"))
    await announce(db, "1")
    assert await drain_once(db) == 1
    assert sorted(await effects(db)) == ["a 1", "b 1"]
    assert await waiting(db) == 0
    assert await drain_once(db) == 0


async def test_news_to_which_nobody_listens_is_let_go(db: Database, listen: Callable[..., None]) -> None:
    listen(topic="t.nobody")
    await announce(db, "1", topic="t.nobody")
    assert await drain_once(db) == 1 and await waiting(db) == 0


async def test_news_of_another_version_waits_for_it(db: Database, listen: Callable[..., None]) -> None:
    """A worker of the old version beside those of the new one, in the minutes of an upgrade."""
    good, mine = Listener("good"), new_id(5)
    listen(good)
    await announce(db, "1", subject=mine, topic="t.of_tomorrow")
    await announce(db, "2", subject=mine)
    assert await drain_once(db) == 2
    assert await effects(db) == ["good 2"], "nothing waits behind it"
    row = await db.row("SELECT * FROM kit.outbox WHERE topic = 't.of_tomorrow'")
    assert row is not None and row["last_error"] == "no such topic in this version"
    listen(good, topic="t.of_tomorrow")
    assert await drain_once(db, now=clock.now() + timedelta(seconds=2)) == 1
    assert await effects(db) == ["good 2", "good 1"]


async def test_a_failing_handler_is_tried_again_and_what_succeeded_is_not_repeated(
    db: Database, listen: Callable[..., None]
) -> None:
    good, bad = Listener("good"), Listener("bad", fails=2)
    listen(good, bad)
    await announce(db, "1")
    await drain_once(db)
    assert await effects(db) == ["good 1"]
    row = await db.row("SELECT * FROM kit.outbox WHERE topic = $1", TOPIC)
    assert row is not None and row["last_error"] == "test.bad: RuntimeError" and row["due_at"] > clock.now()
    assert await drain_once(db) == 0, "not before its time"
    later = clock.now() + timedelta(seconds=2)
    await drain_once(db, now=later)
    await drain_once(db, now=later + timedelta(seconds=5))
    assert await effects(db) == ["good 1", "bad 1"]
    assert len(good.seen) == 1 and len(bad.seen) == 3
    assert await waiting(db) == 0


async def test_what_a_killed_worker_had_done_is_not_done_again(
    db: Database, listen: Callable[..., None]
) -> None:
    """Killed between the first handler's effect and the second's: the lease runs out, the mark is found."""
    first, second = Listener("first"), Listener("second")
    listen(first, second)
    await announce(db, "1")
    (event,) = await outbox.claim(db, now=clock.now())
    await first(db, event, now=clock.now())
    assert await drain_once(db) == 0, "still leased"
    assert await drain_once(db, now=clock.now() + outbox.LEASE + timedelta(seconds=1)) == 1
    assert await effects(db) == ["first 1", "second 1"]
    assert len(first.seen) == len(second.seen) == 1
    assert await waiting(db) == 0


async def test_an_effect_that_was_done_by_another_at_the_same_time_counts_asdone(
    db: Database, listen: Callable[..., None]
) -> None:
    """A lease that ran out under a slow worker: both try, one effect stands, neither fails."""
    slow = Listener("slow", slow=0.2)
    listen(slow)
    await announce(db, "1")
    running = asyncio.create_task(drain_once(db))
    await asyncio.sleep(0.05)
    await drain_once(db.sibling(), now=clock.now() + outbox.LEASE + timedelta(seconds=1))
    await running
    assert len(slow.seen) == 2 and await effects(db) == ["slow 1"] and await waiting(db) == 0


async def test_events_of_one_subject_keep_their_order(db: Database, listen: Callable[..., None]) -> None:
    slow = Listener("in_order", slow=0.005)
    listen(slow)
    one, two = new_id(1), new_id(2)
    for place in range(10):
        await announce(db, f"one {place}", subject=one)
        await announce(db, f"two {place}", subject=two)
    await drain_once(db)
    for name in ("one", "two"):
        assert [seen for seen in slow.seen if seen.startswith(name)] == [
            f"{name} {place}" for place in range(10)
        ]


async def test_what_waits_behind_a_failure_is_handed_back_untried(
    db: Database, listen: Callable[..., None]
) -> None:
    bad, good, mine = Listener("bad", fails=1, slow=1.2), Listener("good"), new_id(5)
    listen(bad, topic="t.bad")
    listen(good, topic="t.good")
    await announce(db, "1", subject=mine, topic="t.bad")
    await announce(db, "2", subject=mine, topic="t.good")
    assert await drain_once(db) == 2
    first, behind = await db.rows("SELECT * FROM kit.outbox ORDER BY id")
    assert (first["attempts"], behind["attempts"]) == (1, 0)
    assert first["due_at"] == behind["due_at"] > clock.now(), (
        "the wait begins with the failure, not with the claim"
    )
    assert await drain_once(db, now=clock.now() + timedelta(seconds=3)) == 2
    assert await effects(db) == ["bad 1", "good 2"]


async def test_what_cannot_be_postponed_takes_nothing_else_with_it(
    db: Database, listen: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise asyncpg.CharacterNotInRepertoireError("no such letter")

    bad, good = Listener("bad", fails=1), Listener("good", slow=0.2)
    listen(bad, topic="t.bad")
    listen(good, topic="t.good")
    await announce(db, "1", subject=new_id(1), topic="t.bad")
    await announce(db, "2", subject=new_id(2), topic="t.good")
    monkeypatch.setattr(outbox, "postpone", broken)
    assert await drain_once(db) == 2
    assert good.seen == ["2"] and await waiting(db) == 1, "the good one is done and gone"


async def test_an_event_under_way_is_not_taken_a_second_time(
    db: Database, listen: Callable[..., None]
) -> None:
    answers = asyncio.Event()
    slow = Listener("slow", gate=answers)
    listen(slow)
    await announce(db, "1")
    lane = worker.Lane(db, outward=False)
    first = asyncio.create_task(lane.once(now=clock.now()))
    await until(lambda: slow.seen == ["1"])
    assert await lane.once(now=clock.now() + outbox.LEASE + timedelta(seconds=1)) == 1, "its lease ran out"
    answers.set()
    await first
    assert slow.seen == ["1"] and await waiting(db) == 0


async def test_two_workers_at_once_do_everything_once(
    db: Database, dsn: str, listen: Callable[..., None]
) -> None:
    listener = Listener("l", slow=0.002)
    listen(listener)
    for place in range(120):
        await announce(db, str(place), subject=new_id(place))
    other = await connect(dsn, size=4)
    try:

        async def work(handle: Database) -> None:
            while await drain_once(handle):
                pass

        await asyncio.gather(work(db), work(other))
    finally:
        await other.close()
    assert sorted(listener.seen, key=int) == [str(place) for place in range(120)]
    assert len(await effects(db)) == 120 and await waiting(db) == 0


async def test_one_failing_event_holds_up_nobody_else(db: Database, listen: Callable[..., None]) -> None:
    bad, good = Listener("bad", fails=99), Listener("good")
    listen(bad, topic="t.bad")
    listen(good, topic="t.good")
    await announce(db, "1", subject=new_id(1), topic="t.bad")
    await announce(db, "2", subject=new_id(2), topic="t.good")
    assert await drain_once(db) == 2
    assert good.seen == ["2"] and await waiting(db) == 1


async def test_what_is_refused_for_good_is_given_up_at_once_and_sent_again_by_command(
    db: Database, dsn: str, listen: Callable[..., None]
) -> None:
    refusing, good = Listener("refusing", refused=True), Listener("good")
    listen(refusing, good)
    await announce(db, "1", "2", subject=new_id(5))
    assert await drain_once(db) == 2
    assert await effects(db) == ["good 1", "good 2"], "neither another handler nor later news waits for it"
    assert await drain_once(db, now=clock.now() + timedelta(days=1)) == 0, "nobody tries it again"
    reason = "test.refusing: RefusedForGood: the other side said no"
    told = [one for one in await doctor._outbox(dsn, now=clock.now()) if one.name == "events given up"]
    assert [one.state for one in told] == ["bad"]
    assert all(word in told[0].words for word in (TOPIC, "2 since", reason, "tongban retry-events"))

    refusing.refused = False
    freed = await retried(dsn, now=clock.now())
    assert [event.reference for event in freed] == ["1", "2"]
    assert await db.value("SELECT count(*) FROM audit.ledger WHERE action = 'kit.retry_event'") == 2
    assert await retried(dsn, now=clock.now()) == []
    await drain_once(db)
    assert sorted(await effects(db)) == ["good 1", "good 2", "refusing 1", "refusing 2"]
    assert len(good.seen) == 2 and await waiting(db) == 0


async def test_the_doctor_tells_what_is_held_up_and_since_when(
    db: Database, dsn: str, listen: Callable[..., None]
) -> None:
    listen(Listener("bad", fails=99))
    await announce(db, "1")
    await drain_once(db)
    for later, state in ((timedelta(), "note"), (timedelta(hours=2), "bad")):
        found = {one.name: one for one in await doctor._outbox(dsn, now=clock.now() + later)}
        backlog, held = found["outbox"], found["events held up"]
        assert (backlog.state, held.state) == ("good", state)
        assert backlog.words.startswith("1 events wait, the oldest for ")
        assert TOPIC in held.words and "test.bad: RuntimeError" in held.words
