"""Dates that explain themselves: the day, the days left, and which days count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tongban import catalogue
from tongban.cases import actions
from tongban.cases.actions import Opened
from tongban.cases.model import UNDER_PURPOSE, Case, State
from tongban.kit import clock
from tongban.kit.clock import DayMark
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message

WEEKDAYS = (N_("星期一"), N_("星期二"), N_("星期三"), N_("星期四"), N_("星期五"), N_("星期六"), N_("星期日"))


async def due_words(db: Database, case: Case, *, now: datetime) -> dict[str, Any] | None:
    """The date that counts now, its weekday, the working days left and its lamp; None when no clock runs."""
    if case.due is None or case.state not in UNDER_PURPOSE:
        return None
    day = clock.city_day(case.due)
    left = await actions.days_left(db, case.due, now=now)
    return {
        "day": day,
        "weekday": WEEKDAYS[day.weekday()],
        "left": left,
        "label": _label(case),
        "late": left < 0,
    }


def _label(case: Case) -> Message:
    if case.state is State.CORRECTING:
        return N_("最晚补正")
    return N_("预计最晚办结") if case.promise_due else N_("最晚受理")


async def calendar_cells(db: Database, opened: Opened, *, now: datetime) -> dict[str, Any] | None:
    """The promised limit as calendar rows with each day's part in it; None before acceptance."""
    case = opened.case
    if case.accepted_at is None or case.promise_due is None:
        return None
    weeks = await actions.marked_days(db, opened.version, accepted_at=case.accepted_at)
    start, today, due = (clock.city_day(at) for at in (case.accepted_at, now, case.promise_due))
    marks = [mark for week in weeks for mark in week if mark is not None]
    return {
        "weeks": [[_cell(mark, start, today, due) for mark in week] for week in weeks],
        "due": due,
        "days": opened.version.clock.promise_days,
        "skipped": sum(1 for mark in marks if not mark.counted and mark.day != start),
        "reasons": _special(marks),
        "provisional": await actions.provisional(db, due),
    }


def _cell(mark: DayMark | None, start: Any, today: Any, due: Any) -> dict[str, Any] | None:
    if mark is None:
        return None
    if mark.day == due:
        kind = "due"
    elif mark.day == today:
        kind = "today"
    elif mark.day == start:
        kind = "start"
    else:
        kind = "counted" if mark.counted else "skipped"
    return {"day": mark.day, "kind": kind, "label": f"{mark.day:%Y-%m-%d} {mark.reason}"}


def _special(marks: list[DayMark]) -> list[dict[str, Any]]:
    """Days that differ from Monday–Friday: a holiday in the week, a weekend that is worked."""
    return [
        {"day": mark.day, "reason": mark.reason}
        for mark in marks
        if (mark.day.weekday() < 5) != mark.counted and mark is not marks[0]
    ]


def days_of(limits: catalogue.Clock, *, accepted: bool) -> int:
    """The length of the limit that runs: to acceptance, then to the finished result."""
    return limits.promise_days if accepted else limits.accept_days
