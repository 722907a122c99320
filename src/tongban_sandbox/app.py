"""The outside world as one web application: every service with its own file and prefix."""

import logging
import sqlite3
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.di import Provide
from litestar.exceptions import HTTPException

from . import (
    authority,
    bank,
    cards,
    cast,
    credit,
    face,
    faults,
    firms,
    later,
    lines,
    phone,
    registers,
    sms,
    social,
)
from .civil import Clock
from .files import LATER, REGISTERS, opened
from .problems import Problem, render
from .signing import Trust

LARGEST = 2 * 1024 * 1024  # bytes of a request; a batch of a thousand cards is some 300 KB


@get("/readyz", sync_to_thread=False)
def readyz() -> dict[str, str]:
    """All files are open and the people are there."""
    return {"status": "ready"}


def _refused(request: Request[Any, Any, Any], refusal: HTTPException) -> Response[bytes]:
    title = type(refusal).__name__.removesuffix("Exception")
    return render(request, Problem(refusal.status_code, title, refusal.detail))


def _broken(request: Request[Any, Any, Any], wrong: Exception) -> Response[bytes]:
    logging.getLogger("tongban_sandbox").error("%s %s", request.method, request.url.path, exc_info=wrong)
    return render(request, Problem(500, "Internal error", "The sandbox has a defect; see its log."))


def application(
    folder: Path, codes: dict[str, str], *, trust: Trust, clock: Clock, card_seconds: float, address: str
) -> Litestar:
    """The application over the files in `folder`, which must be seeded; `address` is where it answers."""
    services = (*REGISTERS, *LATER, "cast", "sms", "cards", "credit", "ca", "face")
    dbs: dict[str, sqlite3.Connection] = {s: opened(folder, s) for s in services}
    writers = {s: opened(folder, s) for s in ("sms", "cards", "credit")}
    later.fill(dbs)
    failing = faults.Faults()
    players = cast.Cast(dbs, clock)
    routers = [
        registers.routes(
            registers.Register(
                *(r, codes[r], dbs[r], trust, failing, clock),
                beside=dbs["residence"] if r == "population" else None,
            )
        )
        for r in (*REGISTERS, *LATER)
        if r in codes  # a city's own list may leave some out
    ]

    def close() -> None:
        for db in (*dbs.values(), *writers.values()):
            db.close()

    return Litestar(
        route_handlers=[
            *routers,
            sms.routes(dbs["sms"], writers["sms"], trust, failing),
            credit.routes(dbs["credit"], writers["credit"], trust, failing),
            bank.routes(dbs["population"], trust, failing),
            face.routes(dbs["face"], dbs["population"], trust, failing, f"{address}/face"),
            social.routes(dbs["population"], trust, failing),
            cards.routes(dbs["cards"], writers["cards"], trust, failing, card_seconds),
            authority.routes(authority.Authority(folder / "ca", dbs["ca"], f"{address}/ca"), trust, failing),
            readyz,
            *faults.routes,
            *cast.routes,
            *firms.routes,
            *phone.routes,
            *lines.routes,
        ],
        dependencies={
            "faults": Provide(lambda: failing, sync_to_thread=False),
            "cast": Provide(lambda: players, sync_to_thread=False),
            "enterprise": Provide(lambda: dbs["enterprise"], sync_to_thread=False),
            "population": Provide(lambda: dbs["population"], sync_to_thread=False),
        },
        exception_handlers={Problem: render, HTTPException: _refused, Exception: _broken},
        request_max_body_size=LARGEST,
        on_shutdown=[close],
        openapi_config=None,
    )
