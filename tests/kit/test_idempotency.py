"""Idempotency keys: the same key and body, the same answer; another body is refused; in flight waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tongban.kit import idempotency, sweeps
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_
from tongban.kit.idempotency import KeyReused, Remembering, StillRunning, answer_once

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


class Room:
    """A verb that makes one row each time that it runs."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.runs = 0

    async def act(self, remembering: Remembering) -> dict[str, Any]:
        self.runs += 1
        answer = {"made": self.runs}
        await write(
            self.db, Part("INSERT INTO made.thing VALUES (1) RETURNING 1 AS one"), *remembering(answer)
        )
        return answer

    async def once(
        self, key: str | None, body: Any = "body", *, caller: str = "resident:1", bucket: int = 3
    ) -> Any:
        return await answer_once(self.db, self.act, bucket=bucket, caller=caller, key=key, body=body, now=NOW)

    async def made(self) -> int:
        return int(await self.db.value("SELECT count(*) FROM made.thing"))


@pytest.fixture
async def room(db: Database) -> Room:
    await db.run("CREATE SCHEMA made")
    await db.run("CREATE TABLE made.thing (n integer)")
    return Room(db)


async def test_the_same_key_and_body_give_the_first_answer(room: Room) -> None:
    first = await room.once("key-00001", {"b": 1, "a": [2]})
    assert await room.once("key-00001", {"a": [2], "b": 1}) == first == {"made": 1}
    assert await room.made() == 1


async def test_another_body_is_refused_and_nothing_is_made(room: Room) -> None:
    await room.once("key-00001")
    with pytest.raises(KeyReused) as told:
        await room.once("key-00001", "another body")
    assert told.value.status == 422 and "幂等键" in str(told.value.message)
    assert await room.made() == 1


async def test_keys_are_a_callers_own(room: Room) -> None:
    for caller, bucket in (("resident:1", 3), ("resident:2", 3), ("resident:1", 4)):
        await room.once("key-00001", caller=caller, bucket=bucket)
    assert await room.made() == 3


async def test_without_a_key_each_is_one_more(room: Room) -> None:
    assert [await room.once(None), await room.once(None)] == [{"made": 1}, {"made": 2}]


async def test_eight_at_once_are_one(room: Room) -> None:
    answers = await asyncio.gather(*(room.once("key-00001") for _ in range(8)))
    assert await room.made() == 1
    assert len({str(answer) for answer in answers}) == 1


async def test_a_request_in_flight_is_waited_for_and_its_answer_given(room: Room) -> None:
    async with _held(room, "key-00001", {"made": "first"}) as let_go:
        waiting = asyncio.create_task(room.once("key-00001"))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await let_go()
        assert await waiting == {"made": "first"}
    assert await room.made() == 0


async def test_one_that_does_not_end_in_time_is_told_to_come_again(room: Room) -> None:
    connections = room.db._connections
    for connection in [await connections.take(wait_seconds=1) for _ in range(connections.size)]:
        await connection.execute("SET lock_timeout = 300")
        connections.give_back(connection)
    async with _held(room, "key-00001", {"made": "first"}):
        with pytest.raises(StillRunning) as told:
            await room.once("key-00001")
    assert told.value.status == 409 and told.value.retry_after == 2


class _held:  # noqa: N801 - reads like the function that it is
    """Somebody else's request with this key, between its insert and its commit."""

    def __init__(self, room: Room, key: str, answer: dict[str, Any]) -> None:
        self.room, self.key, self.answer = room, key, answer

    async def __aenter__(self) -> Callable[[], Awaitable[None]]:
        self.connection = await self.room.db._connections.take(wait_seconds=1)
        self.transaction = self.connection.transaction()
        await self.transaction.start()
        await self.connection.execute(
            "INSERT INTO kit.idempotency VALUES (3, 'resident:1', $1, $2, $3, now())",
            self.key,
            idempotency.body_hash("body"),
            self.answer,
        )
        self.open = True
        return self.let_go

    async def let_go(self) -> None:
        if self.open:
            self.open = False
            await self.transaction.commit()

    async def __aexit__(self, *_: object) -> None:
        if self.open:
            await self.transaction.rollback()
        self.room.db._connections.give_back(self.connection)


async def test_a_refusal_of_ones_own_repetition_gives_the_answer_and_a_real_one_stands(room: Room) -> None:
    await room.once("key-00001")

    async def refuses(_: Remembering) -> dict[str, Any]:
        raise Conflict("moved-on", N_("该办件刚刚有了变化，请查看最新内容后再操作。"))

    async def again(key: str) -> Any:
        return await answer_once(
            room.db, refuses, bucket=3, caller="resident:1", key=key, body="body", now=NOW
        )

    assert await again("key-00001") == {"made": 1}
    with pytest.raises(Conflict, match="moved-on"):
        await again("key-00002")


async def test_another_unique_violation_is_not_taken_for_the_keys(room: Room) -> None:
    await room.db.run("CREATE UNIQUE INDEX one_thing ON made.thing (n)")
    await room.once("key-00001")
    with pytest.raises(Exception, match="one_thing"):
        await room.once("key-00002")


async def test_old_answers_are_dropped(room: Room) -> None:
    await room.once("key-00001")
    await sweeps.ANSWERS(room.db, look=False, before=NOW)
    assert await room.once("key-00001") == {"made": 1}
    await sweeps.ANSWERS(room.db, look=False, before=NOW + timedelta(seconds=1))
    assert await room.once("key-00001") != {"made": 1}
