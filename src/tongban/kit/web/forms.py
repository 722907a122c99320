"""What a browser posted."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from litestar.connection import Request

from tongban.kit.directions import undirected
from tongban.kit.errors import Invalid, Refused
from tongban.kit.i18n import N_
from tongban.kit.web.multipart import is_multipart, multipart_form
from tongban.kit.web.visit import visit

KEY_FIELD = "_key"
KEY_HEADER = "Idempotency-Key"
_URL_ENCODED = "application/x-www-form-urlencoded"
_KEY = re.compile(r"[!-~]{8,128}")


async def form_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The posted fields, the last value of each name, without control characters and marks of direction; the web
    floor's own fields (``_csrf``) stay in.

    Files of a multipart form are passed over; who wants them asks :func:`form_with_files`.
    """
    if is_multipart(request):
        return await multipart_form(request).text()
    current = visit()
    if current.posted is None:
        current.posted = await _url_encoded(request)
    return dict(current.posted)


async def _url_encoded(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The fields of an ordinary form. Not by Litestar: it keeps the last thousand bodies of all visitors in memory."""
    if not request.headers.get("content-type", "").startswith(_URL_ENCODED):
        return {}
    body = (await request.body()).decode("utf-8", "replace")
    return {name: undirected(value) for name, value in parse_qsl(body, keep_blank_values=True)}


async def idempotency_key(request: Request[Any, Any, Any]) -> str | None:
    """The request's key: the ``Idempotency-Key`` header, or the form's hidden ``_key``; None without either."""
    headers = request.headers
    key = headers.get(KEY_HEADER)
    if key is None and "json" not in headers.get("content-type", ""):
        key = (await form_of(request)).get(KEY_FIELD)
    return None if key is None else _well_formed(key)


def required_key(request: Request[Any, Any, Any]) -> str:
    """The key of a program's request that creates something: it must send one, so that it can repeat safely."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        raise Refused(
            "idempotency-key-missing",
            N_("请在请求头 Idempotency-Key 中带上一个键（如随机 UUID），重发时用同一个键。"),
        )
    return _well_formed(key)


def _well_formed(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise Invalid("idempotency-key-malformed", N_("幂等键应为 8 至 128 个可见 ASCII 字符。"))
    return key
