"""The worker: drains the outbox, fires timers, runs the rooms' periodic jobs, seals the ledger.

It may be killed at any moment: what it claimed comes back when the lease runs out, and each handler's
effect carries its own mark. It waits for a database that is away.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from weakref import WeakValueDictionary

import asyncpg
import structlog

from tongban import news, rooms
from tongban.kit import clock, heartbeat, logs, outbox, timers
from tongban.kit.db import Database, DatabaseAway, DatabaseBusy, connect
from tongban.kit.outbox import Event
from tongban.news import Handler, handler_name
from tongban.settings import settings

log = structlog.get_logger("tongban.worker")

#: How long to rest when there was nothing to do: what a resident waits at most for her SMS code.
REST_SECONDS = 0.1
MAX_REST_SECONDS = 0.4
#: How many batches of a lane are under way at once.
BATCHES = 4
#: How many subjects of a batch at once: within the house as many as there are connections, outwards what waits.
CONCURRENT = 10
CONCURRENT_OUTWARD = 25

#: What came of an event: done; kept where it is, for the operator or another version; or postponed until then.
Outcome = Literal["done", "kept"] | datetime


async def run() -> None:
    """Work until SIGTERM or SIGINT."""
    logs.configure(settings().log_level)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    dsn = settings().database_url
    if dsn is None:
        raise SystemExit("DATABASE_URL is not set; `tongban up` starts a database of its own")
    db = await connect(dsn, size=settings().database_connections, wait_seconds=180)
    await rooms.warm(db)
    tasks: list[asyncio.Task[Any]] = [
        *(asyncio.create_task(Lane(db, outward=outward).drain(stop)) for outward in (False, True)),
        asyncio.create_task(_fire(db, stop)),
        asyncio.create_task(_beat(stop)),
        *(asyncio.create_task(_repeat(db, stop, job)) for job in news.PERIODIC),
    ]
    stopped = asyncio.create_task(stop.wait())
    ended, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    _, pending = await asyncio.wait(tasks, timeout=5)
    for task in pending:
        task.cancel()
    for task in ended:
        task.result()  # one that ended of itself is a fault: the supervisor starts the worker anew
    await db.close()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _beat(stop: asyncio.Event) -> None:
    path = settings().data_dir / "run" / "worker.ready"
    while not stop.is_set():
        heartbeat.beat(path)
        await _pause(stop, 1)


class Lane:
    """One lane of the outbox as this worker drains it.

    Three limits, from the outside in: :data:`BATCHES` batches under way; of a batch so many subjects at once; of one
    subject one event at a time, over all batches, first come, first served. An event whose lease ran out while it
    is under way here is not taken a second time.
    """

    def __init__(self, db: Database, *, outward: bool) -> None:
        self._db = db
        self._outward = outward
        self._free = asyncio.Semaphore(BATCHES)
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._under_way: set[UUID] = set()

    async def drain(self, stop: asyncio.Event) -> None:
        """Claim batch after batch until ``stop``; whatever goes wrong is told, and the next claim is made."""
        rest = REST_SECONDS
        async with asyncio.TaskGroup() as batches:
            while not stop.is_set():
                async with self._free:
                    events = await self._claimed()
                if events:
                    rest = REST_SECONDS
                    batches.create_task(self._handle_freely(events))
                    await asyncio.sleep(0)  # the batch takes its place before the next claim
                else:
                    rest = min(rest * 1.5, MAX_REST_SECONDS)
                    await _pause(stop, rest)

    async def once(self, *, now: datetime) -> int:
        """Claim one batch and handle it; gives how many events were claimed."""
        events = await outbox.claim(self._db, now=now, outward=self._outward)
        if events:
            await self._handle(events)
        return len(events)

    async def _claimed(self) -> list[Event]:
        try:
            return await outbox.claim(self._db, now=clock.now(), outward=self._outward)
        except DatabaseAway:
            log.warning("database away, waiting")
        except Exception:
            log.exception("events cannot be claimed")
        return []

    async def _handle_freely(self, events: list[Event]) -> None:
        """A batch that fails as a whole comes back when its lease runs out."""
        async with self._free:
            try:
                await self._handle(events)
            except DatabaseAway:
                log.warning("database away, waiting")
            except Exception:
                log.exception("a batch of events failed")

    async def _handle(self, events: list[Event]) -> None:
        """Handle the events, those of one subject in their order and behind one that fails.

        Across workers, and behind a failure, nothing is promised: handlers ask the state, not the order.
        """
        fresh = [event for event in events if event.id not in self._under_way]
        self._under_way.update(event.id for event in fresh)
        try:
            repeated = [event for event in fresh if event.attempts > 1]
            marks = await outbox.handled(self._db, repeated) if repeated else set()
            queues: dict[UUID, list[Event]] = {}
            for event in fresh:
                queues.setdefault(event.subject, []).append(event)
            limit = asyncio.Semaphore(CONCURRENT_OUTWARD if self._outward else CONCURRENT)
            results = await asyncio.gather(
                *(self._in_order(subject, queue, marks, limit) for subject, queue in queues.items())
            )
            finished = [event for queue in results for event in queue]
            if finished:
                await outbox.finish(self._db, finished)
        finally:
            self._under_way.difference_update(event.id for event in fresh)

    async def _in_order(
        self, subject: UUID, queue: list[Event], marks: set[tuple[UUID, str]], limit: asyncio.Semaphore
    ) -> list[Event]:
        """The events of one subject that are done. What cannot even be postponed comes back with its lease."""
        finished = []
        async with self._turns.setdefault(subject, asyncio.Lock()), limit:
            try:
                for place, event in enumerate(queue, start=1):
                    outcome = await _handle_event(self._db, event, marks)
                    if outcome == "done":
                        finished.append(event)
                    elif isinstance(outcome, datetime):
                        if behind := queue[place:]:
                            # They wait behind it, but not through its outage.
                            due = min(outcome, clock.now() + outbox.LEASE)
                            await outbox.hand_back(self._db, behind, due=due)
                        break
            except DatabaseAway:
                log.warning("database away, waiting")
            except Exception:
                log.exception("an event was left to its lease")
        return finished


async def drain_once(db: Database, *, now: datetime | None = None) -> int:
    """Claim one batch of each lane and handle it; gives how many events were claimed."""
    at = now or clock.now()
    return sum([await Lane(db, outward=outward).once(now=at) for outward in (False, True)])


async def _handle_event(db: Database, event: Event, marks: set[tuple[UUID, str]]) -> Outcome:
    """Run every handler of the event that has not had its effect.

    One that is refused for good keeps no other from its effect; then the event is given up, not lost. A topic that
    has no row in the house's table is another version's news: it waits for a worker that knows it.
    """
    listeners = news.LISTENERS.get(event.topic)
    if listeners is None:
        log.error("event of an unknown topic waits", topic=event.topic, event_id=str(event.id))
        await outbox.postpone(db, event, reason="no such topic in this version", now=clock.now())
        return "kept"
    refused = ""
    for handler in listeners:
        if (event.id, handler_name(handler)) in marks:
            continue
        try:
            if (due := await _effect(db, event, handler)) is not None:
                return due
        except outbox.RefusedForGood as refusal:
            refused = f"{handler_name(handler)}: {type(refusal).__name__}: {refusal}"
    if not refused:
        return "done"
    log.error("event given up", topic=event.topic, event_id=str(event.id), reason=refused)
    await outbox.give_up(db, event, reason=refused, now=clock.now())
    return "kept"


async def _effect(db: Database, event: Event, handler: Handler) -> datetime | None:
    """None when the handler's effect is there; else the event is postponed until then. Raises RefusedForGood."""
    name, told = handler_name(handler), {"topic": event.topic, "event_id": str(event.id)}
    try:
        await handler(db, event, now=clock.now())
    except asyncpg.UniqueViolationError as repeated:
        if outbox.already_handled(repeated):
            return None
        reason = f"{name}: {type(repeated).__name__} {repeated.constraint_name}"
    except (DatabaseAway, outbox.RefusedForGood):
        raise
    except (outbox.AwayForNow, DatabaseBusy) as away:
        reason = f"{name}: {type(away).__name__}: {away}"
        log.warning("handler waits", **told, reason=reason)
    except Exception as failed:
        reason = f"{name}: {type(failed).__name__}"
        log.warning("handler failed", **told, reason=reason, exc_info=True)
    else:
        return None
    return await outbox.postpone(db, event, reason=reason, now=clock.now())


async def _fire(db: Database, stop: asyncio.Event) -> None:
    while not stop.is_set():
        fired = 0
        try:
            # A clock that is pinned for a test has no witness.
            fired = await timers.fire_due(db, now=clock.now(), witnessed=settings().now is None)
        except DatabaseAway:
            log.warning("database away, waiting")
        except Exception:
            log.exception("timers cannot be fired")
        if not fired:
            await _pause(stop, 0.5)


async def _repeat(db: Database, stop: asyncio.Event, job: news.Periodic) -> None:
    while not stop.is_set():
        try:
            await job.run(db, now=clock.now())
        except DatabaseAway:
            log.warning("database away, waiting", job=job.name)
        except Exception:
            log.exception("periodic job failed", job=job.name)
        await _pause(stop, job.every_seconds)
