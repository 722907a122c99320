"""The word of an interested person 利害关系人: she asks for a hearing, gives it up, takes her request back, pleads that
the presider withdraw, confirms the record or does not.

By herself on her page, or noted by an officer for who answers on paper.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases import store
from tongban.cases.actions.hearing.interested import day_typed
from tongban.cases.actions.hearing.records import UNCHOSEN, take_word
from tongban.cases.actions.hearing.rights import begin_hearing, take_back
from tongban.cases.actions.hearing.sittings import plead
from tongban.cases.actions.hearing.speaking import AGREE, ASK, DROP, OBJECT, PLEAD, UNSAID, WAIVE
from tongban.cases.actions.hearing.steps import answered, remembered, write_step
from tongban.cases.actions.moving import case_at_work, step_of
from tongban.cases.actions.reviewing.reasons import reason_of, tidied
from tongban.cases.model import POLICY, Case, Move, NoSuchCase
from tongban.cases.model.hearing import Hearing
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


class Saying(msgspec.Struct, frozen=True):
    """A word of an interested person: ``said`` is a name of ``speaking``, ``day`` when she said it."""

    case: Case
    hearing: Hearing
    one: Interested
    said: str
    words: str
    day: date


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
    """Her own word 利害关系人答复: ``said`` is a name of ``speaking``.

    ``words`` are her wishes, her reason, or what is not right in the record.
    Asked for by her, the hearing is the same as the applicant's, or she joins hers; taken back, it is held for the
    others who asked. She pleads once that a presider withdraw (art. 48(1)(3)). Gives ``{case, state}``; the same
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
        saying = Saying(case, case.hearing, one, said, words, clock.city_day(now))
        return await _take(db, actor, saying, remembering, now=now)

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
    if case.hearing is None or one is None or not one.paper:
        raise HearingElsewhere
    day = day_typed(on)
    if one.served is None or day is None or not one.served <= day <= clock.city_day(now):
        raise HearingIncomplete({"on": N_("请填写收到答复的日期，不早于送达日期，不晚于今天。")})
    await _take(db, actor, Saying(case, case.hearing, one, said, words, day), None, now=now)


def _said_already(one: Interested, said: str) -> bool:
    on_record = one.on_record
    return (
        (said == ASK and one.word is Word.ASKED)
        or (said == WAIVE and one.word is Word.WAIVED)
        or (said == DROP and one.word is Word.DROPPED)
        or (on_record is not None and said == (AGREE if on_record.agrees else OBJECT))
    )


async def _take(
    db: Database, actor: Actor, saying: Saying, remembering: Remembering | None, *, now: datetime
) -> dict[str, Any]:
    """Her word as a step of the case."""
    if saying.said == UNSAID:
        raise HearingIncomplete({"agrees": UNCHOSEN})
    take = _TAKEN.get(saying.said)
    if take is None:
        raise HearingIncomplete({"do": N_("请选择您的答复。")})
    return await take(db, actor, saying, remembering, now=now)


async def _asks(
    db: Database, actor: Actor, saying: Saying, remembering: Remembering | None, *, now: datetime
) -> dict[str, Any]:
    case, seat = saying.case, saying.one.seat
    asked = await _answered(db, saying, Word.ASKED, wishes=tidied(saying.words))
    if saying.hearing.pending:
        after = asked.with_asker(seat)
        return await _keep(db, actor, saying, Move.JOIN_HEARING, after, remembering, now=now)
    step = await step_of(db, case, Move.INTERESTED_ASKS, actor)
    answer = answered(case, step)
    parts = remembered(remembering, answer)
    await begin_hearing(db, actor, case, step, asked, *parts, seat=seat, on=saying.day, now=now)
    return answer


async def _waives(
    db: Database, actor: Actor, saying: Saying, remembering: Remembering | None, *, now: datetime
) -> dict[str, Any]:
    after = await _answered(db, saying, Word.WAIVED)
    return await _keep(db, actor, saying, Move.INTERESTED_WAIVES, after, remembering, now=now)


async def _answered(db: Database, saying: Saying, word: Word, *, wishes: str = "") -> Hearing:
    """The hearing with her answer to the telling; raises NoHearingRight, HearingTooLate."""
    hearing, one = saying.hearing, saying.one
    last = one.last_day(await clock.current_calendar(db))
    if one.word is not None or last is None or (hearing.pending and not hearing.ahead):
        raise NoHearingRight
    if saying.day > last:
        raise HearingTooLate(last)
    return hearing.with_other(msgspec.structs.replace(one, word=word, word_on=saying.day, wishes=wishes))


async def _keep(
    db: Database,
    actor: Actor,
    saying: Saying,
    move: Move,
    after: Hearing,
    remembering: Remembering | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    step = await step_of(db, saying.case, move, actor)
    answer = answered(saying.case, step)
    parts = remembered(remembering, answer)
    await write_step(db, actor, saying.case, step, after, *parts, now=now, seat=saying.one.seat)
    return answer


async def _drops(
    db: Database, actor: Actor, saying: Saying, remembering: Remembering | None, *, now: datetime
) -> dict[str, Any]:
    one = saying.one
    if one.word is not Word.ASKED or one.word_on is None:
        raise NoHearingRight
    if saying.day < one.word_on:
        asked = f"{one.word_on:%Y-%m-%d}"
        raise HearingIncomplete({"on": N_("请填写收到答复的日期，不早于其要求听证的 {day}。", day=asked)})
    after = saying.hearing.with_other(msgspec.structs.replace(one, word=Word.DROPPED, word_on=saying.day))
    return await take_back(db, actor, saying.case, after, remembering, seat=one.seat, on=saying.day, now=now)


async def _pleads(
    db: Database, actor: Actor, saying: Saying, remembering: Remembering | None, *, now: datetime
) -> dict[str, Any]:
    if not saying.one.heard:
        raise NoHearingRight
    return await plead(db, actor, saying.case, saying.words, remembering, seat=saying.one.seat, now=now)


async def _on_record(
    db: Database, actor: Actor, saying: Saying, remembering: Remembering | None, *, now: datetime
) -> dict[str, Any]:
    if saying.one not in saying.hearing.unheard:
        raise NoHearingRight
    agrees = saying.said == AGREE
    word = OnRecord(agrees=agrees, on=saying.day, why="" if agrees else reason_of(saying.words))
    after = saying.hearing.with_other(msgspec.structs.replace(saying.one, on_record=word))
    return await take_word(db, actor, saying.case, after, remembering, seat=saying.one.seat, now=now)


_TAKEN: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
    ASK: _asks,
    WAIVE: _waives,
    DROP: _drops,
    PLEAD: _pleads,
    AGREE: _on_record,
    OBJECT: _on_record,
}
