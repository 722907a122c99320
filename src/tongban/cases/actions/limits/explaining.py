"""Every date of a case explained: from which day it counts, how many days, which of them count, and why (not)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.limits.clocks import foreseen, reckoned
from tongban.cases.model import ENDED, Case, CaseEvent, Move, NoSuchCase, typed_code
from tongban.cases.model.course import RUNS, RUNS_OF_HEARING, Course, Dates, LimitKind, Reckoned, limits_of
from tongban.cases.model.follow_up import moved_as
from tongban.kit import clock
from tongban.kit.clock import DayMark, Unit
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.ids import id_told


class Shift(msgspec.Struct, frozen=True):
    """How a step moved a limit 期限变动: when, by which move, from which day to which; ``why`` in the step's words."""

    at: datetime
    move: Move
    before: date
    after: date
    why: str


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A limit with the whole of its count 期限说明.

    ``start`` is the day of the event, which does not count; ``days`` in ``unit``, ``added`` by an extension in
    ``added_in``, ``stopped`` by special procedures; ``days_told`` each day up to the ``end`` with why it counts or does
    not; ``runs`` whether it runs now, ``ended`` the day on which a step before the decision ended it; ``kept`` whether
    the case keeps this very date; ``provisional`` whether a year in it has no notice yet; ``about`` the materials that
    it is for; ``by_law`` whether the law's own limit ends it before its days are over. ``foreseen`` is when it ends if
    the hearing that the clock stands still for is over as it was fixed, where that is another day than ``end``.
    """

    kind: LimitKind
    start: date
    days: int
    unit: Unit
    added: int
    added_in: Unit
    stopped: int
    end: date
    basis: Text | None
    runs: bool
    kept: bool
    provisional: bool
    shifts: tuple[Shift, ...]
    days_told: list[DayMark]
    about: tuple[Text, ...] = ()
    ended: date | None = None
    by_law: bool = False
    foreseen: date | None = None

    @property
    def foreseen_words(self) -> list[Message]:
        """That a hearing's day is fixed, and when the limit ends if all goes as fixed; else nothing."""
        if self.foreseen is None:
            return []
        return [
            N_(
                "听证时间已定，笔录按期确认的，约 {end} 到期；上面的日期仍按告知的天数估计，恢复计时后按实际天数重算。",
                end=f"{self.foreseen:%Y-%m-%d}",
            )
        ]


_RUNS = RUNS | RUNS_OF_HEARING
#: By which name a step's detail tells that it moved a limit of this kind.
_TOLD_AS = {
    LimitKind.VISIT: "accept",
    LimitKind.ACCEPTANCE: "accept",
    LimitKind.PROMISE: "promise",
    LimitKind.STATUTORY: "statutory",
    LimitKind.ISSUE: "issue",
    LimitKind.CORRECTION: "correction",
}


async def explained(
    db: Database, case: Case, events: Iterable[CaseEvent], version: catalogue.ItemVersion
) -> list[Explained]:
    """Every limit of a case explained, as the calendar is now; no statement of its own."""
    calendar = await clock.current_calendar(db)
    steps = list(events)
    ahead = foreseen(case, version, calendar)
    found = [
        _explained(case, one, steps, calendar, ended=_reported(case, one))
        for one in await reckoned(db, case, version)
    ]
    return [
        msgspec.structs.replace(one, foreseen=ahead[one.kind])
        if one.stopped and ahead.get(one.kind, one.end) != one.end
        else one
        for one in found
    ]


def _reported(case: Case, one: Reckoned) -> date | None:
    """The day of the report, which ends the limit of a first review."""
    return case.course.reported if one.kind is LimitKind.FIRST_REVIEW else None


def _explained(
    case: Case,
    one: Reckoned,
    events: list[CaseEvent],
    calendar: clock.Calendar,
    *,
    ended: date | None = None,
) -> Explained:
    """``ended``: by a step before the limit that runs now, if any; no row keeps the date of such a limit."""
    limit = one.limit
    kept = None if ended else _kept(case, one)
    return Explained(
        kind=one.kind,
        start=limit.start,
        days=limit.days,
        unit=limit.unit,
        added=limit.added,
        added_in=limit.added_in,
        stopped=limit.stopped(calendar),
        end=one.end,
        basis=one.basis,
        runs=ended is None and case.state in _RUNS[one.kind],
        kept=kept is None or clock.city_day(kept) == one.end,
        provisional=any(calendar.provisional(year) for year in range(limit.start.year, one.end.year + 1)),
        shifts=tuple(_shifts(events, _told_as(one))),
        days_told=[mark for mark in limit.marks(calendar) if mark.day <= max(one.end, limit.start)],
        about=one.about,
        ended=ended,
        by_law=one.by_law,
    )


def _told_as(one: Reckoned) -> str:
    if one.kind is LimitKind.FOLLOW_UP and one.about:
        return moved_as(one.about[0])
    return _TOLD_AS.get(one.kind, "")


#: The moves that answer a submission, and so end the limit to say whether it is accepted.
_ANSWERS = frozenset({Move.ASK_CORRECTION, Move.ACCEPT, Move.DEEM_ACCEPTED})


def _answered(
    case: Case, events: list[CaseEvent], version: catalogue.ItemVersion, calendar: clock.Calendar
) -> Iterable[Explained]:
    """The limits up to acceptance that are over, in their order: the department's to answer each submission, the
    applicant's to correct. The steps tell when each began and by what it ended: of a correction that never came, by
    the end of the application."""
    received: date | None = None
    asked: date | None = None
    for event in events:
        day = clock.city_day(event.at)
        over = None
        if event.move in (Move.SUBMIT, Move.CORRECT):
            over = Dates(asked=asked)
            received, asked = calendar.received_day(event.at), None
        elif event.move in _ANSWERS:
            over = Dates(received=received)
            received, asked = None, day if event.move is Move.ASK_CORRECTION else None
        elif asked is not None and event.to_state in ENDED:
            over, asked = Dates(asked=asked), None
        if over is None:
            continue
        for one in limits_of(version.clock, over, Course(), calendar):
            yield _explained(case, one, events, calendar, ended=day)


def _ended_uncorrected(case: Case, events: list[CaseEvent]) -> bool:
    """Whether the application ended while a correction was waited for: the department had answered it."""
    asked = [event.move for event in events if event.move in (Move.SUBMIT, *_ANSWERS, Move.CORRECT)]
    return case.state in ENDED and asked[-1:] == [Move.ASK_CORRECTION]


async def all_explained(
    db: Database, case: Case, events: Iterable[CaseEvent], version: catalogue.ItemVersion
) -> list[Explained]:
    """Every limit that a case has had: those that ended before acceptance in their order, then those of
    :func:`explained`. As the calendar is now; no statement of its own."""
    steps = list(events)
    over = list(_answered(case, steps, version, await clock.current_calendar(db)))
    since = await explained(db, case, steps, version)
    if _ended_uncorrected(case, steps):
        since = [one for one in since if one.kind is not LimitKind.ACCEPTANCE]
    return over + since


def _kept(case: Case, one: Reckoned) -> datetime | None:
    """The date of this kind that the case's row keeps."""
    if one.kind is LimitKind.FOLLOW_UP and case.follow_up is not None:
        return min(each.until for each in case.follow_up.outstanding if each.name in one.about)
    return {
        LimitKind.VISIT: case.accept_due,
        LimitKind.ACCEPTANCE: case.accept_due,
        LimitKind.CORRECTION: case.correction.until if case.correction else None,
        LimitKind.PROMISE: case.promise_due,
        LimitKind.STATUTORY: case.statutory_due,
        LimitKind.ISSUE: case.issue_due,
    }.get(one.kind)


def _shifts(events: list[CaseEvent], name: str) -> Iterable[Shift]:
    for event in events:
        days = event.detail.get("dates", {}).get(name)
        if days:
            before, after = map(date.fromisoformat, days)
            yield Shift(event.at, event.move, before, after, _why(event))


def _why(event: CaseEvent) -> str:
    for part in ("special", "extension"):
        if part in event.detail:
            return str(event.detail[part]["reason"])
    return str(event.detail.get("notice", ""))


async def explain(db: Database, *, code: str) -> tuple[Case, list[Explained]]:
    """The dates of the case that a 19-digit code or an id names, for the operator: two statements, nothing personal.

    The code may be typed as at the desk, with blanks or hyphens.

    Those that were met before acceptance come first, then those that run or ran since.

    Raises NoSuchCase.
    """
    case_id = id_told(code) or await store.by_short_code(db, code=typed_code(code))
    found = await store.with_steps(db, case_id=case_id) if case_id else None
    if found is None:
        raise NoSuchCase
    case, events = found
    version = await catalogue.version(db, case.item, case.item_version)
    return case, await all_explained(db, case, events, version)
