"""The files of a case, given to those who may read them: her own to the applicant, the department's to its officer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get
from litestar.response import Response

from tongban.cases import actions
from tongban.cases.model import GroundMissing, ShownForNothing
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import file_response, redirect, thumbnail_response

_REUSE = re.compile(r"reuse:(\w{1,60}):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


def links(home: str, *, under: UUID | None = None, why: str | None = None) -> dict[str, Any]:
    """Where the files of the case at ``home`` and their small pictures are, for the macros of forms.

    ``under`` is the purpose of a second look at an ended case, under which its files are read, too; ``why`` the reason
    for which an officer sees in full what a colleague has in hand.
    """
    tail = f"?under={under}" if under else f"?why={why}" if why else ""
    return {
        "file_href": lambda _, one: f"{home}/files/{one.file}{tail}",
        "thumb_href": lambda _, one: f"{home}/files/{one.file}/thumbnail{tail}",
    }


def asking() -> dict[str, Any]:
    """In their place while a reason is asked for: the files' names lead to its field, and no small picture is shown."""
    return {"file_href": lambda *_: "#whole", "thumb_href": None}


def reused(posted: Mapping[str, str]) -> tuple[str, UUID] | None:
    """The question and the file of the button beside one of her materials, where it was pressed."""
    found = _REUSE.fullmatch(posted.get("_go", ""))
    return (found[1], UUID(found[2])) if found else None


@get("/my/cases/{case_id:uuid}/files/{file_id:uuid}", who="cases.mine")
async def mine(db: Database, actor: Actor, case_id: UUID, file_id: UUID, save: int = 0) -> Response[Any]:
    """A file of my own, shown; with ``save`` it is stored on my device instead."""
    file = await actions.my_file(db, actor, case_id=case_id, file_id=file_id)
    return await file_response(file, download=bool(save))


@get("/my/cases/{case_id:uuid}/files/{file_id:uuid}/thumbnail", who="cases.mine")
async def my_thumbnail(db: Database, actor: Actor, case_id: UUID, file_id: UUID) -> Response[bytes]:
    """The small picture of a file of my own."""
    return await thumbnail_response(await actions.my_file(db, actor, case_id=case_id, file_id=file_id))


@get("/desk/{applicant:uuid}/{case_id:uuid}/files/{file_id:uuid}", who="cases.read")
async def filed(
    db: Database,
    actor: Actor,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    file_id: UUID,
    under: UUID | None = None,
    why: str | None = None,
    save: int = 0,
) -> Response[Any]:
    """A file of a case on the desk; each look is in the ledger.

    ``under`` is the purpose of a second look at an ended case; without one that stands the case's page asks for a
    ground again. ``why`` is the reason to look at what a colleague has in hand; without one it is asked for there.
    """
    try:
        file = await actions.open_file(
            *(db, actor),
            case_id=case_id,
            subject=applicant,
            file_id=file_id,
            view="content",
            under=under,
            why=why,
            now=now,
        )
    except GroundMissing:
        return redirect(f"/desk/{applicant}/{case_id}")
    except ShownForNothing:
        return redirect(f"/desk/{applicant}/{case_id}#whole")
    return await file_response(file, download=bool(save))


@get("/desk/{applicant:uuid}/{case_id:uuid}/files/{file_id:uuid}/thumbnail", who="cases.read")
async def filed_thumbnail(
    db: Database,
    actor: Actor,
    now: datetime,
    applicant: UUID,
    case_id: UUID,
    file_id: UUID,
    under: UUID | None = None,
    why: str | None = None,
) -> Response[bytes]:
    """The small picture of a file on the desk; it shows what the file shows, so it is in the ledger too."""
    file = await actions.open_file(
        *(db, actor),
        case_id=case_id,
        subject=applicant,
        file_id=file_id,
        view="thumbnail",
        under=under,
        why=why,
        now=now,
    )
    return await thumbnail_response(file)


@get("/desk/opinions/{applicant:uuid}/{case_id:uuid}/files/{file_id:uuid}", who="cases.advise")
async def asked_about(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID, file_id: UUID, save: int = 0
) -> Response[Any]:
    """A file of a case on which my department is asked; each look is in the ledger."""
    file = await actions.asked_file(
        *(db, actor), case_id=case_id, subject=applicant, file_id=file_id, view="content", now=now
    )
    return await file_response(file, download=bool(save))


@get("/desk/opinions/{applicant:uuid}/{case_id:uuid}/files/{file_id:uuid}/thumbnail", who="cases.advise")
async def asked_about_thumbnail(
    db: Database, actor: Actor, now: datetime, applicant: UUID, case_id: UUID, file_id: UUID
) -> Response[bytes]:
    """The small picture of a file of a case on which my department is asked; in the ledger too."""
    file = await actions.asked_file(
        *(db, actor), case_id=case_id, subject=applicant, file_id=file_id, view="thumbnail", now=now
    )
    return await thumbnail_response(file)


routes = [mine, my_thumbnail, filed, filed_thumbnail, asked_about, asked_about_thumbnail]
