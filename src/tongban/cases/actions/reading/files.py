"""Reading the files of a case: the applicant her own, the officer with a ledger row in the same statement."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

from tongban import audit
from tongban.cases import store
from tongban.cases.actions.moving import stands_in
from tongban.cases.model import ENDED, POLICY, SHOWN_FOR, UNDER_PURPOSE, GroundMissing, ShownForNothing
from tongban.kit import files
from tongban.kit.db import Database, Part, beside, write
from tongban.kit.files import File, NoSuchFile
from tongban.kit.policy import Actor, Relation, covers

#: What of a file is looked at: the whole, or the small picture of its first page.
View = Literal["content", "thumbnail"]


async def my_file(db: Database, actor: Actor, *, case_id: UUID, file_id: UUID) -> File:
    """A file of the resident's own draft or case: one statement. Raises NoSuchFile, for another person's too."""
    POLICY.require(actor, "cases.mine", Relation.OWN)
    assert actor.id is not None
    file = await files.kept_file(db, file_id=file_id, subject=actor.id, reference=case_id)
    if file is None or not await _reaches(db, actor, case_id):
        raise NoSuchFile
    return file


async def _reaches(db: Database, actor: Actor, case_id: UUID) -> bool:
    """Whether the power of who acts for another reaches to the case; one statement, and only where it is limited."""
    if actor.acting is None or actor.acting.items is None or actor.id is None:
        return True
    case = await store.case_of(db, case_id=case_id, applicant=actor.id)
    return case is not None and covers(actor, case.item)


async def open_file(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    subject: UUID,
    file_id: UUID,
    view: View,
    under: UUID | None = None,
    why: str | None = None,
    now: datetime,
) -> File:
    """A file of a case of the officer's department; its row, the case's and the ledger row are one statement.

    It is read under the case's purpose, which is reason enough while the case is running and she, or nobody, has it in
    hand 承办: to examine what was handed in is her work. What a colleague has in hand is read for a ``why`` of
    SHOWN_FOR, which the ledger keeps; without one, unless she stands in for the colleague, ShownForNothing is raised
    (three statements). Of a case that has ended it is read ``under`` the purpose that the officer's second look has
    just opened (``Opened.purpose``; one statement more); without one GroundMissing is raised. Or ``under`` is a case of
    her department's that is about this one. Raises NoSuchFile, also for a case of another applicant or department.
    Where nothing is read no row says otherwise.
    """
    POLICY.require(actor, "cases.read", Relation.DEPARTMENT)
    if why is not None and why not in SHOWN_FOR:
        raise ShownForNothing
    asked: dict[str, Any] = {"case_id": case_id, "applicant": subject, "department": actor.department or ""}
    again = under is not None and under != case_id
    hand = actor.id if why is None else None
    guard = store.readable(**asked, states=UNDER_PURPOSE, hand=hand)
    if under is not None and again:
        guard = await _again(db, asked, under=under, now=now)
    read = partial(
        _read,
        *(db, actor),
        file_id=file_id,
        view=view,
        subject=subject,
        case_id=case_id,
        purpose=under or case_id,
        now=now,
    )
    file = await read(guard, why=None if again else why)
    if file is None and not again and hand is not None:
        case = await write(db, store.readable(**asked, states=UNDER_PURPOSE))
        if case is not None and case["assignee"] not in (None, hand):
            if not await stands_in(db, actor, case["assignee"], now=now):
                raise ShownForNothing
            file = await read(store.readable(**asked, states=UNDER_PURPOSE))
    if file is not None:
        return file
    if again or await write(db, store.readable(**asked, states=ENDED)) is None:
        raise NoSuchFile
    raise GroundMissing


async def _again(db: Database, asked: dict[str, Any], *, under: UUID, now: datetime) -> Part:
    """The guard of a look at an ended case, or at one that a running case is about; raises GroundMissing."""
    purpose = await audit.standing_purpose(db, id=under, subject=asked["applicant"], now=now)
    if purpose is not None and purpose.kind == "case":
        return store.contested_readable(**asked, by=under, states=UNDER_PURPOSE)
    if purpose is None or (purpose.kind, purpose.reference) != ("supervision", str(asked["case_id"])):
        raise GroundMissing
    return store.readable(**asked, states=ENDED)


async def asked_file(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    subject: UUID,
    file_id: UUID,
    view: View,
    now: datetime,
) -> File:
    """A file of a case on which the officer's department is asked for its opinion 会签, while it has not answered.

    One statement with its ledger row, under the case's purpose, as :func:`open_file`. Raises NoSuchFile, also where
    nobody asks the department: then nothing is read.
    """
    POLICY.require(actor, "cases.advise", Relation.DEPARTMENT)
    guard = store.asked_readable(
        case_id=case_id, applicant=subject, department=actor.department or "", states=UNDER_PURPOSE
    )
    file = await _read(
        db,
        actor,
        guard,
        file_id=file_id,
        view=view,
        subject=subject,
        case_id=case_id,
        purpose=case_id,
        now=now,
    )
    if file is None:
        raise NoSuchFile
    return file


async def _read(
    db: Database,
    actor: Actor,
    guard: Part,
    *,
    file_id: UUID,
    view: View,
    subject: UUID,
    case_id: UUID,
    purpose: UUID,
    why: str | None = None,
    now: datetime,
) -> File | None:
    """A file beside the ``guard`` that lets its case be read, with the ledger row of that reading: one statement.

    The row has the reason ``why``, where one was asked for. None where either is not found; then the ledger says
    nothing of it.
    """
    row = await write(
        db,
        beside(guard, files.reading(file_id, subject=subject, reference=case_id)),
        audit.record(
            *(actor, "cases.read_file"),
            subject=subject,
            reference=case_id,
            purpose=purpose,
            kind="read",
            detail={"file": str(file_id), "view": view} | ({} if why is None else {"why": why}),
            now=now,
        ),
    )
    return None if row is None else files.as_read(row)
