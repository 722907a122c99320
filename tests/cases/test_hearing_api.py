"""A hearing by program: how it stands with its limits, for its parties and for the desk; each word once for a key."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import make
from tests.cases.hearing import DAY, MONDAY, PLEA, SITTING, TOLD, colleague, sitting, told
from tests.cases.test_interested import BEARS, HEARD, named
from tests.cases.test_interested_words import REASON, both_told
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases.api import hearings as api
from tongban.cases.model import Move, NoSuchCase
from tongban.cases.model.hearing import Stage
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty


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
    assert desk.moves == [Move.FIX_HEARING, Move.TELL_INTERESTED]
    hers = await api.hearing_at_desk.fn(city, presider, at, owner.actor.id, case_id)
    assert hers.moves == [Move.HOLD_HEARING, Move.MISS_HEARING], "who presides has no duty, and no other move"
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
    assert (told_["word"], told_["stage"], told_["moves"]) == ("asked", "asked", ["drop_hearing"])
    back = token | {"idempotency-key": "another-key-of-hers"}
    for _ in range(2):
        answer = await web.post(f"{home}/hearing/withdrawal", json={}, headers=back)
        assert answer.json() == {"case": str(case_id), "state": "accepted"}
    told_ = (await web.get(home)).json()
    assert (told_["word"], told_["stage"], told_["moves"]) == ("dropped", None, [])


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
    assert (await web.get(home)).json()["moves"] == ["drop_hearing"]
    for key in ("a-key-to-take-it-back", "a-key-to-take-it-back", "a-third-key-of-hers"):
        back = await web.post(f"{home}/withdrawal", json={}, headers=token | {"idempotency-key": key})
        assert back.json() == {"case": str(case_id), "state": "accepted"}
    assert [one["move"] for one in await make.steps(city, case_id)].count("drop_hearing") == 1


class Program:
    """Somebody's program at a hearing: each act under a key of its own, sent twice, with one answer."""

    def __init__(self, web: Client, home: str) -> None:
        self.web, self.home, self.acts = web, home, 0

    async def begin(self, city: Database, who: Actor) -> None:
        await log_in(self.web, city, who)
        self.token = {"x-csrf-token": (await self.web.get("/api/v1/session")).json()["csrf"]}

    async def says(self, act: str, body: dict[str, Any], home: str = "") -> tuple[int, Any]:
        self.acts += 1
        key = self.token | {"idempotency-key": f"key-of-the-act-{self.acts:02d}"}
        first, again = [
            await self.web.post(f"{home or self.home}/hearing/{act}", json=body, headers=key)
            for _ in range(2)
        ]
        assert (first.status_code, first.text[:60]) == (again.status_code, again.text[:60])
        told_ = first.json()
        if first.status_code == 200:
            return 200, told_["state"]
        return first.status_code, (told_["type"].rpartition("/")[2], sorted(told_.get("fields", ())))


async def test_recusal_and_record_go_by_program_and_at_nobody_elses_address(
    web: Client, city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持", Duty.EXAMINE)
    head = await colleague(city, officer, "示例负责人", *OFFICERS_DUTIES)
    case_id = await both_told(city, owner, other, officer)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=MONDAY)
    await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=MONDAY + DAY)
    hers, his = f"/api/v1/interested/{case_id}", f"/api/v1/cases/{case_id}"
    her, applicant = Program(web, hers), Program(web, his)
    await her.begin(city, other.actor)
    assert (await web.get(hers)).json()["moves"] == ["ask_recusal", "leave_hearing"]
    assert await her.says("recusal", {"reason": "不行"}) == (422, ("reason-missing", ["/reason"]))
    assert await her.says("recusal", {"reason": PLEA}) == (200, "suspended")
    assert await her.says("recusal", {"reason": PLEA}) == (409, ("no-hearing-right", []))
    told_ = (await web.get(hers)).json()
    assert (told_["plea"]["reason"], told_["plea"]["granted"]) == (PLEA, None)
    assert told_["moves"] == ["leave_hearing"]
    for act in ("recusal", "confirmation", "withdrawal"):
        assert await her.says(act, {}, home=his) == (404, ("no-such-case", []))
    await cases.decide_recusal(city, head, case_id=case_id, granted="no", reason=REASON, now=MONDAY + 2 * DAY)
    await cases.hold_hearing(city, presider, case_id=case_id, posted=HEARD, now=SITTING + timedelta(hours=3))
    told_ = (await web.get(hers)).json()
    assert told_["moves"] == ["word_on_record"] and told_["record"]["agreed"] is None
    assert told_["record"]["examiner_said"] == HEARD["examiner_said"]
    assert HEARD["report"] not in str(told_)
    assert await her.says("confirmation", {}) == (422, ("hearing-incomplete", ["/agrees"]))
    assert await her.says("confirmation", {"agrees": False}) == (422, ("reason-missing", ["/reason"]))
    wrong = {"agrees": False, "reason": "笔录漏记了房东当面作证的内容。"}
    assert await her.says("confirmation", wrong) == (200, "suspended")
    told_ = (await web.get(hers)).json()
    assert (told_["record"]["agreed"], told_["record"]["objection"]) == (False, wrong["reason"])

    await applicant.begin(city, owner.actor)
    mine = (await web.get(f"{his}/hearing")).json()
    assert (mine["moves"], mine["plea"], mine["record"]["agreed"]) == (["sign_record"], None, None)
    for act in ("recusal", "confirmation", "withdrawal"):
        assert await applicant.says(act, {}, home=hers) == (404, ("no-such-case", []))
    assert await applicant.says("confirmation", {}) == (422, ("hearing-incomplete", ["/agrees"]))
    assert await applicant.says("confirmation", {"agrees": True}) == (200, "accepted")
    assert await applicant.says("confirmation", {"agrees": True}) == (200, "accepted")
    assert (await web.get(f"{his}/hearing")).json()["ended"] == "signed"
    made = [one["move"] for one in await make.steps(city, case_id)]
    assert (made.count("ask_recusal"), made.count("word_on_record"), made.count("sign_record")) == (1, 1, 1)
