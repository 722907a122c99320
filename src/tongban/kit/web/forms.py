"""What a browser posted."""

from __future__ import annotations

import re
from typing import Any

from litestar.connection import Request

from tongban.kit.errors import Invalid
from tongban.kit.i18n import N_

KEY_FIELD = "_key"
_KEY = re.compile(r"[!-~]{8,128}")


async def form_of(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The posted fields, the last value of each name; the web floor's own fields (``_csrf``) stay in."""
    posted = await request.form()
    return {name: value for name, value in posted.multi_items() if isinstance(value, str)}


async def idempotency_key(request: Request[Any, Any, Any]) -> str | None:
    """The request's key: the ``Idempotency-Key`` header, or the form's hidden ``_key``; None without either."""
    key = request.headers.get("idempotency-key")
    if key is None and "json" not in request.headers.get("content-type", ""):
        key = (await form_of(request)).get(KEY_FIELD)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise Invalid("idempotency-key-malformed", N_("幂等键应为 8 至 128 个可见 ASCII 字符。"))
    return key
