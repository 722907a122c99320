"""SQL of the register of systems as a whole, and whether somebody ever agreed to one."""

from __future__ import annotations

from uuid import UUID

from tongban.identity.model.oidc import Client
from tongban.identity.store.oidc import CLIENT, client_of
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of


async def clients(db: Database) -> list[Client]:
    """Every system that is registered, by its id; a city has some dozens."""
    rows = await db.rows(f"SELECT {CLIENT} FROM identity.oidc_client c ORDER BY c.id")
    return [client_of(row) for row in rows]


async def had_consent(db: Database, account: UUID, client: str) -> bool:
    """Whether an account ever agreed to a system."""
    return bool(
        await db.value(
            "SELECT EXISTS (SELECT FROM identity.oidc_consent WHERE bucket = $1 AND account = $2 AND client = $3)",
            bucket_of(account),
            account,
            client,
        )
    )
