"""Who a program acts for: its session as JSON, with the CSRF token that its changes carry."""

from __future__ import annotations

import msgspec
from litestar import get

from tongban.kit.policy import Actor, Role
from tongban.kit.web.csrf import token


class SessionAnswer(msgspec.Struct, frozen=True):
    """The session 会话 of the cookie that came with the request; without one a visitor's."""

    role: Role
    name: str
    department: str | None
    csrf: str


@get("/api/v1/session", who="identity.session", include_in_schema=True, sync_to_thread=False)
def session(actor: Actor) -> SessionAnswer:
    """Who is logged in, and the token for the header X-CSRF-Token, bound to this very cookie."""
    return SessionAnswer(actor.role, actor.name, actor.department, token())


routes = [session]
