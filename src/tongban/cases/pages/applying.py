"""From the guide to the receipt: notice, form, check your answers, submit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban import catalogue, identity, licences
from tongban.cases import actions
from tongban.cases.actions.applying.certified import of_another_child
from tongban.cases.model import (
    FILES,
    AlreadyHeld,
    AnswersInvalid,
    AttachmentsTooMany,
    MovedOn,
    NotPossibleNow,
    PaperNotTaken,
    State,
)
from tongban.cases.model.commitments import CreditSilent, NoPromiseTaken
from tongban.cases.model.held import HeldNeeded, changed
from tongban.cases.model.linked import MISSTATED, NOT_RECONSIDERED, AboutNeeded, ReconsideredAlready
from tongban.cases.pages.attachments import links, reused
from tongban.cases.pages.confirming import reopened_words
from tongban.cases.pages.eyes import in_form
from tongban.cases.pages.findings import advice, conditions, filled_here, rule_rows
from tongban.cases.pages.not_taken import not_taken
from tongban.cases.pages.signing import commitment_page, without_signature
from tongban.kit import clock, forms
from tongban.kit.db import Database, DatabaseBusy
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor, must_cover
from tongban.kit.web import (
    MAX_UPLOAD_BYTES,
    PostedForm,
    form_with_files,
    idempotency_key,
    is_multipart,
    page,
    redirect,
    visit,
    with_uploaded,
)

#: What the form's own hidden field may hold; anything else is as if it were not there.
_VERSION = re.compile(r"[0-9]{1,9}")

_OPENED = N_("按您的选择，还有几个问题需要填写。请填好后再继续。")
_OTHER_TAB = N_(
    "这份草稿刚在另一个页面保存过，那边的内容没有被改动。下面是您在这个页面填写的内容；如果继续，将以这里的为准。"
)


def _home(code: str, case_id: UUID) -> str:
    return f"/apply/{code}/{case_id}"


@get("/apply/{code:str}", who="cases.start", whose="about")
async def notice(
    db: Database, actor: Actor, now: datetime, code: str, about: UUID | None = None
) -> Response[str]:
    """What will be read about you, from where and why, before anything is read (PIPL art. 17, 35).

    Who holds the licence, or has a draft or a case of this item, is told so and led to it; so is for whom the item is
    not. ``about`` is the case that the item is about, where it is of another one.
    """
    return await _notice(db, actor, now=now, code=code, about=about, refused=None)


async def _notice(
    db: Database, actor: Actor, *, now: datetime, code: str, about: UUID | None, refused: Refused | None
) -> Response[str]:
    version = await catalogue.current(db, code)
    catalogue.must_be_online(version)
    await catalogue.must_be_offered(db, code, today=clock.city_day(now))
    # Before anything is told of the principal: what she holds is not for an agent whose power is for something else.
    must_cover(actor, code)
    assert actor.id is not None
    held = None
    if version.one_each:
        held = await licences.held(db, actor.accounts, type_code=version.licence_type, now=now)
    status = refused.status if refused else 200
    refused = refused or await actions.held_refusal(db, actor, version, about, now=now)
    living = None if held else await actions.living(db, actor, item=code, about=about)
    other_paper = actions.paper_refusal(version, await identity.person(db, actor.id), now=now)
    return page(
        "cases/notice.html",
        status=status,
        item=version,
        sources=await catalogue.sources_of(db, version),
        held=held,
        about=about,
        apart=await actions.told_apart(db, version),
        barred=refused.message if refused and not (other_paper or isinstance(refused, AlreadyHeld)) else None,
        earlier=refused.earlier if isinstance(refused, ReconsideredAlready) else None,
        other_paper=other_paper.message if other_paper else None,
        living=living
        and {
            "is_draft": living[1] is State.DRAFT,
            "is_waiting": living[1] is State.CONFIRMING,
            "href": f"/my/cases/{living[0]}",
        },
    )


@post("/apply/{code:str}", who="cases.start", whose="about")
async def begin(
    db: Database, actor: Actor, now: datetime, code: str, about: UUID | None = None
) -> Response[Any]:
    """Open the draft, or go on with the living case; who holds the licence already, or cannot apply, is told so."""
    try:
        return redirect(_home(code, await actions.start(db, actor, item=code, about=about, now=now)))
    except (
        *(AlreadyHeld, PaperNotTaken, AboutNeeded, *NOT_RECONSIDERED),
        *(HeldNeeded, licences.AfterwardsRefused, identity.FirmClosed),
    ) as refused:
        return await _notice(db, actor, now=now, code=code, about=about, refused=refused)


@get("/apply/{code:str}/{case_id:uuid}", who="cases.draft")
async def fill(
    db: Database, actor: Actor, now: datetime, code: str, case_id: UUID, section: str = ""
) -> Response[Any]:
    """The form, filled from the registers, of a long one the page ``section``; a case that is no draft any more
    shows its progress instead."""
    try:
        sheet = await actions.fresh_sheet(db, actor, case_id=case_id, now=now)
    except NotPossibleNow:
        return redirect(f"/my/cases/{case_id}")
    if sheet.case.item != code:
        return redirect(_home(sheet.case.item, case_id))
    offers = await actions.reusable(db, actor, sheet.version.form, now=now)
    return _form(sheet, now=now, at=section, offers=offers)


def _form(
    sheet: actions.Sheet,
    *,
    now: datetime,
    at: str = "",
    answers: Mapping[str, Any] | None = None,
    errors: Mapping[str, Words] | None = None,
    warning: Words | None = None,
    status: int = 200,
    offers: Mapping[str, Sequence[Any]] | None = None,
) -> Response[str]:
    down = [answer.source for answer in sheet.facts.values() if answer.outcome == "down"]
    told, stands = dict(errors or {}), sheet.answers if answers is None else answers
    paging = sheet.paging(now=now, at=at, told=told)
    filled, locked = filled_here(sheet.form, stands, sheet.prefilled, paging.at if paging else None)
    return page(
        "cases/form.html",
        status=status,
        sheet=sheet,
        case=sheet.case,
        item=sheet.version,
        form=without_signature(sheet),
        due=sheet.version.due(stands),
        **in_form(sheet.form, stands, sheet.prefilled, eyes=visit().actor.eyes, wrong=told),
        filled=filled,
        locked=locked,
        errors=forms.faults_at(sheet.form, told, paging.at) if paging else told,
        paging=paging,
        warning=warning or reopened_words(sheet.case),
        down=down,
        offers=offers or {},
        **links(f"/my/cases/{sheet.case.id}"),
    )


@post("/apply/{code:str}/{case_id:uuid}", who="cases.draft", request_max_body_size=MAX_UPLOAD_BYTES)
async def keep(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], code: str, case_id: UUID
) -> Response[Any]:
    """Keep what was typed and the files that came along; go on to the check, or back with the form's sentences."""
    posted = PostedForm()
    try:
        wanted = await actions.files_wanted(db, actor, case_id=case_id) if is_multipart(request) else {}
        posted = await form_with_files(request, actor, wanted=wanted, most=FILES, now=now)
        posted = await with_uploaded(posted, db, actor, reference=case_id, wanted=wanted, most=FILES, now=now)
        sheet, faults = await _save(db, actor, posted, case_id=case_id, now=now)
    except (MovedOn, DatabaseBusy) as moved:
        # Another tab has saved meanwhile, or still does. Nothing was overwritten; what was typed stands in the page.
        return await _moved_on(db, actor, moved, case_id=case_id, posted=posted.fields, now=now)
    except NotPossibleNow:  # submitted in another tab: what was typed here is not taken, and she is told so
        return await not_taken(db, actor, case_id=case_id, posted=posted.fields, now=now)
    return await _onward(db, actor, posted.fields, sheet, faults, code=code, now=now)


async def _save(
    db: Database, actor: Actor, posted: PostedForm, *, case_id: UUID, now: datetime
) -> tuple[actions.Sheet, dict[str, Words]]:
    """Attach what came in and keep what was typed; files that cannot be kept are faults of their questions."""
    typed, faults = posted.fields.get("_version", ""), dict(posted.faults)
    version = int(typed) if _VERSION.fullmatch(typed) else None
    if posted.files:
        try:
            version = await actions.attach(
                *(db, actor),
                case_id=case_id,
                received=posted.files,
                uploads=posted.uploads,
                version=version,
                now=now,
            )
        except AttachmentsTooMany as refused:
            faults |= refused.fields
    if again := reused(posted.fields):
        try:
            version = await actions.reuse(
                *(db, actor),
                case_id=case_id,
                field=again[0],
                file_id=again[1],
                version=version,
                now=now,
            )
        except AttachmentsTooMany as refused:
            faults |= refused.fields
    sheet = await actions.save(db, actor, case_id=case_id, posted=posted.fields, version=version, now=now)
    return sheet, faults


async def _onward(
    db: Database,
    actor: Actor,
    posted: Mapping[str, str],
    sheet: actions.Sheet,
    faults: Mapping[str, Words],
    *,
    code: str,
    now: datetime,
) -> Response[Any]:
    """Where the button that was pressed leads, once everything is kept."""
    case_id = sheet.case.id
    paging = sheet.paging(now=now, at=posted.get(forms.SECTION, ""))
    at = paging.at if paging else ""
    here = _home(code, case_id) + (f"?section={at}" if paging else "")
    if faults:
        return _form(sheet, now=now, at=at, errors=faults, status=422)
    press = forms.pressed(sheet.form, posted)
    if press is not None:
        return redirect(f"{here}#{press.anchor(sheet.answers)}")
    go = posted.get("_go", "check")
    if go == "later":
        return redirect("/my/cases")
    if go == "refresh":
        await actions.fresh_sheet(db, actor, case_id=case_id, at_once=True, now=now)
    if go in ("refresh", "update"):
        return redirect(here)
    if paging and go == "back":
        return redirect(f"{_home(code, case_id)}?section={paging.before or at}")
    return _next(sheet, paging, posted, code=code, now=now)


def _next(
    sheet: actions.Sheet,
    paging: forms.Paging | None,
    posted: Mapping[str, str],
    *,
    code: str,
    now: datetime,
) -> Response[Any]:
    """On to the next page, or to the check; first what does not hold is told, on the page where it stands.

    A question that these answers have just opened was not seen yet: it is shown, and is no fault of hers.
    """
    home, faults = _home(code, sheet.case.id), sheet.faults(now=now)
    seen = posted["_asked"].split() if "_asked" in posted else list(sheet.form.by_name)
    here = forms.faults_at(sheet.form, faults, paging.at) if paging else faults
    if here:
        told = {name: words for name, words in here.items() if name.split(".")[0] in seen}
        opened = _OPENED if len(told) < len(here) else None
        at = paging.at if paging else ""
        return _form(sheet, now=now, at=at, errors=told, warning=opened, status=422)
    if paging and paging.after:
        return redirect(f"{home}?section={paging.after}")
    if faults:
        return _form(sheet, now=now, errors=faults, status=422)
    return redirect(f"{home}/check")


async def _moved_on(
    db: Database,
    actor: Actor,
    moved: MovedOn | DatabaseBusy,
    *,
    case_id: UUID,
    now: datetime,
    posted: Mapping[str, str] | None = None,
) -> Response[Any]:
    """Another tab was faster, or the draft is busy: the newest with what was typed; once submitted, that to copy."""
    try:
        fresh = await actions.sheet(db, actor, case_id=case_id)
    except NotPossibleNow:
        return await not_taken(db, actor, case_id=case_id, posted=posted or {}, now=now)
    typed = posted and forms.overlay(
        fresh.form, forms.parse(fresh.form, posted, kept=fresh.answers), fresh.prefilled
    )
    return _form(
        fresh,
        now=now,
        at=(posted or {}).get(forms.SECTION, ""),
        answers=typed,
        warning=_OTHER_TAB if typed and isinstance(moved, MovedOn) else moved.message,
        status=moved.status,
    )


@get("/apply/{code:str}/{case_id:uuid}/check", who="cases.draft")
async def check(db: Database, actor: Actor, now: datetime, code: str, case_id: UUID) -> Response[Any]:
    """Check your answers: with what the rule finds, the licence of the same premises, and which files are the same."""
    try:
        sheet = await actions.fresh_sheet(db, actor, case_id=case_id, now=now)
    except NotPossibleNow:
        return redirect(f"/my/cases/{case_id}")
    case, version = sheet.case, sheet.version
    faults = sheet.faults(now=now) or await actions.misnamed(db, sheet)
    faults = faults or await actions.on_days_off(db, sheet.form, sheet.answers)
    faults = faults or await actions.misstated(db, case, version, sheet.answers, now=now)
    faults = faults or await of_another_child(db, actor.accounts, sheet.form, sheet.answers, now=now)
    offered = actions.may_promise(sheet, faults)
    if faults and not offered:
        return _form(sheet, now=now, errors=faults, status=422)
    if sheet.unsigned:
        return redirect(f"{_home(code, case_id)}/commitment")
    return page(
        "cases/check.html",
        offered=offered,
        case=case,
        item=version,
        form=sheet.form,
        sections=forms.summary(sheet.form, sheet.answers, masked=True, eyes=actor.eyes),
        prefilled=sheet.prefilled,
        **links(f"/my/cases/{case_id}"),
        conditions=conditions(case.finding),
        changed=changed(sheet.form, sheet.answers, sheet.facts, eyes=actor.eyes),
        others=[(one.role, one.name) for one in await actions.others_of(db, sheet)],
        rows=rule_rows(sheet.case.finding, sheet.form, sheet.facts),
        advice=advice(sheet.case.finding),
        kept_until=sheet.kept_until,
        withdrawn=sheet.withdrawn,
        expected=await catalogue.expected_end(db, version, answers=sheet.answers, now=now),
        there=await actions.at_premises(db, actor, case, version, sheet.form, sheet.answers, now=now),
        twins=await actions.same_files(db, sheet),
    )


@post("/apply/{code:str}/{case_id:uuid}/submit", who="cases.submit")
async def submit(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], code: str, case_id: UUID
) -> Response[Any]:
    """Submit, once; whoever posts it again sees the case's progress."""
    try:
        await actions.submit(db, actor, case_id=case_id, key=await idempotency_key(request), now=now)
    except NotPossibleNow:
        return redirect(f"/my/cases/{case_id}")
    except MovedOn as moved:
        return await _moved_on(db, actor, moved, case_id=case_id, now=now)
    except (NoPromiseTaken, CreditSilent) as refused:
        return await commitment_page(db, actor, case_id=case_id, now=now, refused=refused)
    except (licences.AfterwardsRefused, *NOT_RECONSIDERED) as refused:
        sheet = await actions.sheet(db, actor, case_id=case_id)
        return _form(sheet, now=now, warning=refused.message, status=refused.status)
    except (AnswersInvalid, *MISSTATED) as invalid:
        sheet = await actions.sheet(db, actor, case_id=case_id)
        if sheet.unsigned and invalid.fields.keys() == {sheet.unsigned.tick}:
            return redirect(f"{_home(code, case_id)}/commitment")
        told = None if invalid.fields else invalid.message
        return _form(sheet, now=now, errors=invalid.fields, warning=told, status=invalid.status)
    return redirect(f"/my/cases/{case_id}?new=1")


routes = [notice, begin, fill, keep, check, submit]
