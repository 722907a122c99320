"""The worker: order, failure, repetition, two of them at once, and a database that goes away under it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from tests.worker.database import OwnServer
from tongban import rooms, worker
from tongban.kit import clock, outbox, timers
from tongban.kit.db import Database, Part, connect, write
from tongban.kit.ids import new_id
from tongban.kit.outbox import Event
from tongban.rooms import handler_name
from tongban.settings import settings
from tongban.up import doctor
from tongban.up.events import retried
from tongban.worker import drain_once

HERE = Part("SELECT 1 AS one")
TOPIC = "t.done"


class Listener:
    """A handler with an effect of its own (a row of the outbox that nobody claims), which fails when told to."""

    def __init__(
        self,
        name: str,
        *,
        fails: int = 0,
        slow: float = 0,
        refused: bool = False,
        gate: asyncio.Event | None = None,
    ) -> None:
        self.__module__, self.__qualname__ = "tongban.test", name
        self.gate = gate
        self.fails, self.slow, self.refused = fails, slow, refused
        self.seen: list[str] = []

    async def __call__(self, db: Database, event: Event, *, now: object) -> None:
        self.seen.append(event.reference)
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.gate:
            await self.gate.wait()
        if self.refused:
            raise outbox.RefusedForGood("the other side said no")
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the test says no")
        much_later = clock.now() + timedelta(days=300)
        effect = outbox.announcing(
            "effect",
            subject=event.subject,
            reference=f"{self.__qualname__} {event.reference}",
            now=much_later,
        )
        await write(db, HERE, effect, outbox.handling(event, handler_name(self), now=clock.now()))


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put listeners into the house's table."""

    def put(*listeners: Listener, topic: str = TOPIC) -> None:
        monkeypatch.setitem(rooms.LISTENERS, topic, listeners)

    return put


async def announce(db: Database, *references: str, subject: UUID | None = None, topic: str = TOPIC) -> None:
    for reference in references:
        one = outbox.announcing(topic, subject=subject or new_id(5), reference=reference, now=clock.now())
        await write(db, HERE, one)


async def effects(db: Database) -> list[str]:
    rows = await db.sibling().rows("SELECT reference FROM kit.outbox WHERE topic = 'effect' ORDER BY id")
    return [row["reference"] for row in rows]


async def waiting(db: Database) -> int:
    return int(await db.sibling().value("SELECT count(*) FROM kit.outbox WHERE topic <> 'effect'"))


async def test_all_listeners_of_an_event_run_and_it_is_gone(
    db: Database, listen: Callable[..., None]
) -> None:
    listen(Listener("a"), Listener("b"))
    await announce(db, "1")
    assert await drain_once(db) == 1
    assert sorted(await effects(db)) == ["a 1", "b 1"]
    assert await waiting(db) == 0
    assert await drain_once(db) == 0


async def test_news_to_which_nobody_listens_is_let_go(db: Database) -> None:
    await announce(db, "1", topic="t.nobody")
    assert await drain_once(db) == 1 and await waiting(db) == 0


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


async def test_an_effect_that_was_done_by_another_at_the_same_time_counts_as_done(
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
        backlog, held = await doctor._outbox(dsn, now=clock.now() + later)
        assert (backlog.state, held.name, held.state) == ("good", "events held up", state)
        assert backlog.words.startswith("1 events wait, the oldest for ")
        assert TOPIC in held.words and "test.bad: RuntimeError" in held.words


@asynccontextmanager
async def draining(db: Database) -> AsyncIterator[asyncio.Task[None]]:
    """The worker's own loop, running beside the test."""
    stop = asyncio.Event()
    loop = asyncio.create_task(worker._drain(db, stop))
    try:
        yield loop
    finally:
        stop.set()
        await asyncio.wait_for(loop, 10)


async def test_a_slow_gateway_holds_up_nobody_elses_news(db: Database, listen: Callable[..., None]) -> None:
    answers = asyncio.Event()
    slow, good = Listener("slow", gate=answers), Listener("good")
    listen(slow, topic="t.slow")
    listen(good, topic="t.good")
    mine = new_id(1)
    for place in range(outbox.BATCH):
        await announce(db, str(place), subject=mine if place == 0 else new_id(place), topic="t.slow")
    async with draining(db):
        await _until(lambda: len(slow.seen) > 1)
        await announce(db, "hers", subject=new_id(2), topic="t.good")
        await announce(db, "mine", subject=mine, topic="t.good")
        await _done(db, "good hers")
        assert await effects(db) == ["good hers"], "no slow one is done, and what is about its subject waits"
        answers.set()
        await _done(db, "good mine")
        assert "slow 0" in await effects(db)


async def test_the_loops_outlive_any_fault(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that was waited for too long, a bug: the claim of the next moment is made all the same."""
    listener = Listener("l")
    for topic in (TOPIC, "timer.gone"):
        monkeypatch.setitem(rooms.LISTENERS, topic, (listener,))
    stop, faults = asyncio.Event(), iter([asyncpg.LockNotAvailableError("lock timeout"), KeyError("a bug")])
    for module, name in ((outbox, "claim"), (outbox, "finish"), (timers, "fire_due")):
        right = getattr(module, name)

        async def faulty(*given: Any, right: Any = right, times: list[int] = [], **named: Any) -> Any:  # noqa: B006
            times.append(1)
            if len(times) == 1:
                raise next(faults, RuntimeError("another"))
            return await right(*given, **named)

        monkeypatch.setattr(module, name, faulty)
    timing = asyncio.create_task(worker._fire(db, stop))
    await announce(db, "1")
    part = timers.setting("gone", subject=new_id(5), reference="timed", due=clock.now())
    await write(db, HERE, part)
    async with draining(db) as loop:
        await _until(lambda: "1" in listener.seen)
        await announce(db, "2")
        await _until(lambda: {"1", "2"} <= set(listener.seen))
        assert not loop.done() and not timing.done()
        await _until(lambda: "timed" in listener.seen)
    stop.set()
    await asyncio.wait_for(timing, 5)


async def test_a_worker_whose_loop_ends_ends_with_it(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that beats and does nothing would never be started anew."""

    async def broken(*_: object) -> None:
        raise RuntimeError("no more")

    here = msgspec.structs.replace(settings(), database_url=dsn, data_dir=tmp_path)
    monkeypatch.setattr(worker, "settings", lambda: here)
    monkeypatch.setattr(worker.logs, "configure", lambda _: None)
    monkeypatch.setattr(worker, "_fire", broken)
    with pytest.raises(RuntimeError, match="no more"):
        await asyncio.wait_for(worker.run(), 20)


@pytest.mark.timeout(90)
async def test_the_loop_outlives_a_database_that_goes_away(
    listen: Callable[..., None],
) -> None:
    listener = Listener("l")
    listen(listener)
    async with OwnServer() as server:
        db = await connect(server.dsn, size=3)
        stop = asyncio.Event()
        loop = asyncio.create_task(worker._drain(db, stop))
        await announce(db, "before")
        await _until(lambda: listener.seen == ["before"])
        await server.stop()
        await asyncio.sleep(1)
        assert not loop.done(), "it waits"
        await server.start()
        fresh = await connect(server.dsn, size=1, wait_seconds=20)
        await announce(fresh, "after")
        await _until(lambda: listener.seen == ["before", "after"])
        assert await effects(fresh) == ["l before", "l after"]
        stop.set()
        await asyncio.wait_for(loop, 10)
        await fresh.close()
        with suppress(Exception):
            await asyncio.wait_for(db.close(), 5)


async def _until(holds: Callable[[], bool], seconds: float = 25) -> None:
    give_up = asyncio.get_running_loop().time() + seconds
    while not holds():
        assert asyncio.get_running_loop().time() < give_up
        await asyncio.sleep(0.05)


async def _done(db: Database, effect: str) -> None:
    async with asyncio.timeout(25):
        while effect not in await effects(db):  # noqa: ASYNC110 - another connection writes it
            await asyncio.sleep(0.05)
