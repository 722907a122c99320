"""A web server with one form for files, as the house runs its own: ``python -m tests.kit.upload_server PORT``.

The data folder and the database come from the environment.
"""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from litestar import Request, get, post

from tongban import settings
from tongban.kit import clock, files
from tongban.kit.db import Database, Part, connect, write
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Policy, Relation, Role, Rule
from tongban.kit.web import MAX_UPLOAD_BYTES, floor, form_with_files, plug_templates, public
from tongban.kit.web.csrf import token
from tongban.regions import city_of

POLICY = Policy([*public.POLICY.rules, Rule("t.open", Role.VISITOR, Relation.ANY)])
OWNER = UUID("019b0000-0000-7000-8000-000000000001")


@get("/t/token", who="t.open")
async def shown_token() -> str:
    """The form's token."""
    return token()


@post("/t/upload", who="t.open", status_code=200, request_max_body_size=MAX_UPLOAD_BYTES)
async def uploaded(request: Request[Any, Any, Any], db: Database, actor: Actor) -> dict[str, Any]:
    """Take files in and keep them."""
    posted = await form_with_files(
        request, actor, wanted={"papers": files.Wanted()}, most=20, now=clock.now()
    )
    received = posted.files.get("papers", [])
    kept = [files.named(one, subject=OWNER, reference=new_id(1), now=clock.now()) for one in received]
    if kept:
        await write(db, Part("SELECT 1 AS one"), files.keeping(kept))
    return {
        "files": [[str(file.id), file.reference] for file in kept],
        "faults": {name: str(words) for name, words in posted.faults.items()},
    }


def application() -> Any:
    """The application of one web process."""
    plug_templates([], city=city_of(settings.settings().city_dir))

    async def opening() -> Database:
        return await connect(settings.settings().database_url or "", size=2, wait_seconds=30)

    async def ready(_: Database) -> None:
        await files.sweep()

    return floor.build([shown_token, uploaded], policy=POLICY, opening=opening, ready=ready)


if __name__ == "__main__":
    Granian(
        "tests.kit.upload_server:application",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        workers=2,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
