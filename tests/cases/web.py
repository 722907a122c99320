"""A browser of the house on a test's city, and how somebody is logged in with it."""

from __future__ import annotations

import httpx

from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor
from tongban.kit.web.sessions import opening_session

Client = httpx.AsyncClient


async def log_in(web: Client, db: Database, actor: Actor) -> None:
    cookie, part = opening_session(actor, now=clock.now())
    await write(db.sibling(), Part("SELECT 1 AS one"), part)
    web.cookies.set("tongban_session", cookie)
