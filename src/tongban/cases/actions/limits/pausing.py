"""What stops a case's clock or puts its end off: special procedures, and the one extension that the law allows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue
from tongban.cases import store
from tongban.cases.actions.hearing.closing import no_right_runs
from tongban.cases.actions.limits.clocks import awaiting_end, dues, dues_stopped
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.actions.reviewing.reasons import reason_beside, reason_of
from tongban.cases.model import (
    ApprovalIncomplete,
    Case,
    ExtendedAlready,
    ExtensionTooLate,
    Move,
    MovedOn,
    NoExtension,
    SpecialIncomplete,
    SpecialRuns,
    State,
)
from tongban.cases.model.course import Approval, Course, Dues, Extension, Special
from tongban.cases.model.hearing import KIND, Hearing, Lasting
from tongban.cases.model.hearing_parts import Begun
from tongban.cases.model.hearing_refusals import HearingGoesOn
from tongban.cases.model.reporting import ExtendedAbove, reports_up
from tongban.cases.model.stops import coded, stops_by_law
from tongban.kit import clock, timers
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor, Duty

#: A special procedure is announced for no more working days than this; a longer one is announced again.
LONGEST = 120
#: Who approved, and the number of the document, are no longer than this.
LONGEST_APPROVAL = 60


def specials_of(version: catalogue.ItemVersion) -> dict[str, tuple[Text, int]]:
    """What may stop the clock of this item's cases: by code its words, and the working days at most (0: not said).

    First what the item's own law orders, then what the law of its type names, as its clock profile says (行政复议法
    art. 39), else 行政许可法 art. 45.
    """
    own, by_law = own_specials(version), stops_by_law(version)
    return own | {code: (words, 0) for code, words in by_law.items() if code not in own}


def own_specials(version: catalogue.ItemVersion) -> dict[str, tuple[Text, int]]:
    """Those that the item's own data names, by code, as :func:`specials_of`; none that time itself runs."""
    return {
        code: (one.name, one.working_days)
        for code, one in coded(version)
        if one.kind == "2" and one.condition != "time"
    }


def provided(version: catalogue.ItemVersion, kind: str) -> bool:
    """Whether the law of the item or of its type provides for a special procedure, as their data say, or it is the
    hearing, which may be held of every case (行政许可法 art. 46).

    Art. 45 names the others where a law asks for them: that one does, the head answers for.
    """
    stops = {one.code for one in version.clock.stops}
    return kind == KIND or kind in stops or kind in {code for code, _ in coded(version)}


async def suspend(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    kind: str,
    days: str,
    reason: str,
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Begin a special procedure 特别程序: the decision clock stops, the applicant is told how long (art. 45).

    ``kind`` is one of :func:`specials_of`, ``days`` how many working days it needs, as typed. What begins on a day off
    begins on the next working day. A hearing begun so is held by the organ of its own accord (art. 46). One that is
    not :func:`provided` for is the head's to begin, and noted by supervision; so is what is :func:`beyond` the item's
    days. Raises SpecialIncomplete with a sentence per field, ReasonMissing, HearingRightRuns while the applicant may
    ask for a hearing, NotPossibleNow; SpecialRuns where one is under way, also to who was second at the same moment.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.suspend", applicant=applicant)
    await _none_runs(db, case)
    step = await step_of(db, case, Move.SUSPEND, actor)
    await no_right_runs(db, case, now=now)
    version = await catalogue.version(db, case.item, case.item_version)
    name, needed, words = announced(actor, version, case.course, kind, days, reason)
    more = beyond(version, case.course, kind, needed)
    calendar = await clock.current_calendar(db)
    special = Special(
        kind=kind,
        name=name,
        days=needed,
        since=calendar.next_working_day(clock.city_day(now)),
        reason=words,
    )
    course = msgspec.structs.replace(case.course, specials=(*case.course.specials, special))
    after = dues_stopped(case, course, version, calendar)
    called = _called(case, now=now) if kind == KIND else None
    try:
        await carry_out(
            db,
            actor,
            case,
            step,
            store.hearing_reckoned(case, step, course, after, called)
            if called
            else store.reckoned(case, step, course, after),
            awaiting_end(case, special, calendar),
            now=now,
            detail={
                "special": msgspec.to_builtins(special),
                **({"beyond": more} if more else {}),
                **moved(case, after),
            },
        )
    except MovedOn:
        await _none_runs(
            db, await case_at_work(db, actor, case_id=case_id, action="cases.suspend", applicant=applicant)
        )
        raise


async def _none_runs(db: Database, case: Case) -> None:
    """Raise SpecialRuns where the clock of the case stands still for a special procedure."""
    if case.state is State.SUSPENDED and case.course.specials:
        running = case.course.specials[-1]
        raise SpecialRuns(running.name, running.announced_end(await clock.current_calendar(db)))


def _called(case: Case, *, now: datetime) -> Hearing:
    """A hearing that the organ holds of its own accord; what lasts of one before stays the case's."""
    lasting = case.hearing.lasting_anew if case.hearing else Lasting()
    return Hearing(begun=Begun(on=clock.city_day(now)), lasting=lasting)


def beyond(version: catalogue.ItemVersion, course: Course, kind: str, days: int) -> int:
    """How many working days of this kind would have been announced beyond the item's own, over the whole case; 0 where
    it names none, or they are not passed.

    What was announced counts, however long it took: that is what the applicant was told, and what the head answers for.
    """
    most = specials_of(version)[kind][1]
    return max(0, _told(course, kind) + days - most) if most else 0


def _told(course: Course, kind: str) -> int:
    return sum(one.days for one in course.specials if one.kind == kind)


def announced(
    actor: Actor, version: catalogue.ItemVersion, course: Course, kind: str, days: str, reason: str
) -> tuple[Text, int, str]:
    """The procedure's words, the days announced and the reason; raises SpecialIncomplete, ReasonMissing."""
    known = specials_of(version)
    faults: dict[str, Words] = {}
    if kind not in known:
        faults["kind"] = N_("请选择特别程序的种类。")
    elif Duty.HEAD not in actor.duties and not provided(version, kind):
        faults["kind"] = N_(
            "这个事项没有规定“{name}”。法律另有要求、确需进行的，请本部门负责人启动；不需要的，请继续办理。",
            name=known[kind][0],
        )
    by_item = known.get(kind, (None, 0))[1]
    typed = days.strip()
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:6]) <= (by_item or LONGEST)):
        faults["days"] = _days_told(by_item, extensible=bool(version.clock.extension_days))
    elif kind in known and Duty.HEAD not in actor.duties and beyond(version, course, kind, int(typed)):
        faults["days"] = _used_up(by_item, _told(course, kind))
    words = reason_beside(reason, faults, SpecialIncomplete, N_("原因"))
    return known[kind][0], int(typed), words


def _days_told(by_item: int, *, extensible: bool) -> Message:
    """How many days may be announced: no more than the item's own, where it names them."""
    if by_item and extensible:
        return N_(
            "请填写需要的工作日，1 至 {most} 的整数：这个事项规定最多 {most} 个工作日。办理期限不够的，"
            "恢复计时后由负责人批准延长（《行政许可法》第四十二条）。",
            most=by_item,
        )
    if by_item:
        return N_("请填写需要的工作日，1 至 {most} 的整数：这个事项规定最多 {most} 个工作日。", most=by_item)
    return N_("请填写需要的工作日，1 至 {most} 的整数。", most=LONGEST)


def _used_up(most: int, told: int) -> Message:
    """What a clerk is told who would announce more days in all than the item has for it."""
    if told >= most:
        return N_(
            "这个事项规定这项程序最多 {most} 个工作日，本件已经告知了 {told} 个。确需再次进行的，请本部门负责人启动；"
            "不需要的，请继续办理。",
            most=most,
            told=told,
        )
    return N_(
        "这个事项规定这项程序最多 {most} 个工作日，本件已经告知了 {told} 个，还可以告知 {left} 个。确需更多的，"
        "请本部门负责人启动。",
        most=most,
        told=told,
        left=most - told,
    )


async def resume(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    result: str,
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """End the special procedure under way: the clock runs again, its end moved by the days that it stood still.

    ``result`` is what came of it, in words that the applicant reads. What ends on a day off ends on the next working
    day. Raises ReasonMissing, HearingGoesOn for a hearing, which ends with its record, NotPossibleNow.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.suspend", applicant=applicant)
    step = await step_of(db, case, Move.RESUME, actor)
    if case.hearing is not None and case.hearing.pending:
        raise HearingGoesOn
    version = await catalogue.version(db, case.item, case.item_version)
    calendar = await clock.current_calendar(db)
    running = case.course.specials[-1]
    until = max(running.since, calendar.next_working_day(clock.city_day(now)))
    ended = msgspec.structs.replace(running, until=until, result=reason_of(result, N_("结果")))
    course = msgspec.structs.replace(case.course, specials=(*case.course.specials[:-1], ended))
    state = msgspec.structs.replace(case, course=course, state=step.target)
    after = dues(state, version, calendar)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.reckoned(case, step, course, after),
        timers.cancelling("cases.special", subject=case.applicant, reference=case.id),
        now=now,
        detail={
            "special": msgspec.to_builtins(ended),
            "stopped": calendar.working_days_between(ended.since, until),
            **moved(case, after),
        },
    )


async def extend(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    reason: str,
    approver: str = "",
    number: str = "",
    approved_on: str = "",
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Put the decision off once 延长审批, by the days that the item's type allows (行政许可法 art. 42).

    The head of the organ decides it, within the limit of the law, and the applicant is told why. Where organs decide
    jointly the government's head does (art. 42(2)) and the department's notes it: ``approver`` by name and office,
    ``number`` of the document, ``approved_on`` as an ISO date, all as typed and asked of no other item. Raises
    NotAllowed for who is not the head, ExtendedAbove where the organ above decides and has not got the case yet,
    NoExtension, ExtendedAlready, ExtensionTooLate, ApprovalIncomplete with a sentence a field, ReasonMissing,
    NotPossibleNow.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.extend", applicant=applicant)
    step = await step_of(db, case, Move.EXTEND, actor)
    version = await catalogue.version(db, case.item, case.item_version)
    if reports_up(version, case):
        raise ExtendedAbove
    _extensible(case, version, now=now)
    approval, faults = None, dict[str, Words]()
    if version.clock.extension_by == "government":
        approval, faults = _approval(case, approver, number, approved_on, now=now)
    extension = Extension(
        on=clock.city_day(now),
        days=version.clock.extension_days,
        unit=version.clock.extension_unit,
        reason=reason_beside(reason, faults, ApprovalIncomplete, N_("延长的理由")),
        by=actor.name,
        approval=approval,
    )
    course: Course = msgspec.structs.replace(case.course, extension=extension)
    calendar = await clock.current_calendar(db)
    after = dues(msgspec.structs.replace(case, course=course), version, calendar)
    await carry_out(
        db,
        actor,
        case,
        step,
        store.reckoned(case, step, course, after),
        now=now,
        detail={"extension": msgspec.to_builtins(extension), **moved(case, after)},
    )


def _approval(
    case: Case, approver: str, number: str, approved_on: str, *, now: datetime
) -> tuple[Approval | None, dict[str, Words]]:
    """The government's approval as typed, or what is wrong with it, by field."""
    faults: dict[str, Words] = {}
    by, of = (" ".join(text.split()) for text in (approver, number))
    if not 2 <= len(by) <= LONGEST_APPROVAL:
        faults["approver"] = N_("请填写批准的本级人民政府负责人姓名和职务（2 至 60 个字）。")
    if not 4 <= len(of) <= LONGEST_APPROVAL:
        faults["number"] = N_("请填写批准文件的文号（4 至 60 个字）。")
    on: date | None = None
    try:
        on = date.fromisoformat(approved_on.strip())
    except ValueError:
        faults["approved_on"] = N_("请填写批准的日期。")
    accepted = clock.city_day(case.accepted_at) if case.accepted_at else None
    if on is not None and (on > clock.city_day(now) or (accepted is not None and on < accepted)):
        faults["approved_on"] = N_("批准的日期在受理之后，不晚于今天。")
    return (Approval(by, of, on) if on is not None and not faults else None), faults


def _extensible(case: Case, version: catalogue.ItemVersion, *, now: datetime) -> None:
    if not version.clock.extension_days:
        raise NoExtension
    if case.course.extension is not None:
        raise ExtendedAlready
    if case.statutory_due is not None and now > case.statutory_due:
        raise ExtensionTooLate


def moved(case: Case, after: Dues) -> dict[str, Any]:
    """What a step writes down of the dates that it moved: from which day to which, by limit."""
    pairs = {
        "accept": (case.accept_due, after.accept),
        "promise": (case.promise_due, after.promise),
        "statutory": (case.statutory_due, after.statutory),
        "issue": (case.issue_due, after.issue),
    }
    return {
        "dates": {
            name: [clock.city_day(before).isoformat(), clock.city_day(then).isoformat()]
            for name, (before, then) in pairs.items()
            if before is not None and then is not None and before != then
        }
    }
