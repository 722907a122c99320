"""Transfer of office: a department's open cases go over to its successor, each with its step and notice."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests import make
from tests.cases.test_desk import neighbours
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, regions
from tongban.cases.actions import desk
from tongban.cases.actions.worklist import succeeding
from tongban.cases.model import NoSuccessor, ReasonMissing
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

BASIS = "市政府关于调整部分机构职责的通知（演示）"


async def test_all_that_is_open_goes_over_and_the_rest_stays(
    city: Database, outside: Sandbox, owner: Resident, officer: Actor, elsewhere: Actor, monkeypatch: Any
) -> None:
    monkeypatch.setattr(succeeding, "BATCH", 2)
    people = [owner, *await neighbours(city, outside, owner, 4)]
    waiting = await make.submitted(city, people[0])
    working = [await make.accepted(city, one, officer) for one in people[1:3]]
    made = await make.approved(city, people[3], officer)
    ended = await make.accepted(city, people[4], officer)
    await cases.refuse(city, officer, case_id=ended, reason=make.REASON, now=clock.now())
    before = await make.row(city, working[0])
    former, successor = officer.department or "", elsewhere.department or ""
    told: list[int] = []

    def stop(moved: int) -> None:
        told.append(moved)
        if moved == 2:
            raise KeyboardInterrupt

    moving = {"former": former, "successor": successor, "basis": BASIS, "now": clock.now()}
    with pytest.raises(KeyboardInterrupt):
        await cases.succeed(city, progress=stop, **moving)
    count = city.count
    assert await cases.succeed(city, **moving) == 2
    assert city.count - count == 2 + 2 * 1 + 2, "begun and ended, two per batch of reads, a write a case"
    assert await cases.succeed(city, **moving) == 0
    for case_id in (waiting, *working, made):
        found = await make.everything(city, case_id)
        assert found["row"]["department"] == successor and found["steps"][-1]["move"] == "succeed"
        assert found["steps"][-1]["detail"]["basis"] == BASIS and found["news"][-1] == "cases.succeeded"
    after = await make.row(city, working[0])
    assert (after["state"], after["promise_due"], after["district"]) == (
        before["state"],
        before["promise_due"],
        before["district"],
    )
    assert (await make.row(city, ended))["department"] == former
    now = clock.now()
    assert len(await desk(city, elsewhere, after=None, limit=9, now=now)) == 3
    assert await desk(city, officer, after=None, limit=9, now=now) == []
    await cases.accept(city, elsewhere, case_id=waiting, now=now)
    note = await city.row("SELECT * FROM cases.succession")
    assert note is not None and note["done_at"] is not None
    shown = await cases.progress(city, people[1].actor, case_id=working[0])
    assert shown.events[-1].move == "succeed"


async def test_another_department_on_an_act(city: Database, officer: Actor, elsewhere: Actor) -> None:
    former, successor = officer.department or "", elsewhere.department or ""
    with pytest.raises(NoSuccessor):
        await cases.succeed(city, former=former, successor=former, basis=BASIS, now=clock.now())
    with pytest.raises(regions.DepartmentUnknown):
        await cases.succeed(city, former=former, successor="nowhere", basis=BASIS, now=clock.now())
    with pytest.raises(ReasonMissing):
        await cases.succeed(city, former=former, successor=successor, basis="合并", now=clock.now())


async def test_the_command(
    city: Database, city_dsn: str, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    ran = await asyncio.to_thread(
        subprocess.run,
        [
            *(sys.executable, "-m", "tongban", "staff", "succeed", "--json"),
            *(officer.department or "", elsewhere.department or "", "--basis", BASIS),
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"DATABASE_URL": city_dsn},
        check=True,
    )
    assert json.loads(ran.stdout)["moved"] == 1
    assert (await make.row(city, case_id))["department"] == elsewhere.department
