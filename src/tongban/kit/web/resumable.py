"""Uploads that go on where they were cut off, over HTTP: tus 1.0.0 with creation, expiration and termination.

https://tus.io/protocols/resumable-upload. The protocol is here alone; a room says by :func:`door` at which address it
is spoken, and which files may come there. The metadata name the form's ``field`` and the ``filename``. Refusals are
told in plain words, for the script of the page shows them; below ``/api/`` they are problem+json, what is wrong with a
file at its field, and an upload is begun once for an Idempotency-Key.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from litestar import Request, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from tongban.kit import files
from tongban.kit.db import Database
from tongban.kit.errors import Invalid, MediaTypeWrong, PreconditionFailed, Refused
from tongban.kit.i18n import N_
from tongban.kit.idempotency import Remembering, answer_once, is_known
from tongban.kit.policy import Actor
from tongban.kit.web.forms import required_key
from tongban.kit.web.multipart import MAX_UPLOAD_BYTES
from tongban.kit.web.refusals import refuse
from tongban.kit.web.uploads import slow_down
from tongban.kit.web.visit import visit

_VERSION = "1.0.0"
_SPEAKS = {"tus-resumable": _VERSION, "cache-control": "no-store"}
_BODY = "application/offset+octet-stream"

#: Which files a reference of the actor's takes now, by the field; raises what keeps it from taking any.
WantedOf = Callable[[Database, Actor, UUID, datetime], Awaitable[Mapping[str, files.Wanted]]]


class UploadMalformed(Invalid):
    """The request is not one of tus 1.0.0, or names a field that takes no files."""

    def __init__(self) -> None:
        to_page = N_("上传的请求不完整，没有收下。请刷新页面后重新选择文件。")
        to_program = N_(
            "上传的请求不完整，没有收下。请检查 Upload-Length、Upload-Offset 和 Upload-Metadata；"
            "field 应为 GET …/attachments 的 open 中的一项。"
        )
        super().__init__("upload-malformed", to_program if _by_program() else to_page)


class UploadVersion(PreconditionFailed):
    """The program speaks another version of tus."""

    def __init__(self) -> None:
        to_page = N_("上传程序的版本不受支持。请刷新页面后再上传。")
        to_program = N_("请在请求头 Tus-Resumable 中写 1.0.0。")
        super().__init__("upload-version", to_program if _by_program() else to_page)


class UploadMediaType(MediaTypeWrong):
    """The body is not of the type that tus gives it."""

    def __init__(self) -> None:
        to_page = N_("上传的请求格式不对，没有收下。请刷新页面后重新选择文件。")
        to_program = N_("请在请求头 Content-Type 中写 application/offset+octet-stream。")
        super().__init__("upload-media-type", to_program if _by_program() else to_page)


def door(
    home: str, *, about: str, who: str, wanted: WantedOf, public: bool = False
) -> list[HTTPRouteHandler]:
    """The routes of uploads below ``home``, an address whose parameter ``about`` is what the files are about.

    ``who`` names the action of the policy; ``wanted`` is asked before the first byte of an upload and of each piece, so
    that nothing is taken in for what takes no files any more. Whose upload it is the protocol asks itself. A ``public``
    door is in the document of the API, with the words of the room that ``wanted`` belongs to.
    """
    one = home + "/{upload_id:uuid}"
    told: dict[str, Any] = {"include_in_schema": public, "told_by": wanted}

    def reference(request: Request[Any, Any, Any]) -> UUID:
        found: UUID = request.path_params[about]
        return found

    @post(
        home,
        who=who,
        asks=("Tus-Resumable", "Upload-Length", "Upload-Metadata"),
        answers=("Upload-Offset", "Upload-Expires"),
        located=True,
        **told,
    )
    async def begin_upload(
        db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]
    ) -> Response[None]:
        """Begin an upload for a question: its limits are asked before the first byte."""

        async def answer() -> Response[None]:
            whose = reference(request)
            try:
                takes = await wanted(db, actor, whose, now)
            except Refused:
                if not await _known(request, db, actor):
                    raise
                takes = {}  # nothing any more: a repetition gets the first answer all the same
            return await _begin(request, db, actor, reference=whose, wanted=takes, now=now)

        return await _spoken(request, answer())

    @get(
        one,
        who=who,
        asks=("Tus-Resumable",),
        answers=("Upload-Offset", "Upload-Length", "Upload-Expires"),
        **told,
    )
    async def upload_state(
        db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], upload_id: UUID
    ) -> Response[None]:
        """How much of it is there; the floor answers HEAD, which tus asks by, with what GET would."""
        return await _spoken(request, _state(request, db, actor, reference(request), upload_id, now=now))

    @patch(
        one,
        who=who,
        status_code=200,
        answered=204,
        takes=bytes,
        media=(_BODY,),
        asks=("Tus-Resumable", "Upload-Offset"),
        answers=("Upload-Offset", "Upload-Expires"),
        request_max_body_size=MAX_UPLOAD_BYTES,
        **told,
    )
    async def send_piece(
        db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], upload_id: UUID
    ) -> Response[None]:
        """More of it."""

        async def answer() -> Response[None]:
            whose = reference(request)
            takes = await wanted(db, actor, whose, now)
            return await _go_on(request, db, actor, whose, upload_id, wanted=takes, now=now)

        return await _spoken(request, answer())

    @delete(one, who=who, status_code=200, answered=204, asks=("Tus-Resumable",), **told)
    async def end_upload(
        db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], upload_id: UUID
    ) -> Response[None]:
        """Give it up."""
        return await _spoken(request, _end(request, db, actor, reference(request), upload_id, now=now))

    return [begin_upload, upload_state, send_piece, end_upload]


async def _spoken(request: Request[Any, Any, Any], answering: Awaitable[Response[None]]) -> Response[Any]:
    """The answer, or the refusal with its status, in plain words or as a problem."""
    try:
        return await answering
    except Refused as refused:
        if _by_program():
            problem = refuse(request, refused)
            problem.headers.update({**_SPEAKS, "tus-version": _VERSION})
            return problem
        waits = {"retry-after": str(refused.retry_after)} if refused.retry_after else {}
        return Response(
            str(refused.message),
            status_code=refused.status,
            media_type="text/plain",
            headers={**_SPEAKS, "tus-version": _VERSION, **waits},
        )


async def _begin(
    request: Request[Any, Any, Any],
    db: Database,
    actor: Actor,
    *,
    reference: UUID,
    wanted: Mapping[str, files.Wanted],
    now: datetime,
) -> Response[None]:
    """``POST``: an upload is made, below the address of the request; nothing is taken in yet.

    Repeated with its key it is told again, at the offset where it is by now; when it has ended, as it was told first.
    """
    _check_version(request)
    told = _metadata(request.headers.get("upload-metadata", ""))
    field, name = told.get("field", ""), told.get("filename", "")
    size, key = _number(request, "upload-length"), required_key(request) if _by_program() else None
    begun: list[files.Upload] = []

    async def act(remembering: Remembering) -> dict[str, Any]:
        if field not in wanted:
            raise UploadMalformed
        slow_down(actor, now=now)
        assert actor.id is not None
        upload = await files.begin_upload(
            db,
            subject=actor.id,
            reference=reference,
            field=field,
            name=name,
            size=size,
            wanted=wanted[field],
            remembering=lambda new: remembering(_told(new)),
            now=now,
        )
        begun.append(upload)
        return _told(upload)

    with files.pointing_to(field):
        if key is not None:
            files.must_be_plain(name)
        body = {"upload": str(reference), "field": field, "name": name, "size": size}
        answer = await answer_once(
            db, act, bucket=actor.bucket, caller=actor.caller, key=key, body=body, now=now
        )
    stands = _headers(begun[0]) if begun else await _stands(db, actor, answer, reference, now=now)
    return Response(
        None, status_code=201, headers={**stands, "location": f"{visit().path}/{answer['upload']}"}
    )


def _told(new: files.Upload) -> dict[str, Any]:
    """What is remembered of an upload that was begun, for the key that comes again."""
    return {"upload": str(new.id), "expires": _date(new.expires_at)}


async def _stands(
    db: Database, actor: Actor, answer: Mapping[str, Any], reference: UUID, *, now: datetime
) -> dict[str, str]:
    """How far the upload is that this key began before; of one that has ended what was told when it began."""
    try:
        return _headers(await _own(db, actor, UUID(answer["upload"]), reference, now=now))
    except files.NoSuchUpload:
        if "expires" not in answer:  # remembered by the version before
            raise
        return {**_SPEAKS, "upload-offset": "0", "upload-expires": answer["expires"]}


async def _known(request: Request[Any, Any, Any], db: Database, actor: Actor) -> bool:
    """Whether this is a program's request again."""
    return _by_program() and await is_known(
        db, bucket=actor.bucket, caller=actor.caller, key=required_key(request)
    )


async def _state(
    request: Request[Any, Any, Any],
    db: Database,
    actor: Actor,
    reference: UUID,
    upload_id: UUID,
    *,
    now: datetime,
) -> Response[None]:
    """``HEAD``: how much is there."""
    _check_version(request)
    upload = await _own(db, actor, upload_id, reference, now=now)
    headers = {**_headers(upload), "upload-length": str(upload.size)}
    return Response(None, status_code=200, headers=headers)


async def _go_on(
    request: Request[Any, Any, Any],
    db: Database,
    actor: Actor,
    reference: UUID,
    upload_id: UUID,
    *,
    wanted: Mapping[str, files.Wanted],
    now: datetime,
) -> Response[None]:
    """``PATCH``: more of it, from where it is."""
    _check_version(request)
    if request.headers.get("content-type", "").partition(";")[0].strip() != _BODY:
        raise UploadMediaType
    upload = await _own(db, actor, upload_id, reference, now=now)
    if upload.field not in wanted:
        raise UploadMalformed
    offset = _number(request, "upload-offset")
    with files.pointing_to(upload.field):
        taken = await files.take_more(
            db, upload, _coming(request), offset=offset, wanted=wanted[upload.field], now=now
        )
    return Response(None, status_code=204, headers=_headers(upload, taken))


async def _end(
    request: Request[Any, Any, Any],
    db: Database,
    actor: Actor,
    reference: UUID,
    upload_id: UUID,
    *,
    now: datetime,
) -> Response[None]:
    """``DELETE``: it is let go, with what came of it."""
    _check_version(request)
    upload = await _own(db, actor, upload_id, reference, now=now)
    await files.let_go(db, [upload], subject=upload.subject)
    return Response(None, status_code=204, headers=_SPEAKS)


def _by_program() -> bool:
    """Whether the upload comes by the API: a page's script is told in words."""
    return visit().path.startswith("/api/")


async def _own(
    db: Database, actor: Actor, upload_id: UUID, reference: UUID, *, now: datetime
) -> files.Upload:
    assert actor.id is not None
    return await files.upload_of(db, upload_id=upload_id, subject=actor.id, reference=reference, now=now)


async def _coming(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """The body as far as it comes: a sender who is cut off has sent what she has sent."""
    async for data in request.stream():
        yield data


def _headers(upload: files.Upload, taken: int | None = None) -> dict[str, str]:
    return {
        **_SPEAKS,
        "upload-offset": str(upload.taken if taken is None else taken),
        "upload-expires": _date(upload.expires_at),
    }


def _date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def _check_version(request: Request[Any, Any, Any]) -> None:
    if request.headers.get("tus-resumable") != _VERSION:
        raise UploadVersion


def _number(request: Request[Any, Any, Any], header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) <= 15):
        raise UploadMalformed
    return int(value)


def _metadata(header: str) -> dict[str, str]:
    """``key base64, key base64``; a key may stand alone."""
    told = {}
    for pair in filter(None, header[:4000].split(",")):
        key, _, value = pair.strip().partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as wrong:
            raise UploadMalformed from wrong
    return told
