"""The files of a resident's case: listed, added in one request or by an upload, used again, taken off.

What takes files says the case's state: a draft, a correction, a material that follows. An upload that may be cut off
speaks tus, as on the pages (:mod:`tongban.kit.web.resumable`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post
from litestar.params import QueryParameter

from tongban.cases import actions
from tongban.cases.model import NoFilesHere
from tongban.cases.model.materials import label_of
from tongban.kit import files, idempotency
from tongban.kit.clock import Instant
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Text
from tongban.kit.policy import Actor
from tongban.kit.web import MAX_UPLOAD_BYTES, body_of, required_key, resumable
from tongban.kit.web.bodies import BodyInvalid
from tongban.kit.web.uploads import slow_down

_HOME = "/api/v1/cases/{case_id:uuid}"
_TYPES = ("application/pdf", "image/jpeg", "image/png", "application/octet-stream")
FileName = Annotated[str, QueryParameter(min_length=1, max_length=500)]


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a case; ``doubt`` is what its owner may want to look at, ``sm3`` the hash of what is kept.

    ``scanned`` is null of a file that came before this was noted.
    """

    case: UUID
    field: str
    file: UUID
    name: str
    type: str
    size: int
    pages: int
    doubt: Literal["blurred", "dark"] | None = None
    sm3: str | None
    scanned: bool | None
    at: Instant


class AttachedFile(Attached, frozen=True, kw_only=True):
    """A file in the list of a case; ``filed`` once the department has it."""

    filed: bool


class OpenQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question that takes files now: which, how many more, until when, and which of her materials fit it."""

    field: str
    name: Text
    types: list[str]
    bytes: int
    room: int
    said: str
    until: Instant | None
    materials: list[UUID]


class UploadUnderWay(msgspec.Struct, frozen=True, kw_only=True):
    """An upload of which something is still to come, or that is whole and not attached yet."""

    upload: UUID
    field: str
    name: str
    size: int
    taken: int
    expires_at: Instant


class Attachments(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a case, in the order of the form, what takes files now and what is under way."""

    case: UUID
    files: list[AttachedFile]
    open: list[OpenQuestion]
    uploads: list[UploadUnderWay]


class Attach(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is attached to which question: an upload that is whole, or one of my materials; one of the two."""

    field: Annotated[str, msgspec.Meta(pattern="^[a-z0-9_]{1,60}$")]
    upload: UUID | msgspec.UnsetType = msgspec.UNSET
    material: UUID | msgspec.UnsetType = msgspec.UNSET


@get(_HOME + "/attachments", who="cases.mine", include_in_schema=True)
async def attachments(db: Database, actor: Actor, now: datetime, case_id: UUID) -> Attachments:
    """The files of one of my cases, and what of it takes files now."""
    found = await actions.enclosed(db, actor, case_id=case_id, now=now)
    return Attachments(
        case=case_id,
        files=[
            AttachedFile(
                case=case_id,
                field=field,
                file=row.id,
                name=row.name,
                type=row.media_type,
                size=row.size,
                pages=row.pages,
                doubt=told.get("doubt"),
                sm3=row.sm3.hex() if row.sm3 else None,
                scanned=row.scanned,
                at=row.created_at,
                filed=str(row.id) in found.filed,
            )
            for field, told, row in found.listed
        ],
        open=[_open(one) for one in found.openings],
        uploads=[
            UploadUnderWay(
                upload=one.id,
                field=one.field,
                name=one.name,
                size=one.size,
                taken=one.taken,
                expires_at=one.expires_at,
            )
            for one in found.uploads
        ],
    )


def _open(one: actions.Opening) -> OpenQuestion:
    return OpenQuestion(
        field=one.field,
        name=label_of(one.rule),
        types=sorted(one.wanted.types),
        bytes=one.wanted.size,
        room=one.room,
        said=one.said,
        until=one.until,
        materials=list(one.materials),
    )


@post(
    _HOME + "/attachments/{field:str}",
    who="cases.enclose",
    include_in_schema=True,
    takes=bytes,
    media=_TYPES,
    request_max_body_size=MAX_UPLOAD_BYTES,
)
async def attach_file(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    case_id: UUID,
    field: str,
    name: FileName,
) -> Attached:
    """Attach a file that comes whole, as the body of this request, once for an Idempotency-Key."""
    wanted = await _wanted_of(db, actor, request, case_id=case_id, field=field, now=now)
    key = required_key(request)
    slow_down(actor, now=now)
    with files.pointing_to(field):
        files.must_be_plain(name)
        received = await files.receive(
            request.stream(),
            name=name,
            declared=request.headers.get("content-type", ""),
            wanted=wanted,
        )
    answer = await actions.enclose(
        db, actor, case_id=case_id, field=field, received=received, key=key, now=now
    )
    return msgspec.convert(answer, Attached)


async def _wanted_of(
    db: Database, actor: Actor, request: Request[Any, Any, Any], *, case_id: UUID, field: str, now: datetime
) -> files.Wanted:
    """What the question takes now, asked before the body is read.

    A repetition comes when the question may be shut: its body is read all the same, for the key stands for the content
    too, and then gets the first answer. Raises what keeps the question from taking any file.
    """
    try:
        wanted = await actions.files_taken(db, actor, case_id=case_id, now=now)
        if field not in wanted:
            raise NoFilesHere
    except Refused:
        if await idempotency.is_known(
            db, bucket=actor.bucket, caller=actor.caller, key=required_key(request)
        ):
            return files.Wanted()
        raise
    return wanted[field]


@post(_HOME + "/attachments", who="cases.enclose", include_in_schema=True, takes=Attach)
async def attach(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], case_id: UUID
) -> Attached:
    """Attach an upload that is whole, or one of my materials, once for an Idempotency-Key."""
    key = required_key(request)
    await actions.own_case(db, actor, case_id)  # what is not hers is not there, whatever is asked of it
    asked = await body_of(request, Attach)
    if bool(asked.upload) is bool(asked.material):
        words = N_("upload 和 material 两项中恰好要有一项。")
        raise BodyInvalid({"/upload": words, "/material": words})
    if asked.upload:
        answer = await actions.enclose_upload(
            db, actor, case_id=case_id, field=asked.field, upload_id=asked.upload, key=key, now=now
        )
    else:
        assert asked.material
        answer = await actions.enclose_again(
            db, actor, case_id=case_id, field=asked.field, file_id=asked.material, key=key, now=now
        )
    return msgspec.convert(answer, Attached)


@delete(_HOME + "/attachments/{file_id:uuid}", who="cases.enclose", include_in_schema=True)
async def take_out(db: Database, actor: Actor, now: datetime, case_id: UUID, file_id: UUID) -> None:
    """Take a file off; doing it twice changes nothing."""
    await actions.take_out(db, actor, case_id=case_id, file_id=file_id, now=now)


async def _taken_now(db: Database, actor: Actor, case_id: UUID, now: datetime) -> Mapping[str, files.Wanted]:
    """Whatever of the case takes files now."""
    return await actions.files_taken(db, actor, case_id=case_id, now=now)


routes = [
    attachments,
    attach,
    attach_file,
    take_out,
    *resumable.door(_HOME + "/uploads", about="case_id", who="cases.enclose", wanted=_taken_now, public=True),
]
