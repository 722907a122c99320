"""Joint review 会签: asking another department for its opinion, its answer, and who is waited for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, catalogue, regions
from tongban.cases import store
from tongban.cases.actions.moving import acting_as, carry_out, case_at_work, step_of
from tongban.cases.actions.reading.cases import Opened, laid_open
from tongban.cases.actions.reviewing.reasons import REASON, reason_beside
from tongban.cases.actions.reviewing.reporting import organ_above
from tongban.cases.model import DECIDING, POLICY, UNDER_PURPOSE, Case, Move, NoSuchCase
from tongban.cases.model.consulting import (
    AGREES,
    LONGEST_DAYS,
    MOST_DEPARTMENTS,
    AdviceAwaited,
    AdviceIncomplete,
    Consulted,
    ConsultIncomplete,
    Waiting,
    awaited,
)
from tongban.cases.model.reporting import reports_up
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor, Relation, Verdict, relation_to


async def consult(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    department: str,
    days: str,
    question: str,
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Ask another department for its opinion 会签, ``days`` working days from today, as typed.

    It sees the application on its own list meanwhile, under the case's purpose. Asked again, its earlier answer no
    longer counts. The decision waits until it has answered or its limit has passed; the case's own clock runs on.
    Raises ConsultIncomplete, ReasonMissing, NotPossibleNow, MovedOn.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.consult", applicant=applicant)
    step = await step_of(db, case, Move.CONSULT, actor)
    asked = await _asked(db, case, department, days, question, now=now)
    others = _others(case, asked.department)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.consulting(case, step, (*others, asked)),
        store.listing_question(case, asked),
        now=now,
        detail={
            "to": msgspec.to_builtins(asked.name),
            "words": asked.question,
            "until": clock.city_day(asked.due).isoformat(),
        },
    )


def _others(case: Case, department: str) -> tuple[Consulted, ...]:
    """Who has been asked beside this department; asked again, its earlier answer no longer counts."""
    return tuple(one for one in case.consulted if one.department != department)


async def _asked(
    db: Database, case: Case, department: str, days: str, question: str, *, now: datetime
) -> Consulted:
    known = {one.code: one for one in await regions.departments(db) if one.kind != regions.GOVERNMENT}
    faults: dict[str, Words] = {}
    version = await catalogue.version(db, case.item, case.item_version)
    if department not in known or department == case.department:
        faults["department"] = N_("请选择另一个部门。")
    elif reports_up(version, case) and department == (await organ_above(db, version)).code:
        faults["department"] = N_("本件要报送这个机关决定，不用征求它的意见。")
    elif len(_others(case, department)) >= MOST_DEPARTMENTS:
        faults["department"] = N_("一个办件最多征求 {most} 个部门的意见。", most=MOST_DEPARTMENTS)
    typed = days.strip()
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:4]) <= LONGEST_DAYS):
        faults["days"] = N_("请填写答复的期限，1 至 {most} 个工作日。", most=LONGEST_DAYS)
    words = reason_beside(question, faults, ConsultIncomplete, N_("征求意见的事项"))
    calendar = await clock.current_calendar(db)
    until = calendar.add_working_days(clock.city_day(now), int(typed))
    return Consulted(
        department=department,
        name=known[department].name,
        question=words,
        asked_at=now,
        due=clock.end_of_day(until),
    )


async def advise(
    db: Database, actor: Actor, *, case_id: UUID, posted: Mapping[str, str], now: datetime
) -> None:
    """Answer for one's own department 会签意见: ``agrees`` a key of AGREES, ``reason`` the words for who decides.

    After the limit an answer still counts while nothing is decided. Raises AdviceIncomplete, ReasonMissing, NoSuchCase
    where this department is not asked (any more), NotPossibleNow, MovedOn.
    """
    case = await store.case_for_work(db, case_id=case_id)
    one = await _question_to(db, case, actor) if case else None
    if case is None or one is None:
        raise NoSuchCase
    step = await step_of(db, case, Move.ADVISE, actor)
    unchosen: dict[str, Words] = {"agrees": N_("请选择同意或者不同意。")}
    words = reason_beside(
        posted.get("reason", ""),
        {} if posted.get("agrees") in AGREES else unchosen,
        AdviceIncomplete,
        REASON,
    )
    answered = msgspec.structs.replace(
        one,
        agrees=AGREES[posted["agrees"]],
        words=words,
        by=actor.name,
        answered_at=now,
    )
    await carry_out(
        db,
        actor,
        case,
        step,
        store.consulting(case, step, tuple(answered if other is one else other for other in case.consulted)),
        store.ending_questions(case, department=one.department, now=now),
        now=now,
        detail={
            "of": msgspec.to_builtins(one.name),
            "agrees": answered.agrees,
            "words": answered.words,
        },
    )


async def _question_to(db: Database, case: Case, actor: Actor) -> Consulted | None:
    """The unanswered question to the officer's department or, a statement more for each that is another's, to one whose
    office it has, the soonest due; None where there is none."""
    for one in sorted(case.consulted, key=lambda one: one.due):
        if one.answered_at is None:
            relation = relation_to(actor, department=await acting_as(db, actor, one.department))
            if POLICY.decide(actor, "cases.advise", relation) is not Verdict.REFUSE:
                return one
    return None


async def asked_case(
    db: Database, actor: Actor, *, case_id: UUID, subject: UUID, now: datetime
) -> tuple[Opened, Consulted]:
    """A case on which one's department is asked, read like one of its own: one statement with its ledger row.

    Raises NoSuchCase where it is not asked, has answered, or the case needs no opinion any more.
    """
    POLICY.require(actor, "cases.advise", Relation.DEPARTMENT)
    row = await write(
        db,
        store.reading_asked(
            case_id=case_id, applicant=subject, department=actor.department or "", states=UNDER_PURPOSE
        ),
        audit.record(
            actor, "cases.read", subject=subject, reference=case_id, purpose=case_id, kind="read", now=now
        ),
    )
    if row is None:
        raise NoSuchCase
    case, events = store.as_read(row)
    one = next(
        (one for one in case.consulted if one.answered_at is None and one.department == row["asked_of"]), None
    )
    if one is None:
        raise NoSuchCase
    return await laid_open(db, case, events, purpose=case_id), one


async def asked_of_us(
    db: Database, actor: Actor, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Waiting]:
    """What waits for the opinion of one's department, the soonest date first: one statement, keyset."""
    POLICY.require(actor, "cases.advise", Relation.DEPARTMENT)
    return await store.waiting(db, department=actor.department or "", after=after, limit=limit)


def advised(case: Case, *, now: datetime) -> bool:
    """Whether a department that was asked is against it; raises AdviceAwaited while one is waited for."""
    waiting = awaited(case.consulted, now)
    if waiting and case.state in DECIDING:
        raise AdviceAwaited(waiting, f"{clock.city_day(max(one.due for one in waiting)):%Y-%m-%d}")
    return any(one.agrees is False for one in case.consulted)
