"""SQL of the register of systems as a whole."""

from __future__ import annotations

from tongban.identity.model.oidc import Client
from tongban.identity.store.oidc import CLIENT, client_of
from tongban.kit.db import Database


async def clients(db: Database) -> list[Client]:
    """Every system that is registered, by its id; a city has some dozens."""
    rows = await db.rows(f"SELECT {CLIENT} FROM identity.oidc_client c ORDER BY c.id")
    return [client_of(row) for row in rows]
