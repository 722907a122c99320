"""What every move after submission shares: who may, where it starts, and one write of all that it means."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue, licences, regions
from tongban.cases import store
from tongban.cases.model import (
    DECIDING,
    POLICY,
    Case,
    Edge,
    HelpedHerself,
    Move,
    MovedOn,
    NoSuchCase,
    State,
    edge,
)
from tongban.cases.model.assignment import NotInHand
from tongban.cases.model.chain import chain_of
from tongban.cases.model.linked import BY_THE_ORGAN, OF_A_DECISION
from tongban.cases.model.papers import GIVEN, Standing
from tongban.cases.model.rights import is_colleagues, relation_in_list, relation_to_case
from tongban.cases.model.whose import must_be_hers
from tongban.kit import clock, outbox, timers
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor, Relation, Role, Verdict

#: Where a case still needs what other departments were asked.
NEEDS_ADVICE = DECIDING | {State.SUSPENDED}
TIMERS = (
    *("cases.acceptance", "cases.correction", "cases.recheck", "cases.special", "cases.hearing"),
    "cases.deeming",
)
#: Of a case that waits for materials.
FOLLOWING = ("cases.follow_up", "cases.reminder")


#: What decides about a case, or whether it is taken up: not for who helped its applicant with it.
_OF_A_DECISION = ("cases.accept", "cases.decide")


async def case_at_work(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    action: str,
    applicant: UUID | None = None,
    now: datetime | None = None,
) -> Case:
    """The case for an officer's move; one of another department is as unknown as one that is not there.

    ``applicant`` is whose case the officer's page says it is; another's is not found. One of a department whose office
    hers has taken over is given as her department's, which signs what comes of the move and has what lives again: one
    statement more. ``now`` is given for what is the assignee's, for whom a deputy may stand in: of a colleague's case
    one statement more. Raises HelpedHerself for a decision of who helped its applicant at a window, NotInHand.
    """
    case: Case | None
    if actor.role is Role.OFFICER and actor.id is not None and action in _OF_A_DECISION:
        case, helped = await store.case_and_help(db, case_id=case_id, officer=actor.id) or (None, False)
    else:
        case, helped = await store.case_for_work(db, case_id=case_id), False
    if helped and case is not None and relation_to_case(actor, case) is not Relation.OTHER:
        raise HelpedHerself
    if case is not None:
        case = msgspec.structs.replace(case, department=await acting_as(db, actor, case.department))
    stands = case is not None and now is not None and await _as_hers(db, actor, case, action, now=now)
    return for_work(case, actor, action=action, applicant=applicant, stands=stands)


async def _as_hers(db: Database, actor: Actor, case: Case, action: str, *, now: datetime) -> bool:
    """Whether a colleague's case is as if it were in her hand: whose turn a decision is says the item's chain, where it
    has one, and a deputy does what the absent one would."""
    if action == "cases.decide" and chain_of(
        (await catalogue.version(db, case.item, case.item_version)).chain
    ):
        return True
    return await stands_in(db, actor, case.assignee, now=now)


async def stands_in(db: Database, actor: Actor, assignee: UUID | None, *, now: datetime) -> bool:
    """Whether an officer stands in today for the colleague who has a case in hand 代理; asked only of a colleague's."""
    if actor.role is not Role.OFFICER or assignee in (None, actor.id):
        return False
    today = clock.city_day(now)
    away = await store.absences(db, department=actor.department or "", since=today)
    return any(one.officer == assignee and one.deputy == actor.id and one.on(today) for one in away)


async def relation_at_desk(db: Database, actor: Actor, assignee: UUID | None, *, now: datetime) -> Relation:
    """What a case of the department is to its officer: in her hand, or in a colleague's."""
    return relation_in_list(actor, assignee, stands_in=await stands_in(db, actor, assignee, now=now))


async def acting_as(db: Database, actor: Actor, department: str | None) -> str | None:
    """As which department an officer acts on what ``department`` has: hers where it has taken over that one's office
    机构合并, else that one."""
    own = actor.department
    if department is None or own is None or department == own:
        return department
    return own if await store.has_succeeded(db, former=department, successor=own) else department


def for_work(
    case: Case | None, actor: Actor, *, action: str, applicant: UUID | None = None, stands: bool = False
) -> Case:
    """As :func:`case_at_work`, of a case that has been read; ``stands``: she stands in for who has it in hand."""
    if case is None or applicant not in (None, case.applicant):
        raise NoSuchCase
    if actor.role is Role.SYSTEM:
        return case
    relation = relation_to_case(actor, case, stands_in=stands)
    if POLICY.decide(actor, action, relation) is Verdict.REFUSE:
        if relation is Relation.OTHER:
            raise NoSuchCase
        if is_colleagues(actor, action, relation):
            raise NotInHand(case.assignee_name or "")
        POLICY.require(actor, action, relation)
    return case


async def at_its_desk(db: Database, case: Case) -> Case:
    """A case that comes to life again, at the desk that has the office of its department now: one statement."""
    if case.department is None:
        return case
    return msgspec.structs.replace(
        case, department=await store.holder_of_office(db, department=case.department)
    )


async def step_of(db: Database, case: Case, move: Move, actor: Actor) -> Edge:
    """The edge for this move from where the case stands, if it is this officer's to make.

    Every move goes by here before anything is read or typed words are judged; the item's chain is in the process's
    memory. Raises NotPossibleNow, DutyMissing for an officer who has none of the duties that it asks.
    """
    step = edge(move, case.state, actor.role)
    if actor.role is Role.OFFICER:
        version = await catalogue.version(db, case.item, case.item_version)
        must_be_hers(chain_of(version.chain), move, actor)
    return step


async def organ_of(db: Database, case: Case) -> Text:
    """The name of the department that has the case, from the process's memory."""
    assert case.department is not None
    return (await regions.department(db, case.department)).name


async def reconsidered_by(db: Database, case: Case) -> regions.ReconsiderationOrgan | None:
    """Who reconsiders what the department decides that has the case 复议机关, from the process's memory; None before
    any has it."""
    return await regions.reconsideration_organ(db, case.department) if case.department else None


async def organ_giving(db: Database, case: Case, move: Move) -> Text:
    """Whose name and seal stand on the paper of this move, from the process's memory: the department's that has the
    case; of what the 复议机关 decides the government's, whose office that department is (行政复议法 art. 61, 75).

    In a city whose folder does not have the governments, which then have no seal, it is the office's.
    """
    if move in BY_THE_ORGAN and case.department:
        version = await catalogue.version(db, case.item, case.item_version)
        organ = await regions.reconsideration_organ(db, case.department)
        if version.about == OF_A_DECISION and organ.department:
            return organ.name
    return await organ_of(db, case)


async def dated(db: Database, then: Standing, *days: date) -> Standing:
    """``then`` with the years that have no holiday notice yet, of the limit's end and other ``days`` on the paper."""
    due = clock.city_day(then.due) if then.due else None
    years = clock.unannounced(await clock.current_calendar(db), (due, *days))
    return msgspec.structs.replace(then, provisional=years) if years else then


def _days_told(move: Move, detail: dict[str, Any]) -> list[date]:
    """The days that a step's paper names: to which it moved limits, until when the applicant has to correct."""
    days = [date.fromisoformat(after) for _, after in detail.get("dates", {}).values()]
    if move is Move.ASK_CORRECTION:
        days.append(clock.city_day(datetime.fromisoformat(detail["until"])))
    return days


async def carry_out(
    db: Database,
    actor: Actor,
    case: Case,
    step: Edge,
    guard: Part,
    *parts: Part,
    now: datetime,
    detail: dict[str, Any] | None = None,
    ledger: dict[str, Any] | None = None,
    then: Standing | None = None,
    closes: bool = False,
) -> None:
    """Write a move: the case itself, its step, its ledger row, its news and whatever joins them.

    ``detail`` is what the step keeps, ``ledger`` the codes that its ledger row does.
    A step that gives a paper writes down how things stand (``then``, or the organ alone that gives it). ``closes``
    ends the case's purpose and its timers with it. Raises MovedOn when somebody was faster.
    """
    if step.move in GIVEN:
        how, told = then or Standing(await organ_giving(db, case, step.move)), detail or {}
        detail = told | (await dated(db, how, *_days_told(step.move, told))).stored()
    subject = case.applicant
    news = (
        (
            outbox.announcing(
                step.event, subject=subject, reference=case.id, now=now, payload={"move": str(step.move)}
            ),
        )
        if step.event
        else ()
    )
    ending = (
        (
            audit.closing_purpose(subject=subject, reference=str(case.id), now=now),
            *((licences.settling(holder=subject, reference=case.id, now=now),) if case.about else ()),
            *(
                timers.cancelling(kind, subject=subject, reference=case.id)
                for kind in (
                    *TIMERS,
                    *(FOLLOWING if case.follow_up is not None else ()),
                    *(("cases.asking",) if case.course.specials else ()),
                )
            ),
        )
        if closes
        else ()
    )
    asked = (
        (store.ending_questions(case, department=None, now=now),)
        if case.consulted and step.target not in NEEDS_ADVICE
        else ()
    )
    done = await write(
        db,
        guard,
        store.noting(case, step, actor, now=now, detail=detail),
        audit.record(
            actor,
            f"cases.{step.move}",
            subject=subject,
            reference=case.id,
            purpose=case.purpose,
            detail=ledger,
            now=now,
        ),
        *news,
        *ending,
        *asked,
        *parts,
    )
    if done is None:
        raise MovedOn
