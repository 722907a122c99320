"""Who listens to events in the worker's tests, and what is seen of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from tongban import worker
from tongban.kit import clock, outbox
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id
from tongban.kit.outbox import Event
from tongban.news import handler_name

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


async def announce(db: Database, *references: str, subject: UUID | None = None, topic: str = TOPIC) -> None:
    for reference in references:
        one = outbox.announcing(topic, subject=subject or new_id(5), reference=reference, now=clock.now())
        await write(db, HERE, one)


async def effects(db: Database) -> list[str]:
    rows = await db.sibling().rows("SELECT reference FROM kit.outbox WHERE topic = 'effect' ORDER BY id")
    return [row["reference"] for row in rows]


async def waiting(db: Database) -> int:
    return int(await db.sibling().value("SELECT count(*) FROM kit.outbox WHERE topic <> 'effect'"))


@asynccontextmanager
async def draining(db: Database, *, outward: bool = False) -> AsyncIterator[asyncio.Task[None]]:
    """The worker's own loop, running beside the test."""
    stop = asyncio.Event()
    loop = asyncio.create_task(worker.Lane(db, outward=outward).drain(stop))
    try:
        yield loop
    finally:
        stop.set()
        await asyncio.wait_for(loop, 10)


async def until(holds: Callable[[], bool], seconds: float = 25) -> None:
    give_up = asyncio.get_running_loop().time() + seconds
    while not holds():
        assert asyncio.get_running_loop().time() < give_up
        await asyncio.sleep(0.05)


async def done(db: Database, effect: str) -> None:
    async with asyncio.timeout(25):
        while effect not in await effects(db):  # noqa: ASYNC110 - another connection writes it
            await asyncio.sleep(0.05)
