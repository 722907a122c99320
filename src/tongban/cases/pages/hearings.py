"""Pages of a hearing 听证: the applicant's word in it, for a phone, without scripts; the officers' steps and list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import identity
from tongban.cases import actions
from tongban.cases.actions.hearing.records import stayed_away
from tongban.cases.model import POLICY, Case, Move
from tongban.cases.model.chain import DutyMissing
from tongban.cases.model.course import LimitKind
from tongban.cases.model.hearing import Stage, stage
from tongban.cases.model.hearing_parts import CLOSED_WORDS, HOLD_DAYS, NOTICE_DAYS, Recusal
from tongban.cases.model.hearing_refusals import HearingIncomplete
from tongban.cases.model.whose import works_on
from tongban.cases.pages.dates import explanations
from tongban.cases.pages.hearing_said import word_said
from tongban.cases.pages.hearing_shown import STAGE_WORDS, TONES, hearing_shown
from tongban.cases.pages.interested import FOR_OTHERS, noted_words, others_shown
from tongban.cases.pages.queue import item_name
from tongban.cases.pages.refusing import form_page, refusal_of_form
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import form_of, page, redirect

PAGE = 25
_OF_HEARING = {str(LimitKind.HEARING), str(LimitKind.HEARING_HELD)}


@get("/my/cases/{case_id:uuid}/hearing", who="cases.mine")
async def mine(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Response[Any]:
    """What was told me and until when, and what I can say to it at this stage; a case without a hearing has no page."""
    return await _mine(db, actor, case_id, now=now)


async def _mine(
    db: Database,
    actor: Actor,
    case_id: UUID,
    *,
    now: datetime,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response[Any]:
    opened = await actions.followed(db, actor, case_id=case_id, now=now)
    own = opened.case.applicant == actor.id
    shown = await hearing_shown(db, opened.case, now=now, own=own)
    if shown is None:
        return redirect(f"/my/cases/{case_id}")
    return form_page(
        "cases/hearing.html",
        typed=typed,
        refused=refused,
        case=opened.case,
        item=opened.version,
        at=f"/my/cases/{case_id}/hearing",
        own=own,
        limits=[one for one in await explanations(db, opened, now=now) if one["kind"] in _OF_HEARING],
        **shown,
    )


@post("/my/cases/{case_id:uuid}/hearing", who="cases.hearing")
async def say(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Response[Any] | Redirect:
    """One word of mine, once for the form's key; a refusal shows the page as it is now, with what I typed."""
    verb = actions.answer_as_applicant
    return await word_said(request, verb, _mine, db, actor, case_id=case_id, wishes="wishes", now=now)


@get("/desk/{applicant:uuid}/{case_id:uuid}/hearing", who="cases.hear")
async def at_desk(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID, did: str | None = None
) -> Response[str]:
    """How the hearing of a case stands and what this officer can do to it now; a reading that the applicant sees."""
    return await _desk(db, actor, applicant, case_id, now=now, did=did)


async def _desk(
    db: Database,
    actor: Actor,
    applicant: UUID,
    case_id: UUID,
    *,
    now: datetime,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    did: str | None = None,
) -> Response[str]:
    opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, now=now)
    # A form that was refused for want of a duty stays, with what was typed in it.
    kept = isinstance(refused, DutyMissing)
    moves, case = opened.moves if kept else opened.moves_of(actor), opened.case
    shown = await hearing_shown(db, case, now=now, report=True) or {"hearing": None, "stage": None}
    if shown["stage"] == Stage.TOLD:
        moves -= {Move.TELL_HEARING}
    return form_page(
        "cases/hearing_desk.html",
        typed=typed,
        refused=refused,
        at=f"/desk/{applicant}/{case_id}",
        case=case,
        item=opened.version,
        moves=moves,
        all_moves=opened.moves,  # what the page tells of, whoever makes it
        recusal_reserved=POLICY.reserved(actor, "cases.recusal", Relation.DEPARTMENT),
        begun=_begun(case, now=now),
        askers=_askers(case),
        pleas=_pleas(case),
        stayed=stayed_away(typed or {}),
        done=noted_words(opened, did),
        others=await others_shown(db, case, now=now),
        notes=kept or works_on(opened.chain, actor),
        today=clock.city_day(now),
        limits=[one for one in await explanations(db, opened, now=now) if one["kind"] in _OF_HEARING],
        fixing=await _fixing(db, opened, now=now) if Move.FIX_HEARING in moves else None,
        **shown,
    )


def _begun(case: Case, *, now: datetime) -> bool:
    """Whether the hour of the hearing has come: before it there is nothing to record."""
    return case.hearing is not None and case.hearing.sitting is not None and case.hearing.sitting.at <= now


def _askers(case: Case) -> list[tuple[int, Words]]:
    """Who asked for the hearing, by seat, where they are more than one: the presider says who of them did not come."""
    hearing = case.hearing
    if hearing is None or len(hearing.askers) < 2:
        return []
    return list(zip(hearing.askers, hearing.called_by(hearing.askers), strict=True))


def _pleas(case: Case) -> list[tuple[Words, Recusal]]:
    """The pleas that the presider withdraw, each with whose it is."""
    hearing = case.hearing
    if hearing is None or hearing.sitting is None:
        return []
    pleas = hearing.sitting.pleas
    return list(zip(hearing.called_by([one.seat for one in pleas]), pleas, strict=True))


async def _fixing(db: Database, opened: actions.Opened, *, now: datetime) -> dict[str, Any]:
    """What the form of time and place offers: who may preside, why it may be closed, the days between which it lies."""
    case = opened.case
    assert case.hearing is not None
    calendar, today = await clock.current_calendar(db), clock.city_day(now)
    people = await identity.colleagues(db, case.department or "")
    return {
        "presiders": [
            (str(one), name)
            for one, name in actions.presiders(
                case, opened.events, {officer: one.name for officer, one in people.items()}
            ).items()
        ],
        "closed": [("", N_("公开举行")), *((str(one), words) for one, words in CLOSED_WORDS.items())],
        "earliest": calendar.add_working_days(today, NOTICE_DAYS),
        "latest": case.hearing.last_day_to_hold(calendar),
        "days": HOLD_DAYS,
    }


#: What officers can do on the page, by the name that its forms post, with the move that is made.
_THEIRS: dict[str, tuple[Move, Callable[..., Awaitable[Any]]]] = {
    "tell": (Move.TELL_HEARING, lambda typed, **about: actions.tell_hearing(posted=typed, **about)),
    "fix": (Move.FIX_HEARING, lambda typed, **about: actions.fix_hearing(posted=typed, **about)),
    "hold": (Move.HOLD_HEARING, lambda typed, **about: actions.hold_hearing(posted=typed, **about)),
    "miss": (
        Move.MISS_HEARING,
        lambda typed, **about: actions.miss_hearing(
            reason=typed.get("absent", ""), absent=stayed_away(typed), **about
        ),
    ),
    "recusal": (
        Move.DECIDE_RECUSAL,
        lambda typed, **about: actions.decide_recusal(
            granted=typed.get("granted", ""), reason=typed.get("decision", ""), **about
        ),
    ),
}


#: How the page calls the reason of a step: each form on it has fields of its own.
_REASONS = {"recusal": "decision", "miss": "absent"}


@post("/desk/{applicant:uuid}/{case_id:uuid}/hearing", who="cases.hear")
async def do(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    applicant: UUID,
    case_id: UUID,
) -> Response[Any] | Redirect:
    """One step of the hearing; a refusal shows the page as it is now, with what was typed."""
    posted = await form_of(request)
    name = posted.get("do", "")
    act = _THEIRS[name][1] if name in _THEIRS else FOR_OTHERS.get(name)
    if act is None:
        missing = HearingIncomplete({"do": N_("请选择要进行的操作。")})
        return await _desk(db, actor, applicant, case_id, now=now, typed=posted, refused=missing)
    about = {"db": db, "actor": actor, "case_id": case_id, "applicant": applicant, "now": now}
    if refused := await refusal_of_form(act, posted, **about):
        called = {"reason": _REASONS.get(posted["do"], "reason")}
        refused.fields = {called.get(name, name): words for name, words in refused.fields.items()}
        return await _desk(db, actor, applicant, case_id, now=now, typed=posted, refused=refused)
    if name in FOR_OTHERS:
        return redirect(f"/desk/{applicant}/{case_id}/hearing?did={name}")
    return redirect(f"/desk/{applicant}/{case_id}?did={_THEIRS[name][0]}")


@get("/desk/hearings", who="cases.hear")
async def under_way(db: Database, actor: Actor, now: datetime, after: UUID | None = None) -> Response[str]:
    """The hearings that my department has to fix, to hold or to see confirmed."""
    found = await actions.hearings(db, actor, after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    calendar = await clock.current_calendar(db)
    today = clock.city_day(now)
    stages = [stage(one.hearing, calendar, today) for one in shown]
    return page(
        "cases/hearings.html",
        rows=[
            {
                "row": one.row,
                "hearing": one.hearing,
                "name": await item_name(db, one.row.item),
                "words": STAGE_WORDS[at],
                "tone": TONES[at],
                "hold_by": (by := one.hearing.last_day_to_hold(calendar)),
                "late": by is not None and by < today and at is not Stage.HELD,
            }
            for one, at in zip(shown, stages, strict=True)
            if at is not Stage.OVER
        ],
        next_href=f"/desk/hearings?after={shown[-1].row.id}" if len(found) > PAGE else None,
        first_href="/desk/hearings" if after else None,
    )


routes = [mine, say, at_desk, do, under_way]
