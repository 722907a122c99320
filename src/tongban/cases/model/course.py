"""The course of a case's clock 计时经过: what stopped it, what put its end off, and how each limit follows from that.

Every date of a case follows from few facts: when it was received, accepted and decided, the special procedures, the
extension, the item's limits and the calendar. :func:`limits_of` says them all; nothing else in the house adds days.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

import msgspec

from tongban.cases.model.follow_up import Following
from tongban.cases.model.hearing_parts import ASK_DAYS, HOLD_DAYS
from tongban.cases.model.states import DECIDING, State
from tongban.catalogue import OWN_LIMIT, Clock
from tongban.kit.clock import Calendar, Limit, Pause, Unit
from tongban.kit.i18n import N_, Message, N_counted, Text


class Special(msgspec.Struct, frozen=True, kw_only=True):
    """A special procedure 特别程序 (行政许可法 art. 45; GB/T 39046 A.7 kind 2): the decision clock stands still.

    ``kind`` is what is done (see :data:`SPECIALS`) and ``name`` its words; ``days`` how many working days the applicant
    was told that it needs; ``since`` and ``until`` working days of the city, ``until`` None while it lasts. ``reason``
    and ``result`` are the officer's words, which the applicant reads.
    """

    kind: str
    name: Text
    days: int
    since: date
    until: date | None = None
    reason: str
    result: str = ""

    def pause(self, calendar: Calendar) -> Pause:
        """As a limit counts it; while it lasts it is taken to end as announced."""
        until = self.until or self.announced_end(calendar)
        return Pause(self.since, until, self.name)

    def announced_end(self, calendar: Calendar) -> date:
        """The working day by whose end it should be over."""
        return calendar.add_working_days(self.since, self.days)


class Approval(msgspec.Struct, frozen=True):
    """The approval of the government 本级人民政府批准 that an extension rests on (行政许可法 art. 42(2)): who of it
    approved, the number of its document and the day on which it did."""

    by: str
    number: str
    on: date


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """The one extension 延长审批 (行政许可法 art. 42; GB/T 39046 A.7 kind 1), approved by the head, with its reason.

    ``by`` is the head of the department; ``approval`` that of the government, where the law asks for it.
    """

    on: date
    days: int
    reason: str
    by: str
    unit: Literal["working", "calendar"] = "working"
    approval: Approval | None = None

    @property
    def in_words(self) -> Message:
        """By how long, as papers and letters say it."""
        if self.unit == "calendar":
            return N_counted("{n} 日", self.days)
        return N_counted("{n} 个工作日", self.days)


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking 预约 to apply in person: kept ``days`` days of this unit after ``on``, the booked day or that of the
    filing where none was asked. While it stands nobody has applied yet, and no limit of the department runs."""

    on: date
    days: int
    unit: Literal["working", "calendar"]
    basis: Text

    @property
    def limit(self) -> Limit:
        """Until when the applicants may come."""
        return Limit(self.on, self.days, self.unit)


class Course(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What has happened to a case's clock, as its row keeps it. ``received`` is the day of receipt where coming in
    person, a correction or a reconsideration has made it another than that of the submission; ``anew`` the day from
    which limits count again after a reconsideration has overturned the decision; ``reported`` the day on which the
    organ that examined it reported it to the one that decides 报送. ``booked`` stands until they come."""

    booked: Booking | None = None
    received: date | None = None
    anew: date | None = None
    reported: date | None = None
    specials: tuple[Special, ...] = ()
    extension: Extension | None = None

    @property
    def running(self) -> Special | None:
        """The special procedure under way, if any."""
        last = self.specials[-1] if self.specials else None
        return last if last is not None and last.until is None else None


#: What may stop the clock by law, by the code that steps keep. 行政许可法 art. 45 names the first eight; 现场核查 is an
#: inspection in its sense where the item's law orders one.
SPECIALS: dict[str, Text] = {
    "hearing": Text("听证", "Hearing"),
    "tender": Text("招标", "Tender"),
    "auction": Text("拍卖", "Auction"),
    "inspection": Text("检验", "Inspection"),
    "test": Text("检测", "Test"),
    "quarantine": Text("检疫", "Quarantine"),
    "appraisal": Text("鉴定", "Appraisal"),
    "expert_review": Text("专家评审", "Expert review"),
    "site_inspection": Text("现场核查", "Site inspection"),
}


class LimitKind(StrEnum):
    """Which limit 时限 of a case."""

    VISIT = "visit"
    ACCEPTANCE = "acceptance"
    CORRECTION = "correction"
    PROMISE = "promise"
    STATUTORY = "statutory"
    FIRST_REVIEW = "first_review"
    ISSUE = "issue"
    HEARING = "hearing"
    HEARING_HELD = "hearing_held"
    FOLLOW_UP = "follow_up"


LIMIT_WORDS: dict[LimitKind, Message] = {
    LimitKind.VISIT: N_("到场期限"),
    LimitKind.ACCEPTANCE: N_("受理期限"),
    LimitKind.CORRECTION: N_("补正期限"),
    LimitKind.PROMISE: N_("承诺办结期限"),
    LimitKind.STATUTORY: N_("法定办结期限"),
    LimitKind.FIRST_REVIEW: N_("初审期限"),
    LimitKind.ISSUE: N_("颁证送达期限"),
    LimitKind.HEARING: N_("提出听证的期限"),
    LimitKind.HEARING_HELD: N_("举行听证的期限"),
    LimitKind.FOLLOW_UP: N_("补交材料期限"),
}


class Reckoned(msgspec.Struct, frozen=True):
    """A limit of a case as it was reckoned: its days over the calendar, and the law or promise that it stands on.

    ``about`` are the materials that it is for, where it is one of theirs. ``by_law`` says of a promise that the law's
    own limit ends it before its days are over.
    """

    kind: LimitKind
    limit: Limit
    end: date
    basis: Text | None
    about: tuple[Text, ...] = ()
    by_law: bool = False


class Dates(msgspec.Struct, frozen=True, kw_only=True):
    """The days of a case that its limits hang on, as the city counts them; None where it has not come so far.

    ``granted`` is the day of a decision that grants; one that refuses has nothing to be issued.
    ``told`` is when the right to a hearing was told that she has not answered, ``hearing`` when she asked for the one
    that is still to be held.
    ``follow_up`` are the materials that are outstanding, with the limit of each. ``above``: the organ above decides,
    so that the one that accepted it has a limit of its own to examine it.
    """

    received: date | None = None
    asked: date | None = None
    accepted: date | None = None
    granted: date | None = None
    told: date | None = None
    hearing: date | None = None
    follow_up: tuple[Following, ...] = ()
    above: bool = False


class Dues(msgspec.Struct, frozen=True):
    """The instants that a case keeps of its limits; None where none of that kind runs or ran."""

    accept: datetime | None
    promise: datetime | None
    statutory: datetime | None
    issue: datetime | None
    warn_at: datetime | None


_PROMISED = Text("部门承诺", "The department's promise")


def limits_of(limits: Clock, dates: Dates, course: Course, calendar: Calendar) -> list[Reckoned]:
    """Every limit that runs or ran for a case with these dates, each reckoned anew.

    The acceptance limit ends where the applicant was asked for a correction; hers takes its place until she answers.
    Of who has booked and not come yet it does not run: it is her own to come that does.
    """
    found: list[Reckoned] = []
    if dates.received is not None and dates.accepted is None and dates.asked is None:
        booked = course.booked
        found.append(
            _acceptance(limits, dates.received, calendar) if booked is None else _visit(booked, calendar)
        )
    if dates.asked is not None:
        limit = Limit(dates.asked, limits.correction_days)
        found.append(_reckoned(LimitKind.CORRECTION, limit, calendar, basis=limits.correction_basis))
    if dates.accepted is not None:
        found += _decision(limits, dates, _by_law_from(limits, dates, course), course, calendar)
    if dates.granted is not None and dates.accepted is not None and limits.issue_days:
        found.append(issue(limits, dates.granted, calendar))
    basis = limits.basis.get("hearing")
    if dates.told is not None:
        found.append(_reckoned(LimitKind.HEARING, Limit(dates.told, ASK_DAYS), calendar, basis=basis))
    if dates.hearing is not None:
        found.append(
            _reckoned(LimitKind.HEARING_HELD, Limit(dates.hearing, HOLD_DAYS), calendar, basis=basis)
        )
    return found + _follow_up(limits, dates.follow_up, calendar)


def _follow_up(clock: Clock, outstanding: tuple[Following, ...], calendar: Calendar) -> list[Reckoned]:
    """The applicant's own limits for materials that follow: one for those that have the same days, the next first."""
    alike: dict[tuple[date, int], list[Text]] = {}
    for one in outstanding:
        alike.setdefault((one.since, one.days), []).append(one.name)
    limits = ((Limit(since, days), tuple(names)) for (since, days), names in alike.items())
    return sorted(
        (
            Reckoned(
                *(LimitKind.FOLLOW_UP, limit, limit.end(calendar)),
                clock.basis.get("follow_up", OWN_LIMIT),
                names,
            )
            for limit, names in limits
        ),
        key=lambda one: one.end,
    )


def _reckoned(kind: LimitKind, limit: Limit, calendar: Calendar, *, basis: Text | None) -> Reckoned:
    return Reckoned(kind, limit, limit.end(calendar), basis)


def _visit(booked: Booking, calendar: Calendar) -> Reckoned:
    return _reckoned(LimitKind.VISIT, booked.limit, calendar, basis=booked.basis)


def _acceptance(limits: Clock, received: date, calendar: Calendar) -> Reckoned:
    return _reckoned(
        LimitKind.ACCEPTANCE,
        Limit(received, limits.accept_days),
        calendar,
        basis=limits.basis.get("acceptance"),
    )


def issue(limits: Clock, decided: date, calendar: Calendar) -> Reckoned:
    """The limit to issue and deliver what was granted (行政许可法 art. 44: ten days from the decision)."""
    assert limits.issue_days is not None
    return _reckoned(
        LimitKind.ISSUE, Limit(decided, limits.issue_days), calendar, basis=limits.basis.get("issue")
    )


def _by_law_from(limits: Clock, dates: Dates, course: Course) -> date | None:
    """The day from which the limit by law counts where its law says receipt, or a later one from which all counts
    anew; None where it counts from acceptance."""
    if limits.decision_from == "accepted" or dates.received is None:
        return None
    return max(dates.received, course.anew or dates.received)


def _decision(
    limits: Clock, dates: Dates, by_law: date | None, course: Course, calendar: Calendar
) -> list[Reckoned]:
    """The promised and the statutory limit, and that of a first review; the extension lengthens the first two.

    The first review is a part of both: from its report on the organ above has what is left of them.

    ``by_law`` is from when the statutory one counts, where that is not the day of acceptance.

    The promise is put off by the extension as well: what the head grants beyond the law's own days would be empty
    otherwise. It never ends after the law's limit, which may count from another day and in another unit.
    """
    accepted = dates.accepted
    assert accepted is not None
    pauses = tuple(special.pause(calendar) for special in course.specials)
    more, more_in = (course.extension.days, course.extension.unit) if course.extension else (0, "working")
    kinds: list[tuple[LimitKind, int, Unit, int, Text | None]] = [
        (LimitKind.PROMISE, limits.promise_days, "working", more, _PROMISED)
    ]
    if limits.statutory_days is not None:
        kinds.append(
            (
                *(LimitKind.STATUTORY, limits.statutory_days, limits.statutory_unit, more),
                limits.basis.get("decision"),
            )
        )
    promise, *others = [
        _reckoned(
            kind,
            Limit(
                by_law if by_law and kind is LimitKind.STATUTORY else accepted,
                *(days, unit, pauses, added, more_in),
            ),
            calendar,
            basis=basis,
        )
        for kind, days, unit, added, basis in kinds
    ]
    by_then = next((one.end for one in others if one.kind is LimitKind.STATUTORY), promise.end)
    if by_then < promise.end:
        promise = msgspec.structs.replace(promise, end=by_then, by_law=True)
    return [promise, *others, *_first_review(limits, dates, course, calendar)]


def _first_review(limits: Clock, dates: Dates, course: Course, calendar: Calendar) -> list[Reckoned]:
    """The limit of who examines for the organ above (行政许可法 art. 43); what stops the clock after the report does
    not move it, and what is decided anew after a reconsideration is not examined below again."""
    accepted, reported = dates.accepted, course.reported
    assert accepted is not None
    if not limits.first_review_days or not dates.above or (reported and reported < accepted):
        return []
    pauses = tuple(
        special.pause(calendar)
        for special in course.specials
        if reported is None or special.since <= reported
    )
    limit = Limit(accepted, limits.first_review_days, "working", pauses)
    return [_reckoned(LimitKind.FIRST_REVIEW, limit, calendar, basis=limits.basis.get("first_review"))]


#: States in which a limit of each kind runs; elsewhere it has ended.
RUNS: dict[LimitKind, frozenset[State]] = {
    LimitKind.VISIT: frozenset({State.SUBMITTED}),
    LimitKind.ACCEPTANCE: frozenset({State.SUBMITTED}),
    LimitKind.CORRECTION: frozenset({State.CORRECTING}),
    LimitKind.PROMISE: DECIDING | {State.SUSPENDED},
    LimitKind.STATUTORY: DECIDING | {State.SUSPENDED},
    LimitKind.FIRST_REVIEW: DECIDING | {State.SUSPENDED},
    LimitKind.ISSUE: frozenset({State.ISSUING}),
    LimitKind.FOLLOW_UP: DECIDING | {State.SUSPENDED},
}
#: The limits of a hearing, which runs beside those of the case.
RUNS_OF_HEARING: dict[LimitKind, frozenset[State]] = {
    LimitKind.HEARING: DECIDING,
    LimitKind.HEARING_HELD: frozenset({State.SUSPENDED}),
}
