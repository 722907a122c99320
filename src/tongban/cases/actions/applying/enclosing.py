"""Files of a case from a program: what takes them now, one more by any of three ways, one less; a write each.

Which questions are open the case's state says: those that a draft asks, those that a correction reopens, the promised
materials that are due 容缺后补. A file comes whole, by an upload that has ended, or from her materials 我的材料.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue
from tongban.cases.actions.applying.drafting import keep, own_case, sheet_of
from tongban.cases.actions.applying.materials import once_more, reusable
from tongban.cases.actions.owed.correcting import correction_of
from tongban.cases.actions.owed.putting_right import keep_put_right
from tongban.cases.actions.owed.supplying import keep_attached, supply_of
from tongban.cases.model import POLICY, Case, MovedOn, NotPossibleNow, State
from tongban.cases.model.attachments import Answers, NoFilesHere, file_fields, room_for, wanted, with_more
from tongban.cases.model.follow_up import NothingToSupply
from tongban.cases.model.rights import relation_to_case
from tongban.kit import files
from tongban.kit.db import Database, Part
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.policy import Actor

#: A file more or less fits whatever else was changed meanwhile, so that nobody is asked to say it again.
_TRIES = 5
_NOTHING: Mapping[str, Any] = {}


class Binder(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a case that may change now: ``answers`` list them, ``fields`` of ``schema`` take them.

    ``said`` is what the department said of a question, ``until`` the last instant for it where there is one. ``keep``
    writes other answers over the version that was read, with parts; it gives None when somebody was faster.
    """

    case: Case
    schema: Mapping[str, Any]
    answers: Answers
    fields: frozenset[str]
    keep: Callable[..., Awaitable[Any]]
    said: Mapping[str, str] = _NOTHING
    until: Mapping[str, datetime] = _NOTHING

    def wanted(self) -> dict[str, files.Wanted]:
        """Which files each open question takes."""
        return {name: one for name, one in wanted(self.schema).items() if name in self.fields}


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A question that takes files now: with its rule, how many more it takes, and which of her materials fit it."""

    field: str
    rule: Mapping[str, Any]
    wanted: files.Wanted
    room: int
    said: str
    until: datetime | None
    materials: tuple[UUID, ...]


class Enclosed(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a case 附件 as its applicant sees them.

    ``listed`` are (question, answer, row) in the order of the form, ``filed`` the ids of those that the department has;
    ``openings`` what takes files now, ``uploads`` what is under way.
    """

    case: Case
    listed: tuple[tuple[str, Mapping[str, Any], files.File], ...]
    filed: frozenset[str]
    openings: tuple[Opening, ...]
    uploads: tuple[files.Upload, ...]


async def binder_of(db: Database, actor: Actor, case: Case, *, now: datetime) -> Binder:
    """What of the applicant's own case takes files now. Raises NotPossibleNow, NothingToSupply."""
    POLICY.require(actor, "cases.enclose", relation_to_case(actor, case))
    if case.state is State.DRAFT:
        draft = await sheet_of(db, actor, case)
        asked = {field.name for field in draft.form.asked(draft.answers)}
        return Binder(
            case=case,
            schema=draft.version.form,
            answers=draft.answers,
            fields=frozenset(asked & file_fields(draft.version.form).keys()),
            keep=partial(keep, db, draft, now=now),
        )
    if case.state is State.CORRECTING:
        right = await correction_of(db, actor, case)
        fields = right.only & file_fields(right.version.form).keys()
        return Binder(
            case=case,
            schema=right.version.form,
            answers=right.answers,
            fields=fields,
            keep=partial(keep_put_right, db, right),
            said=right.correction.fields,
            until=dict.fromkeys(fields, right.correction.until),
        )
    due = await supply_of(db, actor, case, now=now)
    return Binder(
        case=case,
        schema=due.schema,
        answers=due.answers,
        fields=frozenset(one.field for one in due.open),
        keep=partial(keep_attached, db, due),
        said=due.said,
        until={one.field: one.until for one in due.open},
    )


async def files_taken(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> dict[str, files.Wanted]:
    """Which files the open questions of the resident's case take: asked before a body is read.

    Raises NoSuchCase, NotPossibleNow, NothingToSupply.
    """
    return (await binder_of(db, actor, await own_case(db, actor, case_id), now=now)).wanted()


async def enclosed(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> Enclosed:
    """The files of the resident's case, whatever its state. Raises NoSuchCase.

    Three statements, one more for a draft and two where an item lets a material be used again.
    """
    case = await own_case(db, actor, case_id)
    version = await catalogue.version(db, case.item, case.item_version)
    try:
        binder = await binder_of(db, actor, case, now=now)
        openings = await _openings(db, actor, binder, now=now)
    except (NotPossibleNow, NothingToSupply):
        binder, openings = None, ()
    lists = {
        name: (binder.answers if binder and name in binder.fields else case.answers).get(name) or ()
        for name in file_fields(version.form)
    }
    rows = {str(one.id): one for one in await files.kept_about(db, subject=case.applicant, reference=case.id)}
    filed = {} if case.state is State.DRAFT else {name: case.answers.get(name) or () for name in lists}
    return Enclosed(
        case=case,
        listed=tuple(
            (name, one, rows[one["file"]])
            for name, more in lists.items()
            for one in more
            if one["file"] in rows
        ),
        filed=frozenset(one["file"] for more in filed.values() for one in more),
        openings=openings,
        uploads=tuple(
            await files.uploads_about(db, subject=case.applicant, reference=case.id, now=now)
            if openings
            else ()
        ),
    )


async def _openings(db: Database, actor: Actor, binder: Binder, *, now: datetime) -> tuple[Opening, ...]:
    rules, takes = file_fields(binder.schema), binder.wanted()
    offers = await reusable(db, actor, binder.schema, now=now)
    return tuple(
        Opening(
            field=name,
            rule=rules[name],
            wanted=takes[name],
            room=room_for(binder.schema, binder.answers, name),
            said=binder.said.get(name, ""),
            until=binder.until.get(name),
            materials=tuple(one.file for one in offers.get(name, ())),
        )
        for name in rules
        if name in binder.fields
    )


async def enclose(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    field: str,
    received: files.Received,
    key: str,
    now: datetime,
) -> dict[str, Any]:
    """Add a file that came whole to a question of the resident's case; gives it as the answers list it.

    Row, list, ledger row and remembered answer are one write. The key stands for this content under this name. Raises
    NoSuchCase, NotPossibleNow, NothingToSupply, NoFilesHere, AttachmentsTooMany, MovedOn, KeyReused.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        async def source(binder: Binder) -> tuple[files.File, tuple[Part, ...]]:
            return _named(received, binder, now=now), (_noted(actor, binder.case, {"files": 1}, now=now),)

        return await _added(db, actor, source, remembering, case_id=case_id, field=field, now=now)

    body = {"enclose": str(case_id), "field": field, "name": received.name, "content": received.digest.hex()}
    return await _once(db, actor, act, key=key, body=body, now=now)


async def enclose_upload(
    db: Database, actor: Actor, *, case_id: UUID, field: str, upload_id: UUID, key: str, now: datetime
) -> dict[str, Any]:
    """Add a file that came piece by piece, as :func:`enclose`; the upload ends in the same write.

    A bad file is let go with its upload; while the scanner is away the upload stays and is named again. Raises
    NoSuchUpload too, also for one of another question or of which a part is still to come.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        case = await own_case(db, actor, case_id)
        takes = (await binder_of(db, actor, case, now=now)).wanted()
        if field not in takes:
            raise NoFilesHere
        upload = await files.upload_of(
            db, upload_id=upload_id, subject=case.applicant, reference=case.id, now=now
        )
        if upload.field != field:
            raise files.NoSuchUpload
        with files.pointing_to(field):
            received = await files.receive_upload(db, upload, wanted=takes[field])

        async def source(binder: Binder) -> tuple[files.File, tuple[Part, ...]]:
            return _named(received, binder, now=now), (
                files.using_up([upload.id], subject=case.applicant),
                _noted(actor, binder.case, {"files": 1}, now=now),
            )

        return await _added(db, actor, source, remembering, case_id=case_id, field=field, now=now)

    body = {"enclose": str(case_id), "field": field, "upload": str(upload_id)}
    return await _once(db, actor, act, key=key, body=body, now=now)


async def enclose_again(
    db: Database, actor: Actor, *, case_id: UUID, field: str, file_id: UUID, key: str, now: datetime
) -> dict[str, Any]:
    """Add one of her materials 我的材料, as :func:`enclose`: a row more names the content, as old as it was.

    Raises NoSuchFile for one that may not be used here: another material, too old, another person's.
    """

    async def act(remembering: Remembering) -> dict[str, Any]:
        async def source(binder: Binder) -> tuple[files.File, tuple[Part, ...]]:
            known, again = await once_more(
                db, actor, binder.case, binder.schema, field=field, file_id=file_id, now=now
            )
            detail = {"from": str(known.case_id)}
            return again, (_noted(actor, binder.case, detail, action="cases.reuse_file", now=now),)

        return await _added(db, actor, source, remembering, case_id=case_id, field=field, now=now)

    body = {"enclose": str(case_id), "field": field, "material": str(file_id)}
    return await _once(db, actor, act, key=key, body=body, now=now)


async def take_out(db: Database, actor: Actor, *, case_id: UUID, file_id: UUID, now: datetime) -> None:
    """Take a file off the open questions of the resident's case; doing it twice changes nothing.

    What was handed in before stays with the case, whatever takes its place. Raises as :func:`files_taken`, MovedOn.
    """
    for _ in range(_TRIES):
        case = await own_case(db, actor, case_id)
        binder = await binder_of(db, actor, case, now=now)
        lists = {name: binder.answers.get(name) or [] for name in binder.fields}
        left = {name: [one for one in more if one["file"] != str(file_id)] for name, more in lists.items()}
        if left == lists:
            return
        answers = {
            name: value for name, value in (binder.answers | left).items() if name not in left or value
        }
        if await binder.keep(answers, _noted(actor, case, {"taken_off": 1}, now=now)) is not None:
            return
    raise MovedOn


async def _added(
    db: Database,
    actor: Actor,
    source: Callable[[Binder], Awaitable[tuple[files.File, tuple[Part, ...]]]],
    remembering: Remembering,
    *,
    case_id: UUID,
    field: str,
    now: datetime,
) -> dict[str, Any]:
    """One more file at the end of its question's list, with what ``source`` says belongs to it."""
    for _ in range(_TRIES):
        binder = await binder_of(db, actor, await own_case(db, actor, case_id), now=now)
        if field not in binder.fields:
            raise NoFilesHere
        file, parts = await source(binder)
        listed = files.as_answer(file)
        answers = with_more(binder.schema, binder.answers, {field: [listed]})
        looked = {"sm3": file.sm3.hex() if file.sm3 else None, "scanned": file.scanned}
        answer = {"case": str(case_id), "field": field, "at": file.created_at.isoformat(), **listed, **looked}
        if await binder.keep(answers, files.keeping([file]), *parts, *remembering(answer)) is not None:
            return answer
    raise MovedOn


async def _once(
    db: Database,
    actor: Actor,
    act: Callable[[Remembering], Awaitable[dict[str, Any]]],
    *,
    key: str,
    body: Mapping[str, str],
    now: datetime,
) -> dict[str, Any]:
    return await answer_once(db, act, bucket=actor.bucket, caller=actor.caller, key=key, body=body, now=now)


def _named(received: files.Received, binder: Binder, *, now: datetime) -> files.File:
    return files.named(received, subject=binder.case.applicant, reference=binder.case.id, now=now)


def _noted(
    actor: Actor, case: Case, detail: dict[str, Any], *, action: str = "cases.attach", now: datetime
) -> Part:
    return audit.record(
        *(actor, action),
        subject=case.applicant,
        reference=case.id,
        purpose=case.purpose,
        detail=detail,
        now=now,
    )
