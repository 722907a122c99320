"""Following one's cases: the list, the progress with its dates and their reasons, withdrawal."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.response import Redirect, Response

from tongban import audit, catalogue, licences
from tongban.cases import actions
from tongban.cases.actions import Opened
from tongban.cases.actions.afterwards.committing import promise_shown
from tongban.cases.actions.wholes import prepared, whole_of
from tongban.cases.model import TONES, Move, State, possible
from tongban.cases.model.course import RUNS, LimitKind
from tongban.cases.model.follow_up import listed
from tongban.cases.model.held import changed
from tongban.cases.model.linked import (
    OF_A_DECISION,
    LinkedCase,
    called_off,
    once_withdrawn,
    paper_contested,
    ruled,
    state_words,
    ways_now,
)
from tongban.cases.model.stops import stands_on
from tongban.cases.model.visits import visits
from tongban.cases.pages.attachments import links
from tongban.cases.pages.confirming import confirming_page, correction_laid, people_of
from tongban.cases.pages.dates import dates_now, due_words, explanations, may_move_of
from tongban.cases.pages.findings import asked_anyway
from tongban.cases.pages.first_review import first_review_shown, said_to_applicant
from tongban.cases.pages.hearing_shown import hearing_shown
from tongban.cases.pages.inspecting import last_inspected
from tongban.cases.pages.supplying import follow_up_shown
from tongban.cases.pages.timeline import corrected, decided_shown, steps_of
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor, Role
from tongban.kit.web import page, redirect

PAGE = 20
#: Readings that are asked for, so that five rows stand where many of them are alike.
LAST_READINGS = 25


@get("/my/cases", who="cases.mine")
async def mine(db: Database, actor: Actor, before: UUID | None = None) -> Response[str]:
    """My cases, newest first, twenty a page."""
    found = await actions.my_cases(db, actor, before=before, limit=PAGE + 1)
    together = await actions.shared(db, actor) if before is None else None
    shown = found[:PAGE]
    dates = {line.case.id: dates_now(line.case) for line in (*shown, *(together.signed if together else ()))}
    return page(
        "cases/mine.html",
        cases=shown,
        waiting=together.waiting if together else [],
        signed=together.signed if together else [],
        dates=dates,
        may_move=await may_move_of(db, dates.values()),
        prepared=await prepared(db, actor, [one.case.id for one in shown if one.case.state is State.DRAFT]),
        tones=TONES,
        next_href=f"/my/cases?before={shown[-1].case.id}" if len(found) > PAGE else None,
        first_href="/my/cases" if before else None,
    )


@get("/my/cases/{case_id:uuid}", who="cases.mine")
async def progress(
    db: Database, actor: Actor, now: datetime, case_id: UUID, new: int = 0, late: int = 0
) -> Response[Any]:
    """Where it stands, by when and why then, what I have submitted, and who has read my data for it."""
    opened = await actions.followed(db, actor, case_id=case_id, now=now)
    case, own = opened.case, opened.case.applicant == actor.id
    if case.state is State.DRAFT:
        whole = (await prepared(db, actor, [case.id])).get(case.id)
        return redirect(whole.href if whole else f"/apply/{case.item}/{case.id}")
    if case.state is State.CONFIRMING:
        return confirming_page(opened)
    reviewed = await first_review_shown(db, opened)
    readings = (
        []
        if not own
        else await audit.readings_of(db, subject=case.applicant, limit=LAST_READINGS, reference=str(case.id))
    )
    return page(
        "cases/progress.html",
        case=case,
        item=opened.version,
        state_words=state_words(opened.version, case.state, case.ruling),
        ruled=ruled(
            *(opened.version, case.state, case.ruling),
            on_licence=bool(paper_contested(opened.form, case.answers)),
        ),
        tone=TONES[case.state],
        steps=steps_of(opened, own=own and actor.acting is None),
        own=own,
        people=people_of(case),
        laid=correction_laid(opened, actor.id, now=now),
        joined=await whole_of(db, actor, case_id) if case.state is State.CORRECTING and own else None,
        **(links(f"/my/cases/{case.id}") if own else {}),
        sections=forms.summary(opened.form, opened.stated, masked=own, eyes=actor.eyes),
        changed=changed(opened.form, opened.stated, opened.facts, eyes=actor.eyes) if own else [],
        due=await due_words(db, case, now=now),
        reviewed=said_to_applicant(reviewed) if reviewed else None,
        limits=await explanations(db, opened, now=now),
        inspected=last_inspected(opened),
        heard=await hearing_shown(db, case, now=now, own=own),
        follow_up=follow_up_shown(case),
        waits=case.state in RUNS[LimitKind.FOLLOW_UP],
        asked=asked_anyway(opened) if own else [],
        promise=await promise_shown(db, case, opened.version),
        supplied=bool(opened.events) and opened.events[-1].move is Move.SUPPLY,
        special=case.course.running if case.state is State.SUSPENDED else None,
        special_on=listed(stands_on(opened.version, case.course.running.kind))
        if case.course.running
        else None,
        readings=(await audit.shown_readings(db, actor, readings))[:5],
        papers=actions.papers_given(case, opened.events, opened.version),
        visits=visits(opened.events),
        can_withdraw=Move.WITHDRAW in possible(case.state, Role.RESIDENT),
        new=bool(new),
        late=bool(late),
        **await _against(db, opened, now=now),
        linked=[(one, await _words_of(db, one)) for one in opened.linked],
        names={one.item: (await actions.item_words(db, one.item))[0] for one in opened.linked},
        complains=case.submitted_at is not None and not opened.version.about,
        corrected=corrected(opened.events),
        decided=decided_shown(opened.events),
        **await _licence_now(db, opened, now=now),
    )


async def _licence_now(db: Database, opened: Opened, *, now: datetime) -> dict[str, Any]:
    """The licence that the case gave where it cannot be shown to anybody any more, and the last that took its place;
    while it is undecided, how the one stands that it is about, once that holds no more."""
    case, gone, latest, about_gone = opened.case, None, None, None
    if Move.WITHDRAW in possible(case.state, Role.RESIDENT):
        about_gone = await actions.gone_licence(db, case, opened.version, now=now)
    if case.state is State.CLOSED and opened.version.licence_type:
        line = await licences.line_of(db, case.applicant, reference=case.id, now=now)
        if line and line[0].state not in (licences.State.MAKING, licences.State.VALID):
            gone, latest = line[0], line[-1]
    return {"gone": gone, "latest": latest, "about_gone": about_gone}


async def _against(db: Database, opened: Opened, *, now: datetime) -> dict[str, Any]:
    """What can be done against the decision as things stand: the ways, the law, the reconsideration that there was or
    until when one may be asked for."""
    found = await actions.reconsidering(db, opened.case, opened.linked, opened.events)
    organ = await actions.reconsidered_by(db, opened.case)
    undecided = opened.case.state in (State.NOT_ACCEPTED, State.TERMINATED)
    ways, basis = ways_now(opened.version, organ, found.earlier, undecided=undecided) if organ else ((), None)
    if organ and (found.above or called_off(opened.case.state, opened.case.decided_at)):
        ways = (*ways, organ.in_writing)
    on_licence = await actions.against_licence(db, opened.case, found, now=now)
    if on_licence is not None:
        ways, basis = on_licence.ways, on_licence.basis
    return {
        "on_licence": on_licence,
        "ways": ways,
        "ways_basis": basis,
        "earlier": found.earlier,
        "goes_on": bool(found.earlier and found.earlier.ruled and found.earlier.ruled.takes_back),
        "reconsider_until": found.until if found.until and now <= found.until else None,
        "reconsider_late": bool(found.until and now > found.until),
        "reconsider_may_move": clock.may_move(
            clock.unannounced(
                await clock.current_calendar(db), (found.until and clock.city_day(found.until),)
            )
        ),
        "counted_from": clock.city_day(found.delivered) if found.delivered else None,
        "reconsiders": opened.version.about == OF_A_DECISION,
    }


async def _words_of(db: Database, one: LinkedCase) -> Message:
    return state_words(await catalogue.version(db, one.item, one.item_version), one.state, one.ruling)


@get("/my/cases/{case_id:uuid}/withdraw", who="cases.mine")
async def ask_withdraw(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Response[Any]:
    """Ask first: nothing brings a withdrawn application back; of several any, or all of them together."""
    opened = await actions.followed(db, actor, case_id=case_id, now=now)
    home = f"/my/cases/{case_id}"
    if Move.WITHDRAW not in possible(opened.case.state, Role.RESIDENT):
        return redirect(home)
    return page(
        "cases/ask.html",
        case=opened.case,
        item=opened.version,
        title=N_("要撤回这份申请吗？"),
        words=_withdrawing(opened),
        act=(f"{home}/withdraw", N_("确认撤回")),
        keep=(home, N_("不撤回，继续办理")),
    )


def _withdrawing(opened: Opened) -> Message:
    """What withdrawing means for who applied alone, or with others."""
    asks = opened.version.joint_applicants
    if opened.version.about == OF_A_DECISION:
        return once_withdrawn(opened.case.accepted_at) or N_(
            "撤回后不再审查，不能恢复；在行政复议申请期限内可以重新申请。"
        )
    if opened.case.joint is None or asks is None:
        return N_("撤回后，部门不再办理，也不能恢复；以后可以重新申请，时限重新计算。")
    if asks.withdraw == "all":
        return N_(
            "这个事项要全体申请人都要求撤回才能撤回。您提出后会通知其他人；都提出了才停止办理，不能恢复。"
        )
    return N_("这是共同申请：您撤回后，部门不再办理，也不能恢复，会通知其他共同申请人。以后可以重新申请。")


@post("/my/cases/{case_id:uuid}/withdraw", who="cases.withdraw")
async def withdraw(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Redirect:
    """Take the application back before it is decided."""
    await actions.withdraw(db, actor, case_id=case_id, now=now)
    return redirect(f"/my/cases/{case_id}")


routes = [mine, progress, ask_withdraw, withdraw]
