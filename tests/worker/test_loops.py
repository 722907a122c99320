"""The worker's loops: slow gateways, faults of any kind, and a database that goes away under them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from tests.worker.database import OwnServer
from tests.worker.listening import HERE, TOPIC, Listener, announce, done, draining, effects, until
from tongban import news, worker
from tongban.kit import clock, outbox, timers
from tongban.kit.db import Database, connect, write
from tongban.kit.ids import new_id
from tongban.settings import settings


async def test_a_slow_gateway_holds_up_nothing_of_the_houses_own(
    db: Database, listen: Callable[..., None]
) -> None:
    answers = asyncio.Event()
    slow, good = Listener("slow", gate=answers), Listener("good")
    listen(slow, topic="t.slow")
    listen(good, topic="t.good")
    many = worker.BATCHES * outbox.BATCH + 10
    for place in range(many):
        sms = outbox.announcing(
            "t.slow", subject=new_id(place), reference=str(place), now=clock.now(), outward=True
        )
        await write(db, HERE, sms)
    async with draining(db), draining(db, outward=True):
        await until(lambda: len(slow.seen) == worker.BATCHES * worker.CONCURRENT_OUTWARD)
        await announce(db, "hers", subject=new_id(2), topic="t.good")
        await done(db, "good hers")
        assert await effects(db) == ["good hers"], "and no slow one is done"
        answers.set()
        await until(lambda: len(slow.seen) == many)
    assert len(set(slow.seen)) == many, "each was tried once"


async def test_a_slow_event_holds_up_its_own_subject_only(db: Database, listen: Callable[..., None]) -> None:
    answers = asyncio.Event()
    slow, good = Listener("slow", gate=answers), Listener("good")
    listen(slow, topic="t.slow")
    listen(good, topic="t.good")
    mine = new_id(1)
    await announce(db, "0", subject=mine, topic="t.slow")
    async with draining(db):
        await until(lambda: slow.seen == ["0"])
        await announce(db, "hers", subject=new_id(2), topic="t.good")
        await announce(db, "mine", subject=mine, topic="t.good")
        await done(db, "good hers")
        assert await effects(db) == ["good hers"], "no slow one is done, and what is about its subject waits"
        answers.set()
        await done(db, "good mine")
        assert "slow 0" in await effects(db)


async def test_the_loops_outlive_any_fault(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that was waited for too long, a bug: the claim of the next moment is made all the same."""
    listener = Listener("l")
    for topic in (TOPIC, "timer.gone"):
        monkeypatch.setitem(news.LISTENERS, topic, (listener,))
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
        await until(lambda: "1" in listener.seen)
        await announce(db, "2")
        await until(lambda: {"1", "2"} <= set(listener.seen))
        assert not loop.done() and not timing.done()
        await until(lambda: "timed" in listener.seen)
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
        loop = asyncio.create_task(worker.Lane(db, outward=False).drain(stop))
        await announce(db, "before")
        await done(db, "l before")
        await server.stop()
        await asyncio.sleep(1)
        assert not loop.done(), "it waits"
        await server.start()
        fresh = await connect(server.dsn, size=1, wait_seconds=20)
        await announce(fresh, "after")
        await done(fresh, "l after")
        assert await effects(fresh) == ["l before", "l after"]
        stop.set()
        await asyncio.wait_for(loop, 10)
        await fresh.close()
        with suppress(Exception):
            await asyncio.wait_for(db.close(), 5)
