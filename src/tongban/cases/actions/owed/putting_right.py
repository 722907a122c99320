"""What the applicant puts right so far: her answers and files of a correction, kept before it is handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit
from tongban.cases import store
from tongban.cases.actions.applying.materials import once_more
from tongban.cases.actions.joint.corrected import waits_for_words
from tongban.cases.actions.owed.correcting import CorrectionSheet, correction_of, correction_sheet
from tongban.cases.model import Move, MovedOn, State, edge
from tongban.cases.model.attachments import taken_off, with_more
from tongban.kit import files, forms, keys
from tongban.kit.acting import Eyes
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor

_NO_FILES: Mapping[str, Sequence[files.Received]] = {}


async def corrections(db: Database, actor: Actor, *, case_ids: Sequence[UUID]) -> list[CorrectionSheet]:
    """Those of these cases of the resident's own that wait for her correction, in this order: one statement.

    One that lies before joint applicants is not among them: it waits for their word.
    """
    assert actor.id is not None
    found = {case.id: case for case in await store.own_cases(db, ids=case_ids, applicant=actor.id)}
    waiting = [found[one] for one in case_ids if one in found and found[one].state is State.CORRECTING]
    return [await correction_of(db, actor, one) for one in waiting if not waits_for_words(one)]


async def keep_corrections(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    posted: Mapping[str, str],
    received: Mapping[str, Sequence[files.Received]] = _NO_FILES,
    uploads: Sequence[UUID] = (),
    again: tuple[str, UUID] | None = None,
    version: int | None,
    now: datetime,
) -> CorrectionSheet:
    """Keep what was put right so far, right or wrong; whatever is posted of other fields changes nothing.

    ``received`` are files that came in for open questions, by ``uploads`` or with the form, and ``again`` names a
    question and one of her materials 我的材料 for it; their rows and the lists that name them are one write, as is what
    takes one off. Raises MovedOn when another tab has saved in between, AttachmentsTooMany, NoSuchFile for a material
    that may not be used. Repeating it without files keeps the same.
    """
    current = await correction_sheet(db, actor, case_id=case_id)
    edge(Move.SAVE, current.case.state, actor.role)
    if version is not None and version != current.case.version:
        raise MovedOn
    # Attached files are what stands in the correction, whatever was posted; all else that is closed is as submitted.
    answers = as_typed(current, posted, eyes=actor.eyes).answers
    coming = _coming(current, received, now=now)
    reused = await _reused(db, actor, current, again, coming, now=now)
    answers = with_more(
        current.version.form,
        answers,
        {name: [files.as_answer(one) for one in more] for name, more in coming.items()},
    )
    kept = await keep_put_right(
        db,
        current,
        answers,
        *([files.keeping([one for more in coming.values() for one in more])] if coming else []),
        *([files.using_up(uploads, subject=current.case.applicant)] if uploads else []),
        *reused,
    )
    if kept is None:
        raise MovedOn
    return kept


def as_typed(current: CorrectionSheet, posted: Mapping[str, str], *, eyes: Eyes) -> CorrectionSheet:
    """The correction as it would stand with what was posted, as these ``eyes`` were shown it; nothing is kept."""
    answers = forms.parse(current.form, posted, kept=_kept(current), only=current.correction.fields.keys())
    answers = forms.unmasked(current.form, answers, current.answers, eyes=eyes)
    return msgspec.structs.replace(current, answers=answers)


async def keep_put_right(
    db: Database, current: CorrectionSheet, answers: dict[str, Any], *parts: Part
) -> CorrectionSheet | None:
    """Write what was put right over the version that ``current`` shows, and ``parts`` with it; None when somebody was
    faster. Files that stand in no list any more go, but for those that were submitted."""
    gone = [
        one
        for one in taken_off(current.version.form, _kept(current), answers)
        if str(one) not in current.filed
    ]
    sheet = msgspec.structs.replace(current, answers=answers)
    sealed = forms.seal_answers(
        current.form,
        {name: value for name, value in answers.items() if name in sheet.only},
        keys.current(),
        current.case.id.bytes,
    )
    correction = msgspec.structs.replace(current.correction, answers=sealed)
    row = await write(
        db,
        store.keeping_corrections(current.case, correction),
        *([files.dropping(gone, subject=current.case.applicant, reference=current.case.id)] if gone else []),
        *parts,
    )
    if row is None:
        return None
    case = msgspec.structs.replace(current.case, correction=correction, version=row["version"])
    return msgspec.structs.replace(sheet, case=case, correction=correction)


def _kept(sheet: CorrectionSheet) -> dict[str, Any]:
    """What was submitted, with the files of open questions as they stand in the correction."""
    return sheet.submitted | {
        field.name: sheet.answers.get(field.name)
        for field in sheet.form.fields
        if field.ui.widget == "files" and field.name in sheet.only
    }


def _coming(
    sheet: CorrectionSheet, received: Mapping[str, Sequence[files.Received]], *, now: datetime
) -> dict[str, list[files.File]]:
    """The files that came in for questions that are open, named; what came for a closed one is passed over."""
    case = sheet.case
    return {
        name: [files.named(one, subject=case.applicant, reference=case.id, now=now) for one in more]
        for name, more in received.items()
        if name in sheet.only
    }


async def _reused(
    db: Database,
    actor: Actor,
    sheet: CorrectionSheet,
    again: tuple[str, UUID] | None,
    coming: dict[str, list[files.File]],
    *,
    now: datetime,
) -> list[Part]:
    """Put one of her materials among what is ``coming``, where its question is open; gives the ledger's row of it."""
    if again is None or again[0] not in sheet.only:
        return []
    field, file_id = again
    known, file = await once_more(
        db, actor, sheet.case, sheet.version.form, field=field, file_id=file_id, now=now
    )
    coming.setdefault(field, []).append(file)
    return [
        audit.record(
            *(actor, "cases.reuse_file"),
            subject=sheet.case.applicant,
            reference=sheet.case.id,
            purpose=sheet.case.purpose,
            detail={"from": str(known.case_id)},
            now=now,
        )
    ]
