"""What concerns an interested person 利害关系人 of another's case, as JSON; her word in its hearing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post

from tongban import regions
from tongban.cases import actions
from tongban.cases.api.hearing_said import ASKS, CONFIRMS, DROPS, PLEADS, WAIVES, HearingWord, door, taken
from tongban.cases.api.hearings import (
    HearingPlea,
    HearingRecord,
    HearingSitting,
    plea_told,
    record_told,
    sitting_told,
)
from tongban.cases.model import DECIDING, Move, State
from tongban.cases.model.hearing import Hearing, Stage, stage
from tongban.cases.model.hearing_parts import Ended
from tongban.cases.model.interested import Interested, Word
from tongban.cases.model.life import as_applicant_sees
from tongban.kit import clock
from tongban.kit.clock import Calendar
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor

#: While an interested person can say something.
_OPEN = DECIDING | {State.SUSPENDED}
_NONE = Hearing()


class ConcernedCase(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision on somebody's application means for me; ``told`` and what follows is null once it is told anew.

    ``stage`` and what follows are of the hearing, null of one that I have given up.
    """

    case: UUID
    item: str
    name: Text
    organ: Text
    applicant: str
    place: str | None
    address: str | None
    state: State
    interest: str | None
    intended: str | None
    told: date | None
    served: date | None
    ask_by: date | None
    word: Word | None
    stage: Stage | None
    hold_by: date | None
    sitting: HearingSitting | None
    plea: HearingPlea | None
    sign_by: date | None
    record: HearingRecord | None
    ended: Ended | None
    moves: list[Move]


@get("/api/v1/interested/{case_id:uuid}", who="cases.interested", include_in_schema=True)
async def concerned(db: Database, actor: Actor, now: datetime, case_id: UUID) -> ConcernedCase:
    """What an application means for me, and how its hearing stands; its applicant sees that I looked."""
    seen = await actions.concerns_me(db, actor, case_id=case_id, now=now)
    told, one, calendar = seen.concerned, seen.one, await clock.current_calendar(db)
    hearing = told.hearing or _NONE
    heard = hearing if one and one.heard else _NONE
    plea = heard.sitting.plea_of(one.seat) if one and heard.sitting else None
    return ConcernedCase(
        case=case_id,
        item=told.item,
        name=seen.version.name,
        organ=(await regions.department(db, told.department)).name,
        applicant=seen.matter.applicant,
        place=seen.matter.place or None,
        address=seen.matter.address or None,
        state=as_applicant_sees(told.state),
        **_told_her(one, calendar),
        stage=stage(heard, calendar, clock.city_day(now)) if heard.begun else None,
        hold_by=heard.last_day_to_hold(calendar),
        sitting=sitting_told(heard.sitting) if heard.sitting else None,
        plea=plea_told(plea) if plea else None,
        sign_by=heard.record.sign_by if heard.record else None,
        record=record_told(heard, one.on_record) if one and heard.record else None,
        ended=heard.ended.how if heard.ended else None,
        moves=sorted(_hers(hearing, one, calendar, now=now)) if one and told.state in _OPEN else [],
    )


def _hers(hearing: Hearing, one: Interested, calendar: Calendar, *, now: datetime) -> frozenset[Move]:
    """What she can do by program while the case is open."""
    if not hearing.may_answer(one, calendar, now):
        return hearing.open_to(one.seat)
    asks = Move.JOIN_HEARING if hearing.pending else Move.INTERESTED_ASKS
    return hearing.open_to(one.seat) | {asks, Move.INTERESTED_WAIVES}


def _told_her(one: Interested | None, calendar: Calendar) -> dict[str, Any]:
    """What she was told and her answer to it."""
    if one is None:
        return dict.fromkeys(("interest", "intended", "told", "served", "ask_by", "word"))
    return {
        "interest": one.interest,
        "intended": one.intended,
        "told": one.told,
        "served": one.served,
        "ask_by": one.last_day(calendar),
        "word": one.word,
    }


@post("/api/v1/interested/{case_id:uuid}/hearing/request", who="cases.interested", **door(ASKS))
async def ask_as_interested(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Ask for a hearing within my own limit, or join the one that was asked for; once for an Idempotency-Key."""
    return await taken(ASKS, actions.answer_as_interested, request, db, actor, case_id=case_id, now=now)


@post("/api/v1/interested/{case_id:uuid}/hearing/waiver", who="cases.interested", **door(WAIVES))
async def waive_as_interested(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Give my own right to a hearing up, once for an Idempotency-Key; the body is empty."""
    return await taken(WAIVES, actions.answer_as_interested, request, db, actor, case_id=case_id, now=now)


@post("/api/v1/interested/{case_id:uuid}/hearing/withdrawal", who="cases.interested", **door(DROPS))
async def drop_as_interested(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Take my request back before the hearing is held, once for an Idempotency-Key; the body is empty."""
    return await taken(DROPS, actions.answer_as_interested, request, db, actor, case_id=case_id, now=now)


@post("/api/v1/interested/{case_id:uuid}/hearing/recusal", who="cases.interested", **door(PLEADS))
async def plead_as_interested(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Plead that the presider withdraw, once for an Idempotency-Key."""
    return await taken(PLEADS, actions.answer_as_interested, request, db, actor, case_id=case_id, now=now)


@post("/api/v1/interested/{case_id:uuid}/hearing/confirmation", who="cases.interested", **door(CONFIRMS))
async def confirm_as_interested(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Confirm the record of the hearing, or say what is not right in it; once for an Idempotency-Key."""
    return await taken(CONFIRMS, actions.answer_as_interested, request, db, actor, case_id=case_id, now=now)


routes = [
    *(concerned, ask_as_interested, waive_as_interested, drop_as_interested),
    *(plead_as_interested, confirm_as_interested),
]
