"""A clock that jumps by a day: no limit is missed twice or never, and nothing ends early for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests import make
from tests.cast import Resident
from tongban import cases
from tongban.cases.actions import deem_accepted, supervise
from tongban.kit import clock, outbox, timers
from tongban.kit.db import Database
from tongban.kit.policy import Actor

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_a_worker_whose_clock_runs_ahead_of_the_databases_fires_nothing_early(
    city: Database, owner: Resident
) -> None:
    """Seen to fail without the second clock: the case is accepted by silence days before its limit."""
    now = clock.now()
    case_id = await make.submitted(city, owner, now=now)
    due = (await make.timers(city, case_id))["cases.acceptance"]
    assert due > now + 2 * DAY
    assert await timers.fire_due(city, now=due + DAY, witnessed=True) == 0
    assert (await make.timers(city, case_id))["cases.acceptance"] == due
    # What is due by both clocks is not held up; a minute's difference is none.
    await city.run("UPDATE kit.timer SET due_at = $1", now + timedelta(seconds=40))
    assert await timers.fire_due(city, now=now + DAY, witnessed=True) == 1


async def test_a_watch_whose_clock_runs_ahead_of_the_databases_finds_nothing_missed_and_leaves_nothing_out(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """Records of supervision stay: against a department that is in time there is none, and none is wanting later."""
    now = clock.now()
    case_id = await make.accepted(city, owner, officer, now=now)
    due = (await make.row(city, case_id))["promise_due"]
    assert due > now + 2 * DAY
    for wrong in (due + DAY, due + 9 * DAY):
        assert await supervise(city, now=wrong, witnessed=True) == 0
    assert await city.value("SELECT through < $1 FROM cases.watch", now + DAY / 2)
    # What a clock that was ahead has left behind, as from a whole machine's: what falls into that time is found.
    await city.run("UPDATE cases.watch SET through = $1", now + 2 * DAY)
    await supervise(city, now=now + timedelta(minutes=1))
    await city.sibling().run(
        'UPDATE cases."case" SET promise_due = $2, statutory_due = NULL WHERE id = $1', case_id, now + DAY / 2
    )
    assert await supervise(city, now=now + DAY) == 1


async def test_a_clock_that_jumps_to_and_fro_fires_each_limit_once(
    city: Database, owner: Resident, other: Resident
) -> None:
    """Without a second clock, as where the whole machine's jumps."""
    first = await make.submitted(city, owner, now=MONDAY)
    second = await make.submitted(city, other, now=MONDAY + DAY)
    due = (await make.timers(city, first))["cases.acceptance"]
    fired = [
        await timers.fire_due(city, now=due + step * DAY / 2)
        for step in (-1, 1, -2, 0, -1, 1, 2, 0, 3, -2, 3)
    ]
    assert sum(fired) == 2
    assert not (await make.timers(city, first)) and not (await make.timers(city, second))
    events = await outbox.claim(city, now=due + 9 * DAY)
    told = [event.reference for event in events if event.topic == "timer.cases.acceptance"]
    assert sorted(told) == sorted([str(first), str(second)])


async def test_what_was_accepted_by_a_wrong_clock_is_taken_back_and_its_limit_runs_as_before(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """Every clock was a day ahead: until the true limit the head takes it back, and the applicant sees a correction."""
    case_id = await make.submitted(city, owner, now=MONDAY)
    due = (await make.timers(city, case_id))["cases.acceptance"]
    assert await timers.fire_due(city, now=due) == 1
    assert owner.actor.id is not None
    early = make.event("timer.cases.acceptance", subject=owner.actor.id, reference=case_id)
    await deem_accepted(city, case_id=case_id, event=early, now=due)
    assert (await make.row(city, case_id))["state"] == "accepted"
    await deem_accepted(city, case_id=case_id, event=early, now=due - DAY)
    assert [step["move"] for step in await make.steps(city, case_id)].count("deem_accepted") == 1
    await cases.rectify(city, officer, case_id=case_id, reason=make.RESULT, now=due - DAY)
    row = await make.row(city, case_id)
    assert (row["state"], row["accept_due"], row["promise_due"]) == ("submitted", due, None)
    assert (await make.timers(city, case_id))["cases.acceptance"] == due
    assert "cases.rectified" in await make.news(city, case_id)
    assert await timers.fire_due(city, now=due - timedelta(microseconds=1)) == 0
    assert await timers.fire_due(city, now=due) == 1
