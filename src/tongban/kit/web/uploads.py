"""A form with files: what was typed, what came in, and what is wrong with which file; and a file given back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.response import Response, Stream

from tongban.kit import files
from tongban.kit.db import Database
from tongban.kit.errors import Invalid, NotFound, Refused, TooMany, Unavailable, Words
from tongban.kit.i18n import N_
from tongban.kit.ids import id_told
from tongban.kit.pace import Pace
from tongban.kit.policy import Actor
from tongban.kit.web.forms import form_of
from tongban.kit.web.multipart import FilePart, is_multipart, multipart_form

#: Files that one person may send within ten minutes, by each process: five drafts full, and no more.
_pace = Pace(questions=100, window=600)
#: The hidden field of a form that names the uploads which came before it.
UPLOADED = "_uploaded"
#: Who opens a file's own address sees the file and nothing that it could do: no script, no form, no frame of it.
_HEADERS = {
    "cache-control": "private, no-store",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
}


class UploadingTooFast(TooMany):
    """More files than a person has any use for."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "uploading-too-fast",
            N_("上传过于频繁，请在 {minutes} 分钟后再上传。", minutes=-(-seconds // 60)),
            retry_after=seconds,
        )


class TooManyFiles(Invalid):
    """More files at once than belong to one application."""

    def __init__(self, most: int) -> None:
        super().__init__("too-many-files", N_("一份申请最多上传 {most} 个文件。", most=most))


class PostedForm(msgspec.Struct, frozen=True):
    """A form with files as it was posted: ``fields`` as typed, ``files`` and ``faults`` by the field's name.

    A file that was refused is a fault of its field, with its sentence; nothing typed is lost for it. ``uploads`` are
    those that ``files`` came in by, piece by piece before the form; they end in the write that keeps the files.
    """

    fields: dict[str, str] = {}
    files: dict[str, list[files.Received]] = {}
    faults: dict[str, Words] = {}
    uploads: tuple[UUID, ...] = ()


async def form_with_files(
    request: Request[Any, Any, Any],
    actor: Actor,
    *,
    wanted: Mapping[str, files.Wanted],
    most: int,
    now: datetime,
) -> PostedForm:
    """Read a form; files of the fields in ``wanted``, ``most`` of them in all, are taken in as they arrive.

    They are on the disk when this returns and kept once a row names them (:func:`tongban.kit.files.keeping`); files
    of other fields and controls without a file are passed over. A form without files is read as by ``form_of``.
    """
    if not is_multipart(request):
        return PostedForm(await form_of(request))
    form, received, faults = multipart_form(request), dict[str, list[files.Received]](), dict[str, Words]()
    async for part in form.files():
        if part.field not in wanted or not part.name:
            continue
        try:
            if sum(map(len, received.values())) >= most:
                raise TooManyFiles(most)
            taken = await _taken(part, actor, wanted[part.field], now=now)
        except (Invalid, TooMany, Unavailable) as refused:
            _add_fault(faults, part.field, files.clean_name(part.name), refused)
        else:
            received.setdefault(part.field, []).append(taken)
    return PostedForm(form.fields, received, faults)


def _add_fault(faults: dict[str, Words], field: str, name: str, refused: Refused) -> None:
    told = N_("{name}：{fault}", name=name, fault=refused.message) if name else refused.message
    earlier = faults.get(field)
    faults[field] = N_("{fault} {more}", fault=earlier, more=told) if earlier else told


async def with_uploaded(
    posted: PostedForm,
    db: Database,
    actor: Actor,
    *,
    reference: UUID,
    wanted: Mapping[str, files.Wanted],
    most: int,
    now: datetime,
) -> PostedForm:
    """The form with the files that came piece by piece before it: ``_uploaded`` names them, ``field:upload`` each.

    They are looked into now. A bad one is a fault of its field and is let go; one that could not be looked into,
    because the scanner or the store is away, is a fault and stays, to be named again.
    """
    assert actor.id is not None
    received, faults = {name: [*more] for name, more in posted.files.items()}, dict(posted.faults)
    used: list[UUID] = []
    for field, upload_id in _uploaded(posted.fields.get(UPLOADED, ""))[:most]:
        if field not in wanted:
            continue
        name = ""
        try:
            upload = await files.upload_of(
                db, upload_id=upload_id, subject=actor.id, reference=reference, now=now
            )
            name = upload.name
            if upload.field != field:
                raise files.NoSuchUpload
            taken = await files.receive_upload(db, upload, wanted=wanted[field])
        except (Invalid, NotFound, Unavailable) as refused:
            _add_fault(faults, field, name, refused)
        else:
            received.setdefault(field, []).append(taken)
            used.append(upload.id)
    return PostedForm(posted.fields, received, faults, tuple(used))


def _uploaded(typed: str) -> list[tuple[str, UUID]]:
    """What ``_uploaded`` names; anything else in it is passed over."""
    named = []
    for word in typed[:4000].split():
        field, _, text = word.partition(":")
        if (found := id_told(text)) is not None:
            named.append((field, found))
    return named


def slow_down(actor: Actor, *, now: datetime) -> None:
    """Count a file that begins to come; raises UploadingTooFast."""
    if seconds := _pace.wait(actor.caller, now.timestamp()):
        raise UploadingTooFast(seconds)


async def _taken(part: FilePart, actor: Actor, wanted: files.Wanted, *, now: datetime) -> files.Received:
    slow_down(actor, now=now)
    return await files.receive(part.chunks(), name=part.name, declared=part.declared, wanted=wanted)


async def uploaded(request: Request[Any, Any, Any], *, field: str, most: int) -> bytes | None:
    """The first file of this field in memory, for what is looked at and not kept; None when there is none.

    Raises FileTooLarge at the first byte above ``most``.
    """
    if not is_multipart(request):
        return None
    async for part in multipart_form(request).files():
        if part.field == field and part.name:
            content = bytearray()
            async for chunk in part.chunks():
                content += chunk
                if len(content) > most:
                    raise files.FileTooLarge(most)
            return bytes(content)
    return None


async def small_files(
    request: Request[Any, Any, Any], *, fields: Collection[str], most: int
) -> dict[str, bytes]:
    """The first file of each of these fields in memory, for what is read and not kept.

    Of one that is too large there is one byte more than ``most``: whoever judges them sees that it is.
    """
    found: dict[str, bytes] = {}
    if not is_multipart(request):
        return found
    async for part in multipart_form(request).files():
        if part.field not in fields or not part.name or part.field in found:
            continue
        content = bytearray()
        async for chunk in part.chunks():
            content += chunk
            if len(content) > most:
                break
        found[part.field] = bytes(content[: most + 1])
    return found


async def file_response(file: files.File, *, download: bool = False) -> Stream:
    """The file as its reader opened it: shown in the browser, or saved under its name. Raises FileLost."""
    return Stream(
        await files.content(file),
        headers={
            **_HEADERS,
            "content-type": file.media_type,  # as a header: a Stream gives way to what the handler's type implies
            "content-disposition": files.disposition(file.name, inline=not download),
            "content-length": str(file.size),
        },
    )


async def thumbnail_response(file: files.File) -> Response[bytes]:
    """The small picture of the file. Raises FileLost."""
    return Response(await files.thumbnail(file), media_type="image/jpeg", headers=_HEADERS)
