"""The hearing of a case 听证 as JSON: how it stands, for who applies and for the desk; asked for and given up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post

from tongban.cases import actions
from tongban.cases.model import DECIDING, Case, Move, State
from tongban.cases.model.hearing import Hearing, Stage, stage
from tongban.cases.model.hearing_parts import Closed, Ended, Off, Sitting
from tongban.cases.model.life import OF_HEARING
from tongban.kit import clock
from tongban.kit.clock import Instant
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import Nothing, body_of, required_key

_NONE = Hearing()


class HearingSitting(msgspec.Struct, frozen=True, kw_only=True):
    """Time and place of a hearing; ``put_off`` is why it is not held then, null where it is."""

    at: Instant
    place: str
    presider: str
    closed: Closed | None
    reason: str
    put_off: Off | None


class HearingTold(msgspec.Struct, frozen=True):
    """What the telling of the right says."""

    facts: str
    reasons: str
    intended: str


class CaseHearing(msgspec.Struct, frozen=True, kw_only=True):
    """How the hearing of a case stands, and its limits; ``stage`` is null while no right was told."""

    case: UUID
    stage: Stage | None
    told: date | None
    ask_by: date | None
    notice: HearingTold | None
    asked: date | None
    hold_by: date | None
    sitting: HearingSitting | None
    held: date | None
    sign_by: date | None
    ended: Ended | None
    moves: list[Move]


class DeskHearing(CaseHearing, frozen=True, kw_only=True):
    """As :class:`CaseHearing`, for the department: with what the applicant wants to speak about."""

    wishes: str


class AskHearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the applicant wants to speak about, if she says so."""

    wishes: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class HearingWord(msgspec.Struct, frozen=True):
    """The case as it stands after her word."""

    case: UUID
    state: State


@get("/api/v1/cases/{case_id:uuid}/hearing", who="cases.mine", include_in_schema=True)
async def hearing(db: Database, actor: Actor, now: datetime, case_id: UUID) -> CaseHearing:
    """How the hearing of a case of mine, or of one that I have signed, stands."""
    case = (await actions.followed(db, actor, case_id=case_id, now=now)).case
    at, shown = await _shown(db, case, now=now)
    own = case.applicant == actor.id
    return CaseHearing(**shown, moves=sorted(_hers(case, at)) if own else [])


@post(
    "/api/v1/cases/{case_id:uuid}/hearing/request",
    who="cases.hearing",
    include_in_schema=True,
    takes=AskHearing,
    status_code=200,
)
async def request_hearing(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Ask for a hearing within the limit, once for an Idempotency-Key."""
    key = required_key(request)
    wanted = await body_of(request, AskHearing)
    answer = await actions.ask_hearing(db, actor, case_id=case_id, wishes=wanted.wishes, key=key, now=now)
    return msgspec.convert(answer, HearingWord)


@post(
    "/api/v1/cases/{case_id:uuid}/hearing/waiver",
    who="cases.hearing",
    include_in_schema=True,
    takes=Nothing,
    status_code=200,
)
async def waive_hearing(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Give the right to a hearing up, once for an Idempotency-Key; the body is empty."""
    key = required_key(request)
    await body_of(request, Nothing)
    answer = await actions.waive_hearing(db, actor, case_id=case_id, key=key, now=now)
    return msgspec.convert(answer, HearingWord)


@get("/api/v1/desk/cases/{applicant:uuid}/{case_id:uuid}/hearing", who="cases.hear", include_in_schema=True)
async def hearing_at_desk(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID
) -> DeskHearing:
    """How the hearing of a case of my department stands; a reading of the case, with its ledger row."""
    opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, now=now)
    at, shown = await _shown(db, opened.case, now=now)
    moves = opened.moves_of(actor) & OF_HEARING
    if at is Stage.TOLD:
        moves -= {Move.TELL_HEARING}
    begun = opened.case.hearing.begun if opened.case.hearing else None
    wishes = begun.wishes if begun else ""
    return DeskHearing(**shown, moves=sorted(moves), wishes=wishes)


async def _shown(db: Database, case: Case, *, now: datetime) -> tuple[Stage | None, dict[str, Any]]:
    """The stage of a case's hearing, and the members that both records share; no statement of its own."""
    calendar = await clock.current_calendar(db)
    one = case.hearing or _NONE
    at = stage(one, calendar, clock.city_day(now)) if case.hearing else None
    told, begun, record, last = one.told, one.begun, one.record, one.lasting.last
    return at, {
        "case": case.id,
        "stage": at,
        "told": told and told.on,
        "ask_by": told and told.last_day(calendar),
        "notice": told and HearingTold(told.notice.facts, told.notice.reasons, told.notice.intended),
        "asked": begun.on if begun and begun.asked else None,
        "hold_by": one.last_day_to_hold(calendar),
        "sitting": sitting_told(one.sitting) if one.sitting else None,
        "held": record.held if record else last and last.held,
        "sign_by": record and record.sign_by,
        "ended": one.ended and one.ended.how,
    }


def sitting_told(one: Sitting) -> HearingSitting:
    """Time and place as the API tells them."""
    return HearingSitting(
        at=one.at,
        place=one.place,
        presider=one.presider_name,
        closed=one.closed,
        reason=one.reason,
        put_off=one.off,
    )


def _hers(case: Case, at: Stage | None) -> set[Move]:
    """What its applicant can do by program now; the record is confirmed on her page."""
    if at is Stage.TOLD and case.state in DECIDING:
        return {Move.ASK_HEARING, Move.WAIVE_HEARING}
    return set()


routes = [hearing, request_hearing, waive_hearing, hearing_at_desk]
