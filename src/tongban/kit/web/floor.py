"""Puts routes, gate, middleware and error handler together to one Litestar application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from litestar import Litestar, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.response import Response

from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Unavailable
from tongban.kit.pdf import press
from tongban.kit.policy import Actor, Policy
from tongban.kit.web import preferences, refusals
from tongban.kit.web.access import gate
from tongban.kit.web.assets import asset
from tongban.kit.web.belonging import Noting, Whose
from tongban.kit.web.middleware import VisitMiddleware
from tongban.kit.web.recognising import Sessions
from tongban.kit.web.visit import visit
from tongban.kit.web.visitors import Network

#: A form of the portal is a few kilobytes; files have a door of their own later.
MAX_BODY_BYTES = 1_000_000
_OK, _REDIRECTS = 200, 300

Opening = Callable[[], Awaitable[Database]]
Ready = Callable[[Database], Awaitable[None]]


def _db(state: State) -> Database:
    db: Database = state.db
    return db


# Chained on purpose: Litestar resolves what hangs on nothing else in one batch, each in a task of its own;
# one after the other they cost no task (7 % of a submit). What they hang on is not looked at, so that Litestar
# has no type to check there.
def _actor(db: Any) -> Actor:
    return visit().actor


def _now(actor: Any) -> datetime:
    return clock.now()


def injected() -> dict[str, Provide]:
    """What a route may ask for by name."""
    return {
        "db": Provide(_db, sync_to_thread=False),
        "actor": Provide(_actor, sync_to_thread=False),
        "now": Provide(_now, sync_to_thread=False),
    }


@get("/livez", who="public.health")
async def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@get("/readyz", who="public.health")
async def readyz(state: State) -> Response[dict[str, str]]:
    """The process can do its work: the database answers."""
    try:
        await state.db.sibling().value("SELECT 1")
    except Unavailable:
        return Response({"status": "waiting for the database"}, status_code=503)
    return Response({"status": "ready"})


async def noted(response: Any) -> Any:
    """Behind every route: what an agent has opened is written down before it is shown to her. No other answer waits.

    What cannot be written down is not shown: the database's own error is the answer.
    """
    noting = visit().noting
    if noting is not None and (getattr(response, "status_code", None) or _OK) < _REDIRECTS:
        await noting()
    return response


def _must_be_gated(app: Litestar) -> None:
    """Raise RuntimeError when a route would be answered without asking the gate, or without what stands behind it."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if handler.resolve_before_request() is not gate:
                raise RuntimeError(
                    f"{route.path} has a before_request of its own: nobody would ask who comes in"
                )
            if any(layer.after_request for layer in handler.ownership_layers if layer is not app):
                raise RuntimeError(
                    f"{route.path} has an after_request of its own: what agents read would not be noted"
                )


def build(
    routes: Sequence[Any],
    *,
    policy: Policy,
    opening: Opening,
    ready: Ready,
    secure: bool = False,
    proxies: Sequence[Network] = (),
    owners: Mapping[str, Whose] | None = None,
    noting: Noting | None = None,
) -> Litestar:
    """The application. ``opening`` connects to the database, ``ready`` warms what the rooms keep in memory.

    ``secure``: the public address is https. ``proxies``: whose word on a visitor's address is taken. ``owners``: of
    each parameter that names a person's record who knows whose it is. ``noting``: who writes down what agents open.
    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> Any:
        db = await opening()
        app.state.db = db
        app.state.sessions = Sessions(db)
        app.state.policy = policy
        await ready(db)
        try:
            yield
        finally:
            await press.close()
            await db.close()

    app = Litestar(
        route_handlers=[*routes, *preferences.routes, livez, readyz, asset],
        before_request=gate,
        after_request=noted,
        dependencies=injected(),
        exception_handlers={
            Refused: refusals.refuse,
            HTTPException: refusals.refuse_http,
            Exception: refusals.fail,
        },
        lifespan=[lifespan],
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        include_in_schema=False,
        logging_config=None,
    )
    app.state.owners = owners or {}
    app.state.noting = noting
    _must_be_gated(app)
    # Litestar runs its middleware inside a found route only. Ours stands around all of it, so that an address
    # that does not exist answers with the same headers, in the visitor's language, to the one who is logged in.
    app.asgi_handler = VisitMiddleware(app.asgi_handler, secure=secure, proxies=proxies)
    return app
