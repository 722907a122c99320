"""Who has no duty makes no move: the table of whose each move is, walked whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from tests import make
from tests.cases.conftest import Desk
from tests.cases.hearing import TOLD
from tests.cases.test_chain import VERBS
from tests.cast import Resident
from tongban.cases import actions
from tongban.cases.model import MOVES, Move, NoSuchCase
from tongban.cases.model.chain import DutyMissing
from tongban.cases.model.hearing_refusals import HearingElsewhere
from tongban.cases.model.inspection import ABOUT
from tongban.cases.model.whose import WHOSE, Whose, works_on
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty, Role

#: What is noted for an interested person; one of them is tried in test_interested_words, where there is a hearing.
NOTED = {
    *(Move.INTERESTED_ASKS, Move.INTERESTED_WAIVES, Move.JOIN_HEARING, Move.LEAVE_HEARING),
    *(Move.DROP_HEARING, Move.ASK_RECUSAL, Move.WORD_ON_RECORD, Move.SIGN_RECORD),
}


def _verb(act: Callable[..., Awaitable[Any]], **given: Any) -> Callable[..., Awaitable[Any]]:
    async def do(db: Database, who: Actor, case_id: UUID) -> Any:
        return await act(db, who, case_id=case_id, now=clock.now(), **given)

    return do


ALL = VERBS | {
    Move.GRANT: VERBS[Move.APPROVE],
    Move.REPORT: _verb(actions.report),
    Move.RECHECK: _verb(actions.recheck),
    Move.TRANSFER: _verb(actions.recheck),
    Move.VISIT: _verb(actions.record_visit, posted=make.VISIT, key=None),
    Move.ACCEPT: _verb(actions.accept),
    Move.DECLINE: _verb(actions.decline, reason=make.REASON),
    Move.ASK_CORRECTION: _verb(actions.ask_correction, said={"name": make.REASON}),
    Move.HAND_OVER: _verb(actions.hand_over, to="", note=make.NOTE),
    Move.CONSULT: _verb(actions.consult, department="", days="3", question=make.NOTE),
    Move.ADVISE: _verb(actions.advise, posted={"agrees": "yes", "reason": make.NOTE}),
    Move.SUSPEND: _verb(actions.suspend, kind="test", days="5", reason=make.NOTE),
    Move.RESUME: _verb(actions.resume, result=make.NOTE),
    Move.EXTEND: _verb(actions.extend, reason=make.NOTE),
    Move.TERMINATE: _verb(actions.terminate_at_desk, ground="", reason=make.NOTE),
    Move.RECTIFY: _verb(actions.rectify, reason=make.NOTE),
    Move.REOPEN: _verb(actions.rectify, reason=make.NOTE),
    Move.DELIVER: _verb(actions.deliver, way="counter", receiver="本人", note="", key=None),
    Move.TAKE_IN: _verb(actions.take_in, field="any"),
    Move.ASK_AGAIN: _verb(actions.ask_again, field="any", said=make.NOTE),
    Move.INSPECT: _verb(actions.inspect, key=None),
    Move.TELL_HEARING: _verb(actions.tell_hearing, posted=TOLD),
    Move.FIX_HEARING: _verb(actions.fix_hearing, posted={}),
    Move.DECIDE_RECUSAL: _verb(actions.decide_recusal, granted="no", reason=make.NOTE),
    Move.HOLD_HEARING: _verb(actions.hold_hearing, posted={}),
    Move.MISS_HEARING: _verb(actions.miss_hearing, reason=make.NOTE),
    Move.TELL_INTERESTED: _verb(actions.tell_interested, posted={}),
    Move.SERVE_INTERESTED: _verb(actions.serve_interested, seat=1, served=""),
}
#: Nobody presides yet over the case that is walked, and no department was asked about it.
WHY = {
    Whose.WORKING: DutyMissing,
    Whose.TURN: DutyMissing,
    Whose.HEAD: NotAllowed,
    Whose.PRESIDER: HearingElsewhere,
    Whose.ASKED: NoSuchCase,
}


async def test_who_has_no_duty_makes_no_move_from_any_state(
    city: Database, owner: Resident, at: Desk
) -> None:
    """All of an officer's moves from all states that they start from; tried by leaving the check out of ``step_of``."""
    theirs = sorted({(one.source, one.move) for one in MOVES if one.role is Role.OFFICER})
    assert {move for _, move in theirs} == set(WHOSE) == ALL.keys() | NOTED
    nobody = make.officer_with(at.examiner.department or "", name="示例无职责")
    for state in sorted({state for state, _ in theirs}):
        await city.sibling().run('UPDATE cases."case" SET state = $2 WHERE id = $1', at.case, str(state))
        before = await make.everything(city, at.case)
        for move in [move for source, move in theirs if source is state and move not in NOTED]:
            with pytest.raises(WHY[WHOSE[move]]):
                await ALL[move](city, nobody, at.case)
        assert await make.everything(city, at.case) == before, state
    # Nor is a page of the inspection's record kept for her, which is no move yet; a batch says why beforehand.
    await city.sibling().run('UPDATE cases."case" SET state = $2 WHERE id = $1', at.case, "accepted")
    assert owner.actor.id is not None
    record = {"step": ABOUT, "posted": {}, "version": 0, "applicant": owner.actor.id}
    with pytest.raises(DutyMissing):
        await actions.keep_inspection(city, nobody, case_id=at.case, now=clock.now(), **record)
    (line,) = await actions.bulk_preview(city, nobody, chosen=[at.case], move=Move.RECHECK)
    assert "没有其中任何一项职责" in str(line.why)


def test_any_duty_of_the_chain_or_the_heads_makes_a_colleague_and_another_does_not() -> None:
    for chain in (
        (Duty.EXAMINE, Duty.REVIEW, Duty.APPROVE),
        (Duty.EXAMINE, Duty.APPROVE),
        (Duty.APPROVE,),
        (),
    ):
        assert not works_on(chain, make.officer_with("d"))
        for duty in OFFICERS_DUTIES:
            # Who vets or assists in a hall, or maintains items or sources, works on no case by that.
            case = duty not in (Duty.VET, Duty.ASSIST, Duty.CATALOGUE, Duty.SOURCES)
            does = case and (not chain or duty in chain or duty is Duty.HEAD)
            assert works_on(chain, make.officer_with("d", duty)) == does, (chain, duty)
