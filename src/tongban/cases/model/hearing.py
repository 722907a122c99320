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

from tongban.cases.model.hearing_parts import (
    HOLD_DAYS,
    NOTICE_DAYS,
    SIGN_DAYS,
    Begun,
    End,
    Ended,
    LastRecord,
    OnRecord,
    Record,
    Sitting,
    Telling,
)
from tongban.cases.model.interested import Interested
from tongban.cases.model.life import OF_HEARING, Move
from tongban.cases.model.states import State
from tongban.kit.clock import Calendar, city_day
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, Text

#: The special procedure that a hearing is, by its code in ``course.SPECIALS``.
KIND = "hearing"

#: What an item's limits say of hearings (``catalogue.Clock.hearing``): told before a refusal, or held in any case.
BEFORE_REFUSAL, ALWAYS = "refusal", "always"


class Lasting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What outlasts a hearing and stands for the next one of the case.

    ``last`` is the record that a decision rests on, ``barred`` are presiders who had to withdraw, ``presided`` who has
    held one, ``others`` the interested persons who were told of a right of their own.
    """

    last: LastRecord | None = None
    barred: tuple[UUID, ...] = ()
    presided: tuple[UUID, ...] = ()
    others: tuple[Interested, ...] = ()


class Hearing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hearing of a case, from the telling of the right to its record; each part is None until it has come to it.

    ``told`` is None where the applicant was told of no right: the organ holds it of its own accord, or only interested
    persons were told. ``begun`` is what set it off, ``sitting`` when and where it is held, ``fixed`` how often that was
    said; ``record`` what was said there, ``ended`` how it ended.
    """

    told: Telling | None = None
    begun: Begun | None = None
    sitting: Sitting | None = None
    fixed: int = 0
    record: Record | None = None
    ended: End | None = None
    lasting: Lasting = Lasting()

    @property
    def others(self) -> tuple[Interested, ...]:
        """The interested persons who were told of a right of their own."""
        return self.lasting.others

    @property
    def last_days(self) -> set[date]:
        """The last days that the calendar gave it: to ask for it, each within her own, to hold it, to confirm its
        record."""
        days = {one.until for one in self.others}
        days |= {self.told.until} if self.told else set()
        days |= {self.begun.hold_by} if self.begun else set()
        days |= {self.record.sign_by} if self.record else set()
        return {day for day in days if day is not None}

    @property
    def pending(self) -> bool:
        """Whether one has been asked for or called and is not over: the clock stands still for it."""
        return self.ended is None and self.begun is not None

    @property
    def awaits_word(self) -> bool:
        """Whether the applicant's right was told and neither used nor given up; the limit may have passed.

        An interested person who takes her request back leaves the applicant's right as it was.
        """
        if self.told is None or self.told.given_up or self.pending:
            return False
        return self.ended is None or (self.ended.how is Ended.DROPPED and not self.hers)

    @property
    def askers(self) -> tuple[int, ...]:
        """The seats of those who asked, 0 the applicant's; of one that the organ called nobody's."""
        return self.begun.by if self.begun else ()

    @property
    def hers(self) -> bool:
        """Whether the applicant has asked for it herself."""
        return 0 in self.askers

    @property
    def of_others(self) -> bool:
        """Whether an interested person has asked for it, alone or with the applicant."""
        return any(self.askers)

    @property
    def asked(self) -> bool:
        """Whether somebody has asked for it; one that the organ called has been asked for by nobody."""
        return self.begun is not None and self.begun.asked

    @property
    def ahead(self) -> bool:
        """Whether it is still to be held."""
        return self.pending and self.record is None

    def may_join(self, calendar: Calendar, day: date) -> bool:
        """Whether the applicant may still ask for a hearing that another has asked for: her right runs unchanged."""
        if self.told is None or self.told.given_up or self.hers:
            return False
        return self.asked and self.ahead and day <= self.told.last_day(calendar)

    def other(self, seat: int) -> Interested | None:
        """The interested person at this seat."""
        return next((one for one in self.others if one.seat == seat), None)

    def with_other(self, one: Interested) -> Hearing:
        """The hearing with this one in her seat, a new one at the end."""
        kept = [before for before in self.others if before.seat != one.seat]
        return self._with_others(sorted([*kept, one], key=lambda each: each.seat))

    def _with_others(self, others: Collection[Interested]) -> Hearing:
        lasting = msgspec.structs.replace(self.lasting, others=tuple(others))
        return msgspec.structs.replace(self, lasting=lasting)

    def with_asker(self, seat: int, *, wishes: str | None = None) -> Hearing:
        """The hearing that this seat has asked for as well; ``wishes`` are the applicant's."""
        assert self.begun is not None
        said = self.begun.wishes if wishes is None else wishes
        begun = msgspec.structs.replace(self.begun, by=(*self.begun.by, seat), wishes=said)
        return msgspec.structs.replace(self, begun=begun)

    def without_asker(self, seat: int, on: date) -> Hearing:
        """The hearing that others have asked for as well, once this seat took its request back ``on`` that day."""
        assert self.begun is not None
        by = tuple(one for one in self.begun.by if one != seat)
        if seat:
            return msgspec.structs.replace(self, begun=msgspec.structs.replace(self.begun, by=by))
        told = msgspec.structs.replace(self.told, given_up=on) if self.told else None
        begun = msgspec.structs.replace(self.begun, by=by, wishes="")
        return msgspec.structs.replace(self, told=told, begun=begun)

    @property
    def unheard(self) -> tuple[Interested, ...]:
        """The interested persons whose word on the record is awaited."""
        if self.record is None or not self.pending:
            return ()
        return tuple(one for one in self.others if one.heard and one.on_record is None)

    def open_to(self, seat: int) -> frozenset[Move]:
        """What who sits there, 0 the applicant, can do to one that has begun, whatever her right to ask has come to.

        Until it is held she can take her request back and plead once that the presider withdraws; then she confirms its
        record or does not. Whether the case still waits for it, the caller says.
        """
        one = self.other(seat)
        if not self.pending or (seat and (one is None or one.served is None)):
            return frozenset()
        if self.record is not None:
            return self._word_of(seat, one)
        moves = set()
        if seat in self.askers:
            moves.add(Move.LEAVE_HEARING if len(self.askers) > 1 else Move.DROP_HEARING)
        named = self.sitting is not None and self.sitting.off is None and self.sitting.plea_of(seat) is None
        if named and (one is None or one.heard):
            moves.add(Move.ASK_RECUSAL)
        return frozenset(moves)

    def _word_of(self, seat: int, one: Interested | None) -> frozenset[Move]:
        """Her word on the record, where it is still due: the last of all parties' ends the hearing."""
        assert self.record is not None
        waits = one in self.unheard if one else self.record.word is None
        others = [each for each in self.unheard if each.seat != seat]
        last = not others and (not seat or self.record.word is not None)
        return frozenset({Move.SIGN_RECORD if last else Move.WORD_ON_RECORD} if waits else ())

    def may_answer(self, one: Interested, calendar: Calendar, now: datetime) -> bool:
        """Whether this interested person may ask for a hearing, or give it up."""
        return one.served is not None and one.open_at(calendar, now) and (self.ahead or not self.pending)

    def open_others(self, calendar: Calendar, now: datetime) -> tuple[Interested, ...]:
        """Those whose own right still runs, or has not begun because the notice has not reached them; at any stage."""
        return tuple(one for one in self.others if one.open_at(calendar, now))

    def too_near(self, calendar: Calendar, served: date) -> date | None:
        """The sitting's day where whoever is told on ``served`` has not her days before it; None where she has.

        Time and place reach her seven working days before as well (art. 48(1)(1)); her five to ask lie within them.
        """
        if not self.ahead or self.sitting is None or self.sitting.off is not None:
            return None
        day = city_day(self.sitting.at)
        return day if day < calendar.add_working_days(served, NOTICE_DAYS) else None

    @property
    def lasting_anew(self) -> Lasting:
        """What lasts, without the interested persons' words on a record of before, for a hearing that begins."""
        others = tuple(msgspec.structs.replace(one, on_record=None) for one in self.others)
        return msgspec.structs.replace(self.lasting, others=others)

    def called_by(self, seats: Collection[int]) -> list[Words]:
        """Who sits at these seats, as the parties may read it."""
        found = ((self.other(seat)) for seat in seats)
        return [Text(zh=one.masked, en=one.masked) if one else N_("申请人") for one in found]

    @property
    def heard_others(self) -> bool:
        """Whether interested persons may speak at it."""
        return any(one.heard for one in self.others)

    @property
    def told_given_up(self) -> Telling | None:
        """The telling for a hearing that begins: with the day on which the applicant has given her own right up, if so.

        She has by her word, by taking her request back, and by not coming to what she had asked for.
        """
        if self.told is None or self.ended is None:
            return self.told
        gone = self.ended.how is Ended.WAIVED or (
            self.ended.how in (Ended.DROPPED, Ended.MISSED) and self.hers
        )
        given_up = self.told.given_up or (self.ended.on if gone else None)
        return msgspec.structs.replace(self.told, given_up=given_up)

    def with_word(self, word: OnRecord) -> Hearing:
        """The hearing with the applicant's word on its record."""
        assert self.record is not None
        return msgspec.structs.replace(self, record=msgspec.structs.replace(self.record, word=word))

    def with_final(self, step: int) -> Hearing:
        """The hearing whose record is final with this step of the case: the decision rests on it."""
        assert self.record is not None and self.record.held is not None
        lasting = msgspec.structs.replace(self.lasting, last=LastRecord(step=step, held=self.record.held))
        return msgspec.structs.replace(self, lasting=lasting)

    def ended_by(self, how: Ended) -> bool:
        """Whether it is over, and came to its end in this way."""
        return self.ended is not None and self.ended.how is how

    def over(self, how: Ended, on: date) -> Hearing:
        """The hearing at its end; where the request was taken back, nothing is held at the time that was fixed."""
        sitting = None if how is Ended.DROPPED else self.sitting
        return msgspec.structs.replace(self, ended=End(how=how, on=on), sitting=sitting)

    def over_by(self, calendar: Calendar) -> date | None:
        """The day by which it is over as it was fixed: when its record has to be confirmed. None where no day is fixed.

        The presider may hand the record in late, so it is what is to be expected and no limit.
        """
        if not self.pending:
            return None
        if self.record is not None:
            return self.record.last_day(calendar)
        if self.sitting is None or self.sitting.off is not None:
            return None
        return calendar.add_working_days(city_day(self.sitting.at), SIGN_DAYS)

    def last_day_to_hold(self, calendar: Calendar) -> date | None:
        """The last day to hold what was asked for; None of what nobody has."""
        return self.begun.last_day(calendar) if self.begun else None


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
    if hearing.told is not None and hearing.awaits_word and today <= hearing.told.last_day(calendar):
        return Stage.TOLD
    if hearing.ended is not None:
        return Stage.OVER
    if not hearing.pending:
        return Stage.LAPSED
    if hearing.record is not None:
        return Stage.HELD
    if hearing.sitting is None:
        return Stage.ASKED
    return Stage.FIXED if hearing.sitting.off is None else Stage.OFF


#: What officers note for an interested person who answers on paper; her own line on the page offers it.
_FOR_OTHERS = frozenset(
    {
        *(Move.SERVE_INTERESTED, Move.INTERESTED_ASKS, Move.INTERESTED_WAIVES, Move.JOIN_HEARING),
        *(Move.DROP_HEARING, Move.LEAVE_HEARING, Move.ASK_RECUSAL, Move.WORD_ON_RECORD, Move.SIGN_RECORD),
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
    elif not hearing.sitting.pleas_wait:
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
    told_by = hearing.told.by if hearing.told else None
    return (
        officer not in said
        and officer != told_by
        and officer not in hearing.lasting.barred
        and name not in names
    )


def may_examine(hearing: Hearing | None, move: Move, officer: UUID | None) -> bool:
    """Whether this officer may make a move of the examination: who has held its hearing examines nothing of it.

    One that was fixed and not held (given up, missed, fixed anew with another) bars nobody.
    """
    if move not in (Move.PROPOSE, Move.ENDORSE, Move.REPORT) or hearing is None:
        return True
    return officer not in hearing.lasting.presided


def fits(day: date, hearing: Hearing, calendar: Calendar, today: date, *, reason: str) -> list[Message]:
    """All that is wrong with a day for the sitting; nothing where it fits.

    At least seven working days from today; within twenty of the request, unless it is fixed anew, or no day is left
    that keeps both: then ``reason`` says why.
    """
    earliest = calendar.add_working_days(today, NOTICE_DAYS)
    latest = hearing.last_day_to_hold(calendar)
    wrong: list[Message] = []
    if day < earliest:
        soonest = f"{earliest:%Y-%m-%d}"
        wrong.append(N_("听证应当提前 {days} 个工作日通知，最早 {day}。", days=NOTICE_DAYS, day=soonest))
    if not calendar.is_working(day):
        wrong.append(N_("{day} 不是工作日，请另选一天。", day=f"{day:%Y-%m-%d}"))
    if latest is None or day <= latest:
        return wrong
    if earliest > latest or hearing.fixed:
        return wrong if reason else [*wrong, N_("超过了应当举行的期限，请写明原因，申请人会看到。")]
    last = f"{latest:%Y-%m-%d}"
    return [
        *wrong,
        N_("听证应当在提出之日起 {days} 个工作日内举行，最晚 {day}。", days=HOLD_DAYS, day=last),
    ]
