"""accept and decline: the department's first word, and what time says when it is silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tests import make
from tests.cases.test_recount import amend
from tests.cast import Resident
from tongban import cases, catalogue, settings
from tongban.cases.actions import deem_accepted, recount
from tongban.cases.actions.reviewing.reasons import SHORTEST_DECISION, too_short
from tongban.cases.model import Move, MovedOn, NoSuchCase, NotPossibleNow, ReasonMissing
from tongban.cases.model.desk_refusals import AcceptedByLaw
from tongban.cases.pages.dates import explanations
from tongban.kit import clock, timers
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor
from tongban.worker import drain_once

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)

At = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[At]:
    """Set the house's clock: the worker reads it itself for every event."""

    def pin(moment: datetime) -> None:
        monkeypatch.setenv("TONGBAN_NOW", moment.isoformat())
        settings.reload()

    yield pin
    monkeypatch.undo()
    settings.reload()


async def test_accepting_starts_the_clock_tells_and_cancels_the_timer(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner, now=MONDAY)
    await cases.accept(city, officer, case_id=case_id, now=FRIDAY)
    row = await make.row(city, case_id)
    assert row["state"] == "accepted" and row["accepted_at"] == FRIDAY
    assert clock.city_day(row["promise_due"]) == date(2026, 12, 18)
    assert row["statutory_due"] == row["promise_due"]  # 15 and 15 working days
    step = (await make.steps(city, case_id))[-1]
    assert (step["move"], step["actor_role"], step["actor_name"]) == ("accept", "officer", officer.name)
    assert await make.news(city, case_id) == ["cases.submitted", "cases.accepted"]
    assert "cases.acceptance" not in await make.timers(city, case_id)
    written = (await make.ledger(city, case_id))[-1]
    assert (written["action"], written["actor"], written["department"]) == (
        "cases.accept",
        officer.id,
        officer.department,
    )
    assert written["purpose"] == row["purpose"]
    assert await make.purposes(city, case_id) == [("draft", False), ("case", True)]


async def test_two_round_trips(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.submitted(city, owner)
    before = city.count
    await cases.accept(city, officer, case_id=case_id, now=clock.now())
    assert city.count - before == 2


async def test_declining_ends_the_case_with_its_reason(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    now = clock.now()
    await cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=now)
    row = await make.row(city, case_id)
    assert (row["state"], row["reason"]) == ("not_accepted", make.REASON)
    assert row["decided_at"] == row["closed_at"] == now
    assert await make.timers(city, case_id) == {}
    assert await make.purposes(city, case_id) == [("draft", False), ("case", False)]
    assert (await make.news(city, case_id))[-1] == "cases.not_accepted"


@pytest.mark.parametrize("reason", ["", "         ", "太短了"])
async def test_declining_without_a_reason_is_refused(
    city: Database, owner: Resident, officer: Actor, reason: str
) -> None:
    case_id = await make.submitted(city, owner)
    before = await make.everything(city, case_id)
    with pytest.raises(ReasonMissing) as told:
        await cases.decline(city, officer, case_id=case_id, reason=reason, now=clock.now())
    assert "至少 10 个字" in str(told.value.fields["reason"])
    assert await make.everything(city, case_id) == before


def test_a_reason_is_counted_as_people_count_it() -> None:
    assert not too_short("经核实符合条件，准予。"), "eleven characters, its punctuation with them"
    assert not too_short("拟不予许可。", SHORTEST_DECISION)
    for words in ("经核实符合条件，准予", "Not at all"):
        assert not too_short(words)
        assert too_short(words[1:]), "nine"
    assert too_short("。" * 12) and too_short("无。" + " " * 20 + "。"), "stops and blanks are no reason"


async def test_another_departments_officer_and_a_resident_may_not(
    city: Database, owner: Resident, other: Resident, elsewhere: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    before = await make.everything(city, case_id)
    for actor, refusal in ((elsewhere, NoSuchCase), (other.actor, NoSuchCase), (owner.actor, NotAllowed)):
        with pytest.raises(refusal):
            await cases.accept(city, actor, case_id=case_id, now=clock.now())
        with pytest.raises(refusal):
            await cases.decline(city, actor, case_id=case_id, reason=make.REASON, now=clock.now())
    assert await make.everything(city, case_id) == before


async def test_accepting_twice_is_refused_with_its_sentence(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    before = await make.everything(city, case_id)
    with pytest.raises(NotPossibleNow) as told:
        await cases.accept(city, officer, case_id=case_id, now=clock.now())
    assert "审核中" in str(told.value.message)
    assert await make.everything(city, case_id) == before


async def test_two_officers_at_once_one_is_told(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.submitted(city, owner)
    results = await asyncio.gather(
        cases.accept(city, officer, case_id=case_id, now=clock.now()),
        cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=clock.now()),
        cases.accept(city, officer, case_id=case_id, now=clock.now()),
        return_exceptions=True,
    )
    refused = [one for one in results if one is not None]
    assert len(refused) == 2 and all(isinstance(one, MovedOn | NotPossibleNow) for one in refused)
    assert len(await make.steps(city, case_id)) == 2
    assert all(isinstance(one, Refused) and str(one.message) for one in refused)


async def test_silence_for_five_working_days_is_acceptance_on_the_day_of_receipt(
    city: Database, owner: Resident, at: At
) -> None:
    """行政许可法 art. 32(4), through the timer, the outbox and the worker themselves."""
    case_id = await make.submitted(city, owner, now=MONDAY)
    due = (await make.timers(city, case_id))["cases.acceptance"]
    assert clock.city_day(due) == date(2026, 11, 30)
    assert await timers.fire_due(city, now=due - timedelta(microseconds=1)) == 0
    assert await timers.fire_due(city, now=due) == 1
    at(due + timedelta(seconds=1))
    await drain_once(city)
    row = await make.row(city, case_id)
    assert row["state"] == "accepted"
    assert row["accepted_at"] == MONDAY
    assert clock.city_day(row["promise_due"]) == date(2026, 12, 14), "counted on the day of receipt"
    step = (await make.steps(city, case_id))[-1]
    assert (step["move"], step["actor_role"]) == ("deem_accepted", "system")
    assert "cases.accepted" in await make.news(city, case_id)


async def test_a_limit_that_was_moved_after_its_timer_had_gone_is_waited_for(
    city: Database, owner: Resident
) -> None:
    """The timer has fired; before the worker comes to it the calendar is amended: the department has its days still."""
    case_id = await make.submitted(city, owner, now=MONDAY)
    due = (await make.timers(city, case_id))["cases.acceptance"]
    assert await timers.fire_due(city, now=due) == 1
    await amend(city, (date(2026, 11, 26), "off"), (date(2026, 11, 27), "off"))
    await recount(city, now=due)
    moved = (await make.row(city, case_id))["accept_due"]
    assert clock.city_day(moved) == date(2026, 12, 2)
    assert owner.actor.id is not None
    for lost in (False, True):  # a worker whose clock is behind finds no timer but its own
        if lost:
            await city.run("DELETE FROM kit.timer WHERE reference = $1", str(case_id))
        early = make.event("timer.cases.acceptance", subject=owner.actor.id, reference=case_id)
        await deem_accepted(city, case_id=case_id, event=early, now=moved - timedelta(seconds=1))
        assert (await make.row(city, case_id))["state"] == "submitted"
        assert (await make.timers(city, case_id))["cases.acceptance"] == moved
    assert await timers.fire_due(city, now=moved) == 1
    last = make.event("timer.cases.acceptance", subject=owner.actor.id, reference=case_id)
    await deem_accepted(city, case_id=case_id, event=last, now=moved)
    assert (await make.row(city, case_id))["state"] == "accepted"


async def test_silence_has_accepted_before_the_worker_comes(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """行政许可法 art. 32(1)(4): nothing else can be said after the limit, and who accepts writes down the law's day."""
    case_id = await make.submitted(city, owner, now=MONDAY)
    due = (await make.timers(city, case_id))["cases.acceptance"]
    before, late = await make.everything(city, case_id), due + timedelta(hours=10)
    said = {"card_address": "请补全室号。"}
    for refused in (
        cases.ask_correction(city, officer, case_id=case_id, said=said, now=late),
        cases.decline(city, officer, case_id=case_id, reason=make.REASON, now=late),
    ):
        with pytest.raises(AcceptedByLaw) as told:
            await refused
        assert "自 2026-11-23 起视为受理" in str(told.value.message)
    assert await make.everything(city, case_id) == before
    assert owner.actor.id is not None
    for now, offered in ((due, True), (late, False)):
        opened = await cases.open_case(city, officer, case_id=case_id, subject=owner.actor.id, now=now)
        assert (Move.ASK_CORRECTION in opened.moves, Move.DECLINE in opened.moves) == (offered, offered)
        assert Move.ACCEPT in opened.moves_of(officer)
    await cases.accept(city, officer, case_id=case_id, now=late)
    row, step = await make.row(city, case_id), (await make.steps(city, case_id))[-1]
    assert row["accepted_at"] == MONDAY and clock.city_day(row["promise_due"]) == date(2026, 12, 14)
    assert (step["move"], step["actor_name"], step["at"]) == ("deem_accepted", officer.name, late)
    written = (await make.ledger(city, case_id))[-1]
    assert (written["action"], written["actor"]) == ("cases.deem_accepted", officer.id)
    assert "cases.acceptance" not in await make.timers(city, case_id)


async def test_after_a_correction_silence_counts_from_the_day_it_was_received(
    city: Database, owner: Resident, officer: Actor, at: At
) -> None:
    """行政许可法 art. 32(1)(4): the limit runs anew from the corrected papers, and so does what silence means."""
    case_id, handed_in = await make.submitted(city, owner, now=MONDAY), MONDAY + timedelta(days=7)
    said = {"phone": "这个号码打不通，请核对后重新填写。"}
    await cases.ask_correction(city, officer, case_id=case_id, said=said, now=MONDAY)
    await cases.correct(city, owner.actor, case_id=case_id, key=None, now=handed_in)
    due = (await make.timers(city, case_id))["cases.acceptance"]
    assert await timers.fire_due(city, now=due) == 1
    at(due + timedelta(seconds=1))
    await drain_once(city)
    row = await make.row(city, case_id)
    assert row["state"] == "accepted"
    assert clock.city_day(row["accepted_at"]) == clock.city_day(handed_in)
    assert clock.city_day(row["promise_due"]) == date(2026, 12, 21), "not from the first submission"


async def test_of_a_reconsideration_silence_counts_from_the_end_of_the_limit(
    city: Database, owner: Resident, at: At
) -> None:
    """行政复议法 art. 30."""
    await make.limits(city, deemed_from="end", extension_days=30, extension_unit="calendar")
    case_id = await make.submitted(city, owner, now=MONDAY)
    due = (await make.timers(city, case_id))["cases.acceptance"]
    await timers.fire_due(city, now=due)
    at(due + timedelta(seconds=1))
    await drain_once(city)
    row = await make.row(city, case_id)
    assert row["accepted_at"] == due


async def test_where_the_law_counts_from_receipt_the_days_before_acceptance_are_among_them(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """护照法 art. 6, which the profile of passports names."""
    assert (await catalogue.current(city, "passport")).clock.decision_from == "received"
    await make.limits(
        city, decision_from="received", statutory_days=15, statutory_unit="calendar", profile="passport"
    )
    case_id = await make.submitted(city, owner, now=MONDAY)
    await cases.accept(city, officer, case_id=case_id, now=FRIDAY)
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert opened.case.statutory_due and clock.city_day(opened.case.statutory_due) == date(2026, 12, 8)
    assert opened.case.promise_due == opened.case.statutory_due, (
        "fifteen working days would end after the law's"
    )
    told = {one["kind"]: one for one in await explanations(city, opened, now=FRIDAY)}
    assert "从收到的次日起算" in str(told["statutory"]["sentences"])
    assert "从受理的次日起算" in str(told["promise"]["sentences"])
    assert told["statutory"]["end"] == told["promise"]["end"] == date(2026, 12, 8)
    assert "法定办结期限先到" in str(told["promise"]["sentences"])
    assert "法定办结期限先到" not in str(told["statutory"]["sentences"])
    paper = await cases.my_paper(city, owner.actor, case_id=case_id, kind="acceptance", step=None, now=FRIDAY)
    assert "2026年12月8日" in repr(paper.blocks) and "法定办结期限先到的" in repr(paper.blocks)
    drawn = [cell["kind"] for week in told["promise"]["weeks"] for cell in week if cell]
    assert drawn[-1] == "due", "no day of it is told after its end"


async def test_the_timer_of_a_case_that_has_moved_on_changes_nothing(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    before = await make.everything(city, case_id)
    assert owner.actor.id is not None
    late = make.event("timer.cases.acceptance", subject=owner.actor.id, reference=case_id)
    await deem_accepted(city, case_id=case_id, event=late, now=clock.now())
    assert await make.everything(city, case_id) == before
