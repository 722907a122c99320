"""Pages of joint review: the list of what one's own department is asked, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import regions
from tongban.cases import actions
from tongban.cases.model import Case
from tongban.cases.model.consulting import Consulted
from tongban.cases.pages.attachments import links
from tongban.cases.pages.findings import rule_rows
from tongban.cases.pages.queue import PAGE, cursor_of, item_name
from tongban.cases.pages.refusing import form_page, refusal_of_form
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect


def consulted_shown(case: Case, *, now: datetime) -> list[dict[str, Any]]:
    """The departments that were asked, each with its answer or until when it is waited for."""
    return [
        {
            "title": N_("{department}：{what}", department=one.name, what=_stands(one, now)),
            "detail": _told(one),
            "when": None,
        }
        for one in case.consulted
    ]


def _stands(one: Consulted, now: datetime) -> Message:
    if one.answered_at is not None:
        return N_("同意") if one.agrees else N_("不同意")
    day = f"{clock.city_day(one.due):%Y-%m-%d}"
    return N_("等待答复，至 {day}", day=day) if one.waits(now) else N_("期满没有答复（{day}）", day=day)


def _told(one: Consulted) -> Message | str:
    return N_("{who}：{told}", who=one.by, told=one.words) if one.answered_at else one.question


@get("/desk/opinions", who="cases.advise")
async def asked(
    db: Database, actor: Actor, now: datetime, after: str | None = None, did: str | None = None
) -> Response[str]:
    """What waits for my department's opinion, the soonest date first."""
    found = await actions.asked_of_us(db, actor, after=cursor_of(after), limit=PAGE + 1)
    more = found[PAGE - 1] if len(found) > PAGE else None
    behind = more and f"{more.due.isoformat().replace('+00:00', 'Z')}~{more.case_id}"
    return page(
        "cases/opinions.html",
        rows=found[:PAGE],
        names={one.item: await item_name(db, one.item) for one in found},
        from_whom={one.asked_by: (await regions.department(db, one.asked_by)).name for one in found},
        late={one.case_id for one in found if one.due < now},
        next_href=f"/desk/opinions?after={behind}" if behind else None,
        first_href="/desk/opinions" if after else None,
        message=N_("意见已答复，经办部门会看到。") if did == "answered" else None,
    )


@get("/desk/opinions/{applicant:uuid}/{case_id:uuid}", who="cases.advise")
async def ask_advice(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID
) -> Response[str]:
    """The application, masked, with the question; it is a reading that the applicant sees."""
    return await _advice_page(db, actor, applicant, case_id, now=now)


async def _advice_page(
    db: Database,
    actor: Actor,
    applicant: UUID,
    case_id: UUID,
    *,
    now: datetime,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    opened, question = await actions.asked_case(db, actor, case_id=case_id, subject=applicant, now=now)
    case = opened.case
    return form_page(
        "cases/advise.html",
        typed=typed,
        refused=refused,
        case=case,
        item=opened.version,
        question=question,
        asked_by=(await regions.department(db, case.department or "")).name,
        sections=forms.summary(opened.form, opened.answers, masked=True),
        rows=rule_rows(case.finding, opened.form, opened.facts),
        **links(f"/desk/opinions/{applicant}/{case_id}"),
    )


@post("/desk/opinions/{applicant:uuid}/{case_id:uuid}", who="cases.advise")
async def advise(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    applicant: UUID,
    case_id: UUID,
) -> Response[Any] | Redirect:
    """Answer for my department; a refusal shows the form again with what was typed."""
    posted = await form_of(request)
    if refused := await refusal_of_form(actions.advise, db, actor, case_id=case_id, posted=posted, now=now):
        return await _advice_page(db, actor, applicant, case_id, now=now, typed=posted, refused=refused)
    return redirect("/desk/opinions?did=answered")


routes = [asked, ask_advice, advise]
