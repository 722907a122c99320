"""The record of a site inspection 现场核查记录: kept page by page as a draft, handed in once as a step of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue
from tongban.cases import store
from tongban.cases.actions.moving import carry_out, case_at_work, step_of
from tongban.cases.actions.worklist.assigning import absences, colleagues
from tongban.cases.model import POLICY, DeskRow, Move, MovedOn, NoSuchCase, NotPossibleNow, possible
from tongban.cases.model.chain import chain_of
from tongban.cases.model.desk_refusals import InspectionIncomplete, NothingToInspect, PhotosTooMany
from tongban.cases.model.inspection import (
    ABOUT,
    PHOTOS,
    PHOTOS_A_POINT,
    SITE_INSPECTION,
    Inspection,
    PointFound,
    Since,
    faults,
    result_words,
    steps,
    with_photos,
    with_step,
)
from tongban.cases.model.whose import must_be_hers
from tongban.kit import clock, files
from tongban.kit.db import Database, write
from tongban.kit.errors import Words
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Actor, Relation, Role

#: Photos of a point are pictures; a plan or a permit may be photographed as well.
PICTURES = files.Wanted(types=frozenset({"image/jpeg", "image/png"}))


class InspectionSheet(msgspec.Struct, frozen=True):
    """A record's draft laid open for its officers: the case's line, its item, the record, its version, and since when
    there may have been an inspection."""

    row: DeskRow
    item: catalogue.ItemVersion
    record: Inspection
    version: int
    since: Since

    def faults(self, *, now: datetime) -> dict[str, dict[str, Words]]:
        """What is still missing, by page and field."""
        return faults(self.record, self.item.inspection, since=self.since, now=now)


class Inspectors(msgspec.Struct, frozen=True):
    """Who of a department may be named in a record, names by their accounts' ids: on duty today, and away 请假.

    Who is away today may have been there on the day of the inspection.
    """

    present: dict[str, str]
    away: dict[str, str]

    @property
    def names(self) -> dict[str, str]:
        """All of them."""
        return {**self.away, **self.present}


async def inspectors(db: Database, actor: Actor, *, now: datetime) -> Inspectors:
    """The officers of the actor's department for the first page of a record; two statements."""
    people = await colleagues(db, actor)
    today = clock.city_day(now)
    gone = {one.officer for one in await absences(db, actor, now=now) if one.on(today)}
    return Inspectors(
        *(
            {str(who): one.name for who, one in people.items() if (who in gone) is away}
            for away in (False, True)
        )
    )


async def inspection_sheet(
    db: Database, actor: Actor, *, case_id: UUID, applicant: UUID, step: str | None = None
) -> InspectionSheet:
    """The draft of a case's inspection record, for its department's officers while the case is examined.

    Two statements. Raises NoSuchCase, NotPossibleNow, NothingToInspect for an item without points and for a ``step``
    that is no page of its record.
    """
    POLICY.require(actor, "cases.inspect", Relation.DEPARTMENT)
    row = await store.desk_row(db, case_id=case_id, department=actor.department or "")
    if row is None or row.applicant != applicant:
        raise NoSuchCase
    item = await catalogue.version(db, row.item, row.item_version)
    if not item.inspection or (step is not None and step not in steps(item.inspection)):
        raise NothingToInspect
    if Move.INSPECT not in possible(row.state, Role.OFFICER):
        raise NotPossibleNow(row.state)
    draft = await store.inspection_draft(db, case_id=case_id)
    return InspectionSheet(row, item, draft.inspection, draft.version, draft.since)


async def keep_inspection(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    applicant: UUID,
    step: str,
    posted: Mapping[str, str],
    received: Sequence[files.Received] = (),
    drop: UUID | None = None,
    version: int,
    now: datetime,
) -> InspectionSheet:
    """Keep what one page of the record says, right or wrong, with the photos that came for it.

    ``version`` is that of the page (0 begins the record); ``drop`` is a photo to be taken off. The draft, its photos
    and the ledger row are one write. Raises MovedOn when somebody saved in between (nothing is overwritten; the page
    shows what was typed again), PhotosTooMany, DutyMissing, and as :func:`inspection_sheet`. On the first page the
    officers are colleagues of the department, by their accounts' ids (one statement more); nobody else is taken.
    """
    sheet = await inspection_sheet(db, actor, case_id=case_id, applicant=applicant, step=step)
    must_be_hers(chain_of(sheet.item.chain), Move.INSPECT, actor)
    names = {
        str(who): one.name for who, one in (await colleagues(db, actor) if step == ABOUT else {}).items()
    }
    coming = [files.named(one, subject=applicant, reference=case_id, now=now) for one in received]
    record = _with_files(with_step(sheet.record, step, posted, names), step, coming, drop)
    row = await write(
        db,
        store.keeping_inspection(
            case_id,
            record,
            version=version,
            department=actor.department or "",
            officer=actor.name,
            now=now,
        ),
        *([files.keeping(coming)] if coming else []),
        *([files.dropping([drop], subject=applicant, reference=case_id)] if drop else []),
        audit.record(
            *(actor, "cases.keep_inspection"),
            subject=applicant,
            reference=case_id,
            purpose=case_id,
            detail={"page": step, "photos": len(coming)},
            now=now,
        ),
    )
    if row is None:
        raise MovedOn
    return msgspec.structs.replace(sheet, record=record, version=row["version"])


def _with_files(record: Inspection, step: str, coming: Sequence[files.File], drop: UUID | None) -> Inspection:
    """The record with a point's photos; raises PhotosTooMany. A photo is dropped only from its own point."""
    if not coming and drop is None:
        return record
    photos = [one for one in record.points.get(step, PointFound()).photos if one["file"] != str(drop)] + list(
        map(files.as_answer, coming)
    )
    if len(photos) > PHOTOS_A_POINT:
        raise PhotosTooMany(PHOTOS_A_POINT)
    changed = with_photos(record, step, photos)
    if changed.photos > PHOTOS:
        raise PhotosTooMany(PHOTOS)
    return changed


async def inspect(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    applicant: UUID | None = None,
    key: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Hand in the record 提交现场核查记录: a step of the case with its paper; nothing changes it afterwards.

    Gives ``{case, step, ends}``; the last says whether the clock stands still for this inspection. Three round trips.
    The applicant is told. Raises InspectionIncomplete with what is missing by page, NothingToInspect, NotPossibleNow,
    MovedOn. The same key again hands in nothing more.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        case = await case_at_work(db, actor, case_id=case_id, action="cases.inspect", applicant=applicant)
        step = await step_of(db, case, Move.INSPECT, actor)
        version = await catalogue.version(db, case.item, case.item_version)
        if not version.inspection:
            raise NothingToInspect
        record, draft, since = await store.inspection_draft(db, case_id=case_id)
        if missing := faults(record, version.inspection, since=since, now=now):
            raise InspectionIncomplete(missing)
        running = case.course.running
        answer = {
            "case": str(case.id),
            "step": case.version + 1,
            "ends": running is not None and running.kind == SITE_INSPECTION,
        }
        await carry_out(
            db,
            actor,
            case,
            step,
            store.inspected(case, step, version=draft),
            store.submitting_inspection(case, now=now),
            *remembering(answer),
            now=now,
            detail={"inspection": msgspec.to_builtins(record)},
        )
        return answer

    return await answer_once(
        db,
        act,
        bucket=bucket_of(case_id),
        caller=actor.caller,
        key=key,
        body={"inspect": str(case_id)},
        now=now,
    )


async def inspection_result(db: Database, actor: Actor, *, case_id: UUID) -> str:
    """What the record says that was handed in during the inspection for which the clock stands still now.

    Empty where it stands still for something else, and where no record has come since it began.
    """
    POLICY.require(actor, "cases.inspect", Relation.DEPARTMENT)
    found = await store.last_inspection(db, case_id=case_id, department=actor.department or "")
    if found is None or (running := found.course.running) is None or running.kind != SITE_INSPECTION:
        return ""
    before = [one.until for one in found.course.specials if one.until is not None]
    if before and clock.city_day(found.submitted_at) < max(before):
        return ""
    return str(result_words(found.inspection))
