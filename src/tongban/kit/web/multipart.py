"""A multipart form read as it arrives (RFC 7578): fields are kept, files pass through, nothing is spooled.

The token of the form comes first, in a header or as the first field, so that nothing is taken in for anybody else's
page. A body is read once and in its order: whoever wants the files takes them in turn, the others are passed over.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from litestar.connection import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from tongban.kit.directions import undirected
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_

#: What an upload's body may be: the files of a draft and what was typed beside them. The route says
#: ``request_max_body_size=MAX_UPLOAD_BYTES``; every other keeps the web floor's limit.
MAX_UPLOAD_BYTES = 60_000_000
#: All fields of a form together, and how many parts it may have.
_FIELD_BYTES = 1_000_000
_PARTS = 500
_STATE = "tongban.multipart"


class FormMalformed(Refused):
    """The body is no multipart form, or ends in its middle."""

    def __init__(self) -> None:
        super().__init__("form-malformed", N_("提交的内容不完整，没有保存。请检查网络后重新提交。"))


class FormTooLong(Refused):
    """More was typed, or in more parts, than any form of the house asks for."""

    def __init__(self) -> None:
        super().__init__("form-too-long", N_("填写的内容过长，没有保存。请删减后重新提交。"))


class FilePart:
    """A file of the form on its way in: what its sender says of it, and its bytes, to be read at most once."""

    def __init__(self, segment: MultipartSegment, events: AsyncIterator[Any]) -> None:
        self.field = segment.name or ""
        self.name = segment.filename or ""
        self.declared = segment.content_type or ""
        self._events = events
        self._open = True

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes as they arrive."""
        while self._open and (event := await anext(self._events, None)) is not None:
            yield bytes(event)
        self._open = False

    async def skip(self) -> None:
        """Read on to its end and keep nothing."""
        async for _ in self.chunks():
            pass


class MultipartForm:
    """One request's form: ``fields`` fills as it is read, the last value of each name."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        self.fields: dict[str, str] = {}
        self._events = _events(request)
        self._read = 0
        self._started = False
        self._next: FilePart | None = None

    async def first_field(self, name: str) -> str | None:
        """The value of the form's first field when it has this name; nothing after it is read."""
        if not self._started:
            self._started = True
            self._next = await self._advance()
        return self.fields.get(name)

    async def files(self) -> AsyncIterator[FilePart]:
        """The files in their order; what of one is not read is passed over when the next is asked for."""
        await self.first_field("")
        if self._next is None:
            self._next = await self._to_file()
        while self._next is not None:
            part = self._next
            yield part
            await part.skip()
            self._next = await self._to_file()

    async def text(self) -> dict[str, str]:
        """All fields; files are passed over."""
        async for _ in self.files():
            pass
        return self.fields

    async def _to_file(self) -> FilePart | None:
        """Read fields up to the next file or the end."""
        while (segment := await anext(self._events, None)) is not None:
            if segment.filename is not None:
                return FilePart(segment, self._events)
            await self._field(segment)
        return None

    async def _advance(self) -> FilePart | None:
        """Read one part: a field to its end, a file up to its beginning."""
        segment = await anext(self._events, None)
        if segment is not None and segment.filename is not None:
            return FilePart(segment, self._events)
        if segment is not None:
            await self._field(segment)
        return None

    async def _field(self, segment: MultipartSegment) -> None:
        value = bytearray()
        while (event := await anext(self._events, None)) is not None:
            value += event
            self._read += len(event)
            if self._read > _FIELD_BYTES:
                raise FormTooLong
        self.fields[segment.name or ""] = undirected(value.decode("utf-8", "replace"))


async def _events(request: Request[Any, Any, Any]) -> AsyncIterator[Any]:
    """Parts, their bytes and their ends (None), as the parser finds them in the stream."""
    boundary = request.content_type[1].get("boundary", "")
    try:
        parser = PushMultipartParser(boundary, max_segment_count=_PARTS)
        async for chunk in request.stream():
            if chunk:
                for event in parser.parse(chunk):
                    yield event
        parser.close()
    except MultipartError as broken:
        raise FormMalformed from broken


def is_multipart(request: Request[Any, Any, Any]) -> bool:
    """Whether the request carries a multipart form."""
    return request.headers.get("content-type", "").startswith("multipart/form-data")


def multipart_form(request: Request[Any, Any, Any]) -> MultipartForm:
    """The request's one reader, begun by whoever asks first (the gate, for the token)."""
    form = request.scope["state"].get(_STATE)
    if not isinstance(form, MultipartForm):
        form = request.scope["state"][_STATE] = MultipartForm(request)
    return form
