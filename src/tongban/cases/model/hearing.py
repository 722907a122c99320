"""Hearings 听证 (行政许可法 art. 46–48): the right that is told, the word of who has it, the sitting and its record.

A case keeps the last of them (``Case.hearing``); its steps keep all. ``stage`` says how far one has come; nothing but
the day ends the limit in which a hearing can be asked for, so that it takes no timer and no step.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tongban.cases.model.interested import ASK_DAYS, Interested
from tongban.cases.model.life import OF_HEARING, Move
from tongban.cases.model.states import State
from tongban.kit.clock import Calendar, Limit, city_day
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, Text

#: Working days after the request within which it is held (art. 47).
HOLD_DAYS = 20
#: Working days before it at which time and place are told (art. 48(1)(1)).
NOTICE_DAYS = 7
#: Working days in which the applicant confirms the record from her account; no law sets any.
SIGN_DAYS = 3
#: The special procedure that a hearing is, by its code in ``course.SPECIALS``.
KIND = "hearing"

#: What an item's limits say of hearings (``catalogue.Clock.hearing``): told before a refusal, or held in any case.
BEFORE_REFUSAL, ALWAYS = "refusal", "always"


class Closed(StrEnum):
    """Why a hearing is not public 不公开 (art. 48(1)(2))."""

    STATE = "state_secret"
    BUSINESS = "business_secret"
    PRIVACY = "privacy"


CLOSED_WORDS: dict[Closed, Message] = {
    Closed.STATE: N_("涉及国家秘密"),
    Closed.BUSINESS: N_("涉及商业秘密"),
    Closed.PRIVACY: N_("涉及个人隐私"),
}


class Recusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The applicant's plea that the presider withdraw 申请回避 (art. 48(1)(3)), and what the head decided on it."""

    reason: str
    asked_at: datetime
    granted: bool | None = None
    words: str = ""
    by: str = ""

    @property
    def waits(self) -> bool:
        """Whether the head has not decided yet."""
        return self.granted is None


class Off(StrEnum):
    """Why a sitting cannot stay on its day once the calendar was amended."""

    HOLIDAY = "holiday"
    NOTICE = "notice"


OFF_WORDS: dict[Off, Message] = {
    Off.HOLIDAY: N_("放假安排有变，原定的日期不再是工作日"),
    Off.NOTICE: N_("放假安排有变，原定的日期离通知不足 7 个工作日"),
}


class Sitting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When and where it is held, who presides 听证主持人; ``closed`` why it is not public, None where it is.

    ``told`` is the day on which it was fixed, from which the seven days of its notice count. ``reason`` says why it was
    fixed anew, or so late that the law's twenty days cannot be kept. ``off`` is why it is not held then and must be
    fixed anew.
    """

    at: datetime
    place: str
    presider: UUID
    presider_name: str
    told: date | None = None
    closed: Closed | None = None
    reason: str = ""
    recusal: Recusal | None = None
    off: Off | None = None

    def off_by(self, calendar: Calendar, now: datetime) -> Off | None:
        """Why it cannot stay where it is by this calendar; None where it can, is over, or is off already.

        The seven days of the notice (art. 48(1)(1)) are counted anew from the day on which it was told.
        """
        if self.off is not None or self.at <= now:
            return None
        day = city_day(self.at)
        if not calendar.is_working(day):
            return Off.HOLIDAY
        if self.told is not None and day < calendar.add_working_days(self.told, NOTICE_DAYS):
            return Off.NOTICE
        return None


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record 听证笔录 (art. 48(1)(5)): who was there, the points of both sides, the evidence, the report.

    ``began`` and ``ended`` are the city's time as typed. ``others_said`` is what interested persons brought forward,
    where there are any; ``absent`` the seats of those who asked for it and stayed away, 0 the applicant's.
    """

    began: str
    ended: str
    clerk: str
    examiner: str
    party: str
    others: str = ""
    examiner_said: str
    party_said: str
    others_said: str = ""
    evidence: str
    report: str
    absent: tuple[int, ...] = ()


class Ended(StrEnum):
    """How it came to its end."""

    WAIVED = "waived"
    DROPPED = "dropped"
    MISSED = "missed"
    SIGNED = "signed"
    UNSIGNED = "unsigned"
    SILENT = "silent"


#: Ends after which there is a record that the decision rests on.
RECORDED = frozenset({Ended.SIGNED, Ended.UNSIGNED, Ended.SILENT})


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What the telling says 告知: the facts, the reasons with their law, the decision that is intended."""

    facts: str
    reasons: str
    intended: str


class Hearing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hearing of a case, from the telling of the right to its record.

    ``told`` and ``until`` are the day of the telling and the last day to ask, ``told_by`` who told it; all None where
    the organ holds it of its own accord (``called``, art. 46). ``asked`` is the day of the request, ``wishes`` her
    words with it, ``hold_by`` the last day to hold it. ``fixed`` counts how often a sitting was fixed, ``barred`` are
    presiders who had to withdraw, ``presided`` who has held one of this case. ``record`` waits for her word until
    ``sign_by``; ``unsigned`` is why she did not confirm it. ``recorded`` and ``held`` are the step of the last record
    and the day of its hearing: a telling anew leaves them, ``barred``, ``presided`` and ``others``.

    ``others`` are the interested persons who were told of a right of their own. ``asked_by`` are the seats of those who
    asked, 0 is the applicant; ``waived`` the day on which she gave hers up before another asked. Where the others' word
    on the record is awaited, ``agrees`` keeps hers, ``agreed_on`` the day of it.
    """

    told: date | None = None
    until: date | None = None
    told_by: UUID | None = None
    notice: Notice | None = None
    called: date | None = None
    asked: date | None = None
    wishes: str = ""
    hold_by: date | None = None
    sitting: Sitting | None = None
    fixed: int = 0
    barred: tuple[UUID, ...] = ()
    presided: tuple[UUID, ...] = ()
    record: Record | None = None
    sign_by: date | None = None
    unsigned: str = ""
    ended: Ended | None = None
    ended_on: date | None = None
    recorded: int | None = None
    held: date | None = None
    others: tuple[Interested, ...] = ()
    asked_by: tuple[int, ...] = ()
    waived: date | None = None
    agrees: bool | None = None
    agreed_on: date | None = None

    @property
    def pending(self) -> bool:
        """Whether one has been asked for or called and is not over: the clock stands still for it."""
        return self.ended is None and (self.asked is not None or self.called is not None)

    @property
    def awaits_word(self) -> bool:
        """Whether the applicant's right was told and neither used nor given up; the limit may have passed."""
        return self.told is not None and self.ended is None and not self.pending

    @property
    def hers(self) -> bool:
        """Whether the applicant has asked for it herself."""
        return self.asked is not None and (not self.asked_by or 0 in self.asked_by)

    def may_join(self, calendar: Calendar, day: date) -> bool:
        """Whether the applicant may still ask for a hearing that another has asked for: her right runs unchanged."""
        asked = self.asked is not None and self.pending and self.record is None
        return (
            asked
            and not self.hers
            and self.told is not None
            and self.waived is None
            and (day <= self.last_day(calendar))
        )

    def other(self, seat: int) -> Interested | None:
        """The interested person at this seat."""
        return next((one for one in self.others if one.seat == seat), None)

    def with_other(self, one: Interested) -> Hearing:
        """The hearing with this one in her seat."""
        kept = tuple(one if before.seat == one.seat else before for before in self.others)
        return msgspec.structs.replace(self, others=kept)

    @property
    def unheard(self) -> tuple[Interested, ...]:
        """The interested persons whose word on the record is awaited."""
        if self.record is None or not self.pending:
            return ()
        return tuple(one for one in self.others if one.heard and one.agrees is None)

    def open_others(self, calendar: Calendar, now: datetime) -> tuple[Interested, ...]:
        """Those whose own right still runs, or has not begun because the notice has not reached them; at any stage."""
        return tuple(one for one in self.others if one.open_at(calendar, now))

    def too_near(self, calendar: Calendar, served: date) -> date | None:
        """The sitting's day where whoever is told on ``served`` has not her days before it; None where she has.

        Time and place reach her seven working days before as well (art. 48(1)(1)); her five to ask lie within them.
        """
        if (
            not self.pending
            or self.record is not None
            or self.sitting is None
            or self.sitting.off is not None
        ):
            return None
        day = city_day(self.sitting.at)
        return day if day < calendar.add_working_days(served, NOTICE_DAYS) else None

    @property
    def others_anew(self) -> tuple[Interested, ...]:
        """The interested persons without their words on a record of before, for a hearing that begins."""
        return tuple(
            msgspec.structs.replace(one, agrees=None, said="", agreed_on=None) for one in self.others
        )

    def called_by(self, seats: Collection[int]) -> list[Words]:
        """Who sits at these seats, as the parties may read it."""
        found = ((self.other(seat)) for seat in seats)
        return [Text(zh=one.masked, en=one.masked) if one else N_("申请人") for one in found]

    @property
    def heard_others(self) -> bool:
        """Whether interested persons may speak at it."""
        return any(one.heard for one in self.others)

    @property
    def askers(self) -> tuple[int, ...]:
        """The seats of those who asked, 0 the applicant's; of one that the organ called nobody's."""
        return self.asked_by or ((0,) if self.asked else ())

    def last_day(self, calendar: Calendar) -> date:
        """The last day to ask: as it was told, or later where an amended calendar gives more days."""
        assert self.told is not None and self.until is not None
        return max(self.until, Limit(self.told, ASK_DAYS).end(calendar))

    def last_day_to_hold(self, calendar: Calendar) -> date | None:
        """The last day to hold it: as it was told, or later where an amended calendar gives more days."""
        if self.hold_by is None or self.asked is None:
            return None
        return max(self.hold_by, Limit(self.asked, HOLD_DAYS).end(calendar))


class Stage(StrEnum):
    """How far a hearing has come."""

    TOLD = "told"
    LAPSED = "lapsed"
    ASKED = "asked"
    FIXED = "fixed"
    OFF = "off"
    HELD = "held"
    OVER = "over"


def stage(hearing: Hearing, calendar: Calendar, today: date) -> Stage:
    """How far it has come on this day."""
    if hearing.ended is not None:
        return Stage.OVER
    if not hearing.pending:
        mine = hearing.told is not None and today <= hearing.last_day(calendar)
        return Stage.TOLD if mine else Stage.LAPSED
    if hearing.record is not None:
        return Stage.HELD
    if hearing.sitting is None:
        return Stage.ASKED
    return Stage.FIXED if hearing.sitting.off is None else Stage.OFF


#: What officers note for an interested person who answers on paper; her own line on the page offers it.
_FOR_OTHERS = frozenset(
    {
        *(Move.SERVE_INTERESTED, Move.INTERESTED_ASKS, Move.INTERESTED_WAIVES, Move.JOIN_HEARING),
        *(Move.WORD_ON_RECORD, Move.SIGN_RECORD),
    }
)


def closed_moves(hearing: Hearing | None, state: State) -> frozenset[Move]:
    """The officers' moves that a case's hearing, or the want of one, keeps closed."""
    if hearing is None or not hearing.pending:
        telling = {Move.TELL_HEARING} | (set() if state is State.SUSPENDED else {Move.TELL_INTERESTED})
        return OF_HEARING - telling
    closed = {Move.RESUME, Move.TELL_HEARING, *_FOR_OTHERS}
    if hearing.sitting is None or hearing.record is not None:
        closed |= {Move.HOLD_HEARING, Move.MISS_HEARING, Move.DECIDE_RECUSAL}
    elif hearing.sitting.recusal is None or not hearing.sitting.recusal.waits:
        closed.add(Move.DECIDE_RECUSAL)
    if hearing.sitting is not None and hearing.sitting.off is not None:
        closed |= {Move.HOLD_HEARING, Move.MISS_HEARING}
    if hearing.record is not None:
        closed |= {Move.FIX_HEARING, Move.TELL_INTERESTED}
    return frozenset(closed)


def may_preside(
    officer: UUID, name: str, hearing: Hearing, *, said: Collection[UUID], names: Collection[str]
) -> bool:
    """Whether this officer may preside (art. 48(1)(3)): nobody who has examined the case, or had to withdraw.

    ``said`` are the accounts of those who examined or reviewed it, ``names`` those of earlier rounds, whom only their
    steps name: a namesake does not preside either.
    """
    return (
        officer not in said
        and officer != hearing.told_by
        and officer not in hearing.barred
        and name not in names
    )


def may_examine(hearing: Hearing | None, move: Move, officer: UUID | None) -> bool:
    """Whether this officer may make a move of the examination: who has held its hearing examines nothing of it.

    One that was fixed and not held (given up, missed, fixed anew with another) bars nobody.
    """
    if move not in (Move.PROPOSE, Move.ENDORSE) or hearing is None:
        return True
    return officer not in hearing.presided


def fits(day: date, hearing: Hearing, calendar: Calendar, today: date, *, reason: str) -> Message | None:
    """What is wrong with a day for the sitting, None where it fits.

    At least seven working days from today; within twenty of the request, unless it is fixed anew, or no day is left
    that keeps both: then ``reason`` says why.
    """
    earliest = calendar.add_working_days(today, NOTICE_DAYS)
    if day < earliest:
        return N_(
            "听证应当提前 {days} 个工作日通知，最早 {day}。", days=NOTICE_DAYS, day=f"{earliest:%Y-%m-%d}"
        )
    if not calendar.is_working(day):
        return N_("{day} 不是工作日，请另选一天。", day=f"{day:%Y-%m-%d}")
    latest = hearing.last_day_to_hold(calendar)
    if latest is None or day <= latest:
        return None
    if earliest > latest or hearing.fixed:
        return None if reason else N_("超过了应当举行的期限，请写明原因，申请人会看到。")
    return N_(
        "听证应当在提出之日起 {days} 个工作日内举行，最晚 {day}。",
        days=HOLD_DAYS,
        day=f"{latest:%Y-%m-%d}",
    )
