"""The hearing of a case 听证 as JSON: how it stands, for who applies and for the desk; her word in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post

from tongban.cases import actions
from tongban.cases.api.hearing_said import ASKS, CONFIRMS, DROPS, PLEADS, WAIVES, HearingWord, door, taken
from tongban.cases.model import DECIDING, Case, Move, State
from tongban.cases.model.hearing import Hearing, Stage, stage
from tongban.cases.model.hearing_parts import Closed, Ended, Off, OnRecord, Recusal, Sitting
from tongban.cases.model.life import OF_HEARING
from tongban.kit import clock
from tongban.kit.clock import Calendar, Instant
from tongban.kit.db import Database
from tongban.kit.i18n import Message, Text, both
from tongban.kit.policy import Actor

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


class HearingPlea(msgspec.Struct, frozen=True):
    """A plea that the presider withdraw, and what the head said: ``granted`` is null and ``words`` empty before."""

    reason: str
    asked_at: Instant
    granted: bool | None
    words: str


class HearingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The record that the parties confirm, without the presider's report; ``began`` and ``ended`` in the city's time.

    ``absent`` are those who had asked and did not come. ``agreed`` is the reader's own word on it, the applicant's for
    the desk, null before; ``objection`` says what is not right in it.
    """

    began: str
    ended: str
    clerk: str
    examiner: str
    party: str
    others: str
    absent: list[Text]
    examiner_said: str
    party_said: str
    others_said: str
    evidence: str
    agreed: bool | None
    objection: str


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
    plea: HearingPlea | None
    held: date | None
    record: HearingRecord | None
    sign_by: date | None
    ended: Ended | None
    moves: list[Move]


class DeskHearing(CaseHearing, frozen=True, kw_only=True):
    """As :class:`CaseHearing`, for the department: with what the applicant wants to speak about."""

    wishes: str


@get("/api/v1/cases/{case_id:uuid}/hearing", who="cases.mine", include_in_schema=True)
async def hearing(db: Database, actor: Actor, now: datetime, case_id: UUID) -> CaseHearing:
    """How the hearing of a case of mine, or of one that I have signed, stands."""
    case = (await actions.followed(db, actor, case_id=case_id, now=now)).case
    at, shown = await _shown(db, case, now=now)
    calendar = await clock.current_calendar(db)
    hers = _hers(case, at, calendar, now=now) if case.applicant == actor.id else ()
    return CaseHearing(**shown, moves=sorted(hers))


@post("/api/v1/cases/{case_id:uuid}/hearing/request", who="cases.hearing", **door(ASKS))
async def request_hearing(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Ask for a hearing within the limit, once for an Idempotency-Key."""
    return await taken(ASKS, actions.answer_as_applicant, request, db, actor, case_id=case_id, now=now)


@post("/api/v1/cases/{case_id:uuid}/hearing/waiver", who="cases.hearing", **door(WAIVES))
async def waive_hearing(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Give the right to a hearing up, once for an Idempotency-Key; the body is empty."""
    return await taken(WAIVES, actions.answer_as_applicant, request, db, actor, case_id=case_id, now=now)


@post("/api/v1/cases/{case_id:uuid}/hearing/withdrawal", who="cases.hearing", **door(DROPS))
async def drop_hearing(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Take the request back before the hearing is held, once for an Idempotency-Key; the body is empty."""
    return await taken(DROPS, actions.answer_as_applicant, request, db, actor, case_id=case_id, now=now)


@post("/api/v1/cases/{case_id:uuid}/hearing/recusal", who="cases.hearing", **door(PLEADS))
async def ask_recusal(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Plead that the presider withdraw, once for an Idempotency-Key."""
    return await taken(PLEADS, actions.answer_as_applicant, request, db, actor, case_id=case_id, now=now)


@post("/api/v1/cases/{case_id:uuid}/hearing/confirmation", who="cases.hearing", **door(CONFIRMS))
async def confirm_record(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> HearingWord:
    """Confirm the record of the hearing, or say what is not right in it; once for an Idempotency-Key."""
    return await taken(CONFIRMS, actions.answer_as_applicant, request, db, actor, case_id=case_id, now=now)


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
    plea = one.sitting.plea_of(0) if one.sitting else None
    return at, {
        "case": case.id,
        "stage": at,
        "told": told and told.on,
        "ask_by": told and told.last_day(calendar),
        "notice": told and HearingTold(told.notice.facts, told.notice.reasons, told.notice.intended),
        "asked": begun.on if begun and begun.asked else None,
        "hold_by": one.last_day_to_hold(calendar),
        "sitting": sitting_told(one.sitting) if one.sitting else None,
        "plea": plea and plea_told(plea),
        "held": record.held if record else last and last.held,
        "record": record_told(one, record.word) if record else None,
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


def plea_told(one: Recusal) -> HearingPlea:
    """A plea for recusal as the API tells it to who pleaded."""
    return HearingPlea(one.reason, one.asked_at, one.granted, one.words)


def record_told(hearing: Hearing, word: OnRecord | None) -> HearingRecord:
    """The record of a hearing as the API tells it to its parties, with the reader's ``word`` on it."""
    made = hearing.record
    assert made is not None
    absent = hearing.called_by(made.absent)
    return HearingRecord(
        began=made.began,
        ended=made.ended,
        clerk=made.clerk,
        examiner=made.examiner,
        party=made.party,
        others=made.others,
        absent=[both(one) if isinstance(one, Message) else one for one in absent],
        examiner_said=made.examiner_said,
        party_said=made.party_said,
        others_said=made.others_said,
        evidence=made.evidence,
        agreed=word.agrees if word else None,
        objection=word.why if word else "",
    )


def _hers(case: Case, at: Stage | None, calendar: Calendar, *, now: datetime) -> frozenset[Move]:
    """What its applicant can do by program now."""
    hearing = case.hearing
    if hearing is None:
        return frozenset()
    if at is Stage.TOLD and case.state in DECIDING:
        return frozenset({Move.ASK_HEARING, Move.WAIVE_HEARING})
    if case.state is not State.SUSPENDED:
        return frozenset()
    joins = {Move.JOIN_HEARING} if hearing.may_join(calendar, clock.city_day(now)) else set()
    return hearing.open_to(0) | joins


routes = [
    *(hearing, request_hearing, waive_hearing, drop_hearing, ask_recusal, confirm_record),
    hearing_at_desk,
]
