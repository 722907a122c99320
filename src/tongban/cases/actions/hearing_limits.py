"""What a right to a hearing 听证 closes while it runs, and what a decision says of the hearing before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tongban import catalogue
from tongban.cases.model import Case, Move
from tongban.cases.model.hearing import ALWAYS, BEFORE_REFUSAL, Hearing
from tongban.cases.model.hearing_refusals import HearingNotTold, HearingRightRuns, HearingToBeHeld
from tongban.kit import clock
from tongban.kit.clock import Calendar
from tongban.kit.db import Database


def runs(hearing: Hearing, calendar: Calendar, *, now: datetime) -> bool:
    """Whether the limit to ask for it runs."""
    return hearing.awaits_word and now <= clock.end_of_day(hearing.last_day(calendar))


async def heard_before(
    db: Database, case: Case, version: catalogue.ItemVersion, move: Move, *, now: datetime
) -> dict[str, Any]:
    """What a decision says of the hearing that came before it; no statement of its own.

    Raises HearingToBeHeld where the item is decided after one only, HearingNotTold where a refusal needs the telling,
    HearingRightRuns while it may still be asked for. An approval takes nothing from her: it waits for no limit.
    """
    hearing, owed = case.hearing, version.clock.hearing
    if owed == ALWAYS and (hearing is None or hearing.recorded is None):
        raise HearingToBeHeld
    if move is Move.REFUSE:
        if hearing is None and owed == BEFORE_REFUSAL:
            raise HearingNotTold
        await no_right_runs(db, case, now=now)
    if hearing is None:
        return {}
    told = {
        name: value
        for name, value in (
            ("told", hearing.told),
            ("until", hearing.until),
            ("ended", hearing.ended),
            ("held", hearing.held),
            ("recorded", hearing.recorded),
        )
        if value is not None
    }
    return {"hearing": msgspec.to_builtins(told)}


async def no_right_runs(db: Database, case: Case, *, now: datetime) -> None:
    """Raises HearingRightRuns while the applicant may ask for a hearing."""
    if case.hearing is None or not case.hearing.awaits_word:
        return
    calendar = await clock.current_calendar(db)
    if runs(case.hearing, calendar, now=now):
        raise HearingRightRuns(case.hearing.last_day(calendar))
