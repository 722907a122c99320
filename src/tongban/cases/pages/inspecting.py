"""The record of a site inspection, for a phone: its pages, each kept as it is sent, and their overview."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.response import Response

from tongban.cases import actions
from tongban.cases.model import Move, MovedOn
from tongban.cases.model.chain import DutyMissing
from tongban.cases.model.desk_refusals import InspectionIncomplete, PhotosTooMany
from tongban.cases.model.inspection import (
    ABOUT,
    CONCLUSION_WORDS,
    END,
    FINDING_WORDS,
    PHOTOS_A_POINT,
    Conclusion,
    Inspection,
    PointFinding,
    PointFound,
    inspection_of,
    steps,
    told,
    with_step,
)
from tongban.cases.pages.attachments import links
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.files import EXTENSIONS
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor
from tongban.kit.web import (
    MAX_UPLOAD_BYTES,
    form_of,
    form_with_files,
    idempotency_key,
    is_multipart,
    page,
    redirect,
)

_VERSION = re.compile(r"[0-9]{1,9}")
_DROP = re.compile(r"drop:([0-9a-f-]{36})")
TONES = {
    PointFinding.MET: "ok",
    PointFinding.MOSTLY: "warn",
    PointFinding.UNMET: "bad",
    PointFinding.NOT_APPLICABLE: "muted",
}
CONCLUSION_TONES = {Conclusion.PASSED: "ok", Conclusion.TO_MEND: "warn", Conclusion.FAILED: "bad"}


@get("/desk/{applicant:uuid}/{case_id:uuid}/inspection", who="cases.inspect")
async def overview(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID
) -> Response[str]:
    """The record's pages with what each says so far, and what was filed, to be compared on the spot."""
    return await _overview(db, actor, now=now, applicant=applicant, case_id=case_id)


async def _overview(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    refused: Refused | None = None,
) -> Response[str]:
    sheet = await actions.inspection_sheet(db, actor, case_id=case_id, applicant=applicant)
    opened = await actions.open_case(db, actor, case_id=case_id, subject=applicant, now=now)
    at = f"/desk/{applicant}/{case_id}"
    missing = sheet.faults(now=now)
    groups = _groups(sheet, f"{at}/inspection", missing if refused else {})
    return page(
        "cases/inspection.html",
        status=refused.status if refused else 200,
        at=at,
        case=sheet.row,
        item=sheet.item,
        refused=refused,
        groups=groups,
        errors=_all_of(groups) if refused else [],
        left=len(missing),
        first=next(iter(missing), END),
        begun=sheet.version > 0,
        sections=forms.summary(opened.form, opened.answers, masked=True),
        **links(at),
    )


def _groups(
    sheet: actions.InspectionSheet, at: str, missing: Mapping[str, Mapping[str, Words]]
) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The pages under the headings of their sections, as a list of tasks has them."""
    record = sheet.record
    about = bool(record.officers[0] and record.met and record.started)
    before = [_task(at, ABOUT, N_("人员和时间"), "—" if not about else record.met, missing)]
    after = [
        _task(
            at,
            END,
            N_("结论和确认"),
            CONCLUSION_WORDS[record.conclusion] if record.conclusion else N_("未填"),
            missing,
            CONCLUSION_TONES.get(record.conclusion) if record.conclusion else None,
        )
    ]
    groups: list[tuple[Any, list[dict[str, Any]]]] = [(N_("开始"), before)]
    for section, points in groupby(sheet.item.inspection, key=lambda point: point.section):
        rows = []
        for point in points:
            found = record.points.get(point.key, PointFound())
            rows.append(
                _task(
                    at,
                    point.key,
                    point.text,
                    FINDING_WORDS[found.finding] if found.finding else N_("未填"),
                    missing,
                    TONES.get(found.finding) if found.finding else None,
                    N_("照片 {n} 张", n=len(found.photos)) if found.photos else None,
                )
            )
        groups.append((section, rows))
    return [*groups, (N_("结束"), after)]


def _task(
    at: str,
    step: str,
    title: Any,
    state: Any,
    missing: Mapping[str, Mapping[str, Words]],
    tone: str | None = None,
    hint: Message | None = None,
) -> dict[str, Any]:
    wrong = [str(words) for words in missing.get(step, {}).values()]
    return {
        "title": title,
        "href": f"{at}/{step}",
        "state": state,
        "tone": tone,
        "hint": " ".join(wrong) or hint,
        "wrong": wrong,
    }


def _all_of(groups: list[tuple[Any, list[dict[str, Any]]]]) -> list[tuple[str, Message]]:
    """All that is missing, page by page; each leads to its page's row, under which it stands again."""
    return [
        (f"tasks-{group}-{row}-hint", N_("“{page}”：{words}", page=task["title"], words=words))
        for group, (_, tasks) in enumerate(groups, 1)
        for row, task in enumerate(tasks, 1)
        for words in task["wrong"]
    ]


@get("/desk/{applicant:uuid}/{case_id:uuid}/inspection/{part:str}", who="cases.inspect")
async def ask(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID, part: str
) -> Response[str]:
    """One page of the record as it stands."""
    sheet = await actions.inspection_sheet(db, actor, case_id=case_id, applicant=applicant, step=part)
    return _part(sheet, actor, part, people=await _people(db, actor, part, now=now))


async def _people(db: Database, actor: Actor, part: str, *, now: datetime) -> actions.Inspectors | None:
    """Who may be named, for the page that asks for them."""
    return await actions.inspectors(db, actor, now=now) if part == ABOUT else None


def _officers(record: Inspection, people: actions.Inspectors, actor: Actor) -> dict[str, Any]:
    """The two choices: whom each may name, who stands there, what was typed there before there was a choice.

    The officer who begins the record is the first; a name that was typed is chosen where one colleague has it.
    """
    at_hand = dict(people.present)
    for who, name in zip(record.by, record.officers, strict=True):
        if who and who not in people.away:
            at_hand.setdefault(who, name)
    chosen = list(record.by)
    for place, name in enumerate(record.officers):
        alike = [who for who, known in people.names.items() if known == name]
        if not chosen[place] and len(alike) == 1:
            chosen[place] = alike[0]
    me = str(actor.id)
    if not chosen[0] and me in people.present and chosen[1] != me:
        chosen[0] = me
    return {
        "options": list(at_hand.items()),
        "away": [(N_("今天请假"), list(people.away.items()))] if people.away else [],
        "chosen": chosen,
        "typed": [name for name, who in zip(record.officers, chosen, strict=True) if name and not who],
        "alone": len(people.names) < 2,
    }


def _part(
    sheet: actions.InspectionSheet,
    actor: Actor,
    part: str,
    *,
    people: actions.Inspectors | None = None,
    faults: Mapping[str, Words] | None = None,
    refused: Refused | None = None,
) -> Response[str]:
    at = f"/desk/{sheet.row.applicant}/{sheet.row.id}"
    record, order = sheet.record, steps(sheet.item.inspection)
    point = next((one for one in sheet.item.inspection if one.key == part), None)
    file_links = links(at)
    found = record.points.get(part, PointFound())
    return page(
        "cases/inspection_part.html",
        status=refused.status if refused else 422 if faults else 200,
        at=at,
        case=sheet.row,
        item=sheet.item,
        part=part,
        point=point,
        record=record,
        officers=_officers(record, people, actor) if people else None,
        found=found,
        number=order.index(part) + 1,
        total=len(order),
        version=sheet.version,
        findings=list(FINDING_WORDS.items()),
        conclusions=list(CONCLUSION_WORDS.items()),
        photos=[_photo(one, file_links) for one in found.photos],
        full=len(found.photos) >= PHOTOS_A_POINT,
        most=PHOTOS_A_POINT,
        accept=",".join(
            ending for kind in sorted(actions.PICTURES.types) for ending in (kind, f".{EXTENSIONS[kind]}")
        ),
        refused=refused,
        errors=dict(faults or {}),
    )


def _photo(one: Mapping[str, Any], to: Mapping[str, Any]) -> dict[str, Any]:
    file = msgspec.convert({"file": one["file"]}, _Named)
    return {
        "file": one["file"],
        "name": one["name"],
        "detail": N_("{size} KB", size=max(1, one["size"] >> 10)),
        "href": to["file_href"]("", file),
        "thumb": to["thumb_href"]("", file),
    }


class _Named(msgspec.Struct, frozen=True):
    """A file by its id, as the links take it."""

    file: str


@post(
    "/desk/{applicant:uuid}/{case_id:uuid}/inspection/{part:str}",
    who="cases.inspect",
    request_max_body_size=MAX_UPLOAD_BYTES,
)
async def keep(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    applicant: UUID,
    case_id: UUID,
    part: str,
) -> Response[Any]:
    """Keep a page and go on; what is not right yet is kept too, and the page says what is missing."""
    sheet = await actions.inspection_sheet(db, actor, case_id=case_id, applicant=applicant, step=part)
    wanted = {"photos": actions.PICTURES} if is_multipart(request) and part not in (ABOUT, END) else {}
    form = await form_with_files(request, actor, wanted=wanted, most=PHOTOS_A_POINT, now=now)
    posted, go = form.fields, form.fields.get("_go", "")
    version, drop = posted.get("_version", ""), _DROP.fullmatch(go)
    try:
        kept = await actions.keep_inspection(
            db,
            actor,
            case_id=case_id,
            applicant=applicant,
            step=part,
            posted=posted,
            received=form.files.get("photos", ()),
            drop=UUID(drop[1]) if drop else None,
            version=int(version) if _VERSION.fullmatch(version) else 0,
            now=now,
        )
    except (MovedOn, PhotosTooMany, DutyMissing) as refused:
        # What was typed stands on the page, with the version that the next try must name.
        sheet = await actions.inspection_sheet(db, actor, case_id=case_id, applicant=applicant, step=part)
        people = await _people(db, actor, part, now=now)
        named = with_step(sheet.record, part, posted, people.names if people else None)
        typed = msgspec.structs.replace(sheet, record=named)
        wrong = {**typed.faults(now=now).get(part, {}), **refused.fields} if refused.fields else {}
        return _part(typed, actor, part, people=people, refused=refused, faults=wrong)
    home = f"/desk/{applicant}/{case_id}/inspection"
    if form.faults:
        missing = {} if drop or go in ("upload", "later") else kept.faults(now=now).get(part, {})
        return _part(kept, actor, part, faults={**missing, **form.faults})
    if drop or go == "upload":
        return redirect(f"{home}/{part}#photos")
    if go == "later":
        return redirect(home)
    if faults := kept.faults(now=now).get(part):
        return _part(kept, actor, part, people=await _people(db, actor, part, now=now), faults=faults)
    order = steps(sheet.item.inspection)
    after = order.index(part) + 1
    return redirect(f"{home}/{order[after]}" if after < len(order) else home)


@post("/desk/{applicant:uuid}/{case_id:uuid}/inspection", who="cases.inspect")
async def hand_in(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], applicant: UUID, case_id: UUID
) -> Response[Any]:
    """Hand the record in, once for the form's key; where the clock stands still for it, its end is offered next."""
    await form_of(request)
    try:
        done = await actions.inspect(
            db, actor, case_id=case_id, applicant=applicant, key=await idempotency_key(request), now=now
        )
    except (InspectionIncomplete, MovedOn, DutyMissing) as refused:
        return await _overview(db, actor, now=now, applicant=applicant, case_id=case_id, refused=refused)
    if done["ends"]:
        return redirect(f"/desk/{applicant}/{case_id}/forms/resumption")
    return redirect(f"/desk/{applicant}/{case_id}?did={Move.INSPECT}")


def last_inspected(opened: actions.Opened) -> dict[str, Any] | None:
    """The last inspection of a case as its pages tell it: the conclusion, and the points that were not met."""
    step = next((one for one in reversed(opened.events) if one.move is Move.INSPECT), None)
    if step is None:
        return None
    record = inspection_of(step.detail)
    assert record.conclusion is not None
    return {
        "conclusion": CONCLUSION_WORDS[record.conclusion],
        "tone": CONCLUSION_TONES[record.conclusion],
        "words": record.words,
        "on": clock.city_day(step.at),
        "step": step.version,
        "short": [
            (one.point.text, one.finding_words, TONES[one.finding], one.words)
            for one in told(record, opened.version.inspection)
            if one.finding in (PointFinding.UNMET, PointFinding.MOSTLY)
        ],
    }


routes = [overview, ask, keep, hand_in]
