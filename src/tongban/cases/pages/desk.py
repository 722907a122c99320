"""A case laid open on the department's desk with its rule, clock and history, and what an officer can do there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import regions
from tongban.cases import actions
from tongban.cases.model import (
    SHOWN_FOR,
    Case,
    GroundMissing,
    Move,
    NoSuchMove,
    ShownForNothing,
    State,
    lamp_of,
)
from tongban.cases.model.cautions import seen_in
from tongban.cases.model.visits import visits
from tongban.cases.pages.after_move import (
    ENDS,
    done_words,
    history_line,
    refusal_of,
    silent,
)
from tongban.cases.pages.attachments import asking, links
from tongban.cases.pages.chain import chain_shown, only_reads, say_in_chain
from tongban.cases.pages.consulting import consulted_shown
from tongban.cases.pages.corrected import put_right, to_correct
from tongban.cases.pages.dates import days_of, due_words, explanations
from tongban.cases.pages.desk_forms import forms_for, reserved_for
from tongban.cases.pages.desk_lists import department_of
from tongban.cases.pages.desk_side import side_of
from tongban.cases.pages.duties import in_anothers_hand, open_to
from tongban.cases.pages.findings import (
    conditions,
    differences,
    fetched,
    rule_rows,
    unmet,
    unregistered,
    verdict_of,
)
from tongban.cases.pages.first_review import first_review_shown, said_at_desk
from tongban.cases.pages.queue import Place, colour_of, queue_of
from tongban.cases.pages.reason_asked import reason_asked
from tongban.cases.pages.refusing import Kept, ended_page, kept_in
from tongban.cases.pages.rulings import by_ruling, rulings_asked
from tongban.cases.pages.templates import PICK
from tongban.cases.pages.timeline import desk_state
from tongban.kit import forms
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import form_of, page, redirect

#: What the panel of a case does with no more than a reason; everything else has a page of its own.
_AT_ONCE = frozenset(
    {
        *(Move.RECHECK, Move.ACCEPT, Move.DECLINE, Move.ASK_CORRECTION, Move.APPROVE, Move.GRANT),
        *(Move.REFUSE, Move.VISIT, Move.PROPOSE, Move.ENDORSE, Move.REPORT, Move.SEND_BACK),
    }
)


#: What takes the words of the panel's field.
_DECIDING = frozenset({Move.ACCEPT, Move.DECLINE, Move.APPROVE, Move.GRANT, Move.REFUSE, Move.RECHECK})


@get("/desk/{applicant:uuid}/{case_id:uuid}", who="cases.read")
async def work(
    db: Database,
    actor: Actor,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    after: str | None = None,
    show: str | None = None,
    did: str | None = None,
    template: str | None = None,
) -> Response[str]:
    """One case laid open in four statements: the queue, its counts, the case with its ledger row, its notes.

    Where a reason is written its templates, approved its licence, of a reconsideration what it is about, too.
    ``after`` and ``show`` are the queue's place; ``did`` the move just made, which is confirmed when it is the case's
    last step; ``template`` fills the reason.
    """
    place = Place.of(show, after)
    return await _work(
        db, actor, now=now, applicant=applicant, case_id=case_id, place=place, did=did, template=template
    )


async def _work(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    place: Place,
    refused: Refused | None = None,
    typed: str = "",
    ruling: str = "",
    ticked: Collection[str] = (),
    authority: str = "",
    stood: str = "",
    asked: str = "",
    did: str | None = None,
    ground: str | None = None,
    why: str | None = None,
    template: str | None = None,
    unsent: Sequence[Kept] = (),
) -> Response[str]:
    """The case laid open; ``why`` shows the sensitive answers once in full for this reason and notes it in the ledger.

    ``unsent`` are words that she typed before the case had ended: they stay until she has copied them.
    """
    try:
        opened = await actions.open_case(
            db, actor, case_id=case_id, subject=applicant, ground=ground, now=now
        )
    except GroundMissing as missing:
        return await ended_page(
            *(db, actor, missing),
            at=f"/desk/{applicant}/{case_id}",
            refused=refused,
            kept=[(N_("理由"), typed), (N_("应当申请的机关"), authority), *unsent],
            error=N_("请选择事由。") if ground is not None else None,
        )
    case = opened.case
    if why is not None:
        try:
            await actions.reveal(db, actor, opened, why=ground or why, now=now)
        except ShownForNothing as unreasoned:
            why, refused = None, unreasoned
    relation = await actions.relation_at_desk(db, actor, case.assignee, now=now)
    hers = open_to(actor, opened, relation)
    due = await due_words(db, case, now=now)
    reviewed = await first_review_shown(db, opened)
    side = await side_of(db, actor, opened, template=template, now=now)
    total = days_of(opened.version.clock, accepted=case.promise_due is not None)
    return page(
        "cases/desk.html",
        status=refused.status if refused else 200,
        **await queue_of(db, actor, place=place, now=now, current=case.id),
        department=await department_of(db, actor),
        done_words=done_words(opened, did),
        silent=bool(did == Move.RECHECK and silent(opened)),
        place=place.query(),
        **_files_of(opened, relation, why=why),
        message=None,
        opened=opened,
        case=case,
        item=opened.version,
        state_words=desk_state(opened),
        **await rulings_asked(db, opened, ruling),
        sections=forms.summary(opened.form, opened.answers, masked=opened.masked and why is None),
        whole=why is not None,
        hides=bool(opened.form.sensitive),
        shown_for=list(SHOWN_FOR.items()),
        ground=ground or "",
        rows=rule_rows(case.finding, opened.form, opened.facts),
        conditions=conditions(case.finding),
        differences=differences(opened.form, opened.stated, opened.answers),
        unregistered=unregistered(opened),
        fetched=fetched(opened),
        verdict=verdict_of(case.finding),
        unmet=unmet(case.finding),
        due=due,
        total=total,
        colour=_colour(case, now) if due else "none",
        history=[
            history_line(event, opened.form, about=opened.version.about) for event in reversed(opened.events)
        ],
        moves=hers & _AT_ONCE,
        deciding=bool(hers & _DECIDING),
        put_right=put_right(opened),
        to_correct=to_correct(opened),
        chain=chain_shown(opened, actor),
        first_review=reviewed,
        reviewed_below=said_at_desk(reviewed, opened) if reviewed else None,
        only_reads=only_reads(opened, actor),
        forms_for=forms_for(actor, hers, relation),
        reserved=[
            *reserved_for(actor, opened.moves, opened.version, relation),
            *in_anothers_hand(actor, opened, relation),
        ],
        consulted=consulted_shown(case, now=now),
        limits=await explanations(db, opened, now=now),
        refused=refused,
        refusal=refusal_of(opened, refused, stood=stood, asked=asked),
        typed=typed,
        unsent=unsent,
        ticked=ticked,
        authority=authority,
        papers=actions.papers_given(case, opened.events, opened.version),
        under=opened.purpose,
        visits=visits(opened.events),
        **side,
        **reason_asked(opened, hers, side["cautions"]),
        licence=await actions.licence_of(db, actor, case, now=now),
        under_review=await actions.contested_at_desk(db, actor, opened, now=now),
    )


def _files_of(opened: actions.Opened, relation: Relation, *, why: str | None) -> dict[str, Any]:
    """Where the case's files are: in her own work at once, of a colleague's case for a reason, of an ended one under
    the purpose of this look."""
    case = opened.case
    home, ended = f"/desk/{case.applicant}/{case.id}", opened.purpose != case.id
    kept = not ended and why is None and relation is Relation.DEPARTMENT
    has = any(field.ui.widget == "files" for field in opened.form.asked(opened.answers))
    shown = asking() if kept else links(home, under=opened.purpose if ended else None, why=why)
    return {**shown, "asks_for_files": kept and has}


def _colour(case: Case, now: datetime) -> str:
    assert case.due is not None
    if case.state in (State.CORRECTING, State.SUSPENDED):
        return "none"
    return colour_of(lamp_of(due=case.due, warn_at=case.warn_at, statutory_due=case.statutory_due, now=now))


@post("/desk/{applicant:uuid}/{case_id:uuid}", who="cases.read", status_code=200)
async def look(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    applicant: UUID,
    case_id: UUID,
) -> Response[str]:
    """An ended case laid open for a ground of its own. Each look is one; reloading asks the browser to repeat it."""
    posted = await form_of(request)
    return await _work(
        *(db, actor),
        now=now,
        applicant=applicant,
        case_id=case_id,
        place=Place(),
        ground=posted.get("ground", ""),
        unsent=kept_in(posted),
    )


@post("/desk/{applicant:uuid}/{case_id:uuid}/show", who="cases.reveal", status_code=200)
async def show_whole(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    applicant: UUID,
    case_id: UUID,
    after: str | None = None,
    show: str | None = None,
) -> Response[str]:
    """The case with its sensitive answers in full, this once: a reading of its own, which the applicant sees.

    She chooses why; of an ended case the ground comes along with which it was opened. Without a reason the page comes
    again with its field marked. Posted again it is another reading, told as one.
    """
    posted = await form_of(request)
    return await _work(
        db,
        actor,
        now=now,
        applicant=applicant,
        case_id=case_id,
        place=Place.of(show, after),
        ground=posted.get("ground") or None,
        why=posted.get("why", ""),
    )


@post("/desk/{applicant:uuid}/{case_id:uuid}/{move:str}", who="cases.move")
async def act(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    applicant: UUID,
    case_id: UUID,
    move: str,
    after: str | None = None,
    show: str | None = None,
) -> Response[Any] | Redirect:
    """One move on the case; a refusal shows the case as it is now, with what was typed.

    Without scripts a template of a reason is picked here too: the page comes again with its words below what was typed.
    """
    posted = await form_of(request)
    reason, place = posted.get("reason", ""), Place.of(show, after)
    move = by_ruling(move, posted)
    shown = partial(
        _work,
        db,
        actor,
        now=now,
        applicant=applicant,
        case_id=case_id,
        place=place,
        ticked=seen_in(posted),
        authority=posted.get("authority", ""),
        ruling=posted.get("ruling", ""),
        stood=posted.get("stood", ""),
        asked=move,
    )
    if move == PICK:
        return await shown(typed=reason, template=posted.get("template"))
    try:
        passed_to = await _move(db, actor, move, posted, case_id=case_id, applicant=applicant, now=now)
    except Refused as refused:
        if refused.status == 404:
            raise
        return await shown(refused=refused, typed=reason)
    if passed_to is not None:
        how = "reported" if move == Move.REPORT else "passed"
        return redirect(f"/desk?{how}={passed_to.code}")
    if move == Move.RECHECK and reason.strip():
        return await shown(typed=reason, did=move)
    # A case that this has ended is no longer hers to read: the desk itself says that it is done.
    if move in ENDS:
        return redirect(f"/desk{place.query(did=move, of=str(case_id))}")
    return redirect(f"/desk/{applicant}/{case_id}{place.query(did=move)}")


async def _move(
    db: Database,
    actor: Actor,
    move: str,
    posted: Mapping[str, str],
    *,
    case_id: UUID,
    applicant: UUID,
    now: datetime,
) -> regions.Department | None:
    """Make the move; gives the department to which a recheck has passed the case on, or that it is reported to."""
    reason, authority = posted.get("reason", ""), posted.get("authority", "")
    ruling = posted.get("ruling", "")
    match move:
        case Move.ACCEPT:
            await actions.accept(db, actor, case_id=case_id, applicant=applicant, now=now)
        case Move.DECLINE:
            await actions.decline(
                db,
                actor,
                case_id=case_id,
                applicant=applicant,
                reason=reason,
                authority=authority,
                now=now,
            )
        case Move.APPROVE | Move.GRANT:
            await actions.approve(
                *(db, actor),
                case_id=case_id,
                applicant=applicant,
                note=reason,
                ruling=ruling,
                seen=seen_in(posted),
                now=now,
            )
        case Move.REFUSE:
            await actions.refuse(
                db, actor, case_id=case_id, applicant=applicant, reason=reason, ruling=ruling, now=now
            )
        case Move.PROPOSE | Move.ENDORSE | Move.SEND_BACK:
            await say_in_chain(db, actor, move, posted, case_id=case_id, applicant=applicant, now=now)
        case Move.REPORT:
            return await actions.report(db, actor, case_id=case_id, applicant=applicant, note=reason, now=now)
        case Move.RECHECK:
            done = await actions.recheck(db, actor, case_id=case_id, applicant=applicant, now=now)
            return done.passed_to
        case _:
            raise NoSuchMove
    return None


routes = [work, look, show_whole, act]
