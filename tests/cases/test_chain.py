"""The chain of an item's examination: each step by its duty and another person; the applicant sees one state."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests import make
from tests.cases.conftest import CHAINED as ITEM
from tests.cases.conftest import Desk
from tests.cases.hearing import TOLD
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.conftest import CITY
from tongban import cases
from tongban.cases.actions import desk, my_cases
from tongban.cases.model import (
    DECIDING,
    MOVES,
    FavourNotChosen,
    Move,
    MovedOn,
    NoSuchCase,
    NotPossibleNow,
    ReasonMissing,
    RuleNotMet,
    State,
    as_applicant_sees,
    edge,
    possible,
)
from tongban.cases.model.cautions import CautionsUnread
from tongban.cases.model.chain import (
    DECISIONS,
    DutyMissing,
    FourEyes,
    Opinion,
    OutOfTurn,
    may,
    open_moves,
)
from tongban.cases.model.life import OF_HEARING
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.catalogue.model.lint import lint
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty, Role

WHOLE = (Duty.EXAMINE, Duty.REVIEW, Duty.APPROVE)
CHAINS = [WHOLE, (Duty.EXAMINE, Duty.APPROVE), (Duty.REVIEW, Duty.APPROVE), (Duty.APPROVE,), ()]
BACK = "现场照片和布局图对不上，请再核一次操作间的位置。"


@pytest.mark.parametrize(
    ("chain", "good"),
    [
        ((), True),
        (("approve",), True),
        (("examine", "approve"), True),
        (("examine", "review", "approve"), True),
        (("examine", "review"), False),
        (("review", "examine", "approve"), False),
        (("examine", "examine", "approve"), False),
        (("examine", "head", "approve"), False),
        (("look", "approve"), False),
    ],
)
def test_a_chain_is_of_known_duties_in_order_and_ends_with_the_approval(
    chain: tuple[str, ...], good: bool
) -> None:
    item = draft_of(CITY / "items" / f"{ITEM}.yaml", CityFiles(CITY))
    assert item.chain == ("examine", "review", "approve")
    found = lint(msgspec.structs.replace(item, chain=chain), [])
    assert [one for one in found if one.rule == "CHAIN-1"] == [] if good else found


@pytest.mark.parametrize("chain", CHAINS)
def test_no_decision_is_reached_by_fewer_people_than_the_chain_has_steps(chain: tuple[Duty, ...]) -> None:
    """Three people with every duty try every move in every order: the walk is finite, all of it is walked."""
    people = [make.officer_with("d", *OFFICERS_DUTIES, name=str(n)) for n in range(3)]
    now = clock.now()
    fresh: list[tuple[State, tuple[Opinion, ...]]] = [(State.ACCEPTED, ())]
    met = set(fresh)
    ends: list[int] = []
    while fresh:
        state, said = fresh.pop()
        for who in people:
            for move in open_moves(chain, state, possible(state, Role.OFFICER)) & {*DECISIONS, *_STEPS}:
                if not may(chain, state, said, move, who):
                    continue
                if move in DECISIONS:
                    assert who.id not in {one.by for one in said if one.favour is not None}
                    ends.append(len({one.by for one in said}) + 1)
                    continue
                one = Opinion(
                    duty=chain[0],
                    by=who.id,
                    name="",
                    at=now,
                    favour=move is not Move.SEND_BACK or None,
                    words="",
                )  # type: ignore[arg-type]
                target = edge(move, state, Role.OFFICER).target
                after = (target, () if move is Move.SEND_BACK else (*said, one))
                if after not in met:
                    met.add(after)
                    fresh.append(after)
    assert ends and min(ends) == max(ends) == max(len(chain), 1)


_STEPS = (Move.PROPOSE, Move.ENDORSE, Move.SEND_BACK)


def test_the_clock_and_the_applicants_rights_run_through_the_chain() -> None:
    for state in DECIDING:
        assert as_applicant_sees(state) is State.ACCEPTED
        assert possible(state, Role.RESIDENT) - OF_HEARING == {
            Move.WITHDRAW,
            Move.ASK_WITHDRAWAL,
            Move.SUPPLY,
        }
        for move in (Move.SUSPEND, Move.EXTEND, Move.TERMINATE, Move.VISIT, Move.RECHECK, Move.TRANSFER):
            assert move in possible(state, Role.OFFICER), (state, move)
        assert Move.RECOUNT in possible(state, Role.SYSTEM)
        assert edge(Move.TRANSFER, state, Role.SYSTEM).target is State.ACCEPTED, "examined anew elsewhere"
    assert {one.target for one in MOVES if one.move is Move.RESUME} == {State.ACCEPTED}


async def proposed(city: Database, at: Desk, *, by: Actor | None = None, favour: str = "approve") -> None:
    who = by or at.examiner
    await cases.propose(city, who, case_id=at.case, favour=favour, reason=make.NOTE, now=clock.now())


async def endorsed(city: Database, at: Desk) -> None:
    await proposed(city, at)
    await cases.endorse(city, at.reviewer, case_id=at.case, now=clock.now())


async def test_three_people_bring_it_to_its_end_each_in_two_round_trips(
    city: Database, owner: Resident, at: Desk
) -> None:
    dates = [(await make.row(city, at.case))[name] for name in ("promise_due", "statutory_due", "warn_at")]
    news = await make.news(city, at.case)
    before = city.count
    await proposed(city, at)
    assert city.count - before == 2
    assert await make.state(city, at.case) == "examined"
    before = city.count
    await cases.endorse(city, at.reviewer, case_id=at.case, now=clock.now())
    assert city.count - before == 2
    row = await make.row(city, at.case)
    assert row["state"] == "reviewed"
    assert [row[name] for name in ("promise_due", "statutory_due", "warn_at")] == dates, (
        "the clock runs through"
    )
    assert await make.news(city, at.case) == news, "nobody outside the office is told"
    assert [(one["by"], one["favour"]) for one in row["opinions"]] == [
        (str(at.examiner.id), True),
        (str(at.reviewer.id), True),
    ]
    lines = await desk(city, at.approver, after=None, limit=10, now=clock.now())
    assert [(one.id, one.state) for one in lines] == [(at.case, State.REVIEWED)]
    await make.approve(city, at.approver, at.case, note=make.NOTE, now=clock.now())
    assert await make.state(city, at.case) == "issuing"
    ledger = [one["action"] for one in await make.ledger(city, at.case, "cases.")]
    assert ledger[-3:] == ["cases.propose", "cases.endorse", "cases.approve"]
    # The applicant sees the decision and who made it, nothing of what was said before.
    opened = await cases.progress(city, owner.actor, case_id=at.case)
    assert not {one.move for one in opened.events} & set(_STEPS)
    assert opened.case.opinions == ()


async def test_the_applicant_sees_one_state_for_the_whole_chain(
    city: Database, owner: Resident, at: Desk, web: Client
) -> None:
    await endorsed(city, at)
    opened = await cases.progress(city, owner.actor, case_id=at.case)
    assert opened.case.state is State.ACCEPTED
    listed = await my_cases(city, owner.actor, before=None, limit=5, state=State.ACCEPTED)
    assert [one.case.state for one in listed] == [State.ACCEPTED]
    assert await my_cases(city, owner.actor, before=None, limit=5, state=State.REVIEWED) == []
    assert (await cases.holdings(city, owner.actor.id))[0]["state"] == "accepted"  # type: ignore[arg-type]
    await log_in(web, city, owner.actor)
    for address in (f"/my/cases/{at.case}", "/my/cases", "/", f"/api/v1/cases/{at.case}"):
        page = (await web.get(address)).text
        assert "审核中" in page or '"accepted"' in page, address
        for hidden in ("已复核", "审查意见", "复核同意", "reviewed", "示例复核"):
            assert hidden not in page, (address, hidden)


Verb = Callable[[Database, Actor, UUID], Awaitable[Any]]
VERBS: dict[Move, Verb] = {
    Move.PROPOSE: lambda db, who, case: cases.propose(
        db, who, case_id=case, favour="approve", reason=make.NOTE, now=clock.now()
    ),
    Move.ENDORSE: lambda db, who, case: cases.endorse(db, who, case_id=case, now=clock.now()),
    Move.SEND_BACK: lambda db, who, case: cases.send_back(
        db, who, case_id=case, reason=BACK, now=clock.now()
    ),
    Move.APPROVE: lambda db, who, case: make.approve(db, who, case, note=make.NOTE, now=clock.now()),
    Move.REFUSE: lambda db, who, case: cases.refuse(
        db, who, case_id=case, reason=make.REASON, now=clock.now()
    ),
}
#: Who may do what where: everything else is tried, too, and must be refused and change nothing.
RIGHT = {
    State.SUBMITTED: (),
    State.ACCEPTED: (("examiner", Move.PROPOSE), ("everything", Move.PROPOSE)),
    State.EXAMINED: (
        *(("reviewer", Move.ENDORSE), ("reviewer", Move.SEND_BACK)),
        *(("everything", Move.ENDORSE), ("everything", Move.SEND_BACK)),
    ),
    State.REVIEWED: tuple(
        (who, move)
        for who in ("approver", "everything")
        for move in (Move.APPROVE, Move.REFUSE, Move.SEND_BACK)
    ),
}


REFUSED = (NoSuchCase, NotAllowed)


@pytest.mark.parametrize("state", sorted(DECIDING))
async def test_every_other_step_by_every_other_person_is_refused(
    city: Database, owner: Resident, elsewhere: Actor, at: Desk, state: State
) -> None:
    if state is State.EXAMINED:
        await proposed(city, at)
    elif state is State.REVIEWED:
        await endorsed(city, at)
    people = msgspec.structs.asdict(at) | {"owner": owner.actor, "elsewhere": elsewhere}
    del people["case"]
    before = await make.everything(city, at.case)
    for name, who in people.items():
        for move, verb in VERBS.items():
            if (name, move) in RIGHT[state]:
                continue
            with pytest.raises((OutOfTurn, DutyMissing, FourEyes, NotPossibleNow, *REFUSED)) as told:
                await verb(city, who, at.case)
            assert name not in ("owner", "elsewhere") or told.type in REFUSED
    assert await make.everything(city, at.case) == before


async def test_who_examined_does_not_review_and_who_reviewed_does_not_decide(
    city: Database, owner: Resident, at: Desk
) -> None:
    both = make.officer_with(at.examiner.department or "", Duty.REVIEW, Duty.APPROVE)
    await proposed(city, at, by=at.everything)
    with pytest.raises(FourEyes) as told:
        await cases.endorse(city, at.everything, case_id=at.case, now=clock.now())
    assert (told.value.code, told.value.status) == ("four-eyes", 403) and "审查" in str(told.value.message)
    await cases.endorse(city, both, case_id=at.case, now=clock.now())
    for who in (both, at.everything):
        with pytest.raises(FourEyes):
            await cases.approve(city, who, case_id=at.case, note=make.NOTE, now=clock.now())
        with pytest.raises(FourEyes):
            await cases.send_back(city, who, case_id=at.case, reason=BACK, now=clock.now())
    await cases.tell_hearing(city, at.approver, case_id=at.case, posted=TOLD, now=clock.now())
    await cases.waive_hearing(city, owner.actor, case_id=at.case, now=clock.now())
    await cases.refuse(city, at.approver, case_id=at.case, reason=make.REASON, now=clock.now())
    assert await make.state(city, at.case) == "refused"


async def test_what_is_sent_back_is_examined_anew_and_the_round_begins_again(
    city: Database, at: Desk
) -> None:
    await endorsed(city, at)
    with pytest.raises(ReasonMissing):
        await cases.send_back(city, at.approver, case_id=at.case, reason="再看", now=clock.now())
    await cases.send_back(city, at.approver, case_id=at.case, reason=BACK, now=clock.now())
    row = await make.row(city, at.case)
    assert (row["state"], row["opinions"][-1]["words"]) == ("accepted", BACK)
    await proposed(city, at, by=at.everything, favour="refuse")
    assert [one["favour"] for one in (await make.row(city, at.case))["opinions"]] == [False]
    await cases.endorse(city, at.reviewer, case_id=at.case, now=clock.now())
    with pytest.raises(CautionsUnread) as told:
        await cases.approve(city, at.approver, case_id=at.case, now=clock.now())
    assert "reason" in told.value.fields
    await make.approve(city, at.approver, at.case, note=make.NOTE, now=clock.now())


async def test_a_proposal_says_for_or_against_and_why(city: Database, at: Desk) -> None:
    for favour in ("", "yes"):
        with pytest.raises(FavourNotChosen):
            await proposed(city, at, favour=favour)
    with pytest.raises(ReasonMissing):
        await cases.propose(
            city, at.examiner, case_id=at.case, favour="refuse", reason="不行", now=clock.now()
        )
    assert issubclass(RuleNotMet, Exception) and await make.state(city, at.case) == "accepted"


async def test_a_special_procedure_leads_back_to_the_examination(city: Database, at: Desk) -> None:
    await endorsed(city, at)
    await cases.suspend(
        city,
        at.examiner,
        case_id=at.case,
        kind="site_inspection",
        days="5",
        reason=make.NOTE,
        now=clock.now(),
    )
    assert await make.state(city, at.case) == "suspended"
    await cases.resume(city, at.examiner, case_id=at.case, result=make.NOTE, now=clock.now())
    row = await make.row(city, at.case)
    assert row["state"] == "accepted" and row["warn_at"] is not None
    await proposed(city, at)
    assert len((await make.row(city, at.case))["opinions"]) == 1


async def test_an_extension_leaves_it_where_it_stands_with_a_new_lamp(city: Database, at: Desk) -> None:
    await endorsed(city, at)
    before = await make.row(city, at.case)
    head = make.officer_with(at.examiner.department or "", Duty.HEAD)
    await cases.extend(city, head, case_id=at.case, reason=make.NOTE, now=clock.now())
    after = await make.row(city, at.case)
    assert (after["state"], len(after["opinions"])) == ("reviewed", 2)
    assert after["promise_due"] > before["promise_due"] and after["warn_at"] > before["warn_at"]


@pytest.mark.parametrize("step", ["endorse", "decide", "opposite"])
async def test_two_at_once_one_wins_and_the_other_is_told(
    city: Database, owner: Resident, at: Desk, step: str
) -> None:
    code = at.examiner.department or ""
    others = [make.officer_with(code, Duty.REVIEW, Duty.APPROVE, name=f"示例{n}") for n in range(2)]
    if step == "endorse":
        await proposed(city, at)
        verbs = [VERBS[Move.ENDORSE]] * 2
    else:
        await endorsed(city, at)
        await cases.tell_hearing(city, at.approver, case_id=at.case, posted=TOLD, now=clock.now())
        await cases.waive_hearing(city, owner.actor, case_id=at.case, now=clock.now())
        verbs = [VERBS[Move.APPROVE], VERBS[Move.REFUSE if step == "opposite" else Move.APPROVE]]
    before = len((await make.everything(city, at.case))["steps"])
    said = await asyncio.gather(
        *(verb(city, who, at.case) for verb, who in zip(verbs, others, strict=True)), return_exceptions=True
    )
    lost = [one for one in said if one is not None]
    assert len(lost) == 1 and isinstance(lost[0], (MovedOn, NotPossibleNow, OutOfTurn)), said
    assert len((await make.everything(city, at.case))["steps"]) == before + 1


async def test_the_loser_reads_who_was_faster_and_keeps_her_words(
    city: Database, owner: Resident, at: Desk, web: Client
) -> None:
    await proposed(city, at)
    late = make.officer_with(at.examiner.department or "", Duty.REVIEW, name="示例后到")
    await log_in(web, city, late)
    address = f"/desk/{owner.actor.id}/{at.case}"
    page = (await web.get(address)).text
    assert "现在是复核，由你办理" in page and "拟准予" in page and make.NOTE in page
    assert "复核同意" in page and "退回审查" in page and f"{address}/approve" not in page
    token = page.split('name="_csrf" value="')[1].split('"')[0]
    await cases.endorse(city, at.reviewer, case_id=at.case, now=clock.now())
    told = await web.post(f"{address}/send_back", data={"_csrf": token, "reason": BACK, "stood": "examined"})
    assert told.status_code in (403, 409)
    assert "这项操作没有进行" in told.text and "最近一步是“复核同意”（示例复核" in told.text
    assert BACK in told.text
    twice = (await web.post(f"{address}/endorse", data={"_csrf": token, "stood": "examined"})).text
    assert "“复核同意”先前已经办好（示例复核" in twice and "以那一次为准；这次没有另行办理" in twice
    assert "这项操作没有进行" not in twice, "what she asked for is done, and stands"
    assert await make.state(city, at.case) == "reviewed"


async def test_who_has_not_the_duty_sees_it_and_has_no_button(
    city: Database, owner: Resident, at: Desk, web: Client
) -> None:
    await proposed(city, at)
    address = f"/desk/{owner.actor.id}/{at.case}"
    for who, words in ((at.approver, "现在由复核人员办理"), (at.examiner, "现在由复核人员办理")):
        await log_in(web, city, who)
        page = (await web.get(address)).text
        assert words in page
        for move in ("endorse", "send_back", "approve", "refuse", "propose"):
            assert f'{address}/{move}"' not in page, move
    await proposed_again_by_everything(city, at)
    await log_in(web, city, at.everything)
    assert "须由另一位同事办理" in (await web.get(address)).text


async def proposed_again_by_everything(city: Database, at: Desk) -> None:
    await cases.send_back(
        city, at.reviewer, case_id=at.case, reason=BACK, now=clock.now() + timedelta(hours=1)
    )
    await proposed(city, at, by=at.everything)
