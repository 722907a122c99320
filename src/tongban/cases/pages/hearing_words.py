"""What the steps of a hearing say in a case's history, and how its pages tell the stage that it has reached."""

from __future__ import annotations

import msgspec

from tongban.cases.model import CaseEvent, Move
from tongban.cases.model.hearing import Hearing, words_of_end
from tongban.cases.model.life import OF_HEARING
from tongban.kit import clock
from tongban.kit.i18n import N_, Message


def told_of_hearing(event: CaseEvent, *, own: bool = False) -> Message | str | None:
    """What a step of a hearing says: until when, where, why, how it ended; None for another step.

    ``own`` is the applicant's page.
    """
    if event.move not in OF_HEARING:
        return None
    if event.move is Move.DECIDE_RECUSAL:
        return _decided(event)
    hearing = msgspec.convert(event.detail["hearing"], Hearing)
    match event.move:
        case Move.TELL_HEARING if hearing.until is not None:
            return N_("最晚 {day} 提出", day=f"{hearing.until:%Y-%m-%d}")
        case Move.ASK_HEARING if hearing.hold_by is not None:
            return N_("最晚 {day} 举行", day=f"{hearing.hold_by:%Y-%m-%d}")
        case Move.FIX_HEARING if hearing.sitting is not None:
            return N_(
                "{at}，{place}，主持人{who}",
                at=f"{clock.city_time(hearing.sitting.at):%Y-%m-%d %H:%M}",
                place=hearing.sitting.place,
                who=hearing.sitting.presider_name,
            )
        case Move.ASK_RECUSAL:
            return str(event.detail["reason"])
        case Move.HOLD_HEARING if hearing.sign_by is not None:
            return N_("最晚 {day} 确认笔录", day=f"{hearing.sign_by:%Y-%m-%d}")
    return words_of_end(hearing.ended, own=own) if hearing.ended is not None else None


def _decided(event: CaseEvent) -> Message:
    words = {"who": event.detail["presider"], "reason": event.detail["reason"]}
    if event.detail["granted"]:
        return N_("{who}回避：{reason}", **words)
    return N_("{who}不回避：{reason}", **words)
