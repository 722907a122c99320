"""Transfer of office: a department's open cases go over to its successor, each with its step and notice."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests import make
from tests.cases import held, reconsidering
from tests.cases.test_desk import neighbours
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, licences, regions
from tongban.cases import jobs
from tongban.cases.actions import (
    answer_supervision,
    asked_case,
    asked_of_us,
    desk,
    supervise,
    supervision_records,
)
from tongban.cases.actions import done as desk_done
from tongban.cases.actions.worklist import succeeding
from tongban.cases.model import NoSuccessor, ReasonMissing
from tongban.cases.model.rulings import Ruling
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import OFFICERS_DUTIES, Actor

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = MONDAY + 26 * DAY
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


async def merged(city: Database, *offices: str | None) -> Actor:
    """One office after the other goes over to the next, the last to one that has none of them; gives its head."""
    last = next(
        one.code
        for one in await regions.departments(city)
        if one.kind != regions.GOVERNMENT and one.code not in offices
    )
    line = [office or "" for office in offices]
    for former, successor in zip(line, [*line[1:], last], strict=True):
        await cases.succeed(city, former=former, successor=successor, basis=BASIS, now=NOW)
    return make.officer_with(last, *OFFICERS_DUTIES)


async def test_a_licence_and_an_ended_case_are_the_successors_and_no_row_moves(
    city: Database, outside: Sandbox, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    """From A to B and from B to C: what A decided and issued is C's; what lives again goes on at C's desk."""
    (other,) = await neighbours(city, outside, owner, 1)
    gave = await held.granted(city, owner, now=MONDAY)
    issuer = (await held.desk(city, gave)).department
    wrong, contested = [await make.accepted(city, one, officer, now=MONDAY) for one in (owner, other)]
    for case_id in (wrong, contested):
        await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=NOW - DAY)
    row = await held.licence_of(city, owner, gave)
    with pytest.raises(licences.LicenceUnknown):
        await licences.suspend(city, elsewhere, licence=row.id, reason=make.REASON, now=NOW)
    head = await merged(city, issuer, officer.department, elsewhere.department)

    count, how = city.count, {"ground": "own", "basis": BASIS}
    await licences.suspend(city, head, licence=row.id, reason=make.REASON, now=NOW, **how)
    assert city.count - count == 3, "the licence, whose office it is, the write"
    decided_on = await licences.decision(city, licence=row.id, revision=row.revision + 1)
    assert decided_on is not None and decided_on.department == head.department
    assert (await held.licence_of(city, owner, gave)).issuer_code == issuer

    count, subject = city.count, owner.actor.id or wrong
    assert {one.id for one in await desk_done(city, head, before=None, limit=9)} >= {wrong, contested}
    assert city.count - count == 1
    await cases.open_case(city, head, case_id=wrong, subject=subject, ground="inspection", now=NOW)
    handed = {"way": "counter", "receiver": "本人", "note": "", "key": None}
    await cases.deliver(city, head, case_id=wrong, now=NOW, **handed)
    given = (await make.steps(city, wrong))[-1]["detail"]["paper"]["organ"]
    assert given == msgspec.to_builtins((await regions.department(city, head.department or "")).name)
    assert (await make.row(city, wrong))["department"] == officer.department
    await cases.rectify(city, head, case_id=wrong, reason=make.REASON, now=NOW)
    assert (await make.row(city, wrong))["department"] == head.department
    asked = await reconsidering.filed(city, other, "reconsideration", contested, now=NOW)
    news = await reconsidering.decided(city, asked, Ruling.REVOKE_ANEW, now=NOW + DAY)
    await jobs.apply_outcome(city, news, now=NOW + DAY)
    revived = await make.row(city, contested)
    assert (revived["state"], revived["department"]) == ("accepted", head.department)


async def test_the_successor_answers_records_and_questions(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    asking = await held.filed(city, owner, held.ITEM, now=MONDAY)
    asker = await held.desk(city, asking)
    await cases.accept(city, asker, case_id=asking, now=MONDAY)
    question = {"department": officer.department, "days": "5", "question": "请核对该处房屋的登记信息。"}
    await cases.consult(city, asker, case_id=asking, now=MONDAY, **question)
    late = await make.accepted(city, owner, officer, now=MONDAY)
    await supervise(city, now=MONDAY)
    await supervise(city, now=NOW)
    await cases.refuse(city, officer, case_id=late, reason=make.REASON, now=NOW)
    head = await merged(city, officer.department, elsewhere.department)

    one = next(one for one in await supervision_records(city, head, limit=50) if one.case_id == late)
    key = (one.bucket, one.case_id, one.rule, one.occasion)
    await answer_supervision(city, head, record=key, words="原部门当时人手不足，已作说明。", now=NOW)
    (waits,) = await asked_of_us(city, head, after=None, limit=9)
    _, asked = await asked_case(city, head, case_id=waits.case_id, subject=owner.actor.id or asking, now=NOW)
    assert asked.department == officer.department
    answer = {"agrees": "yes", "reason": "经与房屋登记簿核对，所报信息与登记一致。"}
    await cases.advise(city, head, case_id=asking, posted=answer, now=NOW)
    assert await asked_of_us(city, head, after=None, limit=9) == []
