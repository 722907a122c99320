"""Who has a case in hand 承办: hand-over 移交, absence 请假 with a deputy, and an officer's named lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from tongban import audit, identity
from tongban.cases import store
from tongban.cases.actions.moving import carry_out, case_at_work, relation_at_desk, step_of
from tongban.cases.actions.reviewing.reasons import part_of
from tongban.cases.model import POLICY, Move, MovedOn
from tongban.cases.model.assignment import (
    LONGEST_ABSENCE,
    LONGEST_NAME,
    MOST_FILTERS,
    Absence,
    AbsenceIncomplete,
    FilterNameMissing,
    HandOverIncomplete,
    NotInHand,
    SavedFilter,
    entry_after,
)
from tongban.cases.model.rights import is_colleagues
from tongban.kit import clock
from tongban.kit.db import Database, write, write_in_turn
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.ids import id_told
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty, Relation

#: As many entries for one officer come at once as nobody has seen.
_TRIES = 20
#: A day that was written with year, month and day, whether the calendar has it or not.
_WHOLE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


async def colleagues(db: Database, actor: Actor) -> dict[UUID, identity.Colleague]:
    """The officers of one's own department, oneself among them: one statement."""
    POLICY.require(actor, "cases.desk", Relation.DEPARTMENT)
    return await identity.colleagues(db, actor.department or "")


async def hand_over(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    to: str,
    note: str,
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Give a case into a colleague's hand 移交, or take it into one's own; ``to`` is her account's id, as typed.

    What nobody has may be taken or given by anybody of the department; else it is the assignee, who stands in for her,
    or the head. ``note`` says why, unless one takes what nobody has. The case, the colleagues, and the absences where
    it is somebody else's: three round trips and the write. Raises HandOverIncomplete, NotInHand, NotPossibleNow,
    MovedOn.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.move", applicant=applicant)
    step = await step_of(db, case, Move.HAND_OVER, actor)
    relation = await relation_at_desk(db, actor, case.assignee, now=now)
    if is_colleagues(actor, "cases.assign", relation):
        raise NotInHand(case.assignee_name or "")
    people = await colleagues(db, actor)
    receiver = id_told(to)
    faults: dict[str, Words] = {}
    words = part_of({"reason": note}, "reason", N_("移交的原因"), faults, None)
    if receiver is None or receiver not in people or receiver == case.assignee:
        faults["to"] = N_("请选择本部门的另一位同事。")
    if not words and case.assignee is not None:
        faults["reason"] = N_("请写明移交的原因。")
    if faults or receiver is None:
        raise HandOverIncomplete(faults)
    name = people[receiver].name
    await carry_out(
        db,
        actor,
        case,
        step,
        store.assigning(case, step, to=receiver, name=name),
        now=now,
        detail={"to": name, "from": case.assignee_name, "words": words},
    )


async def absences(db: Database, actor: Actor, *, now: datetime) -> list[Absence]:
    """Who of the department is or will be away, the soonest first."""
    POLICY.require(actor, "cases.absence", Relation.DEPARTMENT)
    return await store.absences(db, department=actor.department or "", since=clock.city_day(now))


async def be_absent(db: Database, actor: Actor, *, posted: Mapping[str, str], now: datetime) -> Absence:
    """Note that an officer is away 请假 and who stands in for her 代理.

    ``posted`` is the form: ``officer`` (oneself where it is empty; another only the head may enter), ``deputy``,
    ``first`` and ``last`` as ISO days, both counted. The deputy has her cases on his list meanwhile, and what he does
    to them says for whom. The same again changes nothing; days that another entry of hers has already are refused, for
    a day has one deputy, also where two enter at once. Raises AbsenceIncomplete, NotAllowed.
    """
    POLICY.require(actor, "cases.absence", Relation.DEPARTMENT)
    assert actor.id is not None
    people = await colleagues(db, actor)
    officer, deputy = id_told(posted.get("officer", "")) or actor.id, id_told(posted.get("deputy", ""))
    first, last = _day(posted.get("first", "")), _day(posted.get("last", ""))
    faults: dict[str, Words] = {}
    if officer not in people or (officer != actor.id and Duty.HEAD not in actor.duties):
        faults["officer"] = N_("只能登记自己的请假；负责人可以为本部门的同事登记。")
    if deputy is None or deputy not in people or deputy == officer:
        faults["deputy"] = N_("请选择本部门的另一位同事代理。")
    if first is None:
        faults["first"] = _no_day(posted.get("first", "")) or N_("请填写请假的第一天。")
    if last is None and (never := _no_day(posted.get("last", ""))):
        faults["last"] = never
    elif last is None or last < max(first or last, clock.city_day(now)):
        faults["last"] = N_("请填写请假的最后一天，不早于第一天和今天。")
    elif first is not None and (last - first).days >= LONGEST_ABSENCE:
        faults["last"] = N_("一次请假不超过 {days} 天。", days=LONGEST_ABSENCE)
    if faults or first is None or last is None or deputy is None:
        raise AbsenceIncomplete(faults)
    return await _noted(db, actor, people, officer=officer, deputy=deputy, first=first, last=last, now=now)


async def _noted(
    db: Database,
    actor: Actor,
    people: Mapping[UUID, identity.Colleague],
    *,
    officer: UUID,
    deputy: UUID,
    first: date,
    last: date,
    now: datetime,
) -> Absence:
    """Enter the absence; where another entry of hers came in between, look at her days again."""
    department = actor.department or ""
    for _ in range(_TRIES):
        entries, stands = await store.absences_of(db, officer, department=department)
        meets = next((one for one in stands if one.first_day <= last and first <= one.last_day), None)
        if meets is not None and (meets.deputy, meets.first_day, meets.last_day) == (deputy, first, last):
            return meets
        if meets is not None:
            raise AbsenceIncomplete({"first": _meets(meets)})
        one = Absence(
            id=entry_after(entries, officer=officer, department=department),
            officer=officer,
            officer_name=people[officer].name,
            deputy=deputy,
            deputy_name=people[deputy].name,
            first_day=first,
            last_day=last,
        )
        entered = await write(
            db,
            store.adding_absence(one, actor, now=now),
            audit.record(
                *(actor, "cases.be_absent"),
                subject=officer,
                reference=one.id,
                detail={"deputy": str(deputy), "first": first.isoformat(), "last": last.isoformat()},
                now=now,
            ),
        )
        if entered is not None:
            return one
    raise MovedOn


def _meets(one: Absence) -> Words:
    return N_(
        "这几天与已登记的请假重叠：{first} 至 {last}，由 {deputy} 代理。要改的，请先取消那一条，再重新登记。",
        first=one.first_day.isoformat(),
        last=one.last_day.isoformat(),
        deputy=one.deputy_name,
    )


async def end_absence(db: Database, actor: Actor, *, absence: str, now: datetime) -> None:
    """Take an absence back, or end it early: one's own, or as the head; what is over already stays as it is."""
    found = next((one for one in await absences(db, actor, now=now) if str(one.id) == absence), None)
    if found is None:
        return
    if actor.id != found.officer and Duty.HEAD not in actor.duties:
        raise NotAllowed
    await write(
        db,
        store.ending_absence(found.id, department=actor.department or "", now=now),
        audit.record(actor, "cases.end_absence", subject=found.officer, reference=found.id, now=now),
    )


async def saved_filters(db: Database, actor: Actor) -> list[SavedFilter]:
    """The lists that one has named."""
    POLICY.require(actor, "cases.desk", Relation.DEPARTMENT)
    assert actor.id is not None
    return await store.filters(db, officer=actor.id)


async def save_filter(db: Database, actor: Actor, *, name: str, query: str, now: datetime) -> None:
    """Name a list 常用筛选; the same name again takes the other's place. Raises FilterNameMissing."""
    POLICY.require(actor, "cases.desk", Relation.DEPARTMENT)
    assert actor.id is not None
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME:
        raise FilterNameMissing(N_("请给这个筛选起一个名字，不超过 {most} 个字。", most=LONGEST_NAME))
    kept = store.keeping_filter(actor.id, SavedFilter(words, query), now=now)
    if await write_in_turn(db, "cases.filter", actor.id, kept) is None:
        raise FilterNameMissing(N_("最多保存 {most} 个筛选，请先删除不用的。", most=MOST_FILTERS))


async def drop_filter(db: Database, actor: Actor, *, name: str) -> None:
    """Forget a list's name."""
    POLICY.require(actor, "cases.desk", Relation.DEPARTMENT)
    assert actor.id is not None
    await store.drop_filter(db, officer=actor.id, name=name)


def _no_day(text: str) -> Words | None:
    """What is said of a day that is written whole and stands in no calendar (31 February); None for any other text."""
    whole = _WHOLE.fullmatch(text.strip())
    return N_("没有 {day} 这一天，请核对月和日。", day=text.strip()) if whole and _day(text) is None else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
