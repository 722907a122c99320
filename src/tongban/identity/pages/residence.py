"""/account/residence: hukou and residence are asked for anew, by the button on one's account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import post
from litestar.response import Response

from tongban.identity.actions import residence
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import redirect


@post("/account/residence", who="identity.ask_residence")
async def ask(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Ask the register; twice within an hour asks it once, and says so."""
    asked = await residence.ask_residence(db, actor, now=now)
    return redirect(f"/my/account?done={'residence' if asked else 'residence_fresh'}#residence")


routes: list[Any] = [ask]
