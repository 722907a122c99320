"""Timers: set and cancelled with the change itself, fired once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tongban.kit import outbox, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HERE, LOST = Part("SELECT 1 AS one"), Part("SELECT 1 AS one WHERE false")


@pytest.fixture
def subject() -> UUID:
    return new_id(17)


def setting(subject: UUID, minutes: float, reference: str = "case-1", **payload: object) -> Part:
    return timers.setting(
        "t.wait", subject=subject, reference=reference, due=NOW + timedelta(minutes=minutes), payload=payload
    )


async def fired(db: Database, minutes: float) -> int:
    return await timers.fire_due(db, now=NOW + timedelta(minutes=minutes))


async def events(db: Database) -> list[outbox.Event]:
    return await outbox.claim(db, now=NOW + timedelta(days=1))


async def test_a_timer_fires_once_as_news_of_its_kind(db: Database, subject: UUID) -> None:
    await write(db, HERE, setting(subject, 10, x="y"))
    assert await fired(db, 9.9) == 0
    assert await fired(db, 10) == 1
    assert await fired(db, 20) == 0
    (event,) = await events(db)
    assert (event.topic, event.subject, event.reference, event.payload) == (
        "timer.t.wait",
        subject,
        "case-1",
        {"x": "y"},
    )


async def test_four_workers_at_once_fire_each_timer_once(db: Database, subject: UUID) -> None:
    for place in range(60):
        await write(db, HERE, setting(subject, place / 60, f"case-{place}"))
    counts = await asyncio.gather(*(timers.fire_due(db, now=NOW + timedelta(hours=1)) for _ in range(4)))
    while left := await fired(db, 60):
        counts.append(left)
    assert sum(counts) == 60
    assert await db.value("SELECT count(DISTINCT reference) FROM kit.outbox") == 60


async def test_setting_it_again_moves_it(db: Database, subject: UUID) -> None:
    await write(db, HERE, setting(subject, 10, n=1))
    await write(db, HERE, setting(subject, 30, n=2))
    assert await fired(db, 29) == 0
    assert await fired(db, 30) == 1
    (event,) = await events(db)
    assert event.payload == {"n": 2}


async def test_a_cancelled_timer_does_not_fire_and_cancelling_twice_is_nothing(
    db: Database, subject: UUID
) -> None:
    await write(db, HERE, setting(subject, 10), setting(subject, 10, "case-2"))
    cancelling = timers.cancelling("t.wait", subject=subject, reference="case-1")
    await write(db, HERE, cancelling)
    await write(db, HERE, cancelling)
    assert await fired(db, 60) == 1
    assert [event.reference for event in await events(db)] == ["case-2"]


async def test_a_lost_guard_neither_sets_nor_cancels(db: Database, subject: UUID) -> None:
    await write(db, LOST, setting(subject, 10))
    assert await fired(db, 60) == 0
    await write(db, HERE, setting(subject, 10))
    await write(db, LOST, timers.cancelling("t.wait", subject=subject, reference="case-1"))
    assert await fired(db, 60) == 1
