"""The one form: filled in page by page, checked, sent; or given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import cases
from tongban.bundles.actions import filling, reading, sending, starting
from tongban.bundles.actions.correcting import JoinedCorrection
from tongban.bundles.actions.filling import JoinedSheet
from tongban.bundles.model import CommitmentUnsigned, NotInThisState, plan
from tongban.kit import clock, forms
from tongban.kit.acting import Eyes
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor
from tongban.kit.web import MAX_UPLOAD_BYTES, PostedForm, form_with_files, is_multipart, page, redirect, visit

_OPENED = N_("按您的选择，还有几个问题需要填写。请填好后再继续。")
OTHER_TAB = N_("这份表单刚在另一个页面保存过，那边的内容没有被改动。下面是现在的内容，请核对后再保存。")


def _home(run_id: UUID) -> str:
    return f"/my/bundles/{run_id}"


@get("/my/bundles/{run_id:uuid}/form", who="bundles.fill")
async def fill(db: Database, actor: Actor, now: datetime, run_id: UUID, section: str = "") -> Response[Any]:
    """A page of the one form, filled from the registers; what was sent already shows its progress instead."""
    try:
        joined = await filling.ask_again(db, actor, run_id=run_id, now=now)
    except NotInThisState:
        return redirect(_home(run_id))
    return _form(joined, now=now, at=section)


def _form(
    joined: JoinedSheet,
    *,
    now: datetime,
    at: str = "",
    answers: Mapping[str, Any] | None = None,
    errors: Mapping[str, Words] | None = None,
    warning: Words | None = None,
    status: int = 200,
) -> Response[str]:
    told, stands = dict(errors or {}), joined.answers if answers is None else answers
    paging = joined.paging(now=now, at=at, told=list(told))
    eyes = visit().actor.eyes
    return page(
        "bundles/form.html",
        status=status,
        run=joined.run,
        bundle=joined.bundle,
        form=joined.form,
        **seen(joined, stands, eyes=eyes, wrong=told),
        errors=forms.faults_at(joined.form, told, paging.at) if paging else told,
        paging=paging,
        warning=warning,
        down=joined.down(),
        items=[sheet.version for sheet in joined.sheets.values()],
        repeated=joined.one.repeated,
        **links(joined),
    )


def seen(
    joined: JoinedSheet | JoinedCorrection,
    answers: Mapping[str, Any],
    *,
    eyes: Eyes,
    wrong: Mapping[str, Words],
) -> dict[str, Any]:
    """Answers and what is known as who fills in may see them: an agent's page holds numbers masked, but for what is
    wrong."""
    if eyes is not Eyes.AGENT:
        return {"answers": answers, "prefilled": joined.prefilled, "whole": eyes is Eyes.GUARDIAN}
    names = {path.partition(".")[0] for path in wrong}
    known = {name: one.value for name, one in joined.prefilled.items() if one.value is not None}
    hidden = forms.mask(joined.form, known, eyes=eyes)
    shown = forms.mask(joined.form, answers, eyes=eyes)
    return {
        "answers": {**shown, **{name: answers[name] for name in names if name in answers}},
        "prefilled": {
            name: msgspec.structs.replace(one, value=hidden[name]) if name in hidden else one
            for name, one in joined.prefilled.items()
        },
        "whole": False,
    }


def links(joined: JoinedSheet | JoinedCorrection) -> dict[str, Any]:
    """Where a question's files are found: with the case in which each lies."""

    def href(name: str, one: forms.Attachment) -> str:
        return f"/my/cases/{joined.holder(name, one.file)}/files/{one.file}"

    return {"file_href": href, "thumb_href": lambda name, one: f"{href(name, one)}/thumbnail"}


@post("/my/bundles/{run_id:uuid}/form", who="bundles.fill", request_max_body_size=MAX_UPLOAD_BYTES)
async def keep(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], run_id: UUID
) -> Response[Any]:
    """Keep what was typed and the files that came along; go on to the next page or the check."""
    try:
        wanted = (await filling.sheet(db, actor, run_id=run_id)).wanted() if is_multipart(request) else {}
        posted = await form_with_files(request, actor, wanted=wanted, most=cases.FILES, now=now)
        joined, faults = await _save(db, actor, posted, run_id=run_id, now=now)
    except NotInThisState:
        return redirect(_home(run_id))
    except (cases.MovedOn, cases.NotPossibleNow) as moved:
        fresh = await filling.sheet(db, actor, run_id=run_id)
        return _form(fresh, now=now, warning=OTHER_TAB, status=moved.status)
    return _onward(posted.fields, joined, faults, now=now)


async def _save(
    db: Database, actor: Actor, posted: PostedForm, *, run_id: UUID, now: datetime
) -> tuple[JoinedSheet, dict[str, Words]]:
    faults: dict[str, Words] = dict(posted.faults)
    if posted.files:
        try:
            await filling.attach(db, actor, run_id=run_id, received=posted.files, now=now)
        except cases.AttachmentsTooMany as refused:
            faults |= refused.fields
    return await filling.save(db, actor, run_id=run_id, posted=posted.fields, now=now), faults


def _onward(
    posted: Mapping[str, str], joined: JoinedSheet, faults: Mapping[str, Words], *, now: datetime
) -> Response[Any]:
    """Where the button that was pressed leads, once everything is kept."""
    paging = joined.paging(now=now, at=posted.get(forms.SECTION, ""))
    at, home = paging.at if paging else "", _home(joined.run.id)
    here = f"{home}/form" + (f"?section={at}" if paging else "")
    if faults:
        return _form(joined, now=now, at=at, errors=faults, status=422)
    press = forms.pressed(joined.form, posted)
    if press is not None:
        return redirect(f"{here}#{press.anchor(joined.answers)}")
    go = posted.get("_go", "check")
    if go == "later":
        return redirect("/my/bundles")
    if go in ("refresh", "update"):
        return redirect(here)
    if paging and go == "back":
        return redirect(f"{home}/form?section={paging.before or at}")
    return _next(joined, paging, posted, now=now)


def _next(
    joined: JoinedSheet, paging: forms.Paging | None, posted: Mapping[str, str], *, now: datetime
) -> Response[Any]:
    """On to the next page, or to the check; first what does not hold is told, on the page where it stands."""
    faults, home = joined.faults(now=now), _home(joined.run.id)
    seen = posted["_asked"].split() if "_asked" in posted else list(joined.form.by_name)
    here = forms.faults_at(joined.form, faults, paging.at) if paging else faults
    if here:
        told = {name: words for name, words in here.items() if name.partition(".")[0] in seen}
        at = paging.at if paging else ""
        opened = _OPENED if len(told) < len(here) else None
        return _form(joined, now=now, at=at, errors=told, warning=opened, status=422)
    if paging and paging.after:
        return redirect(f"{home}/form?section={paging.after}")
    if faults:
        return _form(joined, now=now, errors=faults, status=422)
    return redirect(f"{home}/check")


@get("/my/bundles/{run_id:uuid}/check", who="bundles.fill")
async def check(db: Database, actor: Actor, now: datetime, run_id: UUID) -> Response[Any]:
    """Check your answers: all of them once, and what is filed with them; a commitment is signed first."""
    try:
        joined = await filling.ask_again(db, actor, run_id=run_id, now=now)
    except NotInThisState:
        return redirect(_home(run_id))
    if faults := joined.faults(now=now):
        return _form(joined, now=now, errors=faults, status=422)
    if joined.unsigned:
        return redirect(f"{_home(run_id)}/commitment/{next(iter(joined.unsigned))}")
    versions = {item: sheet.version for item, sheet in joined.sheets.items()}
    known = {row.item: versions[row.item] for row in joined.bundle.rows if row.item in versions}
    whole = plan(joined.bundle, joined.run.answers, known, only=known, today=clock.city_day(now))
    return page(
        "bundles/check.html",
        run=joined.run,
        bundle=joined.bundle,
        form=joined.form,
        prefilled=joined.prefilled,
        sections=forms.summary(joined.form, joined.answers, masked=True, eyes=actor.eyes),
        steps=whole.steps,
        due=await reading.whole_day(db, whole, now=now),
        **links(joined),
    )


@post("/my/bundles/{run_id:uuid}/send", who="bundles.send")
async def send(db: Database, actor: Actor, now: datetime, run_id: UUID) -> Response[Any]:
    """Send the whole; sent again it shows the progress."""
    try:
        await sending.send(db, actor, run_id=run_id, now=now)
    except NotInThisState:
        return redirect(_home(run_id))
    except CommitmentUnsigned as unsigned:
        return redirect(f"{_home(run_id)}/commitment/{unsigned.item}")
    except cases.AnswersInvalid as invalid:
        joined = await filling.sheet(db, actor, run_id=run_id)
        return _form(joined, now=now, errors=invalid.fields, status=invalid.status)
    return redirect(f"{_home(run_id)}?new=1")


@get("/my/bundles/{run_id:uuid}/discard", who="bundles.fill")
async def ask_discard(db: Database, actor: Actor, run_id: UUID) -> Response[Any]:
    """Ask first: what was typed is gone afterwards."""
    try:
        joined = await filling.sheet(db, actor, run_id=run_id)
    except NotInThisState:
        return redirect(_home(run_id))
    return page(
        "bundles/ask.html",
        bundle=joined.bundle,
        title=N_("要放弃这份表单吗？"),
        words=N_("放弃后，您填写的内容不再保留，其中的草稿一并删除，不能恢复；需要时可以重新开始。"),
        act=(f"{_home(run_id)}/discard", N_("确认放弃")),
        keep=(f"{_home(run_id)}/form", N_("不放弃，继续填写")),
    )


@post("/my/bundles/{run_id:uuid}/discard", who="bundles.fill")
async def discard(db: Database, actor: Actor, now: datetime, run_id: UUID) -> Redirect:
    """Give it up."""
    await starting.discard(db, actor, run_id=run_id, now=now)
    return redirect("/my/bundles")


routes = [fill, keep, check, send, ask_discard, discard]
