"""Corrections as both sides see them: the officer says what is wrong with which answer, which alone is open then."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban import catalogue, regions
from tongban.cases import actions
from tongban.cases.model import (
    FILES,
    AnswersInvalid,
    AttachmentsTooMany,
    BeingConfirmed,
    CorrectionGivenUp,
    GroundMissing,
    Move,
    MovedOn,
    NothingToCorrect,
    NotPossibleNow,
    ToldOnce,
)
from tongban.cases.model.chain import DutyMissing
from tongban.cases.model.desk_refusals import AcceptedByLaw
from tongban.cases.model.reason_templates import ticks_for
from tongban.cases.pages.after_move import refusal_of
from tongban.cases.pages.attachments import links, reused
from tongban.cases.pages.dates import due_words
from tongban.cases.pages.duties import must_ask
from tongban.cases.pages.eyes import in_form
from tongban.cases.pages.not_taken import not_taken
from tongban.cases.pages.refusing import ended_page
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Language
from tongban.kit.pdf.model import BOLD, PLAIN, Block, Facts, Heading, Paragraph, Photos, Points, Table
from tongban.kit.policy import Actor
from tongban.kit.web import (
    MAX_UPLOAD_BYTES,
    form_of,
    form_with_files,
    idempotency_key,
    is_multipart,
    page,
    redirect,
    with_uploaded,
)

#: The officer's words on an answer are posted under the answer's own name behind this.
SAID = "said-"
#: What is often wrong is ticked under the answer's own name behind this, each box with its number.
TICK = "tick-"
#: For what a request is refused on its own page, with what was typed.
_TOLD = (NothingToCorrect, ToldOnce, AcceptedByLaw, NotPossibleNow, MovedOn, DutyMissing, GroundMissing)
_VERSION = re.compile(r"[0-9]{1,9}")
_OTHER_TAB = N_(
    "这份补正刚在另一个页面保存过，那边的内容没有被改动。下面是您在这个页面填写的内容；如果提交，将以这里的为准。"
)


@get("/desk/{applicant:uuid}/{case_id:uuid}/correction", who="cases.read")
async def ask(db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID) -> Response[str]:
    """The officer's page: every answer that the applicant can put right, with room to say what is wrong with it.

    Who has no duty for it is told so, and whom to ask; nothing of the case is read for her.
    """
    await must_ask(db, actor, applicant=applicant, case_id=case_id, move=Move.ASK_CORRECTION)
    return await _ask(db, actor, now=now, applicant=applicant, case_id=case_id)


async def _ask(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    said: Mapping[str, str] | None = None,
    ticked: Mapping[str, frozenset[str]] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, now=now)
    if opened.accepted_since is not None and said is None:
        raise AcceptedByLaw(clock.city_day(opened.accepted_since))
    form = opened.form
    stated = {
        line.name: line for part in forms.summary(form, opened.answers, masked=True) for line in part.lines
    }
    asked, at = form.asked(opened.answers), f"/desk/{applicant}/{case_id}"
    own = await actions.own_templates(db, actor)
    bounds = opened.case.correction.bounds if opened.case.correction else None
    open_to = [
        field
        for field in actions.correctable(form, opened.case)
        if field in asked and (bounds is None or field.name in bounds)
    ]
    # What a colleague's request has closed meanwhile stays where something was typed.
    kept = {name for name, words in (said or {}).items() if words.strip()} | set(ticked or {})
    told = [field for field in form.fields if field in open_to or field.name in kept]

    def line(field: forms.Field) -> dict[str, Any]:
        ticks = ticks_for(actions.city_reasons(), own, field, opened.version)
        return {
            "name": SAID + field.name,
            "label": field.label,
            "stated": stated.get(field.name),
            "said": (said or {}).get(field.name, ""),
            "tick": TICK + field.name,
            "defects": [(one.key, one.words) for one in ticks],
            "ticked": (ticked or {}).get(field.name, ()),
            "error": (refused.fields or {}).get(SAID + field.name) if refused else None,
        }

    return page(
        "cases/ask_correction.html",
        status=refused.status if refused else 200,
        case=opened.case,
        item=opened.version,
        department=(await regions.department(db, actor.department)).name if actor.department else "",
        refused=refused,
        overtaken=(
            refusal_of(opened, refused, stood="", asked=Move.ASK_CORRECTION)
            if refused and refused.status == 409
            else None
        ),
        parts=[
            (title, [line(field) for field in fields]) for title, fields in _by_section(form, told) if fields
        ],
        again=bounds is not None,
        at=at,
        file_href=links(at)["file_href"],
    )


def _by_section(form: forms.Form, fields: Sequence[forms.Field]) -> list[tuple[str, list[forms.Field]]]:
    """The questions under the headings of the form."""
    if not form.sections:
        return [("", [*fields])]
    return [
        (str(section.title), [field for field in fields if field.ui.section == section.key])
        for section in form.sections
    ]


@post("/desk/{applicant:uuid}/{case_id:uuid}/correction", who="cases.accept")
async def tell(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], applicant: UUID, case_id: UUID
) -> Response[Any]:
    """Tell the applicant all that must be put right, once, or show first what she would be told.

    What was ticked and typed stays when it is refused, and when the officer goes back from the preview.
    """
    posted = await form_of(request)
    typed = {name.removeprefix(SAID): text for name, text in posted.items() if name.startswith(SAID)}
    ticked = _ticked(posted)
    ask_again = partial(_again, db, actor, now=now, applicant=applicant, case_id=case_id)
    if posted.get("_go") == "edit":
        return await ask_again(said=typed)
    shows = posted.get("_go") == "preview"
    try:
        opened = (
            await actions.open_case(db, actor, case_id=case_id, subject=applicant, now=now)
            if ticked or shows
            else None
        )
        said = await _together(db, actor, typed, ticked, reader=opened.case.language if opened else "zh")
        if opened and shows:
            return await _preview(db, opened, said, now=now)
        await actions.ask_correction(db, actor, case_id=case_id, said=said, applicant=applicant, now=now)
    except _TOLD as refused:
        return await ask_again(said=typed, ticked=ticked, refused=refused)
    return redirect(f"/desk/{applicant}/{case_id}?did=ask_correction")


async def _again(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    said: Mapping[str, str],
    ticked: Mapping[str, frozenset[str]] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    """The form with what was typed; of a case that has ended meanwhile, which opens no form, those words alone."""
    try:
        return await _ask(
            *(db, actor),
            now=now,
            applicant=applicant,
            case_id=case_id,
            said=said,
            ticked=ticked,
            refused=refused,
        )
    except GroundMissing as missing:
        row = await actions.desk_row(db, actor, case_id=case_id)
        if row is None:
            raise
        version = await catalogue.version(db, row.item, row.item_version)
        named = forms.compile_form(version.form).by_name
        words = await _together(db, actor, said, ticked or {}, reader="zh")
        return await ended_page(
            *(db, actor, missing),
            at=f"/desk/{applicant}/{case_id}",
            refused=NotPossibleNow(row.state),
            kept=[(named[name].label, text) for name, text in words.items() if name in named],
        )


def _ticked(posted: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The defects ticked, by answer: each box is posted under the answer's name and its own number."""
    found: dict[str, frozenset[str]] = {}
    for name, key in posted.items():
        if name.startswith(TICK):
            answer = name.removeprefix(TICK).rpartition("-")[0]
            found[answer] = found.get(answer, frozenset()) | {key}
    return found


async def _together(
    db: Database,
    actor: Actor,
    typed: Mapping[str, str],
    ticked: Mapping[str, frozenset[str]],
    *,
    reader: Language,
) -> dict[str, str]:
    """By answer the words of what was ticked, in the reader's language and the order of the page, then those typed.

    One statement.
    """
    own = await actions.own_templates(db, actor) if ticked else []
    known = {one.key: one.words.within(reader) for one in actions.city_reasons().defects} | {
        str(one.id): one.words for one in own if one.move == "ask_correction"
    }
    said = {}
    for name in dict.fromkeys([*typed, *ticked]):
        words = [known[key] for key in known if key in ticked.get(name, ())]
        if text := typed.get(name, "").strip():
            words.append(text)
        if words:
            said[name] = ("; " if reader == "en" else "；").join(words)
    return said


async def _preview(
    db: Database, opened: actions.Opened, said: Mapping[str, str], *, now: datetime
) -> Response[str]:
    """The paper as it would go out, with the way on and the way back."""
    paper = await actions.preview_correction(db, opened, said, now=now)
    return page(
        "cases/preview_correction.html",
        at=f"/desk/{opened.case.applicant}/{opened.case.id}",
        case=opened.case,
        item=opened.version,
        title=paper.title,
        organ=paper.organ,
        blocks=[_block(one) for one in paper.blocks],
        said=[(SAID + name, words) for name, words in said.items()],
    )


def _block(block: Block) -> tuple[str, Any]:
    """A block of the paper as the page shows it: its kind, and its words without the marks of bold type."""
    match block:
        case Heading(text) | Paragraph(text):
            return ("heading" if isinstance(block, Heading) else "paragraph", plain(text))
        case Points(items):
            return ("points", [plain(one) for one in items])
        case Facts(rows):
            return ("facts", [(label, plain(value)) for label, value in rows])
        case Table(head, rows, _):
            return ("table", (head, [[plain(cell) for cell in row] for row in rows]))
        case Photos(photos):
            return ("points", [plain(one.caption) for one in photos])


def plain(text: str) -> str:
    """The words of a paper without the marks of bold type."""
    return text.replace(BOLD, "").replace(PLAIN, "")


@get("/my/cases/{case_id:uuid}/correct", who="cases.correct")
async def correct(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Response[Any]:
    """The applicant's page: what was said of which answer; only these are open."""
    try:
        sheet = await actions.correction_sheet(db, actor, case_id=case_id)
    except (NotPossibleNow, BeingConfirmed):
        return redirect(f"/my/cases/{case_id}")
    return await _correct(db, actor, sheet, now=now)


async def _correct(
    db: Database,
    actor: Actor,
    sheet: actions.CorrectionSheet,
    *,
    now: datetime,
    errors: Mapping[str, Words] | None = None,
    refused: Refused | None = None,
    unchanged: bool = False,
) -> Response[str]:
    gone = sheet.given_up(now=now)
    told = gone or refused
    words = _OTHER_TAB if isinstance(told, MovedOn) else told.message if told else None
    return page(
        "cases/correct.html",
        status=refused.status if refused else 422 if errors or unchanged else 200,
        case=sheet.case,
        item=sheet.version,
        form=sheet.form,
        **in_form(sheet.form, sheet.answers, {}, eyes=actor.eyes, wrong=errors or ()),
        only=sheet.only,
        said=sheet.correction.fields,
        errors=dict(errors or {}),
        warning=words if not errors else None,
        gone=gone is not None,
        unchanged=unchanged,
        due=await due_words(db, sheet.case, now=now),
        offers=await actions.reusable(db, actor, sheet.version.form, now=now),
        **links(f"/my/cases/{sheet.case.id}"),
    )


def _stays(posted: Mapping[str, str], sheet: actions.CorrectionSheet) -> bool:
    """Whether the button that was pressed keeps the page open: it asks anew, or adds or takes off a row or a file."""
    return posted.get("_go") == "update" or forms.pressed(sheet.form, posted) is not None


@post("/my/cases/{case_id:uuid}/correct", who="cases.correct", request_max_body_size=MAX_UPLOAD_BYTES)
async def put_right(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Response[Any]:
    """Keep what was put right, and hand it in unless it is to wait; what does not hold stands with its sentence.

    Where another tab was faster, nothing is overwritten, and what was typed here stands in the page.
    """
    posted: Mapping[str, str] = {}
    try:
        open_to = await actions.files_open(db, actor, case_id=case_id) if is_multipart(request) else {}
        form = await form_with_files(request, actor, wanted=open_to, most=FILES, now=now)
        form = await with_uploaded(form, db, actor, reference=case_id, wanted=open_to, most=FILES, now=now)
        posted, version = form.fields, form.fields.get("_version", "")
        sheet = await actions.keep_corrections(
            db,
            actor,
            case_id=case_id,
            posted=posted,
            received=form.files,
            uploads=form.uploads,
            again=reused(posted),
            version=int(version) if _VERSION.fullmatch(version) else None,
            now=now,
        )
        if posted.get("_go") == "later" and not form.faults:
            return redirect(f"/my/cases/{case_id}")
        if form.faults or reused(posted) or _stays(posted, sheet):
            return await _correct(db, actor, sheet, now=now, errors=form.faults)
        if sheet.unchanged and posted.get("_go") != "anyway" and not sheet.faults(now=now):
            return await _correct(db, actor, sheet, now=now, unchanged=True)
        await actions.correct(db, actor, case_id=case_id, key=await idempotency_key(request), now=now)
    except (MovedOn, CorrectionGivenUp) as refused:
        sheet = await actions.correction_sheet(db, actor, case_id=case_id)
        sheet = actions.as_typed(sheet, posted, eyes=actor.eyes) if posted else sheet
        return await _correct(db, actor, sheet, now=now, refused=refused)
    except AnswersInvalid as invalid:
        return await _correct(db, actor, sheet, now=now, errors=invalid.fields, refused=invalid)
    except AttachmentsTooMany as many:
        sheet = await actions.correction_sheet(db, actor, case_id=case_id)
        return await _correct(db, actor, sheet, now=now, errors=many.fields, refused=many)
    except (NotPossibleNow, BeingConfirmed):
        # Handed in on another page, or ended: the case says how it stands.
        return await not_taken(db, actor, case_id=case_id, posted=posted, now=now)
    return redirect(f"/my/cases/{case_id}?new=1")


routes = [ask, tell, correct, put_right]
