"""Pages of interested persons 利害关系人: her own, with only what concerns her; her notice on paper, for delivery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import regions
from tongban.cases import actions
from tongban.cases.actions.hearing.speaking import AGREE, ASK, DROP, OBJECT, PLEAD, WAIVE
from tongban.cases.model import DECIDING, Case, Move, State
from tongban.cases.model.hearing import Hearing, Stage, stage
from tongban.cases.model.hearing_ends import ended_words
from tongban.cases.model.hearing_refusals import HearingIncomplete
from tongban.cases.model.interested import Interested, standing_words
from tongban.cases.pages.hearing_said import word_said
from tongban.cases.pages.hearing_shown import STAGE_WORDS, minutes_of, public_words
from tongban.cases.pages.refusing import form_page
from tongban.kit import clock, papers
from tongban.kit.clock import Calendar
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor
from tongban.kit.web import page, redirect

_RESULTS: dict[State, Message] = {
    State.ISSUING: N_("已作出准予的决定"),
    State.CLOSED: N_("已作出准予的决定"),
    State.REFUSED: N_("已作出不予办理的决定"),
    State.WITHDRAWN: N_("申请已终止，不再作决定"),
    State.TERMINATED: N_("申请已终止，不再作决定"),
}
_DECIDED = frozenset({State.ISSUING, State.CLOSED, State.REFUSED})


async def matter_of(db: Database, seen: actions.Seen, *, now: datetime) -> dict[str, Any]:
    """What her page and her notice say: whose decision, how it bears on her, her right, the hearing, its end."""
    concerned, one = seen.concerned, seen.one
    calendar = await clock.current_calendar(db)
    hearing = concerned.hearing
    at = stage(hearing, calendar, clock.city_day(now)) if hearing else None
    districts = {each.code: each.name for each in await regions.districts(db)}
    open_ = concerned.state in DECIDING | {State.SUSPENDED}
    against = await regions.reconsideration_organ(db, concerned.department)
    return {
        "item": seen.version,
        "organ": (await regions.department(db, concerned.department)).name,
        "against": against,
        "district": districts.get(concerned.district or ""),
        "about": seen.matter,
        "one": one,
        "until": one.last_day(calendar) if one else None,
        "standing": _standing(one, hearing, at, calendar, now) if one else None,
        "result": _RESULTS.get(concerned.state),
        "decided": concerned.state in _DECIDED,
        "decided_at": concerned.decided_at,
        "hearing": hearing if one and one.heard else None,
        "stage": str(at) if at and one and one.heard else None,
        "stage_words": _stage_words(seen, at),
        "public": public_words(hearing) if hearing else None,
        "minutes": minutes_of(hearing) if hearing and one and one.heard else [],
        "may_answer": bool(open_ and one and hearing and hearing.may_answer(one, calendar, now)),
        "may_say": bool(open_ and hearing and one and one in hearing.unheard),
        "may": one_can(one, hearing) if open_ and one and hearing else frozenset(),
        "plea": hearing.sitting.plea_of(one.seat) if one and hearing and hearing.sitting else None,
    }


def _standing(
    one: Interested, hearing: Hearing | None, at: Stage | None, calendar: Calendar, now: datetime
) -> Message:
    """How it stands with her now: her right while it runs, then the hearing, then her word on its record."""
    took_part = hearing is not None and one.heard and not one.open_at(calendar, now)
    if took_part and at is Stage.OVER and hearing is not None and (hearing.asked or hearing.record):
        return N_("听证已结束")
    if hearing is not None and (words := _on_record(one, hearing)):
        return words
    return (
        STAGE_WORDS[at]
        if took_part and at in (Stage.FIXED, Stage.OFF)
        else standing_words(one, calendar, now)
    )


def _on_record(one: Interested, hearing: Hearing) -> Message | None:
    """How it stands with her word on the record; None where there is no record to confirm."""
    if one.on_record is not None:
        return N_("已确认笔录") if one.on_record.agrees else N_("已答复，不确认笔录")
    return N_("等待确认笔录") if one in hearing.unheard else None


_CAN = {Move.DROP_HEARING: DROP, Move.LEAVE_HEARING: DROP, Move.ASK_RECUSAL: PLEAD}


def one_can(one: Interested, hearing: Hearing) -> frozenset[str]:
    """What an interested person can do to a hearing that is still to be held, by the name that forms post."""
    moves = hearing.open_to(one.seat)
    return frozenset(said for move, said in _CAN.items() if move in moves)


def _stage_words(seen: actions.Seen, at: Stage | None) -> Message | None:
    hearing = seen.concerned.hearing
    if hearing is None or seen.one is None or not seen.one.heard or not hearing.asked:
        return None
    if at is Stage.HELD and seen.one.on_record is not None:
        return N_("您的答复已记录，等待其他人答复或者期满。")
    return ended_words(hearing) if hearing.ended else _STAGES.get(at) if at else None


_STAGES: dict[Stage, Message] = {
    Stage.ASKED: N_("将举行听证，时间和地点至少提前 7 个工作日通知您。"),
    Stage.FIXED: N_("听证的时间和地点已经确定，您可以参加。"),
    Stage.OFF: N_("放假安排有变，听证不在原定时间举行，请不要前往；新的时间和地点另行通知。"),
    Stage.HELD: N_("听证已经举行，请核对笔录。"),
}


@get("/my/interested/{case_id:uuid}", who="cases.interested")
async def mine(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Response[str]:
    """What a decision on somebody's application means for me, until when I can ask for a hearing, how it went on."""
    return await _mine(db, actor, case_id, now=now)


async def _mine(
    db: Database,
    actor: Actor,
    case_id: UUID,
    *,
    now: datetime,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    seen = await actions.concerns_me(db, actor, case_id=case_id, now=now)
    shown = await matter_of(db, seen, now=now)
    at = f"/my/interested/{case_id}"
    return form_page("cases/interested.html", typed=typed, refused=refused, at=at, **shown)


@post("/my/interested/{case_id:uuid}", who="cases.interested")
async def say(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Response[Any] | Redirect:
    """My word, once for the form's key; a refusal shows the page as it is now, with what I typed."""
    verb = actions.answer_as_interested
    return await word_said(request, verb, _mine, db, actor, case_id=case_id, wishes="words", now=now)


@get("/desk/{applicant:uuid}/{case_id:uuid}/hearing/notice", who="cases.hear")
async def notice(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID, seat: int = 1
) -> Response[Any]:
    """What goes to an interested person on paper as the case stands, to be printed and delivered; a reading of both."""
    opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, now=now)
    back = f"/desk/{applicant}/{case_id}/hearing"
    if opened.case.hearing is None or opened.case.hearing.other(seat) is None:
        return redirect(back)
    seen, who = await actions.notice_to(db, actor, case=opened.case, seat=seat, now=now)
    return page(
        "cases/interested_notice.html",
        back=back,
        who=who,
        number=papers.mask_id(who.number) if papers.id_number_holds(who.number) else who.number,
        today=clock.city_day(now),
        **await matter_of(db, seen, now=now),
    )


async def others_shown(db: Database, case: Case, *, now: datetime) -> list[dict[str, Any]]:
    """The interested persons of a case for its desk: how the right of each stands, and what can be noted for her."""
    if case.hearing is None:
        return []
    calendar = await clock.current_calendar(db)
    at_work = case.state in DECIDING | {State.SUSPENDED}
    return [
        {
            "one": one,
            "until": one.last_day(calendar),
            "words": _on_record(one, case.hearing) or standing_words(one, calendar, now),
            "serve": at_work and one.served is None,
            "answers": _answers(one, case.hearing) if at_work and one.paper else [],
        }
        for one in case.hearing.others
    ]


#: Her answers that officers note, in the order of the form.
_ANSWERS: dict[str, Message] = {
    ASK: N_("要求听证"),
    WAIVE: N_("放弃，不要求听证"),
    AGREE: N_("确认笔录"),
    OBJECT: N_("不确认笔录"),
    DROP: N_("撤回听证申请"),
    PLEAD: N_("申请主持人回避"),
}


def _answers(one: Interested, hearing: Hearing) -> list[tuple[str, Message]]:
    """What can be noted of one who answers on paper, with the words for it."""
    can = set(one_can(one, hearing))
    if one in hearing.unheard:
        can |= {AGREE, OBJECT}
    if one.served is not None and one.word is None and (hearing.ahead or not hearing.pending):
        can |= {ASK, WAIVE}
    return [(said, words) for said, words in _ANSWERS.items() if said in can]


_NOTED: dict[str, frozenset[Move]] = {
    "tell_interested": frozenset({Move.TELL_INTERESTED}),
    "serve": frozenset({Move.SERVE_INTERESTED}),
    "note": frozenset(
        {
            *(Move.INTERESTED_ASKS, Move.INTERESTED_WAIVES, Move.JOIN_HEARING, Move.DROP_HEARING),
            *(Move.LEAVE_HEARING, Move.ASK_RECUSAL, Move.WORD_ON_RECORD, Move.SIGN_RECORD),
        }
    ),
}


def noted_words(opened: actions.Opened, did: str | None) -> Message | None:
    """What came of the step just made for an interested person; nothing where another has come since."""
    last = opened.events[-1] if opened.events else None
    hearing = opened.case.hearing
    if last is None or hearing is None or last.move not in _NOTED.get(did or "", ()):
        return None
    one = hearing.other(last.detail.get("seat", 0))
    if one is None:
        return None
    if did == "note":
        return N_("已登记{who}的答复。", who=one.masked)
    if did == "serve" and one.until is not None:
        return N_("已登记送达，{who}最晚 {day} 可以要求听证。", who=one.masked, day=f"{one.until:%Y-%m-%d}")
    if one.until is not None:
        return N_("已通知{who}的账户，最晚 {day} 可以要求听证。", who=one.masked, day=f"{one.until:%Y-%m-%d}")
    return N_("已列入{who}。请打印告知书送达，再登记送达日期；期限从送达的次日起算。", who=one.masked)


def _seat(typed: Mapping[str, str]) -> int:
    try:
        return int(typed.get("seat", ""))
    except ValueError as wrong:
        raise HearingIncomplete({"seat": N_("请选择利害关系人。")}) from wrong


#: What officers do for interested persons on the page of the hearing, by the name that its forms post.
FOR_OTHERS: dict[str, Callable[..., Awaitable[Any]]] = {
    "tell_interested": lambda typed, **about: actions.tell_interested(posted=typed, **about),
    "serve": lambda typed, **about: actions.serve_interested(
        seat=_seat(typed), served=typed.get("served", ""), **about
    ),
    "note": lambda typed, **about: actions.note_interested(
        seat=_seat(typed),
        said=typed.get("said", ""),
        words=typed.get("words", ""),
        on=typed.get("on", ""),
        **about,
    ),
}
routes = [mine, say, notice]
