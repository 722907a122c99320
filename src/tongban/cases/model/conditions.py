"""What the law makes a condition of an approval 法定前置程序: nobody can approve without it, whatever she writes.

What is left to an officer's discretion is only pointed out (:mod:`tongban.cases.model.cautions`). Which is which the
item says of each special procedure, with its article: one that must be run, or one that time itself runs, from the day
of acceptance, as the days of reflection before a divorce 离婚冷静期 (民法典 art. 1077), after which both must ask in
person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import msgspec

from tongban.cases.model.course import Booking, Course, Special
from tongban.catalogue import SpecialProcedure
from tongban.kit.clock import Calendar, Limit
from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_, Language


class Waiting(msgspec.Struct, frozen=True):
    """A time that must have passed: until when nothing is granted, and by when it must be asked for after that (None
    where it need not be); both the last day of a limit of calendar days (民法典 art. 201, 203)."""

    code: str
    procedure: SpecialProcedure
    since: date
    until: date
    asked_by: date | None

    def asked(self, visits: Iterable[date]) -> bool:
        """Whether the applicants came after it and in time."""
        return self.asked_by is None or any(self.until < day <= self.asked_by for day in visits)

    def special(self, calendar: Calendar, language: Language) -> Special:
        """As the case's clock keeps it: known from the first day, so that it begins and ends by itself."""
        days = calendar.working_days_between(self.since, self.until)
        reason = self.procedure.basis.within(language)
        return Special(
            kind=self.code,
            name=self.procedure.name,
            days=days,
            since=self.since,
            until=self.until,
            reason=reason,
        )


class ProcedureDue(Conflict):
    """The law orders a procedure before the approval, and it was not run."""

    def __init__(self, procedure: SpecialProcedure) -> None:
        super().__init__(
            "procedure-due",
            N_(
                "法律规定准予前必须进行{name}（{basis}），本件还没有进行，不能准予。请先启动这项特别程序，有了结果再决定。",
                name=procedure.name,
                basis=procedure.basis,
            ),
        )


class WaitingRuns(Conflict):
    """The time that the law sets before the approval has not passed."""

    def __init__(self, waiting: Waiting) -> None:
        super().__init__(
            "waiting-runs",
            N_(
                "{name}到 {day} 届满（{basis}），届满前不能准予，申请人任何一方都可以撤回。请在届满后再决定。",
                name=waiting.procedure.name,
                day=f"{waiting.until:%Y-%m-%d}",
                basis=waiting.procedure.basis,
            ),
        )


class NotAskedInPerson(Conflict):
    """After the time the applicants must ask in person, and have not, or not in time."""

    def __init__(self, waiting: Waiting, *, today: date) -> None:
        assert waiting.asked_by is not None
        told = {
            "name": waiting.procedure.name,
            "day": f"{waiting.asked_by:%Y-%m-%d}",
            "basis": waiting.procedure.basis,
        }
        super().__init__(
            "not-asked-in-person",
            N_(
                "{name}届满后，申请人双方要在 {day} 或之前亲自到场申请发证（{basis}）。到场后先登记“到现场”，再准予。",
                **told,
            )
            if today <= waiting.asked_by
            else N_(
                "{name}届满后，申请人双方到 {day} 没有亲自到场申请发证，依法视为撤回申请（{basis}），不能准予。",
                **told,
            ),
        )


class NotComeYet(Conflict):
    """The applicants apply in person, and nobody has recorded that they came."""

    def __init__(self, booked: Booking) -> None:
        super().__init__(
            "not-come-yet",
            N_(
                "本事项由申请人亲自到场申请（{basis}），还没有登记到场，不能受理。到场并核对身份后，"
                "先登记“到现场”（原因选“当面申请”），再受理。",
                basis=booked.basis,
            ),
        )


def waiting_of(
    procedures: Iterable[tuple[str, SpecialProcedure]], accepted: date, calendar: Calendar
) -> Waiting | None:
    """The time that must pass after an acceptance on this day; None where the item's law sets none."""
    for code, one in procedures:
        if one.condition == "time":
            until = Limit(accepted, one.calendar_days, "calendar").end(calendar)
            asked_by = Limit(until, one.ask_within, "calendar").end(calendar) if one.ask_within else None
            return Waiting(code, one, accepted, until, asked_by)
    return None


def with_waiting(course: Course, waiting: Waiting, calendar: Calendar, language: Language) -> Course:
    """The course of a case that is accepted, anew too, with the time that its clock stands still by law."""
    others = tuple(one for one in course.specials if one.kind != waiting.code)
    return msgspec.structs.replace(course, specials=(*others, waiting.special(calendar, language)))


def bar_of(
    procedures: Collection[tuple[str, SpecialProcedure]],
    run: Collection[str],
    waiting: Waiting | None,
    visits: Iterable[date],
    *,
    today: date,
) -> Conflict | None:
    """Why the law lets nobody approve a case today; ``run`` are the codes of the procedures that were, ``visits`` the
    days on which the applicants came."""
    for code, one in procedures:
        if one.condition == "run" and code not in run:
            return ProcedureDue(one)
    if waiting is None:
        return None
    if today <= waiting.until:
        return WaitingRuns(waiting)
    return None if waiting.asked(visits) else NotAskedInPerson(waiting, today=today)
