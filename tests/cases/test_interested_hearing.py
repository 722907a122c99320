"""A hearing with interested persons: nobody is passed over, and who stays away takes nobody else's away."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases.hearing import (
    ABSENT,
    DAY,
    MONDAY,
    RECORD,
    SITTING,
    TOLD,
    colleague,
    fixed,
    hearing_end,
    hearing_of,
    sitting,
    told,
)
from tests.cases.test_hearing import refuse
from tests.cases.test_interested import FIRM, HEARD, named
from tests.cast import Resident
from tongban import cases
from tongban.cases.model.hearing_refusals import HearingIncomplete
from tongban.cases.model.interested_refusals import InterestedNotServed, InterestedRightRuns, SittingTooNear
from tongban.cases.pages.after_move import history_line
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor

AFTER = SITTING + timedelta(hours=3)


async def serve(city: Database, officer: Actor, case_id: UUID, day: str) -> None:
    now = clock.instant_of(date.fromisoformat(day), clock.OFFICE_OPEN)
    await cases.serve_interested(city, officer, case_id=case_id, seat=1, served=day, now=now)


async def test_nothing_is_recorded_or_decided_over_one_who_was_never_told(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """Named on paper beside a hearing that the applicant asked for: no record, no end, no refusal before her days."""
    presider = await colleague(city, officer, "示例主持")
    case_id = await told(city, owner, officer)
    await cases.tell_interested(city, officer, case_id=case_id, posted=FIRM, now=MONDAY)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=MONDAY + DAY)
    await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=MONDAY + 2 * DAY)
    for end in (
        cases.hold_hearing(city, presider, case_id=case_id, posted=HEARD, now=AFTER),
        cases.miss_hearing(city, presider, case_id=case_id, reason=ABSENT, now=AFTER),
    ):
        with pytest.raises(InterestedNotServed) as no:
            await end
        assert "登记送达" in str(no.value.message)
    with pytest.raises(SittingTooNear):
        await serve(city, officer, case_id, "2026-12-07")
    await serve(city, officer, case_id, "2026-11-26")
    with pytest.raises(HearingIncomplete) as missing:
        await cases.hold_hearing(city, presider, case_id=case_id, posted=RECORD, now=AFTER)
    assert [*missing.value.fields] == ["others_said"]
    await cases.hold_hearing(city, presider, case_id=case_id, posted=HEARD, now=AFTER)


async def test_who_is_named_after_the_sitting_was_fixed_has_her_days_before_it(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await fixed(city, owner, officer, presider)
    name = {"case_id": case_id, "posted": named(other)}
    with pytest.raises(SittingTooNear) as no:
        await cases.tell_interested(city, officer, now=MONDAY + 4 * DAY, **name)  # type: ignore[arg-type]
    assert "2026-12-07" in str(no.value.message) and "重新确定" in str(no.value.message)
    later = sitting(presider, at="2026-12-09T09:30", reason="又有利害关系人，改期举行听证。")
    await cases.fix_hearing(city, officer, case_id=case_id, posted=later, now=MONDAY + 4 * DAY)
    await cases.tell_interested(city, officer, now=MONDAY + 4 * DAY, **name)  # type: ignore[arg-type]
    assert (await hearing_of(city, case_id)).others[0].until == date(2026, 12, 4)


async def test_after_a_record_whoever_is_named_still_has_her_right(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    """A record of before takes nothing from her: no refusal while her days run, and she may ask for one of her own."""
    presider = await colleague(city, officer, "示例主持")
    case_id = await fixed(city, owner, officer, presider)
    await cases.hold_hearing(city, presider, case_id=case_id, posted=RECORD, now=AFTER)
    await cases.sign_record(city, owner.actor, case_id=case_id, agrees="yes", now=AFTER)
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=AFTER)
    with pytest.raises(InterestedRightRuns):
        await refuse(city, officer, case_id, now=AFTER + DAY)
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=AFTER + DAY)
    hearing = await hearing_of(city, case_id)
    assert hearing.pending and hearing.record is None and hearing.lasting.last is not None


async def test_one_who_stays_away_does_not_end_what_another_asked_for(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    await cases.tell_hearing(city, officer, case_id=case_id, posted=TOLD, now=MONDAY)
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=MONDAY)
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=MONDAY)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=MONDAY)
    await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=MONDAY + DAY)
    miss = {"case_id": case_id, "reason": ABSENT, "now": AFTER}
    with pytest.raises(HearingIncomplete) as no:
        await cases.miss_hearing(city, presider, absent=[0], **miss)  # type: ignore[arg-type]
    assert [*no.value.fields] == ["stayed"]
    hold = {"case_id": case_id, "now": AFTER}
    without = HEARD | {"party": "", "party_said": "", "stayed-2": "0"}
    with pytest.raises(HearingIncomplete):
        await cases.hold_hearing(city, presider, posted=without | {"stayed-1": "1"}, **hold)  # type: ignore[arg-type]
    await cases.hold_hearing(city, presider, posted=without, **hold)  # type: ignore[arg-type]
    record = (await hearing_of(city, case_id)).record
    assert record is not None and record.absent == (0,)
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="agree", now=AFTER)
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    lines = [str(history_line(event, opened.form)["detail"]) for event in opened.events]
    assert "申请人：申请人" not in lines and any(line.startswith("利害关系人：") for line in lines)


async def test_when_all_who_asked_stay_away_it_ends(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await fixed(city, owner, officer, presider)
    later = sitting(presider, at="2026-12-09T09:30", reason="又有利害关系人，改期举行听证。")
    await cases.fix_hearing(city, officer, case_id=case_id, posted=later, now=MONDAY + 4 * DAY)
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=MONDAY + 4 * DAY)
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=MONDAY + 4 * DAY)
    now = AFTER + 2 * DAY
    await cases.miss_hearing(city, presider, case_id=case_id, reason=ABSENT, absent=[0, 1], now=now)
    assert (await hearing_end(city, case_id))[0] == "missed"
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="hearing-record", step=None, now=now
    )
    assert "你们都无正当理由没有出席" in repr(paper.blocks)
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert ABSENT in str(history_line(opened.events[-1], opened.form)["detail"])
