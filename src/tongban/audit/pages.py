"""/my/readings: who read my data 谁看过我的数据 (PIPL art. 44, 48)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import get
from litestar.response import Response

from tongban.audit.actions.readings import readings_of
from tongban.audit.actions.showing import shown_readings
from tongban.audit.model import POLICY
from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import page

#: Readings on one page.
PAGE_ROWS = 30


@get("/my/readings", who="audit.readings")
async def my_readings(db: Database, actor: Actor, now: datetime, before: UUID | None = None) -> Response[str]:
    """Who read the resident's data, newest first, by pages."""
    del now
    POLICY.require(actor, "audit.readings", Relation.OWN)
    assert actor.id is not None
    found = await readings_of(db, subject=actor.id, also=actor.also, limit=PAGE_ROWS + 1, before=before)
    shown = found[:PAGE_ROWS]
    return page(
        "audit/readings.html",
        rows=await shown_readings(db, actor, shown),
        next_href=f"/my/readings?before={shown[-1].id}" if len(found) > PAGE_ROWS else None,
        first_href="/my/readings" if before else None,
    )


@get("/.well-known/node-jwks.json", who="audit.keys", sync_to_thread=False)
def node_keys() -> Response[bytes]:
    """The public keys that sign the ledger's heads and the node's calls (RFC 7517), for offline verifiers."""
    return Response(
        msgspec.json.encode(keys.current().jwks("node")),
        media_type="application/jwk-set+json",
        headers={"Cache-Control": "public, max-age=3600"},
    )


routes = [my_readings, node_keys]
