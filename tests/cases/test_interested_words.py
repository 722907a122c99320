"""What an interested person does to a hearing besides asking: takes it back, pleads that the presider withdraw."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cases.hearing import (
    DAY,
    MONDAY,
    PLEA,
    SITTING,
    TOLD,
    colleague,
    hearing_end,
    hearing_of,
    hearing_told,
    sitting,
    told,
)
from tests.cases.test_hearing import LAST, refuse
from tests.cases.test_interested import FIRM, HEARD, letters, named
from tests.cast import Resident
from tongban import cases
from tongban.cases.model.chain import DutyMissing
from tongban.cases.model.hearing_refusals import (
    HearingIncomplete,
    HearingRightRuns,
    NoHearingRight,
    RecusalWaits,
)
from tongban.cases.model.interested import Word
from tongban.cases.pages.after_move import history_line
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty

TUESDAY = MONDAY + DAY
REASON = "经核实没有亲属关系，不予回避。"


async def both_told(city: Database, owner: Resident, other: Resident, officer: Actor) -> UUID:
    """The applicant and an interested person were told on the Monday, and the latter has asked."""
    case_id = await told(city, owner, officer)
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=MONDAY)
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=MONDAY)
    return case_id


async def test_taken_back_no_hearing_is_held_and_the_applicants_days_run_on(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await both_told(city, owner, other, officer)
    drop = {"case_id": case_id, "said": "drop", "key": "k", "now": TUESDAY}
    before = city.count
    assert (await cases.answer_as_interested(city, other.actor, **drop))["state"] == "accepted"  # type: ignore[arg-type]
    assert city.count - before == 2
    await cases.answer_as_interested(city, other.actor, **drop)  # type: ignore[arg-type]
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="drop", now=TUESDAY)
    assert [one["move"] for one in await make.steps(city, case_id)].count("drop_hearing") == 1
    assert await hearing_end(city, case_id) == ("dropped", clock.city_day(TUESDAY))
    assert await make.timers(city, case_id) == {}
    letter = (await letters(city, "cases.hearing_dropped", "drop_hearing", owner, case_id))[-1]
    assert (
        "利害关系人撤回了听证申请" in letter["title_zh"]
        and "最晚 2026-11-30 可以要求听证" in letter["body_zh"]
    )
    with pytest.raises(NoHearingRight):
        await cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=TUESDAY)
    with pytest.raises(HearingRightRuns):
        await refuse(city, officer, case_id, now=clock.end_of_day(LAST))
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=clock.end_of_day(LAST))
    hearing = await hearing_of(city, case_id)
    assert hearing.askers == (0,) and hearing.others[0].word is Word.DROPPED


async def test_a_decision_after_it_says_so(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await both_told(city, owner, other, officer)
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="drop", now=TUESDAY)
    after = clock.end_of_day(LAST) + timedelta(seconds=1)
    await refuse(city, officer, case_id, now=after)
    paper = await cases.my_paper(city, owner.actor, case_id=case_id, kind="refusal", step=None, now=after)
    assert "要求听证的利害关系人后来撤回了申请" in repr(paper.blocks)


@pytest.mark.parametrize("first", ["applicant", "other"])
async def test_of_several_one_takes_hers_back_and_the_last_ends_it(
    city: Database, owner: Resident, other: Resident, officer: Actor, first: str
) -> None:
    case_id = await both_told(city, owner, other, officer)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, wishes="我也来。", now=MONDAY)

    async def hers() -> None:
        await cases.answer_as_interested(city, other.actor, case_id=case_id, said="drop", now=TUESDAY)

    async def his() -> None:
        await cases.drop_hearing(city, owner.actor, case_id=case_id, now=TUESDAY)

    one, last = (his, hers) if first == "applicant" else (hers, his)
    await one()
    told_ = {
        who.name: [
            one["title_zh"]
            for one in await letters(city, "cases.hearing_left", "leave_hearing", who, case_id)
        ]
        for who in (owner, other)
    }
    if first == "applicant":
        assert "您已撤回听证申请，听证照常举行" in told_[owner.name][-1]
        assert "听证照常举行：" in told_[other.name][-1]
    else:
        assert "利害关系人撤回了听证申请，听证照常举行" in told_[owner.name][-1]
        assert not told_[other.name], "who has left knows it"
    hearing = await hearing_of(city, case_id)
    assert hearing.pending and hearing.askers == ((1,) if first == "applicant" else (0,))
    given_up = (await hearing_told(city, case_id)).given_up
    assert given_up == (clock.city_day(TUESDAY) if first == "applicant" else None)
    again = (
        cases.ask_hearing(city, owner.actor, case_id=case_id, now=TUESDAY)
        if first == "applicant"
        else cases.answer_as_interested(city, other.actor, case_id=case_id, said="ask", now=TUESDAY)
    )
    with pytest.raises(NoHearingRight):
        await again
    await last()
    assert [step["move"] for step in await make.steps(city, case_id)][-2:] == [
        "leave_hearing",
        "drop_hearing",
    ]
    await refuse(city, officer, case_id, now=TUESDAY)  # nobody's days run any more


async def test_who_has_not_answered_is_told_that_her_own_days_run_on(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await told(city, owner, officer)
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=MONDAY)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=MONDAY)
    await cases.drop_hearing(city, owner.actor, case_id=case_id, now=TUESDAY)
    (letter,) = await letters(city, "cases.hearing_dropped", "drop_hearing", other, case_id)
    assert "申请人撤回听证申请。您自己的权利不变，最晚 2026-11-30 可以要求听证" in letter["body_zh"]


async def test_she_can_give_hers_up_while_anothers_hearing_is_under_way(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    case_id = await told(city, owner, officer)
    await cases.tell_interested(city, officer, case_id=case_id, posted=named(other), now=MONDAY)
    await cases.ask_hearing(city, owner.actor, case_id=case_id, now=MONDAY)
    await cases.answer_as_interested(city, other.actor, case_id=case_id, said="waive", now=TUESDAY)
    assert (await hearing_of(city, case_id)).others[0].word is Word.WAIVED


async def test_each_party_pleads_once_and_the_head_decides_all(
    city: Database, owner: Resident, other: Resident, officer: Actor
) -> None:
    presider = await colleague(city, officer, "示例主持", Duty.EXAMINE)
    head = await colleague(city, officer, "示例负责人", *OFFICERS_DUTIES)
    case_id = await both_told(city, owner, other, officer)
    await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=TUESDAY)
    plead = {"case_id": case_id, "said": "recusal", "words": PLEA, "now": TUESDAY}
    await cases.answer_as_interested(city, other.actor, **plead)  # type: ignore[arg-type]
    await cases.ask_recusal(
        city, owner.actor, case_id=case_id, reason="曾经与我有诉讼，不能公正主持。", now=TUESDAY
    )
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert PLEA not in "".join(str(history_line(one, opened.form)["detail"]) for one in opened.events)
    for again in (
        cases.answer_as_interested(city, other.actor, **plead),  # type: ignore[arg-type]
        cases.ask_recusal(city, owner.actor, case_id=case_id, reason=PLEA, now=TUESDAY),
    ):
        with pytest.raises(NoHearingRight):
            await again
    with pytest.raises(RecusalWaits):
        await cases.hold_hearing(
            city, presider, case_id=case_id, posted=HEARD, now=SITTING + timedelta(hours=3)
        )
    decide = {"case_id": case_id, "granted": "no", "reason": REASON, "now": TUESDAY}
    await cases.decide_recusal(city, head, **decide)  # type: ignore[arg-type]
    kept = (await hearing_of(city, case_id)).sitting
    assert kept is not None and [(one.seat, one.granted) for one in kept.pleas] == [(1, False), (0, False)]
    assert (await make.steps(city, case_id))[-1]["detail"]["pleaded"] == [1, 0]
    letter = (await letters(city, "cases.recusal_decided", "decide_recusal", other, case_id))[-1]
    assert "回避申请没有同意" in letter["title_zh"] and REASON in letter["body_zh"]


async def test_on_paper_both_are_noted_at_the_desk(city: Database, owner: Resident, officer: Actor) -> None:
    presider = await colleague(city, officer, "示例主持")
    head = await colleague(city, officer, "示例负责人", *OFFICERS_DUTIES)
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    await cases.tell_hearing(city, officer, case_id=case_id, posted=TOLD, now=MONDAY)
    await cases.waive_hearing(city, owner.actor, case_id=case_id, now=MONDAY)
    await cases.tell_interested(city, officer, case_id=case_id, posted=FIRM, now=MONDAY)
    await cases.serve_interested(city, officer, case_id=case_id, seat=1, served="2026-11-23", now=MONDAY)
    note = {"case_id": case_id, "seat": 1, "on": "2026-11-25", "now": MONDAY + 3 * DAY}
    with pytest.raises(NoHearingRight):
        await cases.note_interested(city, officer, said="drop", **note)  # type: ignore[arg-type]
    with pytest.raises(DutyMissing):
        await cases.note_interested(city, presider, said="ask", **note)  # type: ignore[arg-type]
    await cases.note_interested(city, officer, said="ask", **note)  # type: ignore[arg-type]
    await cases.fix_hearing(city, officer, case_id=case_id, posted=sitting(presider), now=MONDAY + 3 * DAY)
    await cases.note_interested(city, officer, said="recusal", words=PLEA, **note)  # type: ignore[arg-type]
    yes = {
        "case_id": case_id,
        "granted": "yes",
        "reason": "确有利害关系，同意回避申请。",
        "now": MONDAY + 3 * DAY,
    }
    await cases.decide_recusal(city, head, **yes)  # type: ignore[arg-type]
    assert (await hearing_of(city, case_id)).lasting.barred == (presider.id,)
    with pytest.raises(HearingIncomplete) as no:
        await cases.note_interested(city, officer, said="drop", **note | {"on": "2026-11-24"})  # type: ignore[arg-type]
    assert "2026-11-25" in str(no.value.fields["on"])
    await cases.note_interested(city, officer, said="drop", **note | {"on": "2026-11-26"})  # type: ignore[arg-type]
    assert await hearing_end(city, case_id) == ("dropped", date(2026, 11, 26))
    assert await make.state(city, case_id) == "accepted"
    await refuse(city, officer, case_id, now=MONDAY + 3 * DAY)
