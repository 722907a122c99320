"""CSRF: a token bound to the session's (or the visitor's) cookie, asked of every unsafe request."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import Request

from tongban.kit import keys
from tongban.kit.errors import Forbidden
from tongban.kit.i18n import N_
from tongban.kit.web.forms import form_of
from tongban.kit.web.multipart import is_multipart, multipart_form
from tongban.kit.web.visit import visit

FIELD = "_csrf"
HEADER = "x-csrf-token"


class StaleForm(Forbidden):
    """The form does not belong to this browser's session. A program, with no page to go back to, is told the header."""

    def __init__(self) -> None:
        to_page = N_("这个页面已过期，没有提交。请返回上一页，刷新后再提交一次。")
        to_program = N_(
            "请求头 X-CSRF-Token 缺少或与会话不符，没有提交。请带同一个 Cookie 读取 GET /api/v1/session，"
            "把其中 csrf 的值放入 X-CSRF-Token，再发送一次。"
        )
        super().__init__("stale-form", to_program if visit().wants_json else to_page)


def token() -> str:
    """The token of this visit, for a form's hidden field or a script's header."""
    return keys.current().csrf(visit().secret.encode())


async def holds(request: Request[Any, Any, Any]) -> bool:
    """Whether the request carries this visit's token, in its form or in the header of a script.

    In a form with files it is the first field: what comes after it is not read for anybody else's page.
    """
    headers = request.headers  # made anew each time that it is named
    given = headers.get(HEADER)
    if given is None and is_multipart(request):
        given = await multipart_form(request).first_field(FIELD)
    elif given is None and "json" not in headers.get("content-type", ""):
        given = (await form_of(request)).get(FIELD)
    return given is not None and keys.current().csrf_holds(visit().secret.encode(), given)


def from_our_page(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser says that one of our own pages sent the request; no other page can make it say so.

    This does not take the token's place where something is changed. It tells a form of ours whose cookie has
    gone (the browser was closed and its tabs came back) from one that somebody else's page filled.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.headers.get("host")


async def require(request: Request[Any, Any, Any]) -> None:
    """Raise StaleForm unless the request carries this visit's token."""
    if not await holds(request):
        raise StaleForm
