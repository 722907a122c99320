"""The gate before every route: its action must be open to the visitor's role, its form must be ours."""

from __future__ import annotations

from typing import Any, cast

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler

from tongban.kit.errors import Unauthenticated
from tongban.kit.i18n import N_
from tongban.kit.policy import NotAllowed, Policy, Role
from tongban.kit.web import csrf
from tongban.kit.web.visit import visit

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class LogInFirst(Unauthenticated):
    """The page is for somebody who is logged in."""

    def __init__(self, *, staff: bool) -> None:
        super().__init__("log-in-first", N_("请先登录，再继续办理。"))
        self.staff = staff


async def gate(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Litestar guard of the whole app: who may come in, and whether the form came from our own page."""
    policy: Policy = connection.app.state.policy
    action = handler.opt["who"]
    role = visit().actor.role
    if not policy.open_to(action, role):
        if role is Role.VISITOR:
            raise LogInFirst(staff=not policy.open_to(action, Role.RESIDENT))
        raise NotAllowed
    if connection.scope["method"] in UNSAFE:
        await csrf.require(cast("Request[Any, Any, Any]", connection))
