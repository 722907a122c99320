"""Watching over the dates 电子监察: what was missed is recorded, asked of its owner, handed on when nobody answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tongban import audit, catalogue, regions
from tongban.cases import store
from tongban.cases.actions.limits.clocks import awaiting_end
from tongban.cases.actions.limits.pausing import provided
from tongban.cases.actions.reviewing.reasons import reason_of
from tongban.cases.model import POLICY, Case, CaseEvent, Move, NoSuchCase, NoSuchRecord, State
from tongban.cases.model.supervision import RULES, Owner, Record, RuleName
from tongban.kit import clock, outbox
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_
from tongban.kit.outbox import Event
from tongban.kit.policy import Actor, Duty, Relation
from tongban.settings import settings

#: Rules about instants, each found by one statement for all departments.
_BY_TIME = (
    RuleName.ACCEPT_NEAR,
    RuleName.PROMISE_NEAR,
    RuleName.PROMISE_LATE,
    RuleName.STATUTORY_LATE,
    RuleName.ISSUE_LATE,
)
#: How far back the first watch of a database looks.
FIRST_LOOK = timedelta(days=30)
WATCH = "dates"


async def supervise(db: Database, *, now: datetime, witnessed: bool = False) -> int:
    """Record what was missed since the last look, and hand on what nobody answered; gives how many records are new.

    Each look begins where the last one ended, so that one that dies is made up for. Two at once find the same, once.
    ``witnessed`` asks the database's clock, too: by one that runs ahead of it nothing is missed, since a record stays.
    """
    through, now = await store.watch(db, name=WATCH, now=now, witnessed=witnessed)
    since = through or now - FIRST_LOOK
    departments = [one.code for one in await regions.departments(db)]
    found = 0
    for rule in _BY_TIME:
        until = await _escalation(db, rule, now=now)
        while new := await store.find_late(
            db, rule, departments=departments, since=since, now=now, escalate_at=until
        ):
            found += new
    await store.watched(db, name=WATCH, through=now)
    calendar = await clock.current_calendar(db)
    head_until = clock.end_of_day(
        calendar.add_working_days(clock.city_day(now), RULES[RuleName.PROMISE_LATE].days)
    )
    while await store.escalate(db, now=now, head_until=head_until):
        continue
    return found


async def _escalation(db: Database, rule: RuleName, *, now: datetime) -> datetime | None:
    """By when it must be answered before the next owner is asked; None where there is none."""
    about = RULES[rule]
    if about.owner is Owner.SUPERVISION:
        return None
    calendar = await clock.current_calendar(db)
    return clock.end_of_day(calendar.add_working_days(clock.city_day(now), about.days))


async def supervise_step(db: Database, *, event: Event, now: datetime) -> None:
    """A step that breaks a rule by itself leaves its record, once. Called for every event that may."""
    found = await store.with_steps(db, case_id=UUID(event.reference))
    if found is None:
        raise NoSuchCase
    case, steps = found
    version = await catalogue.version(db, case.item, case.item_version)
    parts: list[Part] = [
        store.recording(
            case,
            rule,
            occasion=str(step.version),
            now=now,
            escalate_at=await _escalation(db, rule, now=now),
        )
        for step in steps
        for rule in broken(case, step, steps, version)
    ]
    mark = outbox.handling(event, "cases.jobs.supervise_step", now=now)
    await write(db, store.standing(case), *parts, mark)


#: The moves that are a record whatever is said of them.
_BY_MOVE = {
    Move.DEEM_ACCEPTED: RuleName.ACCEPT_LATE,
    Move.DEEM_RENEWED: RuleName.RENEWAL_LAPSED,
    Move.CALL_OFF: RuleName.CALLED_OFF,
    Move.UNFIX_HEARING: RuleName.SITTING_OFF,
}


def broken(
    case: Case, step: CaseEvent, steps: Sequence[CaseEvent], version: catalogue.ItemVersion
) -> list[RuleName]:
    """The rules that one step breaks by itself."""
    found = [_BY_MOVE[step.move]] if step.move in _BY_MOVE else []
    if step.move is Move.SUSPEND and (
        "beyond" in step.detail or not provided(version, step.detail["special"]["kind"])
    ):
        found.append(RuleName.SPECIAL_UNPROVIDED)
    if step.move is Move.ASK_CORRECTION:
        earlier = [one for one in steps if one.move is Move.ASK_CORRECTION and one.version < step.version]
        if earlier:
            found.append(RuleName.CORRECTION_TWICE)
        if _asks_for_exempt(step, version):
            found.append(RuleName.EXEMPT_ASKED)
    if step.move in (Move.DECLINE, Move.REFUSE) and not (step.detail.get("reason") or case.reason):
        found.append(RuleName.NO_REASON)
    return found


def _asks_for_exempt(step: CaseEvent, version: catalogue.ItemVersion) -> bool:
    """Whether a correction asks for the file of a material that needs not be brought."""
    exempt = {f"file_{one.code}" for one in version.materials if one.exempt}
    return bool(exempt & set(step.detail.get("fields", ())))


async def special_overran(db: Database, *, event: Event, now: datetime) -> None:
    """The timer of a special procedure: longer than announced. One that has ended by now is left alone; where the
    calendar was amended since the timer went, its days are not over and it is set for their end."""
    found = await store.case_for_work(db, case_id=UUID(event.reference))
    if found is None:
        raise NoSuchCase
    running = found.course.running
    if found.state is not State.SUSPENDED or running is None:
        return
    handled = outbox.handling(event, "cases.jobs.special_overran", now=now)
    calendar = await clock.current_calendar(db)
    if clock.end_of_day(running.announced_end(calendar)) > now:
        await write(db, store.standing(found), awaiting_end(found, running, calendar), handled)
        return
    rule = RuleName.SPECIAL_LATE
    await write(
        db,
        store.standing(found),
        store.recording(
            found,
            rule,
            occasion=running.since.isoformat(),
            now=now,
            escalate_at=await _escalation(db, rule, now=now),
        ),
        handled,
    )


def supervises(actor: Actor) -> bool:
    """Whether the officer is of the office that supervises all departments (a fact of the installing city)."""
    office = regions.city_of(settings().city_dir).supervision
    return bool(office) and actor.department == office


async def supervision_records(
    db: Database,
    actor: Actor,
    *,
    answered: bool = False,
    before: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Record]:
    """The records that the officer may see: her department's, or what has come up to the supervising office."""
    POLICY.require(actor, "cases.supervision", Relation.DEPARTMENT)
    if supervises(actor):
        return await store.records(
            db,
            department=None,
            owners=[Owner.SUPERVISION],
            answered=answered,
            before=before,
            limit=limit,
        )
    return await store.records(
        db, department=actor.department, owners=list(Owner), answered=answered, before=before, limit=limit
    )


async def answer_supervision(
    db: Database,
    actor: Actor,
    *,
    record: tuple[int, UUID, RuleName, str],
    words: str,
    now: datetime,
) -> None:
    """Account for a record 说明处理情况, in words that stay with it; once.

    The officers of the department answer, for what has come up to the supervising office that office too. Raises
    NoSuchRecord when it is not hers or has been answered, ReasonMissing.
    """
    POLICY.require(actor, "cases.supervision", Relation.DEPARTMENT)
    said = reason_of(words, N_("处理情况"))
    department = None if supervises(actor) else actor.department
    who = f"{actor.name}（负责人）" if Duty.HEAD in actor.duties else actor.name
    subject = await store.applicant_of(db, case_id=record[1])
    if subject is None:
        raise NoSuchRecord
    done = await write(
        db,
        store.answering(record, department=department, words=said, who=who, now=now),
        audit.record(actor, "cases.supervision", subject=subject, reference=record[1], now=now),
    )
    if done is None:
        raise NoSuchRecord
