"""What a hearing 听证 consists of: the telling, what set it off, the sitting, the record, the end, what lasts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from tongban.cases.model.inspection import moment_typed
from tongban.kit.clock import Calendar, Limit, city_day
from tongban.kit.i18n import N_, Message

#: Working days (art. 82) to ask for a hearing in, after the day of being told (art. 47).
ASK_DAYS = 5
#: Working days after the request within which it is held (art. 47).
HOLD_DAYS = 20
#: Working days before it at which time and place are told (art. 48(1)(1)).
NOTICE_DAYS = 7
#: Working days in which the applicant confirms the record from her account; no law sets any.
SIGN_DAYS = 3


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What the telling says 告知: the facts, the reasons with their law, the decision that is intended."""

    facts: str
    reasons: str
    intended: str


class Telling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The telling of the right 告知 (art. 47) to the applicant: when, ``by`` whom, ``until`` when she can ask.

    ``given_up`` is the day on which she gave the right up, where another has asked after that.
    """

    on: date
    until: date
    by: UUID
    notice: Notice
    given_up: date | None = None

    def last_day(self, calendar: Calendar) -> date:
        """The last day to ask: as it was told, or later where an amended calendar gives more days."""
        return max(self.until, Limit(self.on, ASK_DAYS).end(calendar))


class Begun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What set it off, and ``on`` which day: the request 要求听证, or the organ of its own accord (art. 46).

    ``by`` are the seats of those who asked, 0 is the applicant's; ``wishes`` her words with it. ``hold_by`` is the last
    day to hold what was asked for; what the organ has called has none.
    """

    on: date
    by: tuple[int, ...] = ()
    wishes: str = ""
    hold_by: date | None = None

    @property
    def asked(self) -> bool:
        """Whether somebody has asked for it; the organ called it where nobody has."""
        return self.hold_by is not None

    def last_day(self, calendar: Calendar) -> date | None:
        """The last day to hold it: as it was told, or later where an amended calendar gives more days."""
        return max(self.hold_by, Limit(self.on, HOLD_DAYS).end(calendar)) if self.hold_by else None


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
    """A party's plea that the presider withdraw 申请回避 (art. 48(1)(3)), and what the head decided on it.

    ``seat`` is whose, 0 the applicant's.
    """

    reason: str
    asked_at: datetime
    granted: bool | None = None
    words: str = ""
    by: str = ""
    seat: int = 0

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
    fixed anew, or so late that the law's twenty days cannot be kept. ``pleas`` that the presider withdraw are one of
    each party at the most. ``off`` is why it is not held then and must be fixed anew.
    """

    at: datetime
    place: str
    presider: UUID
    presider_name: str
    told: date | None = None
    closed: Closed | None = None
    reason: str = ""
    pleas: tuple[Recusal, ...] = ()
    off: Off | None = None

    def plea_of(self, seat: int) -> Recusal | None:
        """The plea of who sits there, 0 the applicant."""
        return next((one for one in self.pleas if one.seat == seat), None)

    @property
    def pleas_wait(self) -> bool:
        """Whether the head has to decide whether the presider withdraws."""
        return any(one.waits for one in self.pleas)

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


class OnRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A party's word on the record: whether it is so, said ``on`` that day; ``why`` not.

    A word of before that day was kept has none.
    """

    agrees: bool
    on: date | None = None
    why: str = ""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record 听证笔录 (art. 48(1)(5)): who was there, the points of both sides, the evidence; and the presider's
    report 听证报告, which is the organ's and no part of what the parties confirm.

    ``began`` and ``ended`` are the city's time as typed. ``others_said`` is what interested persons brought forward,
    where there are any; ``absent`` the seats of those who asked for it and stayed away, 0 the applicant's. It waits
    until ``sign_by`` for the words of all whom it concerns: ``word`` is the applicant's, the others keep their own.
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
    sign_by: date
    handed_in: date | None = None
    word: OnRecord | None = None

    def last_day(self, calendar: Calendar) -> date:
        """The last day to confirm it: as it was told, or later where an amended calendar gives more days.

        A record of before the day was kept on which it was ``handed_in`` has the day that was told.
        """
        if self.handed_in is None:
            return self.sign_by
        return max(self.sign_by, Limit(self.handed_in, SIGN_DAYS).end(calendar))

    @property
    def held(self) -> date | None:
        """The day on which it was held."""
        began = moment_typed(self.began)
        return city_day(began) if began else None


class Ended(StrEnum):
    """How it came to its end."""

    WAIVED = "waived"
    DROPPED = "dropped"
    MISSED = "missed"
    SIGNED = "signed"
    UNSIGNED = "unsigned"
    SILENT = "silent"


class End(msgspec.Struct, frozen=True, kw_only=True):
    """The end of it: how, and on which day."""

    how: Ended
    on: date


class LastRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The record that a decision rests on (art. 48(2)): the case's step that gave it, the day of its hearing."""

    step: int
    held: date
