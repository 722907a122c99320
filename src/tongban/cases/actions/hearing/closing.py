"""What a right to a hearing 听证 closes while it runs, and what a decision says of the hearing before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tongban import catalogue
from tongban.cases.model import Case, Move
from tongban.cases.model.hearing import ALWAYS, BEFORE_REFUSAL, Hearing
from tongban.cases.model.hearing_refusals import HearingNotTold, HearingRightRuns, HearingToBeHeld
from tongban.cases.model.interested import Word
from tongban.cases.model.interested_refusals import InterestedNotServed, InterestedRightRuns
from tongban.kit import clock
from tongban.kit.clock import Calendar
from tongban.kit.db import Database


def runs(hearing: Hearing, calendar: Calendar, *, now: datetime) -> bool:
    """Whether the limit to ask for it runs."""
    return (
        hearing.told is not None
        and hearing.awaits_word
        and now <= clock.end_of_day(hearing.told.last_day(calendar))
    )


async def heard_before(
    db: Database, case: Case, version: catalogue.ItemVersion, move: Move, *, now: datetime
) -> dict[str, Any]:
    """What a decision says of the hearing that came before it; no statement of its own.

    Raises HearingToBeHeld where the item is decided after one only, HearingNotTold where a refusal needs the telling,
    HearingRightRuns while it may still be asked for. An approval takes nothing from her: it waits for no limit of hers.
    Either waits for those of interested persons, on whom it bears (art. 36, 47).
    """
    hearing, owed = case.hearing, version.clock.hearing
    if owed == ALWAYS and (hearing is None or hearing.lasting.last is None):
        raise HearingToBeHeld
    if move is Move.REFUSE:
        unheard = hearing is None or (hearing.told is None and hearing.lasting.last is None)
        if unheard and owed == BEFORE_REFUSAL:
            raise HearingNotTold
        await no_right_runs(db, case, now=now)
    elif hearing is not None:
        no_other_right_runs(hearing, await clock.current_calendar(db), now=now)
    return {"hearing": msgspec.to_builtins(_before(hearing))} if hearing else {}


def _before(hearing: Hearing) -> dict[str, Any]:
    told, last = hearing.told, hearing.lasting.last
    return {
        name: value
        for name, value in (
            ("told", told and told.on),
            ("until", told and told.until),
            ("ended", hearing.ended and hearing.ended.how),
            ("held", last and last.held),
            ("recorded", last and last.step),
            ("asked_by", hearing.askers or None),
            ("others_told", len(hearing.others) or None),
            ("others_asked", sum(one.word is Word.ASKED for one in hearing.others) or None),
        )
        if value is not None
    }


async def no_right_runs(db: Database, case: Case, *, now: datetime) -> None:
    """Raises HearingRightRuns while the applicant may ask for a hearing, and as :func:`no_other_right_runs`."""
    if case.hearing is None or not (case.hearing.awaits_word or case.hearing.others):
        return
    calendar = await clock.current_calendar(db)
    if (told := case.hearing.told) and runs(case.hearing, calendar, now=now):
        raise HearingRightRuns(told.last_day(calendar))
    no_other_right_runs(case.hearing, calendar, now=now)


def no_other_right_runs(hearing: Hearing, calendar: Calendar, *, now: datetime) -> None:
    """Raises InterestedRightRuns, or InterestedNotServed, while an interested person may ask.

    Whatever the decision, and before a record as well: who may still ask has not been heard.
    """
    for one in hearing.open_others(calendar, now):
        until = one.last_day(calendar)
        raise InterestedNotServed(one.masked) if until is None else InterestedRightRuns(one.masked, until)
