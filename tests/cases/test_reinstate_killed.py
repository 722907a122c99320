"""The worker is killed while a licence is given back: started again, it stands again exactly once.

A lock on the row that is about to be written holds the worker in the middle. Killed there, its statement is either
undone with its connection, as where the machine falls, or it is carried out although nobody hears of it any more.
How it can fail (tried): leave the mark out of ``follow_licence``; leave it out of ``licences.reinstate``, together with
its question whether this ruling was carried out already.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests import make
from tests.cases import held
from tests.cases.holding_up import WAITING, held_up, until
from tests.cases.reconsidering import WHY, before_the_head, filed
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, licences, notices
from tongban.cases.actions import published
from tongban.cases.model.rulings import Ruling
from tongban.kit import clock, keys
from tongban.kit.db import Database
from tongban.kit.policy import VISITOR, Duty
from tongban.licences.model import Statement, row_holds
from tongban.worker import drain_once

pytestmark = [pytest.mark.kill, pytest.mark.timeout(120)]
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


async def drain(city: Database) -> None:
    while await drain_once(city):
        pass


async def killed_at(city: Database, dsn: str, row: str, *given: object, undone: bool) -> None:
    """Start a worker, kill it where it writes this row, and let the lease of its events run out.

    ``undone``: its connection dies with it. Else the database carries out what it was told.
    """
    async with held_up(dsn, f"SELECT 1 FROM {row} FOR UPDATE", *given) as other:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tongban", "worker"),
            env=os.environ | {"DATABASE_URL": dsn},
            start_new_session=True,
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            writing = await until(city, WAITING, other)
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            await worker.wait()
        if undone:
            await city.value("SELECT pg_terminate_backend($1)", writing)
            await until(city, GONE, writing)
    await until(city, GONE, writing)
    await city.run("UPDATE kit.outbox SET due_at = clock_timestamp() WHERE given_up_at IS NULL")


GONE = "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)"


async def overturned(city: Database, who: Resident) -> UUID:
    """A case whose permit was revoked; news that a reconsideration has overturned that waits for the worker."""
    first, now = await held.granted(city, who, now=MONDAY, place_name="望川小馆"), clock.now()
    row = await held.licence_of(city, who, first)
    officer = make.officer_with(row.issuer_code, Duty.APPROVE)
    why = {"reason": "申请时提交的排水监测报告经核实系伪造", "ground": "deceit", "heard": Statement("silent")}
    await drain(city)
    await licences.revoke(city, officer, licence=row.id, now=now, **why)  # type: ignore[arg-type]
    await drain(city)
    asked = await filed(city, who, "reconsideration", first, now=now)
    head = await before_the_head(city, asked, Ruling.REVOKE, now=now)
    await drain(city)
    await cases.approve(city, head, case_id=asked, note=WHY, ruling=Ruling.REVOKE, now=now)
    return first


async def waiting(city: Database, topic: str) -> int:
    return int(await city.value("SELECT count(*) FROM kit.outbox WHERE topic = $1", topic))


async def once(city: Database, owner: Resident, first: UUID, outside: Sandbox) -> None:
    """One step, decision, ledger row, letter and text, one publication; nothing waits any more."""
    assert await city.value("SELECT count(*) FROM kit.outbox") == 0
    assert [one["move"] for one in await make.steps(city, first)].count("reinstate_licence") == 1
    row = await held.licence_of(city, owner, first)
    kept = await licences.store.decisions_on(city, licence=row.id, holder=row.holder)
    assert [one.act for one in kept] == ["reinstate", "revoke"]
    ledger = [one["action"] for one in await make.ledger(city, row.id, "licences.")]
    assert ledger.count("licences.reinstate") == 1
    assert [one.row.case_id for one in await published(city, VISITOR, limit=5)] == [first]
    assert owner.actor.id is not None
    letters = [one.title.zh for one in await notices.inbox(city, owner.actor.id, before=None, limit=20)]
    assert letters.count("行政复议改变了对您的污水排入排水管网许可证的决定") == 1
    sent = outside.http.get("/sms/v1/messages", params={"phone": owner.phone}).json()
    for words in ("证照恢复有效", "作出决定：撤销原决定"):
        assert len([one for one in sent if words in one["text"]]) == 1, words


async def test_a_licence_stands_again_once_wherever_the_worker_is_killed(
    city: Database, city_dsn: str, owner: Resident, outside: Sandbox
) -> None:
    first = await overturned(city, owner)
    before = await held.licence_of(city, owner, first)
    licence = ("licences.licence WHERE bucket = $1 AND id = $2", before.bucket, before.id)
    await killed_at(city, city_dsn, *licence, undone=True)
    assert await held.licence_of(city, owner, first) == before, "nothing is there before the write"

    await killed_at(city, city_dsn, *licence, undone=False)
    back = await held.licence_of(city, owner, first)
    assert (back.state, back.revision) == ("valid", before.revision + 1) and row_holds(back, keys.current())
    assert await waiting(city, "cases.granted") == 1, "the worker has not said that it is done"

    case = await make.row(city, first)
    step = ('cases."case" WHERE bucket = $1 AND id = $2', case["bucket"], first)
    await killed_at(city, city_dsn, *step, undone=False)
    assert await waiting(city, "licences.reinstated") == 1
    await drain(city)
    await once(city, owner, first, outside)
    assert await held.licence_of(city, owner, first) == back
