"""The outermost floor: begins the visit, sets headers and cookies, keeps the language for the request."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from tongban.kit import clock, i18n, maintenance
from tongban.kit.errors import Unavailable
from tongban.kit.web.lingering import Body, has_body, is_large
from tongban.kit.web.recognising import Sessions
from tongban.kit.web.visit import (
    DEVICE_COOKIE,
    ELDER_COOKIE,
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    THEME_COOKIE,
    VISITOR_COOKIE,
    Visit,
    begin,
)
from tongban.kit.web.visitors import Network, address_of, cookies_of
from tongban.settings import settings

HEADERS = [
    (
        b"content-security-policy",
        (
            b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
            b"form-action 'self'; frame-ancestors 'none'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
#: Said where the public address is https: from then on browsers ask for nothing of this host in the open.
ONLY_HTTPS = (b"strict-transport-security", b"max-age=31536000")

#: A longer query is not carried along: the link that comes back to it is an address itself.
_LONGEST_QUERY = 1000


def _visit(scope: HTTPScope, cookies: dict[str, str], address: str, *, secure: bool) -> Visit:
    query = scope["query_string"].decode("latin-1")
    asked = dict(parse_qsl(query)).get("lang") if b"lang=" in scope["query_string"] else None
    chosen = asked or cookies.get(LANGUAGE_COOKIE)
    theme = cookies.get(THEME_COOKIE)
    headers = dict(scope["headers"])
    accept = headers.get(b"accept", b"")
    return Visit(
        path=scope["path"],
        query=query,
        here=_here(scope, query, headers),
        language="en" if chosen == "en" else "zh",
        theme="dark" if theme == "dark" else "light" if theme == "light" else "auto",
        elder=cookies.get(ELDER_COOKIE) == "1",
        visitor_cookie=cookies.get(VISITOR_COOKIE, ""),
        device_cookie=cookies.get(DEVICE_COOKIE, ""),
        wants_json=scope["path"].startswith("/api/") or (b"json" in accept and b"text/html" not in accept),
        accept=accept.decode("latin-1"),
        trace=secrets.token_hex(8),
        address=address,
        agent=headers.get(b"user-agent", b"").decode("latin-1"),
        secure=secure,
    )


def _here(scope: HTTPScope, query: str, headers: dict[bytes, bytes]) -> str:
    """The page that the visitor sees, with what it was asked: of a form that was sent, the one on which it stood."""
    path = str(scope["path"])
    if str(scope["method"]) not in ("GET", "HEAD"):
        try:
            sent_from = urlsplit(headers.get(b"referer", b"").decode("latin-1"))
        except ValueError:  # no address: whoever sends the request writes the header
            return path
        if sent_from.netloc.encode("latin-1") != headers.get(b"host") or not sent_from.path:
            return path
        path, query = sent_from.path, sent_from.query
    kept = "&".join(one for one in query.split("&") if one and not one.startswith("lang="))
    return f"{path}?{kept}" if kept and len(kept) <= _LONGEST_QUERY else path


def _address(path: str) -> str:
    """The path as routes may take it: PostgreSQL takes no NUL, so no name of ours has one."""
    return path.replace("\x00", "\N{REPLACEMENT CHARACTER}")


class VisitMiddleware:
    """Wraps every request; static files and health checks pass with the visit but without a session.

    ``secure``: the public address is https. ``proxies``: whose word on a visitor's address is taken.
    """

    def __init__(self, app: ASGIApp, *, secure: bool, proxies: Sequence[Network]) -> None:
        self.app = app
        self.secure = secure
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        scope["path"] = _address(scope["path"])
        headers = list(scope["headers"])
        cookies = cookies_of(headers)
        client = scope.get("client")
        address = address_of(client[0] if client else "", headers, self.proxies)
        current = _visit(scope, cookies, address, secure=self.secure)
        current.notice = maintenance.notice(settings().data_dir, now=clock.now())
        begin(current)
        if scope["method"] == "HEAD":
            scope["method"] = HttpMethod.GET  # the same answer; the server knows to send no body
        if SESSION_COOKIE in cookies and not scope["path"].startswith("/static/"):
            await self._recognise(scope, current, cookies[SESSION_COOKIE])

        body = Body(receive) if has_body(headers) else None
        large = is_large(headers)

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_added(scope, message, current)]
                if body is not None and not large:
                    await body.linger()
            await send(message)

        with i18n.use_language(current.language):
            await self.app(scope, body or receive, answered)
            if body is not None and large:
                await body.linger()

    async def _recognise(self, scope: Scope, current: Visit, cookie: str) -> None:
        current.session_cookie = cookie
        if current.closed:
            return  # the database may be what is worked on: nobody is asked who she is
        sessions: Sessions = scope["litestar_app"].state.sessions
        try:
            actor = await sessions.actor(cookie, now=clock.now())
        except Unavailable:
            # Health checks and the maintenance page must answer without the database; a page that
            # needs it, or a log-in, says so.
            actor = None
            current.session_unknown = True
        else:
            current.session_ended = actor is None
        if actor is not None:
            current.actor = actor
            current.policy = scope["litestar_app"].state.policy


def _added(scope: Scope, message: Any, current: Visit) -> list[tuple[bytes, bytes]]:
    added = [*HEADERS, ONLY_HTTPS] if current.secure else list(HEADERS)
    names = {name.lower() for name, _ in message["headers"]}
    if b"cache-control" not in names and not scope["path"].startswith("/static/"):
        added.append((b"cache-control", b"no-store"))
    added.append((b"x-trace-id", current.trace.encode()))
    if current.actor.acting is not None:  # every answer says in whose name it was given
        added.append((b"tongban-acting-for", str(current.actor.id).encode()))
    added.extend((b"set-cookie", cookie.encode("latin-1")) for cookie in current.set_cookies)
    return added
