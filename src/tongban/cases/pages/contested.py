"""The page of the case that a reconsideration or a complaint is about, for who decides on that."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get
from litestar.response import Redirect, Response

from tongban import regions
from tongban.cases import actions
from tongban.cases.pages.after_move import history_line
from tongban.cases.pages.attachments import links
from tongban.cases.pages.desk_lists import department_of
from tongban.cases.pages.findings import conditions, rule_rows
from tongban.cases.pages.timeline import desk_state
from tongban.kit import forms
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import page, redirect


@get("/desk/{applicant:uuid}/{case_id:uuid}/contested", who="cases.read")
async def contested(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID
) -> Response[Any] | Redirect:
    """What was decided and on what, masked, of the case that this one on my desk is about."""
    opened = await actions.open_contested(db, actor, case_id=case_id, subject=applicant, now=now)
    if opened is None:
        return redirect(f"/desk/{applicant}/{case_id}")
    case = opened.case
    return page(
        "cases/contested.html",
        case=case,
        item=opened.version,
        under=case_id,
        department=await department_of(db, actor),
        organ=(await regions.department(db, case.department or "")).name,
        state_words=desk_state(opened),
        papers=actions.papers_given(case, opened.events, opened.version),
        rows=rule_rows(case.finding, opened.form, opened.facts),
        conditions=conditions(case.finding),
        sections=forms.summary(opened.form, opened.answers, masked=True),
        history=[
            history_line(event, opened.form, about=opened.version.about) for event in reversed(opened.events)
        ],
        **links(f"/desk/{applicant}/{case.id}", under=case_id),
    )


routes = [contested]
