"""Hearings: told before a refusal, asked for or given up in time, held by another than who examines, its record."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from tests import make
from tests.cases.hearing import (
    ABSENT,
    DAY,
    MONDAY,
    PLEA,
    RECORD,
    SITTING,
    TOLD,
    asked,
    colleague,
    fixed,
    foreseen,
    hearing_end,
    hearing_told,
    held,
    last_record,
    sitting,
    told,
)
from tests.cast import Resident
from tongban import cases
from tongban.cases.actions import close_record, hearings
from tongban.cases.model import MovedOn, NoSuchCase, NotPossibleNow, ReasonMissing
from tongban.cases.model.course import LimitKind
from tongban.cases.model.hearing_parts import Begun
from tongban.cases.model.hearing_refusals import (
    HearingElsewhere,
    HearingGoesOn,
    HearingIncomplete,
    HearingNotTold,
    HearingNotYet,
    HearingRightRuns,
    HearingToBeHeld,
    HearingToldAlready,
    HearingTooLate,
    NoHearingRight,
    NotPresider,
    OwnRecusal,
    Presided,
    RecusalWaits,
)
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty

LAST = date(2026, 11, 30)


async def refuse(city: Database, officer: Actor, case_id: Any, *, now: Any) -> None:
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=now)


async def promise(city: Database, case_id: Any) -> date:
    return clock.city_day((await make.row(city, case_id))["promise_due"])


async def test_who_must_be_told_is_not_refused_before(
    city: Database, owner: Resident, officer: Actor
) -> None:
    await make.limits(city, hearing="refusal")
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    with pytest.raises(HearingNotTold):
        await refuse(city, officer, case_id, now=MONDAY)
    before = city.count
    await cases.tell_hearing(city, officer, case_id=case_id, posted=TOLD, now=MONDAY)
    assert city.count - before == 2
    assert (await hearing_told(city, case_id)).until == LAST
    row = await make.row(city, case_id)
    _, limits = await cases.explain(city, code=row["short_code"])
    mine = next(one for one in limits if one.kind is LimitKind.HEARING)
    assert (
        mine.end == LAST
        and mine.runs
        and [one.day.day for one in mine.days_told if one.counted] == [*(24, 25, 26, 27, 30)]
    )
    assert row["state"] == "accepted", "the decision's own clock runs on"
    with pytest.raises(HearingToldAlready):
        await cases.tell_hearing(city, officer, case_id=case_id, posted=TOLD, now=MONDAY + DAY)
    with pytest.raises(HearingRightRuns) as runs:
        await refuse(city, officer, case_id, now=clock.end_of_day(LAST))
    assert "2026-11-30" in str(runs.value.message)
    with pytest.raises(HearingRightRuns):
        await cases.suspend(
            city, officer, case_id=case_id, kind="test", days="2", reason=make.SPECIAL_REASON, now=MONDAY
        )
    await refuse(city, officer, case_id, now=clock.end_of_day(LAST) + timedelta(seconds=1))
    last = (await make.steps(city, case_id))[-1]
    assert last["move"] == "refuse" and last["detail"]["hearing"] == {
        "told": "2026-11-23",
        "until": "2026-11-30",
    }
    assert "cases.hearing_told" in await make.news(city, case_id)


async def test_an_approval_waits_for_no_limit(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await told(city, owner, officer)
    await cases.approve(city, officer, case_id=case_id, now=MONDAY)
    assert await make.state(city, case_id) == "issuing"


async def test_given_up_it_can_be_decided_at_once(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await told(city, owner, officer)
    before = city.count
    first = await cases.waive_hearing(city, owner.actor, case_id=case_id, key="k", now=MONDAY)
    assert city.count - before == 2
    assert await cases.waive_hearing(city, owner.actor, case_id=case_id, key="k", now=MONDAY) == first
    assert len(await make.steps(city, case_id)) == 4
    with pytest.raises(NoHearingRight):
        await cases.ask_hearing(city, owner.actor, case_id=case_id, now=MONDAY)
    await refuse(city, officer, case_id, now=MONDAY)
    assert (await make.steps(city, case_id))[-1]["detail"]["hearing"]["ended"] == "waived"


async def test_asked_for_it_stops_the_clock(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await told(city, owner, officer)
    before = await promise(city, case_id)
    counted = city.count
    await cases.ask_hearing(city, owner.actor, case_id=case_id, key="k", now=MONDAY + DAY)
    assert city.count - counted == 2
    await cases.ask_hearing(city, owner.actor, case_id=case_id, key="k", now=MONDAY + DAY)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=MONDAY + 2 * DAY)
    row = await make.row(city, case_id)
    assert row["state"] == "suspended" and row["warn_at"] is None
    assert row["course"]["specials"][-1]["kind"] == "hearing"
    assert clock.city_day((await make.timers(city, case_id))["cases.special"]) == date(2026, 12, 22)
    assert await promise(city, case_id) > before
    assert [one["move"] for one in await make.steps(city, case_id)].count("ask_hearing") == 1
    for verb in (refuse, _resume):
        with pytest.raises((NotPossibleNow, HearingGoesOn)):
            await verb(city, officer, case_id, now=MONDAY + 9 * DAY)
    await cases.drop_hearing(city, owner.actor, case_id=case_id, now=MONDAY + 3 * DAY)
    assert await make.state(city, case_id) == "accepted"
    assert await promise(city, case_id) == before + 2 * DAY, "Wednesday and Thursday"
    assert await make.timers(city, case_id) == {}
    with pytest.raises(NoHearingRight):
        await cases.ask_hearing(city, owner.actor, case_id=case_id, now=MONDAY + 3 * DAY)


async def _resume(city: Database, officer: Actor, case_id: Any, *, now: Any) -> None:
    await cases.resume(city, officer, case_id=case_id, result=make.RESULT, now=now)


async def test_after_its_last_day_nobody_asks(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await told(city, owner, officer)
    late = clock.end_of_day(LAST) + timedelta(seconds=1)
    for verb in (cases.ask_hearing, cases.waive_hearing):
        with pytest.raises(HearingTooLate) as no:
            await verb(city, owner.actor, case_id=case_id, now=late)
        assert "2026-11-30" in str(no.value.message)
    with pytest.raises(NoSuchCase):
        await cases.ask_hearing(city, other.actor, case_id=case_id, now=MONDAY)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=clock.end_of_day(LAST))
    assert await make.state(city, case_id) == "suspended"


async def test_who_has_not_been_told_cannot_ask(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    with pytest.raises(NoHearingRight):
        await cases.ask_hearing(city, owner.actor, case_id=case_id, now=MONDAY)
    with pytest.raises(HearingIncomplete) as no:
        await cases.tell_hearing(city, officer, case_id=case_id, posted={"facts": "。。。"}, now=MONDAY)
    assert [*no.value.fields] == ["facts", "reasons", "intended"]


async def test_four_eyes_preside(city: Database, owner: Resident, officer: Actor) -> None:
    """Not who told and accepted, not who has said something before; who presides examines nothing of it."""
    presider = await colleague(city, officer, "示例主持")
    case_id = await asked(city, owner, officer)
    at = MONDAY + 2 * DAY
    with pytest.raises(HearingIncomplete) as no:
        await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(officer), now=at)
    assert [*no.value.fields] == ["presider"]
    posted = sitting(presider, at="2026-12-24T09:30", place="", closed="tea")
    with pytest.raises(HearingIncomplete) as no:
        await cases.fix_hearing(city, officer, case_id=case_id, posted=posted, now=at)
    assert [*no.value.fields] == ["at", "place", "closed"] and "2026-12-22" in str(no.value.fields["at"])
    before = city.count
    await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=at)
    assert city.count - before == 2
    with pytest.raises(HearingIncomplete) as no:
        await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=at)
    assert [*no.value.fields] == ["reason"], "anew it needs one"
    with pytest.raises(HearingNotYet):
        await cases.hold_hearing(city, presider, case_id=case_id, posted=RECORD, now=SITTING - DAY)
    with pytest.raises(NotPresider):
        await cases.hold_hearing(city, officer, case_id=case_id, posted=RECORD, now=SITTING)


async def test_the_record_is_confirmed_and_the_decision_rests_on_it(
    city: Database, owner: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await fixed(city, owner, officer, presider)
    longest, then = await foreseen(city, case_id)
    assert then is not None and then < longest
    await cases.hold_hearing(city, presider, case_id=case_id, posted=RECORD, now=SITTING + timedelta(hours=3))
    assert await foreseen(city, case_id) == (longest, then)
    assert await make.state(city, case_id) == "suspended"
    assert clock.city_day((await make.timers(city, case_id))["cases.hearing"]) == date(2026, 12, 10)
    with pytest.raises(HearingIncomplete):
        await cases.sign_record(city, owner.actor, case_id=case_id, agrees="", now=SITTING + DAY)
    before = city.count
    await cases.sign_record(city, owner.actor, case_id=case_id, agrees="yes", key="k", now=SITTING + DAY)
    assert city.count - before == 2
    await cases.sign_record(city, owner.actor, case_id=case_id, agrees="yes", key="k", now=SITTING + DAY)
    recorded, steps = await last_record(city, case_id), await make.steps(city, case_id)
    assert await hearing_end(city, case_id) == ("signed", date(2026, 12, 8))
    assert recorded == steps[-1]["version"]
    assert steps[-1]["detail"]["stopped"] == 10, "25 November to 8 December"
    ends, nothing = await foreseen(city, case_id)
    assert nothing is None and clock.Calendar().working_days_between(ends, then) == 2, (
        "signed on the first of 3 days"
    )
    assert await make.timers(city, case_id) == {} and await make.state(city, case_id) == "accepted"
    await refuse(city, officer, case_id, now=SITTING + 2 * DAY)
    told_ = (await make.steps(city, case_id))[-1]["detail"]["hearing"]
    assert (told_["held"], told_["recorded"]) == ("2026-12-07", recorded)
    assert [one["action"] for one in await make.ledger(city, case_id)][-3:] == [
        *("cases.hold_hearing", "cases.sign_record", "cases.refuse")
    ]


async def test_not_confirmed_it_says_why_and_silence_ends_by_time(
    city: Database, owner: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await held(city, owner, officer, presider)
    with pytest.raises(ReasonMissing):
        await cases.sign_record(
            city, owner.actor, case_id=case_id, agrees="no", reason="不", now=SITTING + DAY
        )
    event = make.event("timer.cases.hearing", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    both = await asyncio.gather(
        cases.sign_record(city, owner.actor, case_id=case_id, agrees="no", reason=PLEA, now=SITTING + DAY),
        close_record(city, case_id=case_id, event=event, now=SITTING + DAY),
        return_exceptions=True,
    )
    refused = [one for one in both if isinstance(one, BaseException)]
    assert len(refused) <= 1 and all(isinstance(one, MovedOn | NotPossibleNow) for one in refused)
    assert (await hearing_end(city, case_id))[0] in ("unsigned", "silent")
    assert await make.state(city, case_id) == "accepted"
    moves = [one["move"] for one in await make.steps(city, case_id)]
    assert moves.count("sign_record") + moves.count("close_record") == 1
    await close_record(
        city,
        case_id=case_id,
        event=make.event("timer.cases.hearing", subject=owner.actor.id, reference=case_id),  # type: ignore[arg-type]
        now=SITTING + 9 * DAY,
    )


async def test_who_does_not_come_has_given_it_up(city: Database, owner: Resident, officer: Actor) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await fixed(city, owner, officer, presider)
    with pytest.raises(HearingNotYet):
        await cases.miss_hearing(city, presider, case_id=case_id, reason=ABSENT, now=SITTING - DAY)
    await cases.miss_hearing(city, presider, case_id=case_id, reason=ABSENT, now=SITTING + DAY)
    assert (await hearing_end(city, case_id))[0] == "missed"
    step = (await make.steps(city, case_id))[-1]
    assert step["detail"]["reason"] == ABSENT and step["to_state"] == "accepted"
    await refuse(city, officer, case_id, now=SITTING + DAY)


async def test_the_head_decides_whether_a_presider_withdraws(
    city: Database, owner: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持", Duty.EXAMINE)
    second = await colleague(city, officer, "示例另一位", *OFFICERS_DUTIES)
    case_id = await fixed(city, owner, officer, presider)
    at = MONDAY + 3 * DAY
    await cases.ask_recusal(city, owner.actor, case_id=case_id, reason=PLEA, now=at)
    with pytest.raises(NoHearingRight):
        await cases.ask_recusal(city, owner.actor, case_id=case_id, reason=PLEA, now=at)
    with pytest.raises(RecusalWaits):
        await cases.hold_hearing(city, presider, case_id=case_id, posted=RECORD, now=SITTING + DAY)
    again = sitting(presider, reason="会议室另有安排，换一个时间举行。")
    with pytest.raises(HearingIncomplete) as no:
        await cases.fix_hearing(city, officer, case_id=case_id, posted=again, now=at)
    assert [*no.value.fields] == ["presider"]
    decide = {"case_id": case_id, "granted": "yes", "reason": "确有利害关系，同意回避申请。", "now": at}
    with pytest.raises(NotAllowed):
        await cases.decide_recusal(city, presider, **decide)  # type: ignore[arg-type]
    await cases.decide_recusal(city, second, **decide)  # type: ignore[arg-type]
    with pytest.raises(HearingElsewhere):
        await cases.decide_recusal(city, second, **decide)  # type: ignore[arg-type]
    with pytest.raises(HearingIncomplete):
        await cases.fix_hearing(city, officer, case_id=case_id, posted=again, now=at)
    again["presider"] = str(second.id)
    await cases.fix_hearing(city, officer, case_id=case_id, posted=again, now=at)
    await cases.ask_recusal(city, owner.actor, case_id=case_id, reason=PLEA, now=at)
    with pytest.raises(OwnRecusal):
        await cases.decide_recusal(city, second, **decide)  # type: ignore[arg-type]


async def test_the_organ_holds_one_itself_where_the_item_says_so(
    city: Database, owner: Resident, officer: Actor
) -> None:
    await make.limits(city, hearing="always")
    presider = await colleague(city, officer, "示例主持")
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    for verb in (_approve, refuse):
        with pytest.raises(HearingToBeHeld):
            await verb(city, officer, case_id, now=MONDAY)
    await cases.suspend(
        *(city, officer), case_id=case_id, kind="hearing", days="20", reason=make.SPECIAL_REASON, now=MONDAY
    )
    with pytest.raises(HearingGoesOn):
        await _resume(city, officer, case_id, now=MONDAY + DAY)
    with pytest.raises(NoHearingRight):
        await cases.drop_hearing(city, owner.actor, case_id=case_id, now=MONDAY + DAY)
    found = await hearings(city, officer, after=None, limit=9)
    assert [one.row.id for one in found] == [case_id] and found[0].hearing.begun == Begun(
        on=date(2026, 11, 23)
    )
    await cases.fix_hearing(
        city, officer, case_id=case_id, posted=sitting(presider, closed="privacy"), now=MONDAY + DAY
    )
    now = SITTING + timedelta(hours=3)
    await cases.hold_hearing(city, presider, case_id=case_id, posted=RECORD | {"party": ""}, now=now)
    await cases.sign_record(city, owner.actor, case_id=case_id, agrees="yes", now=now)
    await _approve(city, officer, case_id, now=now)
    assert (await make.steps(city, case_id))[-1]["detail"]["hearing"]["held"] == "2026-12-07"


async def _approve(city: Database, officer: Actor, case_id: Any, *, now: Any) -> None:
    await cases.approve(city, officer, case_id=case_id, now=now)


async def test_who_presides_over_a_chain_examines_nothing_of_it(
    city: Database, owner: Resident, at: Any
) -> None:
    """In a chain the examiner tells; the approver may preside, and then decides on the record."""
    now = clock.now()
    await cases.tell_hearing(city, at.examiner, case_id=at.case, posted=TOLD, now=now)
    await cases.ask_hearing(city, owner.actor, case_id=at.case, now=now)
    examiner2 = await colleague(city, at.examiner, "示例审查二", Duty.EXAMINE)
    calendar = await clock.current_calendar(city)
    day = calendar.add_working_days(clock.city_day(now), 8)
    await cases.fix_hearing(
        city, at.examiner, case_id=at.case, posted=sitting(examiner2, at=f"{day}T09:30"), now=now
    )
    held_at = clock.instant_of(day, SITTING.time()) + timedelta(hours=10)
    typed = RECORD | {"began": f"{day}T09:30", "ended": f"{day}T10:30"}
    await cases.hold_hearing(city, examiner2, case_id=at.case, posted=typed, now=held_at)
    await cases.sign_record(city, owner.actor, case_id=at.case, agrees="yes", now=held_at)
    say = {"case_id": at.case, "favour": "refuse", "reason": make.REASON, "now": held_at}
    with pytest.raises(Presided):
        await cases.propose(city, examiner2, **say)
    await cases.propose(city, at.examiner, **say)
    await cases.endorse(city, at.reviewer, case_id=at.case, now=held_at)
    await refuse(city, at.approver, at.case, now=held_at)
    assert await make.state(city, at.case) == "refused"


@pytest.mark.parametrize("how", ["asked", "held"])
async def test_withdrawal_and_termination_work_at_every_point(
    city: Database, owner: Resident, officer: Actor, how: str
) -> None:
    presider = await colleague(city, officer, "示例主持")
    if how == "held":
        case_id = await held(city, owner, officer, presider)
        await cases.withdraw(city, owner.actor, case_id=case_id, now=SITTING + DAY)
    else:
        case_id = await asked(city, owner, officer)
        await cases.terminate_at_desk(
            *(city, officer),
            case_id=case_id,
            ground="object_gone",
            reason=make.REASON,
            now=SITTING + DAY,
        )
    assert await make.timers(city, case_id) == {}
    with pytest.raises(Refused):
        await cases.waive_hearing(city, owner.actor, case_id=case_id, now=SITTING + DAY)


async def test_a_refusal_taken_back_is_told_anew(city: Database, owner: Resident, officer: Actor) -> None:
    await make.limits(city, hearing="refusal")
    case_id = await told(city, owner, officer)
    await cases.waive_hearing(city, owner.actor, case_id=case_id, now=MONDAY)
    await refuse(city, officer, case_id, now=MONDAY)
    await cases.rectify(city, officer, case_id=case_id, reason=make.REASON, now=MONDAY)
    with pytest.raises(HearingNotTold):
        await refuse(city, officer, case_id, now=MONDAY)
