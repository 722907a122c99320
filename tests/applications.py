"""The house's applications for tests: each is made once in a process, and opened on the database of each test in turn.

To make one takes a second of the processor, more than most tests do: Litestar looks at all routes for each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from jinja2 import Environment
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.conftest import CITY, HOME
from tongban import agents_readings, app, regions, rooms
from tongban.kit.db import Database, connect
from tongban.kit.policy import Policy
from tongban.kit.web import floor, plug_templates
from tongban.kit.web.pages import plug_environment
from tongban.kit.web.recognising import Sessions


@cache
def house() -> Litestar:
    """All rooms with their routes, rows and owners, as a web process has them; no database yet."""
    return floor.build(
        rooms.routes(),
        policy=rooms.POLICY,
        owners=rooms.OWNERS,
        noting=agents_readings.note,
        opening=_not_opened,
        ready=_nothing,
    )


@asynccontextmanager
async def visited(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of the whole house on this database, in this test's loop."""
    app.prepare()
    built = house()
    built.state.update({"db": db, "sessions": Sessions(db), "policy": rooms.POLICY})
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(built), base_url="http://t.example"
    ) as browser:
        yield browser


class Room:
    """The routes of one room, and of a test's own, on the web floor, with the templates of these rooms, else of all.

    ``again``: another process of the same house, with a session cache of its own.
    """

    def __init__(self, routes: Sequence[Any], policy: Policy, *templates: str) -> None:
        self._made: dict[bool, Litestar] = {}
        self._routes, self._policy, self._templates = routes, policy, templates
        self._dsn = ""

    def on(self, dsn: str, *, again: bool = False) -> AsyncTestClient[Litestar]:
        """A client of it on this database; opened and closed by ``async with``."""
        if self._templates:
            plug_environment(_environment(self._templates))
        else:
            app.prepare()
        self._dsn = dsn
        if again not in self._made:
            self._made[again] = floor.build(
                self._routes,
                policy=self._policy,
                opening=lambda: connect(self._dsn, size=3),
                ready=_nothing,
            )
        return AsyncTestClient(self._made[again])


@cache
def _environment(rooms: tuple[str, ...]) -> Environment:
    source: Path = HOME / "src" / "tongban"
    return plug_templates([source / room / "templates" for room in rooms], city=regions.city_of(CITY))


async def _not_opened() -> Database:
    raise RuntimeError("the whole house is opened on a test's own database: visited()")


async def _nothing(_: Database) -> None:
    """A room's pages need nothing that is warmed."""
