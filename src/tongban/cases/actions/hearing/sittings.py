"""The hearing 听证 itself (行政许可法 art. 48): when, where, who presides, and whether the presider withdraws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from functools import reduce
from typing import Any
from uuid import UUID

import msgspec

from tongban import identity
from tongban.cases import store
from tongban.cases.actions.hearing.rights import own_case
from tongban.cases.actions.hearing.steps import answered, remembered, write_step
from tongban.cases.actions.moving import case_at_work, for_work, step_of
from tongban.cases.actions.reviewing.reasons import part_of, reason_beside, reason_of
from tongban.cases.model import POLICY, Case, CaseEvent, Move
from tongban.cases.model.hearing import Hearing, fits, may_preside
from tongban.cases.model.hearing_parts import NOTICE_DAYS, Closed, Recusal, Sitting
from tongban.cases.model.hearing_refusals import (
    HearingElsewhere,
    HearingIncomplete,
    NoHearingRight,
    OwnRecusal,
)
from tongban.cases.model.inspection import inspection_of, moment_typed
from tongban.cases.model.refusals import too_long
from tongban.kit import clock
from tongban.kit.clock import Calendar
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.policy import SYSTEM, Actor, Relation

LONGEST_PLACE = 120
#: Hours at which a hearing may begin, the city's time: it is public, and people have to get there.
OPENS, CLOSES = time(9), time(17)
#: The fields of the form of time and place, as they stand on it.
_FIELDS = ("at", "place", "presider", "closed", "reason")
#: What a sitting that is fixed anew says where it does not say why.
_AGAIN = N_("重新确定的，请写明原因，至少 10 个字，申请人会看到。")
_HOURS = N_("听证应当在 9:00 至 17:00 之间开始。")
#: The moves by which officers have examined a case; who made them does not preside.
_EXAMINING = frozenset(
    {Move.PROPOSE, Move.ENDORSE, Move.REPORT, Move.SEND_BACK, Move.TELL_HEARING, Move.INSPECT}
)


def presiders(case: Case, events: Iterable[CaseEvent], people: Mapping[UUID, str]) -> dict[UUID, str]:
    """Who of the department may preside over a case's hearing, by account: nobody who has examined it.

    ``people`` are the names of its officers.
    """
    assert case.hearing is not None
    said = {one.by for one in case.opinions} | ({case.assignee} if case.assignee else set())
    names: set[str] = set()
    for event in events:
        if event.move in _EXAMINING:
            names.add(event.actor_name)
        if event.move is Move.INSPECT:
            names.update(inspection_of(event.detail).officers)
    return {
        officer: name
        for officer, name in people.items()
        if may_preside(officer, name, case.hearing, said=said, names=names)
    }


async def fix_hearing(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    posted: Mapping[str, str],
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Say when and where the hearing is held and who presides 确定听证; the applicant gets the 听证通知书.

    ``posted``: ``at`` as the city's time (``2026-12-07T09:30``), ``place``, ``presider`` an account of the department
    that has not examined the case, ``closed`` a reason of Closed or empty for a public one, ``reason`` where it is
    fixed anew. At least seven working days ahead and within twenty of the request (:func:`fits`). A plea for recusal
    that nobody has decided falls with a new presider. Two statements: the case with its steps and the department's
    officers, the write. Raises HearingIncomplete, HearingElsewhere once it has been held, NotPossibleNow, MovedOn.
    """
    found = await store.to_fix(db, case_id=case_id)
    case = for_work(found and found.case, actor, action="cases.hear", applicant=applicant)
    step = await step_of(db, case, Move.FIX_HEARING, actor)
    hearing = pending(case)
    if hearing.record is not None:
        raise HearingElsewhere
    assert found is not None
    able = presiders(case, found.events, identity.colleague_names(found.officers))
    sitting = await _sitting(db, hearing, posted, able, now=now)
    fixed = msgspec.structs.replace(hearing, sitting=sitting, fixed=hearing.fixed + 1)
    await write_step(db, actor, case, step, fixed, now=now)


async def unfix_hearing(db: Database, case: Case, calendar: Calendar, *, notice: str, now: datetime) -> Case:
    """An amended calendar puts a sitting off 听证日期失效: its day is a holiday now, or its notice too short.

    Gives the case as it stands then, the same one where the sitting can stay. ``notice`` is the one that amended the
    calendar. The department fixes it anew; a plea for recusal stays. Raises MovedOn.
    """
    hearing = case.hearing
    if hearing is None or not hearing.ahead or hearing.sitting is None:
        return case
    off = hearing.sitting.off_by(calendar, now)
    if off is None:
        return case
    step = await step_of(db, case, Move.UNFIX_HEARING, SYSTEM)
    after = _with_sitting(hearing, msgspec.structs.replace(hearing.sitting, off=off))
    await write_step(db, SYSTEM, case, step, after, now=now, notice=notice)
    return msgspec.structs.replace(case, hearing=after, version=case.version + 1)


def pending(case: Case) -> Hearing:
    """The hearing that the clock stands still for; raises HearingElsewhere."""
    if case.hearing is None or not case.hearing.pending:
        raise HearingElsewhere
    return case.hearing


async def _sitting(
    db: Database, hearing: Hearing, posted: Mapping[str, str], able: Mapping[UUID, str], *, now: datetime
) -> Sitting:
    faults: dict[str, Words] = {}
    calendar, today = await clock.current_calendar(db), clock.city_day(now)
    at, place, closed = moment_typed(posted.get("at", "")), _place(posted, faults), posted.get("closed", "")
    reason = part_of(posted, "reason", N_("改期或者迟延的原因"), faults, _AGAIN if hearing.fixed else None)
    presider = next((one for one in able if str(one) == posted.get("presider")), None)
    if at is None:
        soonest = calendar.add_working_days(today, NOTICE_DAYS)
        faults["at"] = N_("请填写日期和时间，例如 {example}。", example=f"{soonest:%Y-%m-%d} {OPENS:%H:%M}")
    elif wrong := [
        *fits(clock.city_day(at), hearing, calendar, today, reason=reason),
        *([] if OPENS <= clock.city_time(at).time() <= CLOSES else [_HOURS]),
    ]:
        faults["at"] = reduce(_and, wrong)
    if presider is None:
        faults["presider"] = N_("请选择没有审查过本件的人员主持（《行政许可法》第四十八条）。")
    elif _pleaded(hearing, presider):
        faults["presider"] = N_("有当事人申请这位主持人回避，须由负责人先作决定，或者改由其他人主持。")
    if closed and closed not in set(Closed):
        faults["closed"] = N_("请选择是否公开。")
    if faults or at is None or presider is None:
        raise HearingIncomplete({name: faults[name] for name in _FIELDS if name in faults})
    before = hearing.sitting
    return Sitting(
        at=at,
        place=place,
        presider=presider,
        presider_name=able[presider],
        told=today,
        closed=Closed(closed) if closed else None,
        reason=reason,
        pleas=before.pleas if before is not None and before.presider == presider else (),
    )


def _and(words: Message, more: Message) -> Message:
    """One sentence after the other."""
    return N_("{words}{more}", words=words, more=more)


def _place(posted: Mapping[str, str], faults: dict[str, Words]) -> str:
    """The place as typed; its fault goes to ``faults``."""
    place = " ".join(posted.get("place", "").split())
    if len(place) > LONGEST_PLACE:
        faults["place"] = too_long(N_("听证地点"), len(place), LONGEST_PLACE)
    elif len(place) < 4:
        faults["place"] = N_("请填写地点，写到房间，4 至 120 个字。")
    return place


def _pleaded(hearing: Hearing, presider: UUID) -> bool:
    """Whether a party pleads that this one withdraw, and nobody has decided it."""
    sitting = hearing.sitting
    return sitting is not None and sitting.presider == presider and sitting.pleas_wait


async def ask_recusal(
    db: Database, actor: Actor, *, case_id: UUID, reason: str, key: str | None = None, now: datetime
) -> dict[str, Any]:
    """Plead that the presider withdraw 申请回避, with the reason (art. 48(1)(3)); the head decides before the hearing.

    Gives ``{case, state}``. Raises NoHearingRight where no presider is named or one has pleaded already, ReasonMissing,
    NotPossibleNow, MovedOn.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        return await plead(db, actor, await own_case(db, actor, case_id), reason, remembering, now=now)

    body = {"ask_recusal": str(case_id), "reason": reason}
    return await answer_once(db, act, bucket=actor.bucket, caller=actor.caller, key=key, body=body, now=now)


async def plead(
    db: Database,
    actor: Actor,
    case: Case,
    reason: str,
    remembering: Remembering | None,
    *,
    seat: int = 0,
    now: datetime,
) -> dict[str, Any]:
    """The plea of who sits there, 0 the applicant, as a step of the case; once of each for a sitting.

    Gives ``{case, state}``. Raises as :func:`ask_recusal`.
    """
    step = await step_of(db, case, Move.ASK_RECUSAL, actor)
    hearing = case.hearing
    if hearing is None or not hearing.ahead or hearing.sitting is None or hearing.sitting.plea_of(seat):
        raise NoHearingRight
    plea = Recusal(reason=reason_of(reason, N_("申请回避的理由")), asked_at=now, seat=seat)
    pleas = (*hearing.sitting.pleas, plea)
    asked = _with_sitting(hearing, msgspec.structs.replace(hearing.sitting, pleas=pleas))
    answer = answered(case, step)
    parts = remembered(remembering, answer)
    await write_step(db, actor, case, step, asked, *parts, now=now, reason=plea.reason, seat=seat)
    return answer


def _with_sitting(hearing: Hearing, sitting: Sitting) -> Hearing:
    return msgspec.structs.replace(hearing, sitting=sitting)


async def decide_recusal(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    granted: str,
    reason: str,
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Decide whether the presider withdraws 决定回避, as the head: ``granted`` yes or no, with the reason.

    All pleas that wait are decided by it. Granted, the presider is out and the hearing is fixed anew. Raises NotAllowed
    for who is not the head, OwnRecusal for the presider herself, HearingElsewhere where no plea waits,
    HearingIncomplete, ReasonMissing, NotPossibleNow.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.recusal", applicant=applicant)
    step = await step_of(db, case, Move.DECIDE_RECUSAL, actor)
    hearing = pending(case)
    sitting = hearing.sitting
    if sitting is None or not sitting.pleas_wait:
        raise HearingElsewhere
    if sitting.presider == actor.id:
        raise OwnRecusal
    unchosen: dict[str, Words] = {"granted": N_("请选择是否回避。")}
    faults = {} if granted in ("yes", "no") else unchosen
    words = reason_beside(reason, faults, HearingIncomplete, N_("决定的理由"))
    said = {
        "granted": granted == "yes",
        "reason": words,
        "presider": sitting.presider_name,
        "pleaded": [one.seat for one in sitting.pleas if one.waits],
    }
    after = _without_presider(hearing) if granted == "yes" else _kept_on(hearing, words, by=actor.name)
    await write_step(db, actor, case, step, after, now=now, **said)


def _without_presider(hearing: Hearing) -> Hearing:
    """The presider withdraws and presides no more in this case; it is fixed anew."""
    assert hearing.sitting is not None
    barred = (*hearing.lasting.barred, hearing.sitting.presider)
    lasting = msgspec.structs.replace(hearing.lasting, barred=barred)
    return msgspec.structs.replace(hearing, sitting=None, lasting=lasting)


def _kept_on(hearing: Hearing, words: str, *, by: str) -> Hearing:
    """The presider stays: what waits is decided in these words."""
    assert hearing.sitting is not None
    pleas = tuple(
        msgspec.structs.replace(one, granted=False, words=words, by=by) if one.waits else one
        for one in hearing.sitting.pleas
    )
    return _with_sitting(hearing, msgspec.structs.replace(hearing.sitting, pleas=pleas))


async def hearings(db: Database, actor: Actor, *, after: UUID | None, limit: int) -> list[store.HearingRow]:
    """The hearings that one's department has under way, the oldest case first: one statement, keyset."""
    POLICY.require(actor, "cases.hear", Relation.DEPARTMENT)
    return await store.hearings(db, department=actor.department or "", after=after, limit=limit)
