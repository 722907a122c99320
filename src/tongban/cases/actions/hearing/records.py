"""The record of a hearing 听证笔录 (行政许可法 art. 48): handed in by the presider, confirmed or not by her."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases import store
from tongban.cases.actions.hearing.closing import no_other_right_runs
from tongban.cases.actions.hearing.rights import own_case
from tongban.cases.actions.hearing.sittings import pending
from tongban.cases.actions.hearing.steps import answered, remembered, write_end, write_step
from tongban.cases.actions.moving import case_at_work, step_of
from tongban.cases.actions.reviewing.reasons import part_of, reason_beside, reason_of
from tongban.cases.model import Case, Move, State
from tongban.cases.model.hearing import Hearing
from tongban.cases.model.hearing_parts import SIGN_DAYS, Ended, OnRecord, Record, Sitting
from tongban.cases.model.hearing_refusals import (
    HearingElsewhere,
    HearingIncomplete,
    HearingNotYet,
    NoHearingRight,
    NotPresider,
    RecusalWaits,
)
from tongban.cases.model.inspection import moment_typed, typed_as
from tongban.cases.model.refusals import too_long
from tongban.kit import clock, outbox, timers
from tongban.kit.clock import Calendar
from tongban.kit.db import Database, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor

LONGEST_NAMES = 200
#: What is said to a word on the record that does not say whether it is so.
UNCHOSEN = N_("请选择笔录是否属实。")


def _presided(case: Case, actor: Actor, calendar: Calendar, *, now: datetime) -> tuple[Hearing, Sitting]:
    """The hearing that its presider ends now.

    Raises HearingElsewhere, NotPresider, RecusalWaits, HearingNotYet; InterestedNotServed or InterestedRightRuns while
    an interested person has not been told, or may still ask.
    """
    hearing = pending(case)
    sitting = hearing.sitting
    if sitting is None or sitting.off is not None or hearing.record is not None:
        raise HearingElsewhere
    if sitting.presider != actor.id:
        raise NotPresider(sitting.presider_name)
    if sitting.pleas_wait:
        raise RecusalWaits
    if now < sitting.at:
        raise HearingNotYet(sitting.at)
    no_other_right_runs(hearing, calendar, now=now)
    return hearing, sitting


async def hold_hearing(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    posted: Mapping[str, str],
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Hand the record in 提交听证笔录, as the presider: the applicant has three working days to confirm it.

    ``posted`` are the fields of Record; where several asked for it, :func:`stayed_away` reads who did not come.
    Raises HearingIncomplete, HearingNotYet, NotPresider, RecusalWaits, InterestedNotServed, InterestedRightRuns,
    HearingElsewhere, NotPossibleNow, MovedOn.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.hear", applicant=applicant)
    step = await step_of(db, case, Move.HOLD_HEARING, actor)
    calendar = await clock.current_calendar(db)
    hearing, sitting = _presided(case, actor, calendar, now=now)
    record = _record(hearing, sitting, posted, calendar, now=now)
    presided = (*hearing.lasting.presided, sitting.presider)
    lasting = msgspec.structs.replace(hearing.lasting, presided=presided)
    held = msgspec.structs.replace(hearing, record=record, lasting=lasting)
    due = clock.end_of_day(record.sign_by)
    timer = timers.setting("cases.hearing", subject=case.applicant, reference=case.id, due=due)
    await write_step(db, actor, case, step, held, timer, now=now)


#: The fields of a record: what each is called, and what is said where there is too little in it.
_NAMES: dict[str, tuple[Message, Message | None]] = {
    "clerk": (N_("记录人"), N_("请填写记录人姓名。")),
    "examiner": (N_("审查人员"), N_("请填写出席的审查人员姓名；审查人员应当提供审查意见的证据、理由。")),
    "party": (N_("申请人一方"), N_("请填写申请人一方出席的人员；没有出席的，请记明没有出席。")),
    "others": (N_("其他人员"), None),
}
_SAID: dict[str, tuple[Message, Message]] = {
    "examiner_said": (
        N_("审查人员的意见、证据和理由"),
        N_("请写明审查人员提出的意见、证据和理由，至少 10 个字。"),
    ),
    "party_said": (N_("申请人的申辩和质证"), N_("请写明申请人的申辩和质证，至少 10 个字。")),
    "others_said": (
        N_("利害关系人的意见和质证"),
        N_("请写明利害关系人谁到场、提出的意见和质证，至少 10 个字；没有到场的，写明没有到场。"),
    ),
    "evidence": (N_("出示的证据"), N_("请写明出示了哪些证据，至少 10 个字。")),
    "report": (N_("主持人的听证报告"), N_("请写明主持人的听证报告，至少 10 个字。")),
}


def _record(
    hearing: Hearing, sitting: Sitting, posted: Mapping[str, str], calendar: Calendar, *, now: datetime
) -> Record:
    stayed = stayed_away(posted)
    absent = tuple(seat for seat in _several(hearing) if seat in stayed)
    alone = not hearing.hers or 0 in absent  # it goes on without the applicant
    typed = {name: posted.get(name, "").strip() for name in ("began", "ended", *_NAMES)}
    faults = _hours(sitting, typed, now=now)
    for name, (label, missing) in _NAMES.items():
        if len(typed[name]) > LONGEST_NAMES:
            faults[name] = too_long(label, len(typed[name]), LONGEST_NAMES)
        elif len(typed[name]) < 2 and missing and not (name == "party" and alone):
            faults[name] = missing
    if absent and absent == hearing.askers:
        faults["stayed"] = N_("要求听证的都没有出席的，请用“没有出席，视为放弃听证”。")
    unsaid = {"party_said"} if alone and not typed["party"] else set()
    unsaid |= set() if hearing.heard_others else {"others_said"}
    typed |= {
        name: part_of(posted, name, label, faults, None if name in unsaid else short)
        for name, (label, short) in _SAID.items()
    }
    if faults:
        raise HearingIncomplete(faults)
    today = clock.city_day(now)
    sign_by = calendar.add_working_days(today, SIGN_DAYS)
    return Record(**typed, absent=absent, sign_by=sign_by, handed_in=today, word=None)


def _hours(sitting: Sitting, typed: Mapping[str, str], *, now: datetime) -> dict[str, Words]:
    """What is wrong with the hours of a record."""
    began, ended = moment_typed(typed["began"]), moment_typed(typed["ended"])
    at_first = _beginning_fault(sitting, began, now=now)
    at_last = _end_fault(sitting, ended, began if at_first is None else None, now=now)
    if at_first is None and at_last is None and ended and clock.city_day(ended) != clock.city_day(sitting.at):
        day = f"{clock.city_day(sitting.at):%Y-%m-%d}"
        at_last = N_("请填写当日结束的时间；听证在 {day} 当日举行。", day=day)
    return {name: words for name, words in (("began", at_first), ("ended", at_last)) if words is not None}


def _beginning_fault(sitting: Sitting, began: datetime | None, *, now: datetime) -> Message | None:
    fixed = clock.city_day(sitting.at)
    if began is None:
        return N_("请填写开始时间，例如 {example}。", example=typed_as(sitting.at))
    if began < sitting.at:
        return N_("开始时间早于通知的 {at}，请核对。", at=typed_as(sitting.at))
    if began > now:
        return N_("开始时间还没有到，请核对。")
    if clock.city_day(began) != fixed:
        return N_(
            "听证定于 {day} 举行，笔录的时间应当在当日。那天没有举行的，请先重新确定时间地点。",
            day=f"{fixed:%Y-%m-%d}",
        )
    return None


def _end_fault(
    sitting: Sitting, ended: datetime | None, began: datetime | None, *, now: datetime
) -> Message | None:
    if ended is None:
        example = typed_as(min(now, sitting.at + timedelta(hours=1)))
        return N_("请填写结束时间，例如 {example}。", example=example)
    if ended > now:
        return N_("结束时间还没有到，请核对。")
    if began is not None and ended < began:
        return N_("结束时间早于开始时间 {began}，请核对。", began=typed_as(began))
    return None


def stayed_away(posted: Mapping[str, str]) -> frozenset[int]:
    """The seats that a form ticks as of those who did not come: boxes ``stayed-1``, ``stayed-2`` …, each a seat."""
    ticked = (value for name, value in posted.items() if name.startswith("stayed-"))
    return frozenset(int(value) for value in ticked if re.fullmatch(r"[0-9]{1,3}", value))


def _several(hearing: Hearing) -> tuple[int, ...]:
    """The seats of those who asked, where they are more than one: each may stay away without ending it."""
    return hearing.askers if len(hearing.askers) > 1 else ()


async def miss_hearing(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    reason: str,
    absent: Collection[int] = (),
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Who asked did not come without good cause 无正当理由不出席: as given up, the clock runs again.

    By the presider, after the hour of the hearing; ``reason`` says how long was waited and how they were called. Where
    several asked, ``absent`` are their seats, 0 the applicant's: as long as one of them came it is held, and its record
    says who did not. One that the organ holds of its own accord goes on without anybody. Raises as
    :func:`hold_hearing`, ReasonMissing.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.hear", applicant=applicant)
    step = await step_of(db, case, Move.MISS_HEARING, actor)
    hearing, _ = _presided(case, actor, await clock.current_calendar(db), now=now)
    if not hearing.asked:
        raise HearingElsewhere
    faults: dict[str, Words] = {}
    if not set(absent).issuperset(_several(hearing)):
        faults["stayed"] = N_(
            "要求听证的有一位到场的，听证照常举行，请提交听证笔录并写明谁没有出席；都没有出席的，请全部勾选。"
        )
    words = reason_beside(reason, faults, HearingIncomplete, N_("经过"))
    on = clock.city_day(now)
    await write_end(db, actor, case, step, hearing, Ended.MISSED, on=on, now=now, reason=words)


def _recorded(case: Case) -> Hearing:
    """The hearing whose record waits for words; raises NoHearingRight where none does."""
    hearing = case.hearing
    if hearing is None or not hearing.pending or hearing.record is None:
        raise NoHearingRight
    return hearing


def _differs(agrees: str, reason: str) -> str:
    """What is not right in the record; raises HearingIncomplete with all that is wrong, ReasonMissing."""
    label = N_("哪里有出入")
    if agrees == "no":
        return reason_of(reason, label)
    faults: dict[str, Words] = {"agrees": UNCHOSEN}
    part_of({"reason": reason}, "reason", label, faults, None)
    raise HearingIncomplete(faults)


async def sign_record(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    agrees: str,
    reason: str = "",
    key: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Confirm the record of one's hearing 确认笔录, or do not and say why (art. 48(1)(5)); the clock runs again.

    ``agrees`` is yes or no. Either way the record is final and the decision rests on it, once interested persons have
    said their word as well or their time is over; gives ``{case, state}``.
    Raises HearingIncomplete, ReasonMissing, NoHearingRight, NotPossibleNow, MovedOn.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        case = await own_case(db, actor, case_id)
        if case.hearing is not None and case.hearing.record is not None and case.hearing.record.word:
            return answered(case)
        await step_of(db, case, Move.SIGN_RECORD, actor)
        why = "" if agrees == "yes" else _differs(agrees, reason)
        said = OnRecord(agrees=agrees == "yes", on=clock.city_day(now), why=why)
        return await take_word(db, actor, case, _recorded(case).with_word(said), remembering, now=now)

    body = {"sign_record": str(case_id), "agrees": agrees, "reason": reason}
    return await answer_once(db, act, bucket=actor.bucket, caller=actor.caller, key=key, body=body, now=now)


async def take_word(
    db: Database,
    actor: Actor,
    case: Case,
    hearing: Hearing,
    remembering: Remembering | None,
    *,
    seat: int = 0,
    now: datetime,
) -> dict[str, Any]:
    """A word on the record, which ``hearing`` has already: the last of all parties ends it, those before are kept.

    ``seat`` is whose, 0 the applicant's. Gives ``{case, state}``. Raises NotPossibleNow, MovedOn.
    """
    assert hearing.record is not None
    last = hearing.record.word is not None and not hearing.unheard
    step = await step_of(db, case, Move.SIGN_RECORD if last else Move.WORD_ON_RECORD, actor)
    answer = answered(case, step)
    parts = remembered(remembering, answer)
    if last:
        final, how, on = hearing.with_final(case.version + 1), _spoken(hearing.record), clock.city_day(now)
        await write_end(db, actor, case, step, final, how, *parts, on=on, now=now, seat=seat)
    else:
        await write_step(db, actor, case, step, hearing, *parts, now=now, seat=seat)
    return answer


def _spoken(record: Record) -> Ended:
    """How one with a record ends, by the applicant's word on it or the want of one."""
    if record.word is None:
        return Ended.SILENT
    return Ended.SIGNED if record.word.agrees else Ended.UNSIGNED


async def close_record(db: Database, *, case_id: UUID, event: Event, now: datetime) -> None:
    """The hearing's timer: not all have said their word on the record in time; it is final without.

    It is so with the last day of that time, however late this runs: the clock has stood still no longer. Where an
    amended calendar gives them more days, it waits for the end of these.
    A case whose hearing has moved on by then is left alone.
    """
    case = await case_at_work(db, SYSTEM, case_id=case_id, action="cases.hear")
    hearing = case.hearing
    if case.state is not State.SUSPENDED or hearing is None or not hearing.pending or hearing.record is None:
        return
    mark = outbox.handling(event, "cases.jobs.close_record", now=now)
    last = hearing.record.last_day(await clock.current_calendar(db))
    due = clock.end_of_day(last)
    if last > hearing.record.sign_by and due > now:
        later = timers.setting("cases.hearing", subject=case.applicant, reference=case.id, due=due)
        await write(db, store.standing(case), later, mark)
        return
    step = await step_of(db, case, Move.CLOSE_RECORD, SYSTEM)
    final, how = hearing.with_final(case.version + 1), _spoken(hearing.record)
    on = min(last, clock.city_day(now))
    await write_end(db, SYSTEM, case, step, final, how, mark, on=on, now=now)
