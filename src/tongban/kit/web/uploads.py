"""A form with files: what was typed, what came in, and what is wrong with which file; and a file given back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request
from litestar.response import Response, Stream

from tongban.kit import files
from tongban.kit.errors import Invalid, TooMany, Unavailable, Words
from tongban.kit.i18n import N_
from tongban.kit.pace import Pace
from tongban.kit.policy import Actor
from tongban.kit.web.forms import form_of
from tongban.kit.web.multipart import FilePart, is_multipart, multipart_form

#: Files that one person may send within ten minutes, by each process: five drafts full, and no more.
_pace = Pace(questions=100, window=600)
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

    A file that was refused is a fault of its field, with its sentence; nothing typed is lost for it.
    """

    fields: dict[str, str] = {}
    files: dict[str, list[files.Received]] = {}
    faults: dict[str, Words] = {}


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
            told = N_("{name}：{fault}", name=files.clean_name(part.name), fault=refused.message)
            earlier = faults.get(part.field)
            faults[part.field] = N_("{fault} {more}", fault=earlier, more=told) if earlier else told
        else:
            received.setdefault(part.field, []).append(taken)
    return PostedForm(form.fields, received, faults)


async def _taken(part: FilePart, actor: Actor, wanted: files.Wanted, *, now: datetime) -> files.Received:
    if seconds := _pace.wait(actor.caller, now.timestamp()):
        raise UploadingTooFast(seconds)
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
