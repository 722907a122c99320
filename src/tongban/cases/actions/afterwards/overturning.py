"""Taking back a decision that was overturned on reconsideration: the case goes on by itself, its limits begin anew; a
licence stands again as it did."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue, licences
from tongban.cases import store
from tongban.cases.actions.afterwards.holding import again_parts
from tongban.cases.actions.limits.clocks import dues
from tongban.cases.actions.limits.pausing import moved
from tongban.cases.actions.moving import at_its_desk, carry_out, case_at_work, organ_giving, step_of
from tongban.cases.actions.reviewing.rectifying import following_again, one_living, reading_again
from tongban.cases.model import AppliedAnew, Case, CaseEvent, Correction, Edge, Move, NoSuchCase, State
from tongban.cases.model.course import Course, Dues
from tongban.cases.model.linked import DECIDED_AGAINST, called_off
from tongban.cases.model.papers import GIVEN, RULED, paper_number
from tongban.cases.model.rulings import RulingWords
from tongban.kit import clock, outbox, timers
from tongban.kit.clock import Calendar, Limit
from tongban.kit.db import Database, Part
from tongban.kit.i18n import N_, Language, use_language
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM


class OtherLives(outbox.AwayForNow):
    """Beside the case another one of the applicant's for the item lives, or a draft: it is waited for."""


async def overturn(
    db: Database, *, case_id: UUID, by: Case, ruling: RulingWords, event: Event, now: datetime
) -> None:
    """Take back the decision that ``by`` was about, as :func:`rectify` does a mistaken one, by the system.

    Not accepted: it is to be answered anew. Refused, or ended after acceptance: it is to be decided anew. Ended because
    she had not put it right: she may do so again. It goes on at the desk that has the office now. Each
    limit is the whole one, from today (行政复议法实施条例 art. 49).
    A case whose decision stands no more, or was made after ``by`` was filed, is left alone. Raises OtherLives while the
    applicant has another living case for the item.
    """
    case = await case_at_work(db, SYSTEM, case_id=case_id, action="cases.rectify")
    if case.state not in DECIDED_AGAINST or called_off(case.state, case.decided_at) or _made_since(case, by):
        return
    case = await at_its_desk(db, case)
    # What was ended before it was accepted was ended in her hands.
    hers = case.state is State.TERMINATED and case.accepted_at is None
    step = await step_of(db, case, Move.REOPEN if hers else Move.RECTIFY, SYSTEM)
    follow_up, limits = await following_again(db, case, step, now=now)
    calendar = await clock.current_calendar(db)
    version = await catalogue.version(db, case.item, case.item_version)
    days = version.clock.correction_days
    after = _standing(case, step, calendar, correction_days=days, now=now)
    ruled = {
        "number": paper_number(by, (await _decision(db, by)).version),
        "organ": msgspec.to_builtins(await organ_giving(db, by, Move.GRANT)),
    }
    ends = dues(msgspec.structs.replace(after, follow_up=follow_up), version, calendar)
    try:
        with one_living():
            await carry_out(
                db,
                SYSTEM,
                case,
                step,
                store.overturning(
                    case,
                    step,
                    course=after.course,
                    dues=ends,
                    correction=after.correction,
                    follow_up=follow_up,
                ),
                reading_again(case, now=now),
                *_timers(after, ends),
                *limits,
                *(await again_parts(db, case, now=now)),
                outbox.handling(event, "cases.jobs.apply_outcome", now=now),
                now=now,
                detail=_told(case, by, ruling, language=case.language)
                | moved(case, ends)
                | {RULED: ruled, "anew": _anew(after, ends)},
            )
    except AppliedAnew as living:
        raise OtherLives("another case of the item lives beside it") from living


async def give_back(
    db: Database, *, by: Case, contested: str, ruling: RulingWords, event: Event, now: datetime
) -> None:
    """The decision on a licence that ``by`` was about, ``contested`` by its paper's number, is undone: by the licences'
    own door, in one write with the mark of ``event``.

    Whether the licence can stand again they judge, and tell its holder where it cannot. Raises NoSuchCase, and as
    :func:`licences.reinstate`, whose refusals hand the news out again.
    """
    step = await _decision(db, by)
    assert by.about is not None and by.department is not None
    gave = await store.case_of(db, case_id=by.about, applicant=by.applicant)
    if gave is None:
        raise NoSuchCase
    held = await licences.holding(db, holder=by.applicant, reference=gave.id)
    await licences.reinstate(
        db,
        licence=held.licence.id,
        contested=contested,
        by=licences.OverturnedBy(
            code=by.short_code or "",
            number=paper_number(by, step.version),
            paper=f"/my/cases/{by.id}/papers/{GIVEN[step.move]}.pdf?step={step.version}",
            words=ruling.words,
            organ=await organ_giving(db, by, step.move),
            department=by.department,
        ),
        one_each=(await catalogue.version(db, gave.item, gave.item_version)).one_each,
        mark=outbox.handling(event, "cases.jobs.apply_outcome", now=now),
        now=now,
    )


async def _decision(db: Database, by: Case) -> CaseEvent:
    """The step that decided the reconsideration and gives its paper; one statement. Raises NoSuchCase."""
    found = await store.with_steps(db, case_id=by.id)
    if found is None:
        raise NoSuchCase
    return next(one for one in reversed(found[1]) if one.move is Move.GRANT)


def _anew(after: Case, ends: Dues) -> dict[str, str]:
    """The day on which each limit ends that begins anew, by its name."""
    found: dict[str, datetime | None]
    if after.state is State.SUBMITTED:
        found = {"accept": ends.accept}
    elif after.state is State.CORRECTING:
        found = {"correction": after.correction.until if after.correction else None}
    else:
        found = {"promise": ends.promise, "statutory": ends.statutory}
    return {name: clock.city_day(end).isoformat() for name, end in found.items() if end is not None}


def _made_since(case: Case, by: Case) -> bool:
    """Whether the decision is another than the one that was contested."""
    decided = case.decided_at or case.closed_at
    return decided is None or by.submitted_at is None or by.submitted_at < decided


def _standing(case: Case, step: Edge, calendar: Calendar, *, correction_days: int, now: datetime) -> Case:
    """The case as it stands afterwards, before its dates are reckoned."""
    today = clock.city_day(now)
    received = calendar.received_day(now) if step.target is State.SUBMITTED else case.course.received
    since = received if step.target is State.SUBMITTED and received else today
    correction: Correction | None = case.correction
    if step.target is State.CORRECTING and correction is not None:
        until = clock.end_of_day(Limit(today, correction_days).end(calendar))
        correction = msgspec.structs.replace(correction, asked_at=now, until=until)
    return msgspec.structs.replace(
        case,
        state=step.target,
        course=Course(received=received, anew=since),
        decided_at=None,
        closed_at=None,
        hearing=None,
        correction=correction,
    )


def _timers(after: Case, ends: Dues) -> tuple[Part, ...]:
    """What time does to it where nobody acts: the department's answer, or her correction, is waited for."""
    about: dict[str, Any] = {"subject": after.applicant, "reference": after.id}
    if after.state is State.SUBMITTED and ends.accept is not None:
        return (timers.setting("cases.acceptance", due=ends.accept, **about),)
    if after.state is State.CORRECTING and after.correction is not None:
        return (timers.setting("cases.correction", due=after.correction.until, **about),)
    return ()


def _told(case: Case, by: Case, ruling: RulingWords, *, language: Language) -> dict[str, Any]:
    """What the step keeps: the outcome with its reasons, by which the department decides anew, and what was there."""
    with use_language(language):
        words = N_(
            "经行政复议（受理编码 {code}），决定{ruling}。复议的理由：{reason}",
            code=by.short_code,
            ruling=ruling.words,
            reason=by.reason,
        )
        return {
            "reason": str(words),
            "was": {"state": str(case.state), "reason": case.reason},
            "overturned": by.short_code,
            "ruling": by.ruling,
        }
