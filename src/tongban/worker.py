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

from tongban import rooms
from tongban.kit import clock, heartbeat, logs, outbox, timers
from tongban.kit.db import Database, DatabaseAway, connect
from tongban.kit.outbox import Event
from tongban.rooms import Handler, handler_name
from tongban.settings import settings

log = structlog.get_logger("tongban.worker")

#: How long to rest when there was nothing to do: what a resident waits at most for her SMS code.
REST_SECONDS = 0.1
MAX_REST_SECONDS = 0.4
CONCURRENT = 10
#: How many batches are under way at once: one that waits for a slow gateway holds up no other.
BATCHES = 4

Outcome = Literal["done", "later", "given up"]


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
        asyncio.create_task(_drain(db, stop)),
        asyncio.create_task(_fire(db, stop)),
        asyncio.create_task(_beat(stop)),
        *(asyncio.create_task(_repeat(db, stop, job)) for job in rooms.PERIODIC),
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


async def _drain(db: Database, stop: asyncio.Event) -> None:
    """Claim batch after batch; whatever goes wrong is told, and the next claim is made."""
    rest = REST_SECONDS
    order = Order()
    free = asyncio.Semaphore(BATCHES)
    async with asyncio.TaskGroup() as batches:
        while not stop.is_set():
            async with free:
                events = await _claimed(db)
            if events:
                rest = REST_SECONDS
                batches.create_task(_handle_and_tell(db, events, order, free))
                await asyncio.sleep(0)  # the batch takes its place before the next claim
            else:
                rest = min(rest * 1.5, MAX_REST_SECONDS)
                await _pause(stop, rest)


async def _claimed(db: Database) -> list[Event]:
    try:
        return await outbox.claim(db, now=clock.now())
    except DatabaseAway:
        log.warning("database away, waiting")
    except Exception:
        log.exception("events cannot be claimed")
    return []


async def _handle_and_tell(db: Database, events: list[Event], order: Order, free: asyncio.Semaphore) -> None:
    """A batch that fails as a whole comes back when its lease runs out."""
    async with free:
        try:
            await _handle_batch(db, events, order)
        except DatabaseAway:
            log.warning("database away, waiting")
        except Exception:
            log.exception("a batch of events failed")


async def drain_once(db: Database, *, now: datetime | None = None) -> int:
    """Claim one batch and handle it; gives how many events were claimed."""
    events = await outbox.claim(db, now=now or clock.now())
    if events:
        await _handle_batch(db, events, Order())
    return len(events)


class Order:
    """One subject's events at a time, first come, first served, over all batches of this worker."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    def turn(self, subject: UUID) -> asyncio.Lock:
        """The lock of a subject; it is kept as long as somebody holds or awaits it."""
        return self._turns.setdefault(subject, asyncio.Lock())


async def _handle_batch(db: Database, events: list[Event], order: Order) -> None:
    """Handle the events, those of one subject in their order and behind one that fails.

    Across workers, and behind a failure, nothing is promised: handlers ask the state, not the order.
    """
    repeated = [event for event in events if event.attempts > 1]
    marks = await outbox.handled(db, repeated) if repeated else set()
    queues: dict[UUID, list[Event]] = {}
    for event in events:
        queues.setdefault(event.subject, []).append(event)
    limit = asyncio.Semaphore(CONCURRENT)
    results = await asyncio.gather(
        *(_in_order(db, queue, marks, limit, order.turn(subject)) for subject, queue in queues.items())
    )
    finished = [event for queue in results for event in queue]
    if finished:
        await outbox.finish(db, finished)


async def _in_order(
    db: Database,
    queue: list[Event],
    marks: set[tuple[UUID, str]],
    limit: asyncio.Semaphore,
    turn: asyncio.Lock,
) -> list[Event]:
    finished = []
    async with turn, limit:
        for event in queue:
            outcome = await _handle(db, event, marks)
            if outcome == "later":
                break
            if outcome == "done":
                finished.append(event)
    return finished


async def _handle(db: Database, event: Event, marks: set[tuple[UUID, str]]) -> Outcome:
    """Run every handler of the event that has not had its effect.

    One that is refused for good keeps no other from its effect; then the event is given up, not lost.
    """
    refused = ""
    for handler in rooms.LISTENERS.get(event.topic, ()):
        if (event.id, handler_name(handler)) in marks:
            continue
        try:
            if not await _effect(db, event, handler):
                return "later"
        except outbox.RefusedForGood as refusal:
            refused = f"{handler_name(handler)}: {type(refusal).__name__}: {refusal}"
    if not refused:
        return "done"
    log.error("event given up", topic=event.topic, event_id=str(event.id), reason=refused)
    await outbox.give_up(db, event, reason=refused, now=clock.now())
    return "given up"


async def _effect(db: Database, event: Event, handler: Handler) -> bool:
    """True when the handler's effect is there; else the event is postponed. Raises RefusedForGood."""
    now = clock.now()
    try:
        await handler(db, event, now=now)
    except asyncpg.UniqueViolationError as repeated:
        if outbox.already_handled(repeated):
            return True
        reason = f"{handler_name(handler)}: {type(repeated).__name__} {repeated.constraint_name}"
    except (DatabaseAway, outbox.RefusedForGood):
        raise
    except Exception as failed:
        reason = f"{handler_name(handler)}: {type(failed).__name__}"
        log.warning("handler failed", topic=event.topic, event_id=str(event.id), reason=reason, exc_info=True)
    else:
        return True
    await outbox.postpone(db, event, reason=reason, now=now)
    return False


async def _fire(db: Database, stop: asyncio.Event) -> None:
    while not stop.is_set():
        fired = 0
        try:
            fired = await timers.fire_due(db, now=clock.now())
        except DatabaseAway:
            log.warning("database away, waiting")
        except Exception:
            log.exception("timers cannot be fired")
        if not fired:
            await _pause(stop, 0.5)


async def _repeat(db: Database, stop: asyncio.Event, job: rooms.Periodic) -> None:
    while not stop.is_set():
        try:
            await job.run(db, now=clock.now())
        except DatabaseAway:
            log.warning("database away, waiting", job=job.name)
        except Exception:
            log.exception("periodic job failed", job=job.name)
        await _pause(stop, job.every_seconds)
