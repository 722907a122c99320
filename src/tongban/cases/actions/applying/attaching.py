"""Files of a draft, attached to a question of its form: one write, with the draft's version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tongban import audit, catalogue
from tongban.cases import store
from tongban.cases.actions.applying.drafting import Sheet, own_case
from tongban.cases.model import Move, MovedOn, edge
from tongban.cases.model.attachments import Twins, file_fields, twins, wanted, with_more
from tongban.kit import files
from tongban.kit.db import Database, write
from tongban.kit.policy import Actor


async def files_wanted(db: Database, actor: Actor, *, case_id: UUID) -> dict[str, files.Wanted]:
    """The questions of the resident's draft that take files: asked before a body with files is read.

    Raises NoSuchCase, or NotPossibleNow once it is submitted: then nothing of the body is taken in.
    """
    case = await own_case(db, actor, case_id)
    edge(Move.SAVE, case.state, actor.role)
    return wanted((await catalogue.version(db, case.item, case.item_version)).form)


async def same_files(db: Database, sheet: Sheet) -> list[Twins]:
    """The materials of a draft, two by two, for which the same file was attached: pointed out, and never refused.

    One statement where two questions have files, else none.
    """
    case, answered = sheet.case, file_fields(sheet.version.form)
    if sum(bool(sheet.answers.get(name)) for name in answered) < 2:
        return []
    kept = await files.kept_about(db, subject=case.applicant, reference=case.id)
    return twins(sheet.form, sheet.answers, {one.id: one.digest for one in kept})


async def attach(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    received: Mapping[str, Sequence[files.Received]],
    uploads: Sequence[UUID] = (),
    version: int | None,
    now: datetime,
) -> int:
    """Add files that came in to the answers of their questions; gives the draft's new version.

    The rows of the files, the answers that list them, the end of the ``uploads`` that they came in by and the ledger
    row are one write, guarded by ``version`` (that of the page; None takes the draft as it is). Posted twice, the
    second time is MovedOn and adds nothing. Raises
    NoFilesHere for a question that takes none, AttachmentsTooMany with the question's name. :func:`save` takes files
    off the lists again, and their rows with them.
    """
    case = await own_case(db, actor, case_id)
    edge(Move.SAVE, case.state, actor.role)
    if version is not None and version != case.version:
        raise MovedOn
    kept = {
        name: [files.named(one, subject=case.applicant, reference=case.id, now=now) for one in more]
        for name, more in received.items()
    }
    every = [file for more in kept.values() for file in more]
    form = (await catalogue.version(db, case.item, case.item_version)).form
    listed = {name: list(map(files.as_answer, more)) for name, more in kept.items()}
    row = await write(
        db,
        store.saving_draft(
            case, answers=with_more(form, case.answers, listed), facts=case.facts, finding=case.finding
        ),
        files.keeping(every),
        *([files.using_up(uploads, subject=case.applicant)] if uploads else []),
        audit.record(
            *(actor, "cases.attach"),
            subject=case.applicant,
            reference=case.id,
            purpose=case.purpose,
            detail={"files": len(every)},
            now=now,
        ),
    )
    if row is None:
        raise MovedOn
    return int(row["version"])
