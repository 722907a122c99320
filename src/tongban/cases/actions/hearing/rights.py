"""The right to a hearing 听证 (行政许可法 art. 46, 47): told before a refusal, asked for, given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.hearing.closing import runs
from tongban.cases.actions.hearing.steps import answered, remembered, write_end, write_step
from tongban.cases.actions.limits.clocks import awaiting_end, dues_stopped
from tongban.cases.actions.limits.pausing import moved
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.actions.reviewing.reasons import SHORTEST, SHORTEST_DECISION, part_of
from tongban.cases.model import POLICY, Case, Edge, Move, NoSuchCase
from tongban.cases.model.course import SPECIALS, Special
from tongban.cases.model.hearing import KIND, Hearing, Lasting
from tongban.cases.model.hearing_parts import ASK_DAYS, HOLD_DAYS, Begun, Ended, Notice, Telling
from tongban.cases.model.hearing_refusals import (
    HearingIncomplete,
    HearingToldAlready,
    HearingTooLate,
    NoHearingRight,
)
from tongban.kit import clock
from tongban.kit.clock import Calendar
from tongban.kit.db import Database, Part
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, both
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.policy import Actor, Relation, must_cover

#: The parts of a telling: what its field is called, what is said where there is too little in it, the least letters.
_PARTS: dict[str, tuple[Message, Message, int]] = {
    "facts": (N_("查明的事实"), N_("请写明查明的事实，至少 10 个字，申请人会看到。"), SHORTEST),
    "reasons": (N_("理由和依据"), N_("请写明理由和依据的条款，至少 10 个字，申请人会看到。"), SHORTEST),
    "intended": (N_("拟作的决定"), N_("请写明拟作的决定，至少 6 个字，申请人会看到。"), SHORTEST_DECISION),
}
#: What the field of her wishes is called.
WISHES = N_("听证时想说明什么")


async def tell_hearing(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    posted: Mapping[str, str],
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Tell the applicant of her right to a hearing before a decision against her 告知听证权利 (art. 47).

    ``posted`` has ``facts``, ``reasons`` and ``intended``, the decision that is meant; they stand on the 听证告知书.
    She has five working days after today, the decision's own clock runs on. Told once more after the limit has passed
    or a hearing is over only where the facts or the reasons are others: what was given up stays given up. Raises
    HearingIncomplete, HearingToldAlready while the limit runs, NotPossibleNow, MovedOn.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.hear", applicant=applicant)
    step = await step_of(db, case, Move.TELL_HEARING, actor)
    calendar, today = await clock.current_calendar(db), clock.city_day(now)
    before = case.hearing
    earlier = before.told if before else None
    if before and earlier and runs(before, calendar, now=now):
        raise HearingToldAlready(earlier.last_day(calendar))
    faults: dict[str, Words] = {}
    said = {
        name: part_of(posted, name, label, faults, missing, shortest=least)
        for name, (label, missing, least) in _PARTS.items()
    }
    if earlier and _the_same(earlier.notice, said):
        faults["facts"] = N_("这些事实和理由已经告知过。事实或者理由变了，才需要再次告知。")
    if faults:
        raise HearingIncomplete(faults)
    assert actor.id is not None
    until = calendar.add_working_days(today, ASK_DAYS)
    told = Telling(on=today, until=until, by=actor.id, notice=Notice(**said))
    lasting = before.lasting if before else Lasting()
    await write_step(db, actor, case, step, Hearing(told=told, lasting=lasting), now=now)


def _the_same(before: Notice, said: Mapping[str, str]) -> bool:
    return (before.facts, before.reasons) == (said["facts"], said["reasons"])


async def own_case(db: Database, actor: Actor, case_id: UUID) -> Case:
    """The applicant's own case for her word in its hearing; who applied with her follows it and says nothing there."""
    assert actor.id is not None
    case = await store.case_of(db, case_id=case_id, applicant=actor.id)
    if case is None:
        raise NoSuchCase
    POLICY.require(actor, "cases.hearing", Relation.OWN)
    must_cover(actor, case.item)
    return case


async def ask_hearing(
    db: Database, actor: Actor, *, case_id: UUID, wishes: str = "", key: str | None = None, now: datetime
) -> dict[str, Any]:
    """Ask for a hearing 要求听证 within the limit; gives ``{case, state}``. Asked for, nothing more happens.

    The decision's clock stands still from today (art. 45), and the organ holds it within twenty working days.
    ``wishes`` is what she wants to speak about, if she says so. Raises HearingIncomplete where that is too long,
    NoHearingRight, HearingTooLate, NotPossibleNow, MovedOn.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        faults: dict[str, Words] = {}
        words = part_of({"wishes": wishes}, "wishes", WISHES, faults, None)
        if faults:
            raise HearingIncomplete(faults)
        return await _ask(db, actor, case_id, words, remembering, now=now)

    body = {"ask_hearing": str(case_id), "wishes": wishes}
    return await answer_once(db, act, bucket=actor.bucket, caller=actor.caller, key=key, body=body, now=now)


async def _ask(
    db: Database, actor: Actor, case_id: UUID, wishes: str, remembering: Remembering, *, now: datetime
) -> dict[str, Any]:
    case = await own_case(db, actor, case_id)
    hearing = case.hearing
    if hearing is not None and hearing.pending and hearing.hers:
        return answered(case)
    if hearing is not None and hearing.pending and hearing.asked:
        return await _join(db, actor, case, hearing, wishes, remembering, now=now)
    step = await step_of(db, case, Move.ASK_HEARING, actor)
    hearing = await _told(db, hearing, now=now)
    answer = answered(case, step)
    await begin_hearing(db, actor, case, step, hearing, *remembering(answer), wishes=wishes, now=now)
    return answer


async def _join(
    db: Database,
    actor: Actor,
    case: Case,
    hearing: Hearing,
    wishes: str,
    remembering: Remembering,
    *,
    now: datetime,
) -> dict[str, Any]:
    """She asks, within her own limit, for what an interested person has asked for before her: it is hers as well."""
    step = await step_of(db, case, Move.JOIN_HEARING, actor)
    if not hearing.may_join(await clock.current_calendar(db), clock.city_day(now)):
        raise NoHearingRight
    joined, answer = hearing.with_asker(0, wishes=wishes), answered(case, step)
    await write_step(db, actor, case, step, joined, *remembering(answer), now=now)
    return answer


async def begin_hearing(
    db: Database,
    actor: Actor,
    case: Case,
    step: Edge,
    hearing: Hearing,
    *parts: Part,
    seat: int = 0,
    wishes: str = "",
    on: date | None = None,
    now: datetime,
) -> None:
    """Write the request that sets a hearing off: the clock stands still from its day, with what the others are told.

    ``seat`` is who asks, 0 the applicant, of whom ``wishes`` are; ``on`` the day of the request where it is not today,
    from which the twenty working days to hold it count (art. 47). What an earlier hearing left of sitting and record
    goes; what lasts of it stays, and what the applicant has given up stays given up. Raises MovedOn.
    """
    calendar, day = await clock.current_calendar(db), on or clock.city_day(now)
    version = await catalogue.version(db, case.item, case.item_version)
    words = N_("利害关系人要求听证。") if seat else N_("应要求举行听证。")
    reason = both(words).within(case.language)
    special = hearing_special(calendar, days=HOLD_DAYS, reason=reason, on=day)
    hold_by = calendar.add_working_days(day, HOLD_DAYS)
    asked = Hearing(
        told=hearing.told_given_up,
        begun=Begun(on=day, by=(seat,), wishes=wishes, hold_by=hold_by),
        lasting=hearing.lasting_anew,
    )
    course = msgspec.structs.replace(case.course, specials=(*case.course.specials, special))
    after = dues_stopped(case, course, version, calendar)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.hearing_reckoned(case, step, course, after, asked),
        awaiting_end(case, special, calendar),
        *parts,
        now=now,
        detail={
            "hearing": msgspec.to_builtins(asked),
            "special": msgspec.to_builtins(special),
            "seat": seat,
            **moved(case, after),
        },
    )


async def _told(db: Database, hearing: Hearing | None, *, now: datetime) -> Hearing:
    """The hearing whose right was told and not answered yet; raises NoHearingRight, HearingTooLate."""
    if hearing is None or hearing.told is None or not hearing.awaits_word:
        raise NoHearingRight
    calendar = await clock.current_calendar(db)
    if not runs(hearing, calendar, now=now):
        raise HearingTooLate(hearing.told.last_day(calendar))
    return hearing


def hearing_special(calendar: Calendar, *, days: int, reason: str, on: date) -> Special:
    """A hearing asked for ``on`` this day, as the special procedure that it is for the clock."""
    since = calendar.next_working_day(on)
    return Special(kind=KIND, name=SPECIALS[KIND], days=days, since=since, reason=reason)


async def waive_hearing(
    db: Database, actor: Actor, *, case_id: UUID, key: str | None = None, now: datetime
) -> dict[str, Any]:
    """Give the right up 放弃听证: the limit ends at once; gives ``{case, state}``. It cannot be asked for afterwards.

    A second time changes nothing. Raises NoHearingRight, HearingTooLate, NotPossibleNow, MovedOn.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        case = await own_case(db, actor, case_id)
        if case.hearing is not None and case.hearing.ended_by(Ended.WAIVED):
            return answered(case)
        step = await step_of(db, case, Move.WAIVE_HEARING, actor)
        hearing = await _told(db, case.hearing, now=now)
        waived, answer = hearing.over(Ended.WAIVED, clock.city_day(now)), answered(case, step)
        await write_step(db, actor, case, step, waived, *remembering(answer), now=now)
        return answer

    body = {"waive_hearing": str(case_id)}
    return await answer_once(db, act, bucket=actor.bucket, caller=actor.caller, key=key, body=body, now=now)


async def drop_hearing(
    db: Database, actor: Actor, *, case_id: UUID, key: str | None = None, now: datetime
) -> dict[str, Any]:
    """Take one's request back 撤回听证申请 before the hearing has been held: the clock runs again; ``{case, state}``.

    It cannot be asked for anew. One that an interested person has asked for as well is held all the same. A second
    time changes nothing. Raises NoHearingRight, NotPossibleNow, MovedOn.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        case = await own_case(db, actor, case_id)
        hearing = case.hearing
        if hearing is not None and hearing.hers and hearing.ended_by(Ended.DROPPED):
            return answered(case)
        return await take_back(db, actor, case, hearing, remembering, on=clock.city_day(now), now=now)

    body = {"drop_hearing": str(case_id)}
    return await answer_once(db, act, bucket=actor.bucket, caller=actor.caller, key=key, body=body, now=now)


async def take_back(
    db: Database,
    actor: Actor,
    case: Case,
    hearing: Hearing | None,
    remembering: Remembering | None,
    *,
    seat: int = 0,
    on: date,
    now: datetime,
) -> dict[str, Any]:
    """A request is taken back ``on`` that day, before the hearing was held: nobody else's, it ends; else it stands.

    ``seat`` is whose, 0 the applicant's. Gives ``{case, state}``. Raises NoHearingRight, NotPossibleNow, MovedOn.
    """
    ends = hearing is None or (hearing.asked and not set(hearing.askers) - {seat})
    step = await step_of(db, case, Move.DROP_HEARING if ends else Move.LEAVE_HEARING, actor)
    if hearing is None or not hearing.ahead or seat not in hearing.askers:
        raise NoHearingRight
    answer = answered(case, step)
    parts = remembered(remembering, answer)
    if ends:
        await write_end(db, actor, case, step, hearing, Ended.DROPPED, *parts, on=on, now=now, seat=seat)
    else:
        left = hearing.without_asker(seat, on)
        await write_step(db, actor, case, step, left, *parts, now=now, seat=seat)
    return answer
