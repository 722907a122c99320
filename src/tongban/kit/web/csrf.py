"""CSRF: a token bound to the session's (or the visitor's) cookie, asked of every unsafe request."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import Request

from tongban.kit import keys
from tongban.kit.errors import Forbidden, Refused
from tongban.kit.i18n import N_
from tongban.kit.web.forms import form_of
from tongban.kit.web.keeping import WrittenFor, other_name, writer, written_for
from tongban.kit.web.labels import form_behind
from tongban.kit.web.multipart import is_multipart, multipart_form
from tongban.kit.web.visit import visit
from tongban.settings import settings

FIELD = "_csrf"
HEADER = "x-csrf-token"


class StaleForm(Forbidden):
    """The form does not belong to this browser's session. A program, with no page to go back to, is told the header.

    ``kept`` is what was typed, where the browser says that our own page sent it: shown once more, to be copied, and
    never sent again by one press, for the form may have been opened in another account's or another principal's name.
    ``written_for`` is that name, where its writer has switched since.
    """

    def __init__(self, kept: Mapping[str, str] | None = None, written_for: WrittenFor | None = None) -> None:
        self.kept, self.written_for = kept or {}, written_for
        to_page = N_("这个页面已过期，没有提交。请返回上一页，刷新后再提交一次。")
        to_program = N_(
            "请求头 X-CSRF-Token 缺少或与会话不符，没有提交。请带同一个 Cookie 读取 GET /api/v1/session，"
            "把其中 csrf 的值放入 X-CSRF-Token，再发送一次。"
        )
        super().__init__("stale-form", to_program if visit().wants_json else to_page)


class ForeignForm(Forbidden):
    """The browser says that another site's page sent the request."""

    def __init__(self) -> None:
        super().__init__(
            "foreign-form", N_("这项提交是从别的网站发来的，没有采用。要办这件事，请从本站的页面重新提交。")
        )


def token() -> str:
    """The token of this visit, for a form's hidden field or a script's header; behind it who fills the form in, and in
    whose name where it is another's."""
    actor = visit().actor
    parts = (keys.current().csrf(visit().secret.encode()), writer(actor), written_for(actor))
    return ".".join(part for part in parts if part)


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
    return given is not None and keys.current().csrf_holds(visit().secret.encode(), given.partition(".")[0])


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


def from_elsewhere(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser says that a page of another site sent the request: asked beside the token, so that one that
    leaked is of no use there. Who says nothing is no browser of today, or a program; for it the token alone speaks.

    Our own is the address that was asked and the public one, where a proxy asks in between.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    own = (request.headers.get("host"), urlsplit(settings().public_url).netloc)
    return origin is not None and urlsplit(origin).netloc not in own


async def require(request: Request[Any, Any, Any]) -> None:
    """Raise ForeignForm for another site's request, StaleForm unless it carries this visit's token."""
    if from_elsewhere(request):
        raise ForeignForm
    if not await holds(request):
        if not from_our_page(request):
            raise StaleForm
        await require_same_name(request)
        raise StaleForm(await _typed(request))


async def require_same_name(request: Request[Any, Any, Any]) -> None:
    """Raise StaleForm for a form of ours whose writer has switched to another name since she opened it."""
    typed = await _typed(request) if from_our_page(request) else {}
    named = other_name(typed.get(FIELD, ""), visit().actor)
    if named is not None:
        raise StaleForm(typed, named)


async def _typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What was typed into a form of ours; nothing of one that carries a password, nor of a body that is no form."""
    with suppress(Refused):
        posted = await form_of(request)
        if not any("password" in name for name in posted):
            visit().form = await form_behind(request.app.state.db, posted)
            return posted
    return {}
