"""Acceptance with a material that follows 容缺受理: the promise, its limit, what comes, what ends, who was faster."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests import cast, make
from tests.cases.following import FIELD, PROMISE, accepted, attached, draft, filed, supplied, timer
from tests.cases.hearing import TOLD
from tests.cases.test_recount import NOTICE, amend, recount
from tests.cast import Resident
from tongban import cases, catalogue
from tongban.cases import actions
from tongban.cases.actions.letters.of_steps import letter
from tongban.cases.model import AnswersInvalid, Move, MovedOn, NoSuchCase, NotPossibleNow
from tongban.cases.model.course import LimitKind
from tongban.cases.model.follow_up import (
    OVERDUE,
    AskAgainTooLate,
    Following,
    FollowUp,
    MaterialsOutstanding,
    NothingToLookAt,
    NothingToSupply,
    SentBackWordless,
    SupplyIncomplete,
    lengthened,
    must_have_come,
)
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.pdf.model import Paper
from tongban.kit.policy import OFFICERS_DUTIES, Duty

#: A Monday morning; five working days after it is the Monday next.
MONDAY = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
LAST = clock.end_of_day(date(2026, 11, 16))
WHY = "制度里没有进货查验的内容，请补上。"


async def paper(db: Database, who: Resident, case_id: UUID, kind: str) -> Paper:
    """The last paper of this kind, as she reads it."""
    return await cases.my_paper(db, who.actor, case_id=case_id, kind=kind, step=None, now=LAST)


async def test_only_what_was_promised_may_be_missing(city: Database, owner: Resident) -> None:
    case_id = await draft(city, owner, promised=False, now=MONDAY)
    with pytest.raises(AnswersInvalid) as refused:
        await cases.submit(city, owner.actor, case_id=case_id, key=None, now=MONDAY)
    assert set(refused.value.fields or {}) == {FIELD} and "容缺受理" in str(
        (refused.value.fields or {})[FIELD]
    )
    await actions.promise(city, owner.actor, case_id=case_id, now=MONDAY)
    row = await make.row(city, case_id)
    await actions.promise(city, owner.actor, case_id=case_id, now=MONDAY)
    assert (await make.row(city, case_id))["version"] == row["version"] and row["answers"][PROMISE] is True
    await cases.submit(city, owner.actor, case_id=case_id, key=None, now=MONDAY)
    drawn = await paper(city, owner, case_id, "receipt")
    told = str(drawn.blocks)
    assert "容缺受理承诺" in told and "受理次日起 5 个工作日内" in told and "终止办理" in told


async def test_the_limit_begins_with_acceptance_and_explains_itself(city: Database, owner: Resident) -> None:
    case_id, _ = await accepted(city, owner, now=MONDAY)
    row = await make.row(city, case_id)
    (one,) = row["follow_up"]["materials"]
    assert (one["field"], one["days"], one["since"]) == (FIELD, 5, "2026-11-09")
    timers = await make.timers(city, case_id)
    assert timers["cases.follow_up"] == LAST
    assert clock.city_time(timers["cases.reminder"]).isoformat().startswith("2026-11-13T09:00")
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    limits = {
        one.kind: one for one in await actions.explained(city, opened.case, opened.events, opened.version)
    }
    follows = limits[LimitKind.FOLLOW_UP]
    assert (follows.end, follows.kept, follows.runs) == (date(2026, 11, 16), True, True)
    assert [mark.day.day for mark in follows.days_told if mark.counted] == [10, 11, 12, 13, 16]
    assert follows.about == (Text("食品安全管理制度", "Food safety rules"),)
    assert limits[LimitKind.PROMISE].end == date(2026, 11, 23), "the decision's clock runs as ever"
    drawn = await paper(city, owner, case_id, "acceptance")
    told = str(drawn.blocks)
    assert "需要补交的材料" in told and "2026年11月16日" in told and "本机关终止办理" in told


async def test_who_is_accepted_by_silence_has_her_whole_limit(city: Database, owner: Resident) -> None:
    """Acceptance counts from the day of receipt, the limit from the day on which she is told."""
    case_id, _ = await filed(city, owner, now=MONDAY)
    silence = clock.end_of_day(date(2026, 11, 16)) + timedelta(hours=1)
    event = make.event("timer.cases.acceptance", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await actions.deem_accepted(city, case_id=case_id, event=event, now=silence)
    row = await make.row(city, case_id)
    assert clock.city_day(row["accepted_at"]) == date(2026, 11, 9)
    assert row["follow_up"]["materials"][0]["since"] == "2026-11-17"


async def test_nothing_is_granted_before_it_has_come(city: Database, owner: Resident) -> None:
    case_id, officer = await accepted(city, owner, now=MONDAY)
    examiner = make.officer_with(officer.department or "", Duty.EXAMINE)
    with pytest.raises(MaterialsOutstanding) as refused:
        await cases.propose(city, examiner, case_id=case_id, favour="approve", reason=make.NOTE, now=MONDAY)
    assert "食品安全管理制度" in str(refused.value.message) and "2026-11-16" in str(refused.value.message)
    await supplied(city, owner, case_id, now=MONDAY)
    await cases.propose(city, examiner, case_id=case_id, favour="approve", reason=make.NOTE, now=MONDAY)
    # Sent back after that: the decision waits for it again, and a refusal does not.
    await cases.ask_again(city, officer, case_id=case_id, field=FIELD, said=WHY, now=MONDAY)
    reviewer = make.officer_with(officer.department or "", Duty.REVIEW)
    await cases.endorse(city, reviewer, case_id=case_id, now=MONDAY)
    head = make.officer_with(officer.department or "", Duty.APPROVE)
    with pytest.raises(MaterialsOutstanding):
        await cases.approve(city, head, case_id=case_id, note=make.NOTE, now=MONDAY)
    await cases.tell_hearing(city, head, case_id=case_id, posted=TOLD, now=MONDAY)
    await cases.waive_hearing(city, owner.actor, case_id=case_id, now=MONDAY)
    await cases.refuse(city, head, case_id=case_id, reason=make.REASON, now=MONDAY)
    assert await make.state(city, case_id) == "refused"
    assert not {"cases.follow_up", "cases.reminder"} & (await make.timers(city, case_id)).keys()


async def test_what_comes_in_time_is_taken_in(city: Database, owner: Resident) -> None:
    case_id, officer = await accepted(city, owner, now=MONDAY)
    with pytest.raises(SupplyIncomplete) as refused:
        await cases.supply(city, owner.actor, case_id=case_id, key=None, now=MONDAY)
    assert set(refused.value.fields or {}) == {FIELD}
    await attached(city, owner, case_id, now=MONDAY)
    assert FIELD not in (await make.row(city, case_id))["answers"], "attached is not handed in"
    before, first = (
        city.count,
        await cases.supply(city, owner.actor, case_id=case_id, key="supply-1-abcdef", now=MONDAY),
    )
    assert city.count - before <= 3, "the key, the case, the write"
    again = await cases.supply(city, owner.actor, case_id=case_id, key="supply-1-abcdef", now=MONDAY)
    assert again == first
    row = await make.row(city, case_id)
    assert len(row["answers"][FIELD]) == 1 and "answers" not in row["follow_up"]
    assert "cases.follow_up" not in await make.timers(city, case_id)
    steps = await make.steps(city, case_id)
    assert [one["move"] for one in steps].count("supply") == 1 and steps[-1]["detail"]["left"] == []
    assert (await make.news(city, case_id))[-1] == "cases.supplied"
    assert await make.ledger(city, case_id, "cases.supply")
    drawn = await paper(city, owner, case_id, "receipt")
    assert drawn.title == "补交材料凭证" and "食品安全管理制度" in str(drawn.blocks)
    first_receipt = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="receipt", step=steps[0]["version"], now=MONDAY
    )
    assert "容缺受理承诺" in str(first_receipt.blocks), "the receipt goes on to say what was filed with it"
    with pytest.raises(NothingToSupply):
        await actions.supply_sheet(city, owner.actor, case_id=case_id, now=MONDAY)
    await cases.take_in(city, officer, case_id=case_id, field=FIELD, now=MONDAY)
    with pytest.raises(NothingToLookAt):
        await cases.ask_again(city, officer, case_id=case_id, field=FIELD, said=WHY, now=MONDAY)
    assert "已核收" in str((await paper(city, owner, case_id, "follow-up")).blocks)
    await actions.end_overdue(city, case_id=case_id, event=timer(case_id, owner), now=LAST)
    assert await make.state(city, case_id) == "accepted"


async def test_what_is_sent_back_is_due_within_the_same_limit(city: Database, owner: Resident) -> None:
    case_id, officer = await accepted(city, owner, now=MONDAY)
    await supplied(city, owner, case_id, now=MONDAY)
    with pytest.raises(SentBackWordless):
        await cases.ask_again(city, officer, case_id=case_id, field=FIELD, said="改", now=MONDAY)
    friday = MONDAY + timedelta(days=4)
    await cases.ask_again(city, officer, case_id=case_id, field=FIELD, said=WHY, now=friday)
    row = await make.row(city, case_id)
    assert row["follow_up"]["materials"][0]["said"] == WHY and len(row["answers"][FIELD]) == 1
    assert (await make.timers(city, case_id))["cases.follow_up"] == LAST
    told = str((await paper(city, owner, case_id, "follow-up")).blocks)
    assert WHY in told and "2026年11月16日" in told and "期限没有变" in told
    with pytest.raises(SupplyIncomplete) as same:
        await cases.supply(city, owner.actor, case_id=case_id, key=None, now=friday)
    assert "和上次交的一样" in str((same.value.fields or {})[FIELD])
    await supplied(city, owner, case_id, now=friday, pages=2)
    row = await make.row(city, case_id)
    assert len(row["answers"][FIELD]) == 2 and "said" not in row["follow_up"]["materials"][0]
    monday = MONDAY + timedelta(days=7)
    with pytest.raises(AskAgainTooLate):
        await cases.ask_again(city, officer, case_id=case_id, field=FIELD, said=WHY, now=monday)


async def test_what_does_not_come_ends_the_case(city: Database, owner: Resident) -> None:
    case_id, _ = await accepted(city, owner, now=MONDAY)
    await attached(city, owner, case_id, now=MONDAY)
    await actions.end_overdue(city, case_id=case_id, event=timer(case_id, owner), now=LAST - timedelta(1))
    assert await make.state(city, case_id) == "accepted"
    with pytest.raises(NothingToSupply):
        await cases.supply(city, owner.actor, case_id=case_id, key=None, now=LAST)
    await actions.end_overdue(city, case_id=case_id, event=timer(case_id, owner), now=LAST)
    row = await make.row(city, case_id)
    assert row["state"] == "terminated" and "食品安全管理制度" in row["reason"]
    assert (await make.purposes(city, case_id))[-1] == ("case", False)
    assert not await make.timers(city, case_id)
    drawn = await paper(city, owner, case_id, "termination")
    told = str(drawn.blocks)
    assert "容缺后补逾期" in told and "没有按承诺补交材料：食品安全管理制度" in told and "行政复议" in told


async def test_a_letter_comes_before_the_end_and_with_it(city: Database, owner: Resident) -> None:
    case_id, _ = await accepted(city, owner, now=MONDAY)
    subject = owner.actor.id
    assert subject is not None
    await actions.tell(
        city,
        event=make.event("cases.accepted", subject=subject, reference=case_id, move="accept"),
        now=MONDAY,
    )
    await actions.remind(city, event=timer(case_id, owner, "reminder"), now=LAST - timedelta(days=3))
    await actions.end_overdue(city, case_id=case_id, event=timer(case_id, owner), now=LAST)
    ended = make.event("cases.terminated", subject=subject, reference=case_id, move="terminate")
    await actions.tell(city, event=ended, now=LAST)
    told = await letters(city, owner)
    assert "容缺受理" in told[0]["title_zh"] and "2026-11-16" in told[0]["body_zh"]
    assert "请最晚 2026-11-16 补交材料" in told[1]["title_zh"]
    assert "食品安全管理制度" in told[1]["body_zh"] and "Food safety rules" in told[1]["body_en"]
    assert "已终止" in told[2]["title_zh"] and "承诺后补" in told[2]["body_zh"]
    await actions.remind(city, event=timer(case_id, owner, "reminder"), now=LAST)
    assert len(await letters(city, owner)) == 3, "nothing is due any more"


async def test_each_letter_of_it_fits_a_text_message(city: Database, owner: Resident) -> None:
    case_id, _ = await accepted(city, owner, now=MONDAY)
    case = (await cases.progress(city, owner.actor, case_id=case_id)).case
    (acceptance,) = [one for one in await make.steps(city, case_id) if one["move"] == "accept"]
    due = acceptance["detail"]["follow_up"]
    version = await catalogue.current(city, "food_business")
    for topic, detail, said in (
        ("cases.accepted", {"follow_up": due}, "容缺受理"),
        ("cases.supplied", {"materials": due, "left": []}, "都已交来"),
        ("cases.supplied", {"materials": due, "left": due}, "还要最晚 2026-11-16"),
        ("cases.taken_in", {"materials": due}, "已核收"),
        ("cases.asked_again", {"materials": due, "words": WHY}, "需要重交"),
        ("timer.cases.reminder", {}, "最晚 2026-11-16"),
        ("cases.terminated", {"materials": due, "ground": OVERDUE}, "已终止办理"),
    ):
        one = letter(topic, case, version, mark="通办", organ=cast.CITY_GOVERNMENT, detail=detail)
        assert said in one.sms.zh and str(case.short_code) in one.sms.zh and len(one.sms.zh) <= 140, topic
        assert "食品安全管理制度" in one.body.zh and "Food safety rules" in one.body.en
        assert "{" not in one.body.zh + one.body.en + one.sms.zh + one.sms.en


async def letters(db: Database, who: Resident) -> list[dict[str, Any]]:
    """What stands in her inbox, the earliest first."""
    rows = await db.sibling().rows(
        "SELECT title_zh, body_zh, body_en FROM notices.inbox WHERE recipient = $1 ORDER BY at, id",
        who.actor.id,
    )
    return [dict(one) for one in rows]


async def test_the_applicant_and_time_at_the_same_instant(city: Database, owner: Resident) -> None:
    """Both have read the case before either writes: one of the two is done, and wholly."""
    case_id, _ = await accepted(city, owner, now=MONDAY)
    await attached(city, owner, case_id, now=MONDAY)
    in_time = LAST - timedelta(seconds=1)
    outcomes = await asyncio.gather(
        cases.supply(city, owner.actor, case_id=case_id, key=None, now=in_time),
        actions.end_overdue(city, case_id=case_id, event=timer(case_id, owner), now=LAST),
        return_exceptions=True,
    )
    steps = [one["move"] for one in await make.steps(city, case_id)]
    state = await make.state(city, case_id)
    assert steps.count("supply") + steps.count("terminate") == 1
    assert state == ("terminated" if "terminate" in steps else "accepted")
    wrong = [one for one in outcomes if isinstance(one, BaseException)]
    assert all(isinstance(one, MovedOn | NotPossibleNow) for one in wrong)


async def test_whoever_reads_first_and_writes_last_changes_nothing(city: Database, owner: Resident) -> None:
    """The guard itself: a sheet read before time ended the case cannot be handed in, however late it writes."""
    case_id, _ = await accepted(city, owner, now=MONDAY)
    await attached(city, owner, case_id, now=MONDAY)
    sheet = await actions.supply_sheet(city, owner.actor, case_id=case_id, now=MONDAY)
    await actions.end_overdue(city, case_id=case_id, event=timer(case_id, owner), now=LAST)
    with pytest.raises(MovedOn):
        await actions.owed.supplying._supply(city, owner.actor, sheet, lambda _: (), now=MONDAY)
    assert await make.state(city, case_id) == "terminated"


async def test_it_goes_on_through_a_special_procedure_and_a_withdrawal_ends_it(
    city: Database, owner: Resident
) -> None:
    case_id, officer = await accepted(city, owner, now=MONDAY)
    await cases.suspend(
        *(city, officer),
        case_id=case_id,
        kind="site_inspection",
        days="5",
        reason="需要到店核对布局和设备情况",
        now=MONDAY,
    )
    assert (await make.timers(city, case_id))["cases.follow_up"] == LAST, "her limit does not stand still"
    await attached(city, owner, case_id, now=MONDAY)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=MONDAY)
    assert await make.state(city, case_id) == "withdrawn" and not await make.timers(city, case_id)
    await actions.end_overdue(city, case_id=case_id, event=timer(case_id, owner), now=LAST)
    assert await make.state(city, case_id) == "withdrawn"


async def test_a_mistaken_refusal_gives_her_the_limit_again(city: Database, owner: Resident) -> None:
    case_id, officer = await accepted(city, owner, now=MONDAY)
    head = make.officer_with(officer.department or "", *OFFICERS_DUTIES)
    await up_against(city, owner, case_id, officer.department or "")
    later = MONDAY + timedelta(days=14)
    await cases.rectify(city, head, case_id=case_id, reason=make.REASON, now=later)
    assert (await make.timers(city, case_id))["cases.follow_up"] == clock.end_of_day(date(2026, 11, 30))
    await cases.withdraw(city, owner.actor, case_id=case_id, now=later)


async def up_against(db: Database, who: Resident, case_id: UUID, department: str) -> None:
    """Refused, each step by another person."""
    version = await catalogue.current(db, "food_business")
    last = await make.up_the_chain(db, case_id, version, department, favour="refuse")
    await cases.tell_hearing(db, last, case_id=case_id, posted=TOLD, now=MONDAY)
    await cases.waive_hearing(db, who.actor, case_id=case_id, now=MONDAY)
    await cases.refuse(db, last, case_id=case_id, reason=make.REASON, now=MONDAY)


async def test_others_learn_and_do_nothing(city: Database, owner: Resident, other: Resident) -> None:
    case_id, officer = await accepted(city, owner, now=MONDAY)
    with pytest.raises(NoSuchCase):
        await actions.supply_sheet(city, other.actor, case_id=case_id, now=MONDAY)
    with pytest.raises(NoSuchCase):
        await cases.take_in(
            city, make.officer_with("police-310101"), case_id=case_id, field=FIELD, now=MONDAY
        )
    opened = await cases.open_case(city, officer, case_id=case_id, subject=case_owner(owner), now=MONDAY)
    assert not {Move.TAKE_IN, Move.ASK_AGAIN} & opened.moves


def case_owner(who: Resident) -> UUID:
    assert who.actor.id is not None
    return who.actor.id


def following(days: int = 3, **more: object) -> Following:
    """A material that follows, its limit begun on a Monday."""
    until = clock.end_of_day(date(2026, 11, 9 + days))
    return Following(
        code=f"m{days}",
        field=f"file_m{days}",
        name=Text(f"材料{days}", f"Material {days}"),
        days=days,
        since=date(2026, 11, 9),
        until=until,
        **more,  # type: ignore[arg-type]
    )


def test_each_material_has_its_own_limit() -> None:
    both = FollowUp(materials=(following(3), following(1)))
    assert both.until == clock.end_of_day(date(2026, 11, 10))
    one = both.changed(["file_m1"], supplied_at=MONDAY)
    assert one.until == clock.end_of_day(date(2026, 11, 12)) and [m.code for m in one.to_look_at] == ["m1"]
    assert [m.code for m in one.over(clock.end_of_day(date(2026, 11, 12)))] == ["m3"]
    with pytest.raises(MaterialsOutstanding):
        must_have_come(one)
    must_have_come(one.changed(["file_m3"], supplied_at=MONDAY))
    must_have_come(None)


async def test_an_amended_calendar_lengthens_it_by_one_step_and_a_letter(
    city: Database, owner: Resident
) -> None:
    case_id, _ = await accepted(city, owner, now=MONDAY)
    day = clock.city_day(LAST)
    await amend(city, (day, "off"), now=MONDAY)
    assert await recount(city, now=MONDAY + timedelta(minutes=3)) == 1
    row, step = await make.row(city, case_id), (await make.steps(city, case_id))[-1]
    (one,) = row["follow_up"]["materials"]
    told = step["detail"]["dates"]
    assert step["detail"]["notice"] == NOTICE and told["promise"][0] < told["promise"][1]
    ((before, after),) = [days for name, days in told.items() if name.startswith("follow_up")]
    assert before == str(day) < after == one["until"][:10]
    assert f"{(await make.timers(city, case_id))['cases.follow_up']:%Y-%m-%d}" == after
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    explained = await actions.explained(city, opened.case, opened.events, opened.version)
    (limit,) = [one for one in explained if one.kind is LimitKind.FOLLOW_UP]
    assert [str(shift.after) for shift in limit.shifts] == [after]


async def test_an_amended_calendar_only_lengthens_it(city: Database) -> None:
    calendar = await clock.load_calendar(city)
    shortened = FollowUp(materials=(msgspec.structs.replace(following(3), until=MONDAY),))
    assert lengthened(shortened, calendar).until == clock.end_of_day(date(2026, 11, 12))
    longer = FollowUp(materials=(msgspec.structs.replace(following(3), until=LAST),))
    assert lengthened(longer, calendar) == longer
