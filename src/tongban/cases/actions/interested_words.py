"""The word of an interested person 利害关系人: she asks for a hearing, gives it up, confirms the record or does not.

By herself on her page, or noted by an officer for who answers on paper.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases import store
from tongban.cases.actions.hearing_records import take_word
from tongban.cases.actions.hearing_rights import begin_hearing
from tongban.cases.actions.hearing_steps import answered, remembered, write_step
from tongban.cases.actions.interested import day_typed
from tongban.cases.actions.moving import case_at_work, step_of
from tongban.cases.actions.reasons import reason_of, tidied
from tongban.cases.model import POLICY, Case, Move, NoSuchCase
from tongban.cases.model.hearing_parts import OnRecord
from tongban.cases.model.hearing_refusals import (
    HearingElsewhere,
    HearingIncomplete,
    HearingTooLate,
    NoHearingRight,
)
from tongban.cases.model.interested import Interested, Word
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import N_
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.policy import Actor, Relation

#: What she can say, by the name that forms post.
ASK, WAIVE, AGREE, OBJECT = "ask", "waive", "agree", "object"


async def answer_as_interested(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    said: str,
    words: str = "",
    key: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Her own word 利害关系人答复: ``said`` is ask, waive, agree or object, ``words`` her wishes or what is not right.

    Asked for by her, the hearing is the same as the applicant's, or she joins hers. Gives ``{case, state}``; the same
    word a second time changes nothing. Two statements. Raises NoSuchCase for whoever is not named, HearingIncomplete,
    ReasonMissing, NoHearingRight, HearingTooLate, NotPossibleNow, MovedOn.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        POLICY.require(actor, "cases.interested", Relation.OWN)
        assert actor.id is not None
        found = await store.case_of_interest(db, case_id=case_id, person=actor.id)
        if found is None:
            raise NoSuchCase
        case, seat = found
        one = case.hearing.other(seat) if case.hearing else None
        if case.hearing is None or one is None:
            raise NoHearingRight
        if _said_already(one, said):
            return answered(case)
        today = clock.city_day(now)
        return await _take(db, actor, case, one, said, words, today, remembering, now=now)

    body = {"interested": str(case_id), "said": said, "words": words}
    return await answer_once(db, act, bucket=actor.bucket, caller=actor.caller, key=key, body=body, now=now)


async def note_interested(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    seat: int,
    said: str,
    words: str = "",
    on: str = "",
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Note the word of one who was told on paper 登记利害关系人答复, as it came in ``on`` that day, within her limit.

    Raises as :func:`answer_as_interested`; HearingElsewhere for who has a page of her own, HearingIncomplete for a day
    before the notice was served, or to come.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.hear", applicant=applicant)
    one = case.hearing.other(seat) if case.hearing else None
    if one is None or not one.paper:
        raise HearingElsewhere
    day = day_typed(on)
    if one.served is None or day is None or not one.served <= day <= clock.city_day(now):
        raise HearingIncomplete({"on": N_("请填写收到答复的日期，不早于送达日期，不晚于今天。")})
    await _take(db, actor, case, one, said, words, day, None, now=now)


def _said_already(one: Interested, said: str) -> bool:
    on_record = one.on_record
    return (
        (said == ASK and one.word is Word.ASKED)
        or (said == WAIVE and one.word is Word.WAIVED)
        or (on_record is not None and said == (AGREE if on_record.agrees else OBJECT))
    )


async def _take(
    db: Database,
    actor: Actor,
    case: Case,
    one: Interested,
    said: str,
    words: str,
    day: date,
    remembering: Remembering | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Her word as a step of the case; ``day`` is when she said it."""
    hearing = case.hearing
    assert hearing is not None
    if said in (ASK, WAIVE):
        return await _of_right(db, actor, case, one, said, words, day, remembering, now=now)
    if said in (AGREE, OBJECT):
        if one not in hearing.unheard:
            raise NoHearingRight
        why = "" if said == AGREE else reason_of(words)
        heard = msgspec.structs.replace(one, on_record=OnRecord(agrees=said == AGREE, on=day, why=why))
        return await take_word(
            db, actor, case, hearing.with_other(heard), remembering, seat=one.seat, now=now
        )
    raise HearingIncomplete({"do": N_("请选择您的答复。")})


async def _of_right(
    db: Database,
    actor: Actor,
    case: Case,
    one: Interested,
    said: str,
    words: str,
    day: date,
    remembering: Remembering | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    hearing = case.hearing
    assert hearing is not None
    last = one.last_day(await clock.current_calendar(db))
    if one.word is not None or last is None or (hearing.pending and hearing.record is not None):
        raise NoHearingRight
    if day > last:
        raise HearingTooLate(last)
    word = Word.ASKED if said == ASK else Word.WAIVED
    spoken = msgspec.structs.replace(one, word=word, word_on=day, wishes=tidied(words) if said == ASK else "")
    after = hearing.with_other(spoken)
    joins = said == ASK and hearing.pending
    begins = said == ASK and not joins
    move = Move.JOIN_HEARING if joins else Move.INTERESTED_ASKS if begins else Move.INTERESTED_WAIVES
    step = step_of(case, move, actor)
    answer = answered(case, step)
    parts = remembered(remembering, answer)
    if begins:
        await begin_hearing(db, actor, case, step, after, *parts, seat=one.seat, on=day, now=now)
    else:
        kept = after.with_asker(one.seat) if joins else after
        await write_step(db, actor, case, step, kept, *parts, now=now, seat=one.seat)
    return answer
