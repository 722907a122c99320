"""Who presides over a hearing, who may examine the case afterwards, and when one may begin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases.hearing import DAY, MONDAY, RECORD, SITTING, TOLD, asked, colleague, fixed, held, sitting
from tests.cast import Resident
from tongban import cases
from tongban.cases.model import Move
from tongban.cases.model.hearing import may_examine
from tongban.cases.model.hearing_refusals import HearingIncomplete
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty


async def test_a_hearing_that_was_not_held_bars_nobody_and_what_was_given_up_stays_so(
    city: Database, owner: Resident, officer: Actor
) -> None:
    """The only reviewer was to preside; the request is taken back before, and she can review the case."""
    presider = await colleague(city, officer, "示例主持", Duty.REVIEW)
    case_id = await fixed(city, owner, officer, presider)
    now = MONDAY + 3 * DAY
    await cases.drop_hearing(city, owner.actor, case_id=case_id, now=now)
    hearing = (await cases.progress(city, owner.actor, case_id=case_id)).case.hearing
    assert may_examine(hearing, Move.ENDORSE, presider.id)
    with pytest.raises(HearingIncomplete) as no:
        await cases.tell_hearing(city, officer, case_id=case_id, posted=TOLD, now=now)
    assert [*no.value.fields] == ["facts"]
    other = TOLD | {"facts": "补充核查后发现，租赁合同的签字人不是房屋的产权人。"}
    await cases.tell_hearing(city, officer, case_id=case_id, posted=other, now=now)


async def test_who_has_held_one_or_had_to_withdraw_stays_out_when_it_is_told_anew(
    city: Database, owner: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持", Duty.REVIEW)
    case_id = await held(city, owner, officer, presider)
    now = SITTING + timedelta(hours=4)
    await cases.sign_record(city, owner.actor, case_id=case_id, agrees="yes", now=now)
    other = TOLD | {"reasons": "产权人没有同意出租，见商品房屋租赁管理办法。"}
    await cases.tell_hearing(city, officer, case_id=case_id, posted=other, now=now)
    hearing = (await cases.progress(city, owner.actor, case_id=case_id)).case.hearing
    assert hearing is not None and hearing.lasting.presided == (presider.id,)
    assert not may_examine(hearing, Move.ENDORSE, presider.id)


async def test_a_hearing_begins_by_day_and_its_record_lies_on_the_day_that_was_fixed(
    city: Database, owner: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持")
    case_id = await asked(city, owner, officer)
    night = sitting(presider, at="2026-12-06T03:00")
    with pytest.raises(HearingIncomplete) as no:
        await cases.fix_hearing(city, officer, case_id=case_id, posted=night, now=MONDAY + 2 * DAY)
    assert [*no.value.fields] == ["at"]
    for told in ("2026-12-06 不是工作日", "9:00 至 17:00"):
        assert told in str(no.value.fields["at"]), "day and hour at once"
    await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=MONDAY + 2 * DAY)
    for began, ended, wrong in (
        ("2026-12-06T09:30", "2026-12-07T11:00", "began"),
        ("2026-12-09T09:30", "2026-12-09T11:00", "began"),
        ("2026-12-07T09:30", "2026-12-08T11:00", "ended"),
        ("2026-12-31T09:30", "2026-12-07T11:00", "began"),
        ("", "2026-12-07T11:00", "began"),
    ):
        record = RECORD | {"began": began, "ended": ended}
        with pytest.raises(HearingIncomplete) as no:
            await cases.hold_hearing(city, presider, case_id=case_id, posted=record, now=SITTING + 3 * DAY)
        assert [*no.value.fields] == [wrong]
        words = {"2026-12-06": "早于通知的", "2026-12-09": "重新确定时间地点", "2026-12-31": "还没有到"}
        words |= {"2026-12-07": "当日结束", "": "例如 2026-12-07 09:30"}
        assert words[began[:10]] in str(no.value.fields[wrong]), "it says what to do"
    await cases.hold_hearing(city, presider, case_id=case_id, posted=RECORD, now=SITTING + 3 * DAY)
