"""Supervision: each rule leaves one record, asked of its owner, handed on, answered once; citizens see none of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases import jobs
from tongban.cases.actions import (
    answer_supervision,
    deem_accepted,
    special_overran,
    supervise,
    supervision_records,
)
from tongban.cases.model import Lamp, NoSuchRecord, ReasonMissing, lamp_of
from tongban.cases.model.course import LimitKind
from tongban.cases.model.supervision import RULES, Record, RuleName
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Role

#: A Monday at 10 in the city.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ANSWER = "系统故障导致未及时办理，已于今日办结并说明。"


async def found(city: Database, actor: Actor, **more: Any) -> list[Record]:
    return await supervision_records(city, actor, limit=50, **more)


def names(records: list[Record]) -> set[str]:
    return {str(one.rule) for one in records}


async def test_the_watch_records_each_date_once_as_it_is_reached(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    await make.limits(city, statutory_days=20)
    await make.submitted(city, other, now=MONDAY)
    await make.accepted(city, owner, officer, now=MONDAY)
    assert await supervise(city, now=MONDAY + 2 * DAY) == 0
    assert await supervise(city, now=MONDAY + 7 * DAY) == 1
    assert names(await found(city, await make.desk_of(city, other))) == {"accept_near"}
    await supervise(city, now=MONDAY + 18 * DAY)
    assert "promise_near" in names(await found(city, officer))
    await supervise(city, now=MONDAY + 22 * DAY)
    await supervise(city, now=MONDAY + 29 * DAY)
    told = await found(city, officer)
    assert {"promise_near", "promise_late", "statutory_late"} <= names(told)
    before = len(told)
    assert await supervise(city, now=MONDAY + 30 * DAY) == 0, "nothing twice"
    assert len(await found(city, officer)) == before
    late = next(one for one in told if one.rule is RuleName.PROMISE_LATE)
    assert late.number == f"{late.short_code}-JC04" and late.department == officer.department


async def test_a_promise_ends_with_the_law_where_the_laws_days_are_over_first(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """A passport: fifteen days from receipt, the seven working days of the promise from acceptance (护照法 art. 6).

    Then both are missed at once, and the lamp is double; also of a case that was reckoned before this was so.
    """
    await make.limits(
        city, decision_from="received", statutory_days=15, statutory_unit="calendar", promise_days=7
    )
    received = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
    case_id = await make.submitted(city, owner, now=received)
    await cases.accept(city, officer, case_id=case_id, now=received + 7 * DAY)
    row = await make.row(city, case_id)
    assert (
        row["promise_due"] == row["statutory_due"] == datetime(2026, 11, 17, 15, 59, 59, 999999, tzinfo=UTC)
    )
    after = row["statutory_due"] + timedelta(hours=1)
    lamp = lamp_of(
        due=row["promise_due"], warn_at=row["warn_at"], statutory_due=row["statutory_due"], now=after
    )
    assert lamp is Lamp.DOUBLE
    _, limits = await cases.explain(city, code=row["short_code"])
    promise = next(one for one in limits if one.kind is LimitKind.PROMISE)
    assert promise.by_law and promise.kept and promise.days_told[-1].day == promise.end
    await supervise(city, now=after - DAY)
    later = row["promise_due"] + DAY
    await city.sibling().run('UPDATE cases."case" SET promise_due = $2 WHERE id = $1', case_id, later)
    await supervise(city, now=after)
    await supervise(city, now=after + DAY)
    assert {"promise_late", "statutory_late"} <= names(await found(city, officer))
    await city.sibling().run("DELETE FROM cases.supervision; DELETE FROM cases.watch")
    await city.sibling().run('UPDATE cases."case" SET promise_due = statutory_due WHERE id = $1', case_id)
    await supervise(city, now=after - DAY)
    await supervise(city, now=after)
    assert {"promise_late", "statutory_late"} <= names(await found(city, officer))


async def test_a_watch_that_slept_makes_up_for_it(city: Database, owner: Resident, officer: Actor) -> None:
    await make.accepted(city, owner, officer, now=MONDAY)
    await supervise(city, now=MONDAY)
    await supervise(city, now=MONDAY + 25 * DAY)
    assert {"promise_near", "promise_late"} <= names(await found(city, officer))


async def test_unanswered_records_go_up_to_the_head_and_the_supervising_office(
    city: Database, owner: Resident, officer: Actor
) -> None:
    await make.accepted(city, owner, officer, now=MONDAY)
    await supervise(city, now=MONDAY + 21 * DAY + timedelta(hours=14))
    (late,) = [one for one in await found(city, officer) if one.rule is RuleName.PROMISE_LATE]
    assert late.owner == "head"
    await supervise(city, now=MONDAY + 25 * DAY)
    office = Actor(Role.OFFICER, officer.id, "督办员", "gov-office-310000")
    (up,) = [one for one in await found(city, office) if one.rule is RuleName.PROMISE_LATE]
    assert up.owner == "supervision"
    key = (up.bucket, up.case_id, up.rule, up.occasion)
    with pytest.raises(ReasonMissing):
        await answer_supervision(city, officer, record=key, words="好的", now=MONDAY + 26 * DAY)
    await answer_supervision(city, officer, record=key, words=ANSWER, now=MONDAY + 26 * DAY)
    with pytest.raises(NoSuchRecord):
        await answer_supervision(city, officer, record=key, words=ANSWER, now=MONDAY + 26 * DAY)
    (told,) = await found(city, officer, answered=True)
    assert told.answer == ANSWER and told.answered_by == f"{officer.name}（负责人）"


async def test_another_department_neither_sees_nor_answers(
    city: Database, owner: Resident, officer: Actor, elsewhere: Actor
) -> None:
    await make.accepted(city, owner, officer, now=MONDAY)
    await supervise(city, now=MONDAY + 25 * DAY)
    assert await found(city, elsewhere) == []
    one = (await found(city, officer))[0]
    with pytest.raises(NoSuchRecord):
        await answer_supervision(
            city,
            elsewhere,
            record=(one.bucket, one.case_id, one.rule, one.occasion),
            words=ANSWER,
            now=MONDAY + 25 * DAY,
        )


async def test_steps_that_break_a_rule_leave_their_record_once(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    twice = await make.submitted(city, owner, now=MONDAY)
    for day in range(2):
        await cases.ask_correction(
            city, officer, case_id=twice, said={"card_address": "请补全室号。"}, now=MONDAY + day * DAY
        )
        await cases.correct(city, owner.actor, case_id=twice, key=str(day), now=MONDAY + day * DAY)
    silent = await make.submitted(city, other, now=MONDAY)
    news = make.event("timer", subject=other.actor.id, reference=silent)  # type: ignore[arg-type]
    await deem_accepted(city, case_id=silent, event=news, now=MONDAY + 8 * DAY)
    for topic, who, case_id in (
        ("cases.correction_asked", owner, twice),
        ("cases.correction_asked", owner, twice),
        ("cases.accepted", other, silent),
    ):
        event = make.event(topic, subject=who.actor.id, reference=case_id)  # type: ignore[arg-type]
        await jobs.supervise_step(city, event, now=MONDAY + 9 * DAY)
    for desk, rule in ((officer, "correction_twice"), (await make.desk_of(city, other), "accept_late")):
        assert [str(one.rule) for one in await found(city, desk)].count(rule) == 1
    assert await city.value("SELECT count(*) FROM cases.supervision") == 2


async def test_a_special_procedure_that_takes_longer_than_announced(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.suspended(city, owner, officer, now=MONDAY, days=2)
    due = (await make.timers(city, case_id))["cases.special"]
    # Gone off in the moment in which the calendar gave the procedure a day more: no record, and a timer for that day.
    early = make.event("timer.cases.special", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await city.run("DELETE FROM kit.timer WHERE reference = $1", str(case_id))
    await special_overran(city, event=early, now=due - timedelta(seconds=1))
    assert await found(city, officer) == [] and (await make.timers(city, case_id))["cases.special"] == due
    event = make.event("timer.cases.special", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await special_overran(city, event=event, now=due)
    assert names(await found(city, officer)) == {"special_late"}
    await cases.resume(city, officer, case_id=case_id, result=make.RESULT, now=due)
    again = make.event("timer.cases.special", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await special_overran(city, event=again, now=due + DAY)
    assert len(await found(city, officer)) == 1


async def test_granted_and_not_issued_in_ten_days(city: Database, owner: Resident, officer: Actor) -> None:
    await make.limits(city, issue_days=10)
    await make.approved(city, owner, officer, now=MONDAY)
    await supervise(city, now=MONDAY + 13 * DAY)
    assert "issue_late" not in names(await found(city, officer))
    await supervise(city, now=MONDAY + 15 * DAY)
    assert "issue_late" in names(await found(city, officer))


def test_every_rule_has_a_number_of_its_own() -> None:
    assert {*RULES} == {*RuleName}
    assert len({about.number for about in RULES.values()}) == len(RULES)


async def test_the_page_lists_and_takes_the_answer(
    city: Database, owner: Resident, officer: Actor, web: Client
) -> None:
    await make.accepted(city, owner, officer, now=MONDAY)
    await supervise(city, now=MONDAY + 25 * DAY)
    await log_in(web, city, officer)
    page = (await web.get("/desk/supervision")).text
    assert "超过承诺期限未办结" in page and owner.name not in page
    hidden = dict(re.findall(r'name="(_csrf|record)" value="([^"]*)"', page))
    short = await web.post("/desk/supervision", data=hidden | {"words": "已办"})
    assert short.status_code == 422 and "至少 10 个字" in short.text and "已办" in short.text
    done = await web.post("/desk/supervision", data=hidden | {"words": ANSWER}, follow_redirects=False)
    assert done.status_code == 303
    assert ANSWER in (await web.get("/desk/supervision?answered=1")).text
    await log_in(web, city, owner.actor)
    assert (await web.get("/desk/supervision")).status_code == 403
