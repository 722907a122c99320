"""A hearing by program: how it stands with its limits, for its applicant and for the desk; asked for once for a key."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from tests import make
from tests.cases.hearing import DAY, MONDAY, TOLD, colleague, sitting, told
from tests.cases.test_interested import BEARS, named
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases.api import hearings as api
from tongban.cases.model import Move, NoSuchCase
from tongban.cases.model.hearing import Stage
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor


async def read(city: Database, who: Resident, case_id: UUID) -> api.CaseHearing:
    answer: api.CaseHearing = await api.hearing.fn(city, who.actor, MONDAY + DAY, case_id)
    return answer


async def test_it_tells_how_it_stands_and_until_when(
    city: Database, owner: Resident, other: Resident, officer: Actor, elsewhere: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await told(city, owner, officer)
    mine = await read(city, owner, case_id)
    assert (mine.stage, mine.ask_by, mine.hold_by) == (Stage.TOLD, date(2026, 11, 30), None)
    assert mine.moves == [Move.ASK_HEARING, Move.WAIVE_HEARING]
    assert mine.notice is not None and mine.notice.intended == TOLD["intended"]
    with pytest.raises(NoSuchCase):
        await read(city, other, case_id)

    await cases.ask_hearing(city, owner.actor, case_id=case_id, wishes="我有房东的证明。", now=MONDAY + DAY)
    at = MONDAY + 2 * DAY
    await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=at)
    before = city.count
    desk = await api.hearing_at_desk.fn(city, officer, at, owner.actor.id, case_id)
    assert city.count - before == 1 and len(await make.ledger(city, case_id, "cases.read")) == 1
    assert (desk.stage, desk.hold_by, desk.wishes) == (Stage.FIXED, date(2026, 12, 22), "我有房东的证明。")
    assert desk.sitting is not None and desk.sitting.presider == "示例主持"
    assert set(desk.moves) == {
        *(Move.FIX_HEARING, Move.HOLD_HEARING, Move.MISS_HEARING, Move.TELL_INTERESTED)
    }
    with pytest.raises(NoSuchCase):
        await api.hearing_at_desk.fn(city, elsewhere, at, owner.actor.id, case_id)


async def test_an_interested_person_reads_what_concerns_her_and_answers_by_program(
    web: Client, city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    now = clock.now()
    case_id = await make.accepted(city, owner, officer)
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=now)
    home = f"/api/v1/interested/{case_id}"
    await log_in(web, city, owner.actor)
    assert (await web.get(home)).status_code == 404
    await log_in(web, city, other.actor)
    told_ = (await web.get(home)).json()
    assert told_["moves"] == ["interested_asks", "interested_waives"] and told_["stage"] is None
    assert told_["interest"] == BEARS["interest"] and told_["applicant"] != owner.name
    assert (await make.ledger(city, case_id))[-1]["action"] == "cases.read_interest"
    token = {"x-csrf-token": (await web.get("/api/v1/session")).json()["csrf"]}
    no = await web.post(f"{home}/hearing/waiver", json={}, headers=token)
    assert no.status_code == 400 and no.json()["type"] == "/problems/idempotency-key-missing"
    key = token | {"idempotency-key": "a-key-of-one-s-own"}
    for _ in range(2):
        answer = await web.post(f"{home}/hearing/request", json={"wishes": "没有同意出租"}, headers=key)
        assert answer.json() == {"case": str(case_id), "state": "suspended"}
    told_ = (await web.get(home)).json()
    assert (told_["word"], told_["stage"], told_["moves"]) == ("asked", "asked", [])


async def test_without_one_it_says_so(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    mine = await read(city, owner, case_id)
    assert (mine.stage, mine.told, mine.moves) == (None, None, [])


async def test_it_is_asked_for_once_for_a_key_and_refused_without_one(
    web: Client, city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await told(city, owner, officer, now=clock.now())
    await log_in(web, city, owner.actor)
    token = {"x-csrf-token": (await web.get("/api/v1/session")).json()["csrf"]}
    home = f"/api/v1/cases/{case_id}/hearing"
    no = await web.post(f"{home}/request", json={}, headers=token)
    assert no.status_code == 400 and no.json()["type"] == "/problems/idempotency-key-missing"
    key = token | {"idempotency-key": "a-key-of-one-s-own"}
    for _ in range(2):
        answer = await web.post(f"{home}/request", json={"wishes": "有人证"}, headers=key)
        assert answer.status_code == 200 and answer.json() == {"case": str(case_id), "state": "suspended"}
    assert (await web.get(home)).json()["stage"] == "asked"
    assert [one["move"] for one in await make.steps(city, case_id)].count("ask_hearing") == 1
    late = await web.post(
        f"{home}/waiver", json={}, headers=token | {"idempotency-key": "another-key-of-hers"}
    )
    assert late.status_code == 409
