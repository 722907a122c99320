"""What the steps of a hearing say in a case's history, and how its pages tell the stage that it has reached."""

from __future__ import annotations

import msgspec

from tongban.cases.model import CaseEvent, Move
from tongban.cases.model.hearing import Hearing
from tongban.cases.model.hearing_ends import ended_words
from tongban.cases.model.hearing_parts import OFF_WORDS, Sitting
from tongban.cases.model.life import OF_HEARING
from tongban.kit import clock
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Role


def told_of_hearing(event: CaseEvent, *, own: bool = False) -> Message | str | None:
    """What a step of a hearing says: until when, where, why, how it ended; None for another step.

    ``own`` is the applicant's page.
    """
    if event.move not in OF_HEARING:
        return None
    if event.move is Move.DECIDE_RECUSAL:
        return _decided(event)
    hearing = msgspec.convert(event.detail["hearing"], Hearing)
    if event.move in _OF_OTHERS or (event.move is Move.ASK_RECUSAL and event.detail.get("seat")):
        return _of_other(event, hearing)
    return _of_step(event, hearing, own=own)


def _of_step(event: CaseEvent, hearing: Hearing, *, own: bool) -> Message | str | None:
    match event.move:
        case Move.TELL_HEARING if hearing.told is not None:
            return N_("最晚 {day} 提出", day=f"{hearing.told.until:%Y-%m-%d}")
        case Move.ASK_HEARING if hearing.begun is not None:
            return N_("最晚 {day} 举行", day=f"{hearing.begun.hold_by:%Y-%m-%d}")
        case Move.FIX_HEARING | Move.UNFIX_HEARING if hearing.sitting is not None:
            return _fixed(hearing.sitting, event)
        case Move.ASK_RECUSAL:
            return str(event.detail["reason"])
        case Move.MISS_HEARING if hearing.ended is not None and "reason" in event.detail:
            ended = ended_words(hearing, own=own)
            return N_("{result}：{reason}", result=ended, reason=event.detail["reason"])
        case Move.HOLD_HEARING if hearing.record is not None:
            return N_("最晚 {day} 确认笔录", day=f"{hearing.record.sign_by:%Y-%m-%d}")
    return ended_words(hearing, own=own) if hearing.ended is not None else None


#: Steps of an interested person, or of the officer for her.
_OF_OTHERS = frozenset(
    {
        *(Move.TELL_INTERESTED, Move.SERVE_INTERESTED, Move.INTERESTED_ASKS, Move.INTERESTED_WAIVES),
        *(Move.JOIN_HEARING, Move.LEAVE_HEARING, Move.WORD_ON_RECORD),
    }
)


def _of_other(event: CaseEvent, hearing: Hearing) -> Message | str | None:
    one = hearing.other(event.detail.get("seat", 0))
    if one is None:
        return None
    if event.move is Move.TELL_INTERESTED and one.until is not None:
        return N_("{who}，最晚 {day} 提出", who=one.masked, day=f"{one.until:%Y-%m-%d}")
    if event.move is Move.TELL_INTERESTED:
        return N_("{who}，告知书用纸质送达", who=one.masked)
    if event.move is Move.SERVE_INTERESTED and one.served is not None:
        return N_("{who}，{day} 送达", who=one.masked, day=f"{one.served:%Y-%m-%d}")
    return one.masked


def by_interested(event: CaseEvent) -> bool:
    """Whether an interested person made this step herself."""
    return event.move in OF_HEARING and event.actor_role is Role.RESIDENT and bool(event.detail.get("seat"))


def _fixed(sitting: Sitting, event: CaseEvent) -> Message:
    if sitting.off is not None:
        return N_("{why}（{notice}）", why=OFF_WORDS[sitting.off], notice=event.detail["notice"])
    return N_(
        "{at}，{place}，主持人{who}",
        at=f"{clock.city_time(sitting.at):%Y-%m-%d %H:%M}",
        place=sitting.place,
        who=sitting.presider_name,
    )


def _decided(event: CaseEvent) -> Message:
    words = {"who": event.detail["presider"], "reason": event.detail["reason"]}
    if event.detail["granted"]:
        return N_("{who}回避：{reason}", **words)
    return N_("{who}不回避：{reason}", **words)
