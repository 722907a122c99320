"""The worker: drains the outbox, fires timers, runs the rooms' periodic jobs, seals the ledger.

It may be killed at any moment: what it claimed comes back when the lease runs out, and each handler's
effect carries its own mark. It waits for a database that is away.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from datetime import datetime
from typing import Literal
from uuid import UUID

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
    tasks = [
        asyncio.create_task(_drain(db, stop)),
        asyncio.create_task(_fire(db, stop)),
        asyncio.create_task(_beat(stop)),
        *(asyncio.create_task(_repeat(db, stop, job)) for job in rooms.PERIODIC),
    ]
    await stop.wait()
    done, pending = await asyncio.wait(tasks, timeout=5)
    for task in pending:
        task.cancel()
    for task in done:
        task.result()
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
    rest = REST_SECONDS
    while not stop.is_set():
        try:
            worked = await drain_once(db)
        except DatabaseAway:
            log.warning("database away, waiting")
            worked = 0
        rest = REST_SECONDS if worked else min(rest * 1.5, MAX_REST_SECONDS)
        if not worked:
            await _pause(stop, rest)


async def drain_once(db: Database, *, now: datetime | None = None) -> int:
    """Claim one batch and handle it; gives how many events were claimed.

    Within a batch the events of one subject keep their order, and wait behind one that fails; across batches
    and workers nothing is promised: handlers ask the state, not the order.
    """
    at = now or clock.now()
    events = await outbox.claim(db, now=at)
    if not events:
        return 0
    repeated = [event for event in events if event.attempts > 1]
    marks = await outbox.handled(db, repeated) if repeated else set()
    queues: dict[UUID, list[Event]] = {}
    for event in events:
        queues.setdefault(event.subject, []).append(event)
    limit = asyncio.Semaphore(CONCURRENT)
    results = await asyncio.gather(*(_in_order(db, queue, marks, limit) for queue in queues.values()))
    finished = [event for queue in results for event in queue]
    if finished:
        await outbox.finish(db, finished)
    return len(events)


async def _in_order(
    db: Database, queue: list[Event], marks: set[tuple[UUID, str]], limit: asyncio.Semaphore
) -> list[Event]:
    finished = []
    async with limit:
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
        with suppress(DatabaseAway):
            fired = await timers.fire_due(db, now=clock.now())
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
