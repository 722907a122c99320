"""Cards, against the real card maker of the sandbox: each licence becomes valid once, whatever dies when."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
import structlog

from tests.world import peopled
from tongban import licences, settings
from tongban.kit import keys, outbox
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of, new_bucket, new_id
from tongban.kit.policy import VISITOR
from tongban.licences import State, Verdict, jobs, model, store
from tongban.licences.model import Licence, row_holds
from tongban.licences.providers import card_maker
from tongban.worker import drain_once

from .card_maker import Maker
from .conftest import DEPARTMENT, NAME, NOW, NUMBER, TYPE, Founding


@pytest.fixture(scope="module")
def maker(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    folder = peopled(tmp_path_factory.mktemp("cards"), tmp_path_factory)
    running = Maker(folder, data_dir / "keys" / "node.pub.pem")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONGBAN_SANDBOX_URL", running.url)
        settings.reload()
        yield running
    settings.reload()
    running.kill()


async def drain(db: Database, now: datetime) -> None:
    """What the worker does with licences.making."""
    events = await outbox.claim(db, now=now)
    for event in events:
        if event.topic == "licences.making":
            try:
                await jobs.order_card(db, event, now=now)
            except Exception as repeated:
                if not outbox.already_handled(repeated):
                    raise
    await outbox.finish(db, [event for event in events if event.topic == "licences.making"])


async def until_valid(db: Database, row: Licence, now: datetime) -> Licence:
    """Let the worker's jobs run until the licence is valid."""
    for _ in range(60):
        now += timedelta(seconds=25)  # past any lease of a worker that died
        await drain(db, now)
        await jobs.send_batches(db, now=now)
        await asyncio.sleep(0.08)
        await jobs.collect_cards(db, now=now + timedelta(seconds=2))
        found = await store.licence(db, bucket=row.bucket, licence=row.id)
        assert found is not None
        if found.state is State.VALID:
            return found
    raise AssertionError(dict(await store.backlog(db, now=now)))


async def made(maker: Maker) -> None:
    """Wait until the card maker has made what it was sent."""
    theirs = sqlite3.connect(maker.data / "cards.sqlite", isolation_level=None)
    (done_at,) = theirs.execute("SELECT max(done_at) FROM batch").fetchone()
    theirs.close()
    await asyncio.sleep(max(0.0, done_at - time.time()) + 0.02)


async def once_only(db: Database, row: Licence) -> None:
    """Everything that belongs to an issued licence is there exactly once."""
    for sql in (
        "SELECT count(*) FROM kit.outbox WHERE topic = 'licences.issued' AND reference = $1",
        "SELECT count(*) FROM audit.ledger WHERE action = 'licences.issue' AND reference = $1",
        "SELECT count(*) FROM audit.ledger WHERE action = 'licences.make_card' AND reference = $1",
    ):
        assert await db.value(sql, str(row.reference)) == 1, sql
    for sql in (
        "SELECT count(*) FROM licences.identifier_index WHERE licence = $1",
        "SELECT count(*) FROM licences.card_order WHERE licence = $1 AND state = 'made'",
        "SELECT count(*) FROM audit.purpose WHERE id = $1",
    ):
        assert await db.value(sql, row.id) == 1, sql


async def test_from_founding_to_a_valid_licence(city: Database, founded: Founding, maker: Maker) -> None:
    row = await founded()
    valid = await until_valid(city, row, NOW)
    assert row_holds(valid, keys.current())
    assert valid.number
    assert valid.identifier is not None
    parts = model.parse(valid.identifier)
    assert (parts.type_code, parts.serial, parts.version) == (row.type_code, valid.number, 1)
    assert parts.issuer == valid.issuer_uscc
    assert valid.issued_at is not None
    assert valid.valid_from == valid.issued_at.date()
    await once_only(city, valid)
    event = await city.row("SELECT * FROM kit.outbox WHERE topic = 'licences.issued'")
    assert event is not None
    assert (event["subject"], event["reference"]) == (row.holder, str(row.reference))
    finding = await licences.verify(city, VISITOR, asked=valid.identifier, now=NOW + timedelta(hours=1))
    assert finding.verdict is Verdict.VALID
    assert (await store.backlog(city, now=NOW))["batches_in_making"] == 0


class DiedError(Exception):
    """The worker is gone."""


class Dying(Database):
    """A handle whose process dies at its n-th statement: before it is sent, or after it was done."""

    def __init__(self, real: Database, statement: int, *, after: bool) -> None:
        super().__init__(real._connections, real.origin)
        self._left = statement
        self._after = after

    async def _do(self, work: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise DiedError
        answer = await super()._do(work, *args)
        if self._left == 0:
            raise DiedError
        return answer


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("statement", range(1, 8))
@pytest.mark.parametrize("step", ["order", "send", "collect"])
async def test_a_worker_that_dies_at_any_statement_loses_and_doubles_nothing(
    city: Database, founded: Founding, maker: Maker, step: str, statement: int, after: bool
) -> None:
    rows = [await founded(holder=new_id(new_bucket())) for _ in range(2)]
    now = NOW
    dying = Dying(city, statement, after=after)
    steps: list[tuple[str, Callable[[Database], Awaitable[Any]]]] = [
        ("order", lambda db: drain(db, now)),
        ("send", lambda db: jobs.send_batches(db, now=now)),
        ("collect", lambda db: jobs.collect_cards(db, now=now + timedelta(seconds=2))),
    ]
    for name, work in steps:
        if name != step:
            await work(city)
            await asyncio.sleep(0.08 if name == "send" else 0)
            continue
        try:
            await work(dying)
        except DiedError:
            break
    for row in rows:
        await once_only(city, await until_valid(city, row, now))


async def test_two_workers_at_once_make_each_card_once(
    city: Database, founded: Founding, maker: Maker
) -> None:
    rows = [await founded(holder=new_id(new_bucket())) for _ in range(12)]
    await drain(city, NOW)
    for second in range(40):
        now = NOW + timedelta(seconds=second)
        await asyncio.gather(*(jobs.send_batches(city, now=now) for _ in range(3)))
        await asyncio.sleep(0.05)
        await asyncio.gather(*(jobs.collect_cards(city, now=now) for _ in range(3)))
        if await city.value("SELECT count(*) FROM licences.card_order WHERE state = 'made'") == len(rows):
            break
    serials = set()
    for row in rows:
        valid = await store.licence(city, bucket=row.bucket, licence=row.id)
        assert valid is not None
        assert valid.state is State.VALID
        serials.add(valid.number)
        await once_only(city, valid)
    assert len(serials) == len(rows)


async def test_a_card_maker_that_is_away_is_waited_for_with_back_off(
    city: Database, founded: Founding, maker: Maker
) -> None:
    row = await founded()
    await drain(city, NOW)
    maker.fault("down")
    try:
        assert await jobs.send_batches(city, now=NOW) == 0
        batch = await city.row("SELECT * FROM licences.card_batch")
        assert batch is not None
        assert (batch["state"], batch["attempts"]) == ("closed", 1)
        assert "503" in batch["last_error"]
        assert NOW + timedelta(seconds=1) <= batch["due_at"] < NOW + timedelta(seconds=20)
        await jobs.send_batches(city, now=batch["due_at"])
        due = await city.value("SELECT due_at FROM licences.card_batch")
        assert batch["due_at"] + timedelta(seconds=2) <= due < batch["due_at"] + timedelta(seconds=20)
        backlog = await store.backlog(city, now=NOW + timedelta(seconds=10))
        assert backlog["batches_to_send"] == 1
        assert backlog["oldest_seconds"] == 10
    finally:
        maker.fault("off")
    await once_only(city, await until_valid(city, row, NOW))


async def test_a_slow_card_maker_holds_one_lease_and_is_asked_later_than_it_answered(
    city: Database, founded: Founding, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two batches are due; the card maker keeps the first waiting longer than the back-off is."""
    for _ in range(2):
        await founded(holder=new_id(new_bucket()))
        await drain(city, NOW)
        await store.close_batch(city, batch_id=new_id(1), type_code=TYPE, size=1, now=NOW)
    monkeypatch.setattr(card_maker, "TIMEOUT_SECONDS", 2.0)
    maker.fault("slow")
    try:
        assert await jobs.send_batches(city, now=NOW) == 0
    finally:
        maker.fault("off")
    tried, untried = await city.rows("SELECT * FROM licences.card_batch ORDER BY attempts DESC")
    assert (tried["attempts"], tried["last_error"]) == (1, "TimeoutError")
    assert tried["due_at"] >= NOW + timedelta(seconds=3), (
        "a second after it was waited for, not after it began"
    )
    assert (untried["attempts"], untried["due_at"]) == (0, NOW), "due for whoever comes next"
    assert await jobs.send_batches(city, now=NOW + timedelta(seconds=1)) == 1


async def test_a_card_maker_killed_between_batch_and_cards_goes_on(
    city: Database, founded: Founding, maker: Maker
) -> None:
    row = await founded()
    await drain(city, NOW)
    assert await jobs.send_batches(city, now=NOW) == 1
    maker.kill()
    assert await jobs.collect_cards(city, now=NOW + timedelta(seconds=2)) == 0
    assert "ConnectError" in await city.value("SELECT last_error FROM licences.card_batch")
    maker.start()
    await once_only(city, await until_valid(city, row, NOW))


async def test_a_batch_that_the_card_maker_forgot_is_sent_again(
    city: Database, founded: Founding, maker: Maker
) -> None:
    row = await founded()
    await drain(city, NOW)
    await jobs.send_batches(city, now=NOW)
    await city.run("UPDATE licences.card_batch SET batch_id = $1", forgotten := new_id(1))
    await city.run("UPDATE licences.card_order SET batch_id = $1", forgotten)
    await jobs.collect_cards(city, now=NOW + timedelta(seconds=2))
    assert await city.value("SELECT state FROM licences.card_batch") == "closed"
    await once_only(city, await until_valid(city, row, NOW))


async def test_a_done_batch_without_one_of_its_cards_is_asked_less_and_less_and_told_once_a_try(
    city: Database, founded: Founding, maker: Maker
) -> None:
    """The card maker's own entry is one order short, until somebody there mends it."""
    rows = [await founded(holder=new_id(new_bucket())) for _ in range(2)]
    await drain(city, NOW)
    await jobs.send_batches(city, now=NOW)
    await made(maker)
    theirs = sqlite3.connect(maker.data / "cards.sqlite", isolation_level=None)
    batch, orders = theirs.execute("SELECT batch_id, orders FROM batch ORDER BY accepted_at DESC").fetchone()
    put = "UPDATE batch SET orders = ? WHERE batch_id = ?"
    theirs.execute(put, (msgspec.json.encode(msgspec.json.decode(orders)[:1]).decode(), batch))
    now, issued = NOW + timedelta(seconds=2), 0
    with structlog.testing.capture_logs() as told:
        for attempt in range(1, 4):
            issued += await jobs.collect_cards(city, now=now)
            kept = await city.row("SELECT * FROM licences.card_batch")
            assert kept is not None
            assert (kept["state"], kept["attempts"]) == ("sent", attempt)
            assert "1 missing" in kept["last_error"]
            assert kept["due_at"] >= now + timedelta(seconds=2 ** (attempt - 1))
            now = kept["due_at"]
    assert issued == 1
    assert [line["event"] for line in told].count("cards missing") == 3
    assert not [secret for secret in (NAME, NUMBER) if secret in str(told)]
    theirs.execute(put, (orders, batch))
    theirs.close()
    assert await jobs.collect_cards(city, now=now) == 1
    assert await city.value("SELECT state FROM licences.card_batch") == "done"
    for row in rows:
        await once_only(city, row)


async def test_a_licence_that_is_altered_or_not_there_is_not_asked_for_again(
    city: Database, founded: Founding
) -> None:
    """Its event is given up and stands before the operator, without a name or a number."""
    row = await founded()
    await city.run("UPDATE licences.licence SET issuer_code = 'police-310101' WHERE id = $1", row.id)
    assert await drain_once(city, now=NOW) == 1
    [trouble] = await outbox.troubles(city)
    reason = "licences.jobs.order_card: RefusedForGood: the licence's row is not as it was signed"
    assert (trouble.topic, trouble.given_up, trouble.reason) == ("licences.making", True, reason)
    [event] = await outbox.given_up(city)
    nowhere = {"licence": str(new_id(row.bucket)), "purpose": None}
    with pytest.raises(outbox.RefusedForGood, match="no such licence"):
        await jobs.order_card(city, msgspec.structs.replace(event, payload=nowhere), now=NOW)
    assert await city.value("SELECT count(*) FROM licences.card_order") == 0


async def test_an_order_that_cannot_be_made_is_halted_and_does_not_hold_up_the_others(
    city: Database, founded: Founding, maker: Maker
) -> None:
    wrong = await founded(
        holder=new_id(new_bucket()), number="341302199503071240"
    )  # its check digit does not fit
    right = await founded(holder=new_id(new_bucket()))
    valid = await until_valid(city, right, NOW)
    await once_only(city, valid)
    halted = await city.row("SELECT * FROM licences.card_order WHERE licence = $1", wrong.id)
    assert halted is not None
    assert halted["state"] == "halted"
    assert "400" in halted["problem"]


async def test_a_row_altered_while_its_card_is_made_never_becomes_valid(
    city: Database, founded: Founding, maker: Maker
) -> None:
    """Somebody with the database password puts his own holder into a licence in making."""
    row = await founded()
    await drain(city, NOW)
    await jobs.send_batches(city, now=NOW)
    await made(maker)
    thief: UUID = new_id(bucket_of(row.holder))
    await city.run("UPDATE licences.licence SET holder = $2 WHERE id = $1", row.id, thief)
    assert await jobs.collect_cards(city, now=NOW + timedelta(seconds=2)) == 0
    found = await store.licence(city, bucket=row.bucket, licence=row.id)
    assert found is not None
    assert found.state is State.MAKING
    assert await city.value("SELECT state FROM licences.card_order") == "halted"
    assert row.issuer_code == DEPARTMENT
