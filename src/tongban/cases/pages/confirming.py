"""Joint applicants' pages: what waits for my word, the application laid before me, who confirms what I filled in."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban.cases import actions
from tongban.cases.actions import Opened
from tongban.cases.model import (
    ENDED_WORDS,
    TONES,
    Case,
    Ended,
    Joint,
    MovedOn,
    NoSuchCase,
    NotPossibleNow,
    State,
    WhyNot,
)
from tongban.cases.model.joint import NameDiffers, NoLongerHolds, NotAgreed
from tongban.cases.pages.corrected import laid_changes
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, idempotency_key, page, redirect, visit

#: Answered after the round of confirming was over.
_OVER = N_(
    "这份申请现在不等您确认：填写人已经取回修改，或者它已经提交、退回。您的答复没有送出，也不用再做什么；改好后再请您确认时，会通知您。"
)

_ROUND = re.compile(r"[0-9]{1,9}")


@get("/my/confirmations", who="cases.confirmations")
async def waiting(db: Database, actor: Actor) -> Response[str]:
    """What waits for my word, and what I have signed with others."""
    return await _waiting(db, actor)


async def _waiting(
    db: Database, actor: Actor, *, refused: Refused | None = None, reason: str = ""
) -> Response[str]:
    """The list; of a word that came too late, with what was typed. Who was never asked reads the same: nobody learns
    by it which cases there are."""
    found = await actions.shared(db, actor)
    return page(
        "cases/confirmations.html",
        status=refused.status if refused else 200,
        over=_OVER if refused else None,
        reason=reason.strip(),
        waiting=found.waiting,
        signed=found.signed,
        tones=TONES,
        person=actor.id,
    )


@get("/my/confirmations/{case_id:uuid}", who="cases.confirm")
async def look(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Response[Any]:
    """The application as it is laid before me: my own part in full, what is secret of the other masked."""
    return await _look(db, actor, case_id=case_id, now=now)


async def _look(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    now: datetime,
    refused: Refused | None = None,
    reason: str = "",
) -> Response[Any]:
    """The page, with what was typed when it is refused; what is over leads to where it stands now."""
    try:
        laid = await actions.to_confirm(db, actor, case_id=case_id, now=now)
    except NotPossibleNow:
        return redirect(
            f"/my/cases/{case_id}" if await _follows(db, actor, case_id, now) else "/my/confirmations"
        )
    opened = laid.opened
    return page(
        "cases/confirmation.html",
        status=refused.status if refused else 200,
        case=opened.case,
        item=opened.version,
        sections=forms.summary(opened.form, laid.answers),
        people=people_of(opened.case, laid.round),
        until=laid.round.until,
        round=laid.round.round,
        changed=laid_changes(opened.form, laid.before, laid.answers, laid.changed)
        if laid.before is not None
        else None,
        signed=laid.signed,
        name_fits=laid.name_fits,
        refused=refused,
        errors=dict(refused.fields or {}) if refused else {},
        reason=reason,
    )


async def _follows(db: Database, actor: Actor, case_id: UUID, now: datetime) -> bool:
    """Whether the case is hers to follow, as its first applicant or because she has signed it."""
    try:
        await actions.followed(db, actor, case_id=case_id, now=now)
    except Refused:
        return False
    return True


@post("/my/confirmations/{case_id:uuid}/sign", who="cases.confirm")
async def sign(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Response[Any]:
    """Confirm; with the last word the application is filed, and its progress is shown."""
    posted = await form_of(request)
    try:
        answer = await actions.sign(
            db,
            actor,
            case_id=case_id,
            agrees=posted.get("agree") == "yes",
            shown=int(shown) if _ROUND.fullmatch(shown := posted.get("_round", "")) else None,
            key=await idempotency_key(request),
            now=now,
        )
    except (NotAgreed, NameDiffers, NoLongerHolds) as refused:
        return await _look(db, actor, case_id=case_id, now=now, refused=refused)
    except (NoSuchCase, NotPossibleNow, MovedOn) as over:
        return await _waiting(db, actor, refused=over)
    return redirect(f"/my/cases/{case_id}?new=1" if answer["code"] else f"/my/confirmations/{case_id}")


@post("/my/confirmations/{case_id:uuid}/refuse", who="cases.confirm")
async def refuse(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Response[Any]:
    """Refuse to confirm, with the reason; the other one's draft is open again."""
    typed = (await form_of(request)).get("reason", "")
    try:
        await actions.dissent(db, actor, case_id=case_id, reason=typed, now=now)
    except WhyNot as refused:
        return await _look(db, actor, case_id=case_id, now=now, refused=refused, reason=typed)
    except (NoSuchCase, NotPossibleNow, MovedOn) as over:
        return await _waiting(db, actor, refused=over, reason=typed)
    return redirect("/my/confirmations")


@post("/my/confirmations/{case_id:uuid}/take-back", who="cases.confirm")
async def take_back(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Redirect:
    """Take my confirmation back while others have not signed yet."""
    await actions.unsign(db, actor, case_id=case_id, now=now)
    return redirect(f"/my/confirmations/{case_id}")


@post("/my/cases/{case_id:uuid}/recall", who="cases.draft")
async def recall(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Redirect:
    """Take my draft back to change it; what others have confirmed counts no more."""
    await actions.recall(db, actor, case_id=case_id, now=now)
    return redirect(f"/my/cases/{case_id}")


def people_of(case: Case, about: Joint | None = None) -> list[dict[str, Any]]:
    """All who apply together with how far each is, the first applicant first: with what was filed, or in the round
    that it is ``about``."""
    joint = about or case.joint
    if joint is None:
        return []
    return [
        _person(N_("申请人"), case.applicant_masked, joint.asked_at, leaves=joint.leaves_at),
        *(_person(one.role, one.name, one.signed_at, leaves=one.leaves_at) for one in joint.signers),
    ]


def correction_laid(opened: Opened, person: UUID | None, *, now: datetime) -> dict[str, Any] | None:
    """How a correction stands that others are asked about, or that they have not agreed to: for the case's page."""
    case = opened.case
    laid = case.joint.corrected if case.joint else None
    if laid is None or case.state is not State.CORRECTING or case.correction is None:
        return None
    own = case.correction.hers
    return {
        "waits": laid.waits,
        "people": people_of(case, laid),
        "until": laid.until,
        "signed": laid.seat_of(person) is not None,
        "recall_until": own[1] if own and own[1] >= now else None,
        "ended": _returned_words(laid),
    }


def _returned_words(laid: Joint) -> Words | None:
    """Why the correction is the first applicant's again."""
    if laid.ended is Ended.REFUSED:
        return N_(
            "{who}没有确认您补正的改动，原因：{said} 部门手里仍是原来的内容，您改过的内容都在；改好后可以再提交。",
            who=laid.refused_by,
            said=laid.said,
        )
    if laid.ended is Ended.LAPSED:
        return N_(
            "共同申请人到期没有全部确认您补正的改动。部门手里仍是原来的内容，您改过的内容都在，可以再提交。"
        )
    return None


def _person(
    role: Message | Text, name: str, at: datetime | None, *, leaves: datetime | None
) -> dict[str, Any]:
    words = N_("{day} 已确认", day=f"{clock.city_time(at):%Y-%m-%d %H:%M}") if at else N_("等待确认")
    return {"role": role, "name": name, "words": words, "signed": bool(at), "leaves": bool(leaves)}


def confirming_page(opened: Opened) -> Response[str]:
    """The first applicant's page while others have not given their word."""
    case = opened.case
    assert case.joint is not None
    return page(
        "cases/confirming.html",
        case=case,
        item=opened.version,
        people=people_of(case),
        until=case.joint.until,
        sections=forms.summary(opened.form, opened.stated, masked=True, eyes=visit().actor.eyes),
    )


def reopened_words(case: Case) -> Words | None:
    """Why the draft is open again, and what the other one said; None for a draft that nobody had to confirm."""
    joint = case.joint
    if joint is None or joint.ended is None:
        return None
    if joint.said:
        return N_(
            "{who}没有确认，原因：{said} 填写的内容都在；改好后可以重新提交。",
            who=joint.refused_by,
            said=joint.said,
        )
    return ENDED_WORDS[joint.ended]


routes = [waiting, look, sign, refuse, take_back, recall]
