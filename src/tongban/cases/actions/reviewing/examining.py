"""The steps of a chain before the decision 审查、复核: an opinion, its endorsement by another, or back to work."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban import catalogue, regions
from tongban.cases import store
from tongban.cases.actions.afterwards.ruling import chosen
from tongban.cases.actions.applying.registers import find
from tongban.cases.actions.moving import carry_out, case_at_work, organ_of, step_of
from tongban.cases.actions.reviewing.reasons import reason_beside, reason_of, tidied
from tongban.cases.actions.reviewing.reporting import organ_above
from tongban.cases.model import Case, FavourNotChosen, Move, NoSuchCase, RuleNotMet
from tongban.cases.model.chain import Opinion, chain_of, duty_at, require
from tongban.cases.model.course import Course
from tongban.cases.model.facts import heard
from tongban.cases.model.follow_up import must_have_come
from tongban.cases.model.hearing import may_examine
from tongban.cases.model.hearing_refusals import Presided
from tongban.cases.model.reporting import Reported, reports_up
from tongban.cases.model.rulings import RULINGS, Ruling
from tongban.kit import clock, forms, keys
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor
from tongban.kit.rules import Truth

#: What a proposal can say, as a form spells it.
FAVOURS = {"approve": True, "refuse": False}
#: What the field of it is called.
_OPINION = N_("意见")


async def propose(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    reason: str,
    favour: str = "",
    ruling: str = "",
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Propose the decision 提出审查意见, ``favour`` one of FAVOURS, with the reasons for who reviews and decides.

    Of a reconsideration ``ruling`` says it, one of the outcomes that the law has (行政复议法 art. 61). A round begins:
    what was said before no longer counts. Raises OutOfTurn, DutyMissing, FavourNotChosen, RulingNotChosen,
    ReasonMissing, RuleNotMet (an approval against the rule is not proposed either), MaterialsOutstanding (nor one
    before what was promised has come), NotPossibleNow, MovedOn.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.examine", applicant=applicant)
    version = await _in_turn(db, actor, case, Move.PROPOSE)
    outcome = chosen(version, case, ruling, reason, label=_OPINION)
    if outcome is not None:
        favour = "approve" if RULINGS[outcome].move is Move.GRANT else "refuse"
    if FAVOURS.get(favour):
        must_have_come(case.follow_up)
        if _finding(case, version, now=now) is Truth.FALSE:
            raise RuleNotMet
    unchosen: dict[str, Words] = {"favour": N_("请选择审查意见：拟准予，或者拟不予。")}
    words = reason_beside(reason, {} if favour in FAVOURS else unchosen, FavourNotChosen, _OPINION)
    said = _opinion(actor, case, version, favour=FAVOURS[favour], words=words, ruling=outcome, now=now)
    await _say(db, actor, case, Move.PROPOSE, said, (said,), now=now)


async def endorse(
    db: Database, actor: Actor, *, case_id: UUID, note: str = "", applicant: UUID | None = None, now: datetime
) -> None:
    """Agree with what was proposed 复核同意, as another person than who proposed it; it goes on to who decides.

    Raises OutOfTurn, DutyMissing, FourEyes, NotPossibleNow, MovedOn.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.examine", applicant=applicant)
    version = await _in_turn(db, actor, case, Move.ENDORSE)
    first, words = case.opinions[0], tidied(note, _OPINION)
    said = _opinion(actor, case, version, favour=first.favour, words=words, ruling=first.ruling, now=now)
    await _say(db, actor, case, Move.ENDORSE, said, (*case.opinions, said), now=now)


async def report(
    db: Database, actor: Actor, *, case_id: UUID, note: str = "", applicant: UUID | None = None, now: datetime
) -> regions.Department:
    """Report what was examined to the organ that decides 报送上级机关, as another person than who proposed it.

    Gives that organ. Opinion and materials go on with the case; the applicant hands in nothing again (行政许可法
    art. 35). Whoever had it in hand has it no more; the limits of the decision run on. Raises OutOfTurn, also where
    this department decides, DutyMissing, FourEyes, NotPossibleNow, MovedOn. Pressed twice it counts once.
    """
    try:
        case = await case_at_work(db, actor, case_id=case_id, action="cases.examine", applicant=applicant)
    except NoSuchCase:
        return await _reported_before(db, actor, case_id=case_id)
    version = await _in_turn(db, actor, case, Move.REPORT)
    step = await step_of(db, case, Move.REPORT, actor)
    first, words = case.opinions[0], tidied(note, _OPINION)
    said = _opinion(actor, case, version, favour=first.favour, words=words, now=now)
    above = await organ_above(db, version)
    course: Course = msgspec.structs.replace(case.course, reported=clock.city_day(now))
    organs = Reported(sender=await organ_of(db, case), to=above.name)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.reporting(case, step, (*case.opinions, said), course, department=above.code),
        now=now,
        detail={"favour": said.favour, "words": said.words, **msgspec.to_builtins(organs)},
    )
    return above


async def _reported_before(db: Database, actor: Actor, *, case_id: UUID) -> regions.Department:
    """The organ to which this very officer has reported a case that is not hers any more; raises NoSuchCase for any
    other."""
    case = await store.case_for_work(db, case_id=case_id)
    last = case.opinions[-1:] if case and case.course.reported else ()
    if case is None or actor.id not in [one.by for one in last]:
        raise NoSuchCase
    return await organ_above(db, await catalogue.version(db, case.item, case.item_version))


async def send_back(
    db: Database, actor: Actor, *, case_id: UUID, reason: str, applicant: UUID | None = None, now: datetime
) -> None:
    """Send it back to be examined anew 退回, with what is to be looked at; the clock runs on.

    Raises OutOfTurn, DutyMissing, FourEyes, ReasonMissing, NotPossibleNow, MovedOn.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.examine", applicant=applicant)
    version = await _in_turn(db, actor, case, Move.SEND_BACK)
    said = _opinion(actor, case, version, favour=None, words=reason_of(reason, _OPINION), now=now)
    await _say(db, actor, case, Move.SEND_BACK, said, (*case.opinions, said), now=now)


async def _in_turn(db: Database, actor: Actor, case: Case, move: Move) -> catalogue.ItemVersion:
    await step_of(db, case, move, actor)
    version = await catalogue.version(db, case.item, case.item_version)
    in_turn(version, case, move, actor)
    return version


def in_turn(version: catalogue.ItemVersion, case: Case, move: Move, actor: Actor) -> None:
    """Raises OutOfTurn, DutyMissing or FourEyes when the item's chain has another step, or another person, first,
    DecidedAbove where the organ above decides; Presided for who has presided over the case's hearing."""
    above = reports_up(version, case)
    require(chain_of(version.chain), case.state, case.opinions, move, actor, above=above)
    if not may_examine(case.hearing, move, actor.id):
        raise Presided


def _finding(case: Case, version: catalogue.ItemVersion, *, now: datetime) -> Truth:
    form = forms.compile_form(version.form)
    return find(version, heard(case.facts, form, keys.current(), case.id.bytes), now=now).verdict


def _opinion(
    actor: Actor,
    case: Case,
    version: catalogue.ItemVersion,
    *,
    favour: bool | None,
    words: str,
    ruling: Ruling | None = None,
    now: datetime,
) -> Opinion:
    duty = duty_at(chain_of(version.chain), case.state)
    assert actor.id is not None and duty is not None
    return Opinion(duty=duty, by=actor.id, name=actor.name, at=now, favour=favour, words=words, ruling=ruling)


async def _say(
    db: Database,
    actor: Actor,
    case: Case,
    move: Move,
    said: Opinion,
    round_: tuple[Opinion, ...],
    *,
    now: datetime,
) -> None:
    step = await step_of(db, case, move, actor)
    detail = {"favour": said.favour, "words": said.words}
    detail |= {"ruling": str(said.ruling)} if said.ruling else {}
    await carry_out(db, actor, case, step, store.examining(case, step, round_), now=now, detail=detail)
