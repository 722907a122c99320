"""report: the district examines in twenty days and reports upwards, the city decides (行政许可法 art. 35, 43)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from tests import make
from tests.cases import held
from tests.cases.test_tell import inbox
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases
from tongban.cases.actions import desk, review_overran, supervision_records, tell
from tongban.cases.model import DECIDING, Move, NoSuchCase, NotPossibleNow, possible
from tongban.cases.model.chain import DECISIONS, DecidedAbove, DutyMissing, FourEyes, OutOfTurn, open_moves
from tongban.cases.model.consulting import ConsultIncomplete
from tongban.cases.model.reporting import ExtendedAbove
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty, Role

ITEM, CITY = "teacher_certificate", "education-310000"
#: A Monday at 10 in the city.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WHOLE = (Duty.EXAMINE, Duty.REVIEW, Duty.APPROVE, Duty.HEAD)


class Below(msgspec.Struct, frozen=True):
    """An accepted application for a senior secondary school, and the people of the district's bureau."""

    case: UUID
    examiner: Actor
    reviewer: Actor
    everything: Actor


async def accepted(db: Database, who: Resident, level: str = "senior") -> Below:
    case_id = await held.filed(db, who, ITEM, now=MONDAY, teaching_level=level)
    code = (await make.row(db, case_id))["department"]
    examiner = make.officer_with(code, Duty.EXAMINE, name="区审查")
    reviewer = make.officer_with(code, Duty.REVIEW, name="区复核")
    await cases.accept(db, examiner, case_id=case_id, now=MONDAY)
    return Below(case_id, examiner, reviewer, make.officer_with(code, *WHOLE, name="区全职"))


@pytest.fixture
async def at(city: Database, owner: Resident) -> Below:
    return await accepted(city, owner)


async def proposed(db: Database, at: Below, by: Actor | None = None) -> None:
    said = {"favour": "approve", "reason": make.NOTE}
    await cases.propose(db, by or at.examiner, case_id=at.case, **said, now=MONDAY + DAY)


async def reported(db: Database, at: Below) -> Actor:
    """Reported; gives who decides of the city's commission."""
    await proposed(db, at)
    above = await cases.report(db, at.reviewer, case_id=at.case, note="同意。", now=MONDAY + 2 * DAY)
    assert above.code == CITY
    return make.officer_with(CITY, Duty.APPROVE, name="市审批")


def test_below_there_is_no_way_to_a_decision() -> None:
    chain = WHOLE[:3]
    for state in DECIDING:
        found = open_moves(chain, state, possible(state, Role.OFFICER), above=True)
        assert not found & {*DECISIONS, Move.ENDORSE}
        assert Move.REPORT not in open_moves(chain, state, possible(state, Role.OFFICER))


async def test_the_district_reports_and_the_city_decides(city: Database, owner: Resident, at: Below) -> None:
    before = await make.row(city, at.case)
    assert [before[name].date() for name in ("promise_due", "statutory_due")] == [
        *(date(2026, 12, 28), date(2027, 1, 5)),
    ]
    decider = await reported(city, at)
    row = await make.row(city, at.case)
    assert (row["state"], row["department"], row["assignee"]) == ("reviewed", CITY, None)
    assert row["district"] == before["district"], "the matter stays where it belongs"
    for name in ("promise_due", "statutory_due", "warn_at"):
        assert row[name] == before[name], "the limit of the decision runs on"
    (entry,) = await make.ledger(city, at.case, "cases.report")
    assert entry["purpose"] == row["purpose"] and (await make.news(city, at.case))[-1] == "cases.reported"
    lines = await desk(city, decider, after=None, limit=5, now=MONDAY + 3 * DAY)
    assert at.case in [one.id for one in lines]
    assert await desk(city, at.reviewer, after=None, limit=5, now=MONDAY + 3 * DAY) == []
    opened = await cases.open_case(
        city, decider, case_id=at.case, subject=owner.actor.id, now=MONDAY + 3 * DAY
    )  # type: ignore[arg-type]
    assert [one.name for one in opened.case.opinions] == ["区审查", "区复核"], (
        "opinion and materials go with it"
    )
    with pytest.raises(NoSuchCase):
        await make.approve(city, at.everything, at.case, note=make.NOTE, now=MONDAY + 3 * DAY)
    await make.approve(city, decider, at.case, note=make.NOTE, now=MONDAY + 3 * DAY)
    assert (await held.licence_of(city, owner, at.case)).issuer_code == CITY


async def test_bad_moves_below_are_refused_and_say_what_to_do(city: Database, at: Below) -> None:
    about = {"case_id": at.case, "now": MONDAY + DAY}
    with pytest.raises(NotPossibleNow):
        await cases.report(city, at.everything, **about)  # type: ignore[arg-type]
    await proposed(city, at, by=at.everything)
    whole = await make.everything(city, at.case)
    other = make.officer_with(at.examiner.department or "", *WHOLE)
    for who in (at.examiner, other):
        with pytest.raises(DecidedAbove) as told:
            await cases.approve(city, who, note=make.NOTE, **about)  # type: ignore[arg-type]
        assert "报送上级机关" in str(told.value.message)
    with pytest.raises(DecidedAbove):
        await cases.refuse(city, other, reason=make.REASON, **about)  # type: ignore[arg-type]
    with pytest.raises(DecidedAbove):
        await cases.endorse(city, other, **about)  # type: ignore[arg-type]
    with pytest.raises(ExtendedAbove):
        await cases.extend(city, other, reason=make.REASON, **about)  # type: ignore[arg-type]
    question = {"department": CITY, "days": "5", "question": make.REASON}
    with pytest.raises(ConsultIncomplete) as said:
        await cases.consult(city, other, **question, **about)  # type: ignore[arg-type]
    assert "不用征求" in str(said.value.fields["department"])
    with pytest.raises(FourEyes):
        await cases.report(city, at.everything, **about)  # type: ignore[arg-type]
    with pytest.raises(DutyMissing):
        await cases.report(city, at.examiner, **about)  # type: ignore[arg-type]
    assert await make.everything(city, at.case) == whole
    await cases.report(city, at.reviewer, **about)  # type: ignore[arg-type]
    whole = await make.everything(city, at.case)
    assert (await cases.report(city, at.reviewer, **about)).code == CITY, "pressed twice"  # type: ignore[arg-type]
    with pytest.raises(NoSuchCase):
        await cases.report(city, other, **about)  # type: ignore[arg-type]
    assert await make.everything(city, at.case) == whole


async def test_what_the_district_decides_is_not_reported(city: Database, owner: Resident) -> None:
    below = await accepted(city, owner, level="kindergarten")
    await proposed(city, below)
    with pytest.raises(OutOfTurn):
        await cases.report(city, below.reviewer, case_id=below.case, now=MONDAY + DAY)
    _, told = await cases.explain(city, code=str(below.case))
    assert "first_review" not in {one.kind for one in told}
    assert "cases.first_review" not in await make.timers(city, below.case)
    await cases.endorse(city, below.reviewer, case_id=below.case, now=MONDAY + DAY)
    await make.approve(city, below.everything, below.case, note=make.NOTE, now=MONDAY + DAY)


async def test_the_first_review_ends_with_the_report_and_the_decision_keeps_its_limit(
    city: Database, at: Below
) -> None:
    for reported_on in (None, date(2026, 11, 25)):
        _, told = await cases.explain(city, code=str(at.case))
        review, law = (next(o for o in told if o.kind == kind) for kind in ("first_review", "statutory"))
        assert (review.end, review.days, review.runs) == (date(2026, 12, 21), 20, reported_on is None)
        assert review.ended == reported_on and law.runs and law.end == date(2027, 1, 5)
        assert review.basis.zh == "《行政许可法》第四十三条" and "第十六条" in law.basis.zh  # type: ignore[union-attr]
        if reported_on is None:
            await reported(city, at)
    # What stops the clock above moves the decision's limit and not what is over.
    decider = make.officer_with(CITY, *WHOLE)
    about = {"case_id": at.case, "now": MONDAY + 3 * DAY}
    await cases.suspend(city, decider, kind="expert_review", days="5", reason=make.NOTE, **about)  # type: ignore[arg-type]
    _, told = await cases.explain(city, code=str(at.case))
    ends = {str(one.kind): one.end for one in told}
    assert (ends["first_review"], ends["statutory"]) == (date(2026, 12, 21), date(2027, 1, 12))


async def test_the_organ_above_examines_itself_what_comes_back_to_it(city: Database, at: Below) -> None:
    decider = await reported(city, at)
    people = [make.officer_with(CITY, duty) for duty in (Duty.EXAMINE, Duty.REVIEW)]
    head = make.officer_with(CITY, *WHOLE)
    about = {"case_id": at.case, "now": MONDAY + 3 * DAY}
    await cases.recheck(city, people[0], **about)  # type: ignore[arg-type]
    assert (await make.row(city, at.case))["department"] == CITY, (
        "the district's answer sends nothing back down"
    )
    await cases.extend(city, head, reason=make.REASON, **about)  # type: ignore[arg-type]
    await cases.send_back(city, decider, reason=make.REASON, **about)  # type: ignore[arg-type]
    with pytest.raises(NotPossibleNow):
        await cases.rectify(city, head, reason=make.REASON, **about)  # type: ignore[arg-type]
    await cases.propose(city, people[0], favour="approve", reason=make.NOTE, **about)  # type: ignore[arg-type]
    with pytest.raises(OutOfTurn):
        await cases.report(city, people[1], **about)  # type: ignore[arg-type]
    await cases.endorse(city, people[1], **about)  # type: ignore[arg-type]
    await make.approve(city, decider, at.case, note=make.NOTE, now=MONDAY + 3 * DAY)


async def test_the_applicant_is_told_who_decides_by_when(
    city: Database, owner: Resident, at: Below, web: Client
) -> None:
    await log_in(web, city, owner.actor)
    page = (await web.get(f"/my/cases/{at.case}")).text
    assert "最晚 2026-12-21 报送示范市教育委员会" in page and "初审期限" in page
    await reported(city, at)
    told = {"subject": owner.actor.id, "reference": at.case, "move": "report"}
    await tell(city, event=make.event("cases.reported", **told), now=MONDAY + 2 * DAY)  # type: ignore[arg-type]
    (letter,) = await inbox(city, owner)
    page = (await web.get(f"/my/cases/{at.case}")).text
    assert "2026-11-25 已报送示范市教育委员会" in page and "审查完毕，报送上级机关" in page
    answer = (await web.get(f"/api/v1/cases/{at.case}")).json()
    assert answer["first_review"]["reported_on"] == "2026-11-25"
    assert answer["first_review"]["above"]["zh"] == "示范市教育委员会"
    opened = await cases.progress(city, owner.actor, case_id=at.case)
    assert opened.events[-1].detail.keys() == {"sender", "to"}, "the opinion stays in the office"
    assert "区复核" not in page and letter is not None


async def test_the_desks_of_both_show_what_is_theirs(
    city: Database, owner: Resident, at: Below, web: Client
) -> None:
    address = f"/desk/{owner.actor.id}/{at.case}"
    await proposed(city, at)
    await log_in(web, city, at.reviewer)
    page = (await web.get(address)).text
    assert (
        "<span>报送上级机关</span>" in page and "<span>准予</span>" not in page and "最晚报送上级机关" in page
    )
    posted = {"_csrf": re.findall(r'name="_csrf" value="([^"]*)"', page)[0], "stood": "examined"}
    wrong = await web.post(f"{address}/approve", data=posted | {"reason": make.NOTE})
    assert wrong.status_code == 409 and "本件由上级机关决定" in wrong.text and make.NOTE in wrong.text
    done = await web.post(f"{address}/report", data=posted | {"reason": "同意。"}, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, f"/desk?reported={CITY}")
    assert "已报送示范市教育委员会" in (await web.get(done.headers["location"])).text
    await log_in(web, city, make.officer_with(CITY, Duty.APPROVE))
    page = (await web.get(address)).text
    assert (
        "不得要求申请人重复提供" in page
        and "<span>准予</span>" in page
        and "报送示范市教育委员会：同意。" in page
    )


async def test_a_report_that_does_not_come_in_time_leaves_a_record(
    city: Database, owner: Resident, at: Below
) -> None:
    due = (await make.timers(city, at.case))["cases.first_review"]
    assert due == clock.end_of_day(date(2026, 12, 21))

    async def gone(now: datetime) -> list[str]:
        event = make.event("timer.cases.first_review", subject=owner.actor.id, reference=at.case)  # type: ignore[arg-type]
        await review_overran(city, event=event, now=now)
        found = await supervision_records(city, at.reviewer, limit=9)
        return [str(one.rule) for one in found]

    await city.run("DELETE FROM kit.timer WHERE reference = $1", str(at.case))
    assert await gone(due - DAY) == [] and (await make.timers(city, at.case))["cases.first_review"] == due
    assert await gone(due) == ["first_review_late"]
    assert await gone(due + DAY) == ["first_review_late"], "once"
    await reported(city, at)
    assert await gone(due + 2 * DAY) == ["first_review_late"]
